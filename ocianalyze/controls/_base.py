"""What a control is: data about a recommendation and one function over an image."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeAlias

from ocianalyze.controls.evidence import counted
from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Status, Verdict

Owner = Literal["image", "runtime", "node", "platform"]
Automation = Literal["full", "partial", "assist", "none"]
Include = Literal["core", "extended", "hint", "out-of-scope", "excluded"]
"""`hint`: another party owns it, yet an image tells something; `excluded`: wrong for images."""
Need = Literal["config", "history", "filesystem", "packages", "secrets"]
"""Evidence without which a control must not pass."""
OnWindows = Literal["judged", "unseen", "meaningless"]
"""What a control can say of a Windows image: the same as of others; only what it finds, since what
it would miss there is not known; nothing, since it asks about what Windows does not have."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One numbered item of a catalogue: facts alone."""

    framework: str
    """`CIS Docker Benchmark`."""
    version: str
    """Empty for a framework without versions."""
    number: str
    title: str
    level: int | str | None
    """1 or 2; `baseline`, `L3` and the like where a framework has other words."""
    assessment: Literal["automated", "manual"] | None
    """The benchmark's own; None where it has none or its version's is not known."""
    id: str = ""
    """`cis-docker-4.8`; one item keeps it in all versions of its benchmark."""
    owner: Owner = "image"
    owner_detail: str = ""
    automation: Automation | None = None
    """How far any program can decide it from an image alone."""
    include: Include = "core"
    severity: Severity = "medium"
    evidence: tuple[str, ...] = ()
    """`merged_fs`, `history` ...: what decides it."""
    hint: str = ""
    """What an image tells of an item that another party owns."""
    why: str = ""
    """Why no control decides it, where its owner alone does not say so."""
    xrefs: tuple[str, ...] = ()
    """Ids of the catalogue, or `external:FRAMEWORK:NUMBER`."""


ParameterValue: TypeAlias = str | int | bool | tuple[str, ...]
Reader: TypeAlias = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something about a control that a profile can set: a keyword argument of its `evaluate`."""

    name: str
    default: ParameterValue
    """The argument's own; its type is the parameter's."""
    meaning: str
    read: Reader | None = None
    """Reads a value of the right type, of a list one item; raises ValueError for what is none."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control; a module of a framework's folder exports `CONTROL` or a tuple `CONTROLS`."""

    id: str
    """`cis-docker-4.8`, as in the catalogue; shown as `CIS-4.8`."""
    short: str
    """A few words for a table: `setuid, setgid`."""
    automation: Automation
    """How far a program can decide it from an image alone."""
    reads: str
    """Evidence it looks at, for `explain`."""
    decides: str
    """What makes it pass and fail, for `explain`."""
    limits: str
    """What it cannot know, for `explain`."""
    remediation: str
    """A Dockerfile change."""
    evaluate: Callable[..., Verdict]
    """Called with an `ImageView`, and with those parameters that are set."""
    needs: frozenset[Need] = frozenset()
    """Evidence that a pass must rest on; a control that decides this itself leaves it out."""
    recommendation: Recommendation | None = None
    """For controls from outside; those of a catalogued benchmark find theirs by id."""
    answers: tuple[str, ...] = ()
    """Ids of other items that ask the same question: each gets this verdict."""
    parameters: tuple[Parameter, ...] = ()
    settings: tuple[tuple[str, ParameterValue], ...] = ()
    """Parameters that are set, by name."""
    on_windows: OnWindows = "judged"


@dataclass(frozen=True, slots=True)
class Result:
    """What one control said of one image about one item."""

    control: Control
    recommendation: Recommendation | None
    """None for a control from outside that names none."""
    verdict: Verdict


def tuned(control: Control, values: Mapping[str, Any]) -> Control:
    """Return a control with some of its parameters set; lists of texts become tuples.

    Raises:
        UsageError: it has no such parameter, or the value is of another type.

    """
    known = {parameter.name: parameter for parameter in control.parameters}
    given: dict[str, ParameterValue] = {}
    for name, value in values.items():
        if name not in known:
            cure = f"it has {', '.join(known) or 'none'}"
            raise UsageError(f"no parameter {name!r}", place=control.id, cure=cure)
        given[name] = _fitting(control, known[name], value)
    if not given:
        return control
    settings = tuple(sorted({**dict(control.settings), **given}.items()))
    return replace(control, evaluate=partial(control.evaluate, **given), settings=settings)


def _fitting(control: Control, parameter: Parameter, value: Any) -> ParameterValue:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) is not type(parameter.default):
        word = {"str": "a text", "int": "a number", "bool": "true or false"}
        cure = f"give {word.get(type(parameter.default).__name__, 'a list of texts')}"
        place = f"{control.id}, {parameter.name}"
        raise UsageError(f"{value!r:.40} does not fit", place=place, cure=cure)
    fitted: ParameterValue = value
    return fitted


def identifier(control: Control, item: Recommendation | None) -> str:
    """Return the id under which a result is asked for: the item's, else the control's own."""
    return item.id if item and item.id else control.id


def windows_image() -> Verdict:
    """Return the verdict of a control that means nothing on Windows."""
    return Verdict(Status.NOT_APPLICABLE, "windows-image", "does not apply to Windows images")


def history_unread(view: ImageView) -> Verdict | None:
    """Return the verdict of a control that rests on steps that the history does not tell."""
    if not view.history.steps:
        return undecided("history-absent", "not evaluated: the image has no history")
    if view.history.reliable or view.config is None:
        return None
    made = sum(not entry.empty_layer for entry in view.config.history)
    untold = len(view.layers) - made
    if untold <= 0:
        return None
    summary = f"not evaluated: no history for {untold} of {_layers(view)}"
    return undecided("history-incomplete", summary)


def layers_unread(view: ImageView, evidence: tuple[Evidence, ...] = ()) -> Verdict:
    """Return the verdict of a control whose answer may lie in a layer that was not read."""
    missing = tuple(
        Evidence(
            detail=f"not read: {layer.missing or layer.partial}",
            kind="layer",
            reason="layer-unread",
            layer=layer.index,
        )
        for layer in view.layers
        if layer.missing or layer.partial
    )
    summary = f"not evaluated: {len(missing)} of {_layers(view)} not read"
    return Verdict(Status.NOT_EVALUATED, "layers-unread", summary, evidence + missing)


def _layers(view: ImageView) -> str:
    return counted(len(view.layers), "layer")


def field_unread(view: ImageView, field: str) -> Verdict | None:
    """Return the verdict of a control that rests on a field of the wrong type, else None.

    Args:
        view: the image.
        field: of the `config` object of the image config: `User`.

    """
    pointer = f"/config/{field}"
    unread = view.config.unread if view.config else frozenset()
    dropped = next((x for x in (pointer, "/config") if x in unread), None)
    if dropped is None:
        return None
    evidence = Evidence("has the wrong type", "config", "image.config-field", pointer=dropped)
    summary = f"not evaluated: config.{field} has the wrong type"
    return undecided("config-field-unread", summary, evidence)


def undecided(reason: str, summary: str, *evidence: Evidence) -> Verdict:
    """Return the verdict of a control for which evidence is missing."""
    return Verdict(Status.NOT_EVALUATED, reason, summary, evidence)
