"""CIS Docker 4.7: update instructions are not used alone."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.controls._base import Control, Parameter, layers_unread, undecided, windows_image
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.history.indexes import changed_databases, refreshed_alone
from ocianalyze.controls.aspects.history.step_scripts import runs_unread, script_commands
from ocianalyze.controls.aspects.history.steps import (
    hides_what_ran,
    of_step,
    silent_layers,
    without_dockerfile,
)
from ocianalyze.controls.aspects.history.triggers import REASON as ONBUILD
from ocianalyze.controls.aspects.history.triggers import triggers
from ocianalyze.controls.aspects.history.updates import (
    Use,
    is_package_command,
    is_unnamed,
    lonely,
    uses,
)
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.history import Step

_INSTALLS = {
    "apt": "apt-get install -y --no-install-recommends PACKAGE",
    "apk": "apk add --no-cache PACKAGE",
    "zypper": "zypper --non-interactive install PACKAGE",
    "pacman": "pacman -Syu --noconfirm PACKAGE",
}


_UPGRADE = "upgrade-alone"
_OTHERWISE = "installed-otherwise"
_HARMLESS = frozenset(
    {"set", "rm", "echo", "printf", "true", ":", "cd", "mkdir", "chmod", "chown", "ls", "cat", "["}
)
"""Programs that install nothing."""
_STAGE = Evidence(
    "builder stages are not in the image", "history", "final-stage-only", severity="info"
)
"""What a pass does not speak of."""


class _Hit(NamedTuple):
    """One refresh or upgrade that stands alone."""

    family: str
    text: str
    evidence: Evidence
    excused: bool
    doubtful: bool
    """It came with the base, if the seam in the history is one; or something else installed."""


def evaluate(view: ImageView, *, accept_upgrade: bool = False) -> Verdict:
    """Judge each RUN step, and the layers of steps whose commands are not in the history.

    Args:
        view: the image.
        accept_upgrade: only note a package upgrade without an install (`yum update`).

    """
    if view.is_windows:
        return windows_image()
    base = boundary(view)
    told = (_noted(hit) if accept_upgrade else hit for hit in _told(view, base))
    later = _triggered(view, base, accept_upgrade=accept_upgrade)
    hits = (*told, *_corroborated(view, base), *later)
    for status, doubtful in ((Status.FAIL, False), (Status.NEEDS_REVIEW, True)):
        guilty = [hit for hit in hits if not hit.excused and hit.doubtful is doubtful]
        if guilty:
            rest = (hit for hit in hits if hit.excused or hit.doubtful is not doubtful)
            return _verdict(view, status, guilty, rest, base)
    return _nothing(view, base, tuple(hit.evidence for hit in hits))


def _told(view: ImageView, base: Boundary) -> Iterator[_Hit]:
    """Yield what the history says, and the scripts that it names."""
    for step in view.history.steps:
        if alone := lonely(_uses(view, step)):
            yield from _of_step(view, step, alone, base)


def _of_step(view: ImageView, step: Step, alone: Sequence[Use], base: Boundary) -> Iterator[_Hit]:
    """Yield what one step does alone, each once however often it does."""
    own, otherwise = frozenset(step.commands), _installed_otherwise(view, step, alone)
    told = dict.fromkeys((x.family, x.action, x.text, x.command in own) for x in alone)
    for family, action, text, is_own in told:
        reason = "update-without-install" if action == "refresh" else _UPGRADE
        where = "" if is_own else ", in a script that it runs"
        if action == "refresh" and family in otherwise:
            reason, where = _OTHERWISE, f"{where}; packages changed in the same step"
        evidence = of_step(step, base, text + where, reason=reason)
        hit = _hit(family, text, evidence, step, base)
        yield hit._replace(doubtful=hit.doubtful or reason == _OTHERWISE)


def _triggered(view: ImageView, base: Boundary, *, accept_upgrade: bool) -> Iterator[_Hit]:
    """Yield what ONBUILD will run in the images built on this one: no layer of its own tells."""
    for trigger in triggers(view):
        step = trigger.step
        for use in lonely(uses(step.commands, step.text)):
            evidence = trigger.evidence(base, use.text)
            is_noted = accept_upgrade and use.action == "upgrade"
            evidence = replace(evidence, severity="info") if is_noted else evidence
            is_excused = evidence.severity == "info"
            yield _Hit(use.family, use.text, evidence, is_excused, not is_excused)


def _installed_otherwise(view: ImageView, step: Step, alone: Sequence[Use]) -> frozenset[str]:
    """Return the families of which a step's programs that are no package managers may install.

    The layer says whether they did; where that cannot be read, what they ran is not known.
    """
    if all(is_package_command(x) or x.name in _HARMLESS for x in step.commands):
        return frozenset()
    layer = None if step.layer is None else view.layers[step.layer]
    if layer is None or layer.missing or layer.partial:
        return frozenset(x.family for x in alone if step.opaque)
    return changed_databases(view, layer.index)


def _uses(view: ImageView, step: Step) -> tuple[Use, ...]:
    told = uses(step.commands, step.text)
    return (*told, *uses(script_commands(view, step)))


def _noted(hit: _Hit) -> _Hit:
    """Return an upgrade as something that the profile lets be; anything else as it is."""
    if hit.evidence.reason != _UPGRADE:
        return hit
    return hit._replace(evidence=replace(hit.evidence, severity="info"), excused=True)


def _hit(family: str, text: str, evidence: Evidence, step: Step | None, base: Boundary) -> _Hit:
    index = None if step is None else step.index
    excused = base.excuses(index, evidence.layer)
    return _Hit(family, text, evidence, excused, not excused and evidence.origin == "base")


def _corroborated(view: ImageView, base: Boundary) -> Iterator[_Hit]:
    """Yield what the layers say where the history does not say it."""
    for layer in view.layers:
        step = view.history.step_of_layer(layer.index)
        if layer.missing or (step is not None and not _is_mute(view, step)):
            continue
        told = {use.family for use in _uses(view, step)} if step else set()
        for found in refreshed_alone(view, layer.index):
            if found.family in told:
                continue
            text = f"{found.family} index without a package change"
            evidence = Evidence(
                detail=text,
                kind="layer",
                reason="index-without-install",
                path=found.entry.path,
                layer=layer.index,
                step=None if step is None else step.index,
                state=found.entry.state,
                origin=base.of_layer(layer.index),
                severity="info" if base.excuses(None, layer.index) else "medium",
                sha256=found.entry.sha256,
            )
            yield _hit(found.family, text, evidence, step, base)


def _is_mute(view: ImageView, step: Step) -> bool:
    """Tell a step whose commands the history does not show."""
    if step.opaque or step.instruction == "EMPTY" or hides_what_ran(view, step):
        return True
    return any(map(is_unnamed, step.commands)) or runs_unread(view, step)


def _verdict(
    view: ImageView,
    status: Status,
    guilty: Sequence[_Hit],
    rest: Iterable[_Hit],
    base: Boundary,
) -> Verdict:
    first = guilty[0]
    corroborated = first.evidence.kind == "layer"
    confidence: Confidence = "strong" if corroborated else "exact"
    where = f"layer {first.evidence.layer}" if corroborated else _step_of(first.evidence)
    more = f", {len(guilty) - 1} more" if len(guilty) > 1 else ""
    evidence = (hit.evidence for hit in guilty)
    other = (hit.evidence for hit in rest)
    return Verdict(
        status,
        first.evidence.reason,
        f"{_said(first)} ({where}{more})",
        (*evidence, *_later_installs(view, guilty, base), *other),
        confidence="heuristic" if status is Status.NEEDS_REVIEW else confidence,
        origin=first.evidence.origin,
        remediation=_remedy(first),
    )


def _step_of(evidence: Evidence) -> str:
    return "config" if evidence.step is None else f"step {evidence.step}"


def _said(hit: _Hit) -> str:
    """Return a hit in words that fit into a summary."""
    if hit.evidence.kind == "layer":
        return f"{hit.family} index, no package change"
    if hit.evidence.reason == _OTHERWISE:
        return f"{hit.text}, not its manager installs"
    if hit.evidence.reason == ONBUILD:
        return f"ONBUILD {hit.text} alone"
    return f"{hit.text} alone"


def _later_installs(view: ImageView, guilty: Sequence[_Hit], base: Boundary) -> Iterator[Evidence]:
    """Yield the steps that install from an index that may be stale by then."""
    first = min((hit.evidence.step for hit in guilty if hit.evidence.step is not None), default=0)
    installs: dict[str, list[tuple[Step, Use]]] = {}
    for step in view.history.steps[first:]:
        for use in uses(step.commands):
            if use.action == "install":
                installs.setdefault(use.family, []).append((step, use))
    for hit in guilty:
        after = hit.evidence.step
        known = installs.get(hit.family, [])
        at = 0 if after is None else bisect_right(known, after, key=lambda pair: pair[0].index)
        if after is not None and at < len(known):
            step, use = known[at]
            yield of_step(step, base, use.text, reason="install-in-later-step")


def _remedy(hit: _Hit) -> str:
    manager = hit.text.partition(" ")[0]
    install = _INSTALLS.get(hit.family, f"{manager} install -y PACKAGE")
    if hit.evidence.reason == _UPGRADE:
        joined = f"RUN {hit.text} -y && {manager} install -y PACKAGE"
        return f"name a newer base in FROM, or upgrade in the step that installs: {joined}"
    if hit.evidence.kind == "layer" or hit.family == "apk":
        return f"refresh and install in one step: RUN {install}"
    return f"join the steps: RUN {hit.text} && {install}"


def _nothing(view: ImageView, base: Boundary, evidence: tuple[Evidence, ...]) -> Verdict:
    """Say what no hit means: a pass only where every layer could speak."""
    if without_dockerfile(view.history):
        return Verdict(Status.NOT_APPLICABLE, "no-dockerfile", "built without a Dockerfile")
    if not view.history.steps:
        return undecided("history-absent", "not evaluated: the image has no history", *evidence)
    if silent := silent_layers(view, base):
        summary = f"not evaluated: no history for {silent} of {len(view.layers)} layers"
        return undecided("history-incomplete", summary, *evidence)
    if any(trigger.step.opaque for trigger in triggers(view)):
        summary = "not evaluated: an ONBUILD instruction is too long"
        return undecided("onbuild-unread", summary, *evidence)
    opaque = tuple(step for step in view.history.steps if _is_mute(view, step))
    told = tuple(
        of_step(step, base, _instead(step), reason="opaque-step", severity="info")
        for step in opaque
    )
    if any(_unread(view, step) for step in opaque):
        return layers_unread(view, evidence + told)
    exact = view.history.reliable and not opaque
    return Verdict(
        Status.PASS,
        "no-update-alone",
        "no update without install in the final stage",
        (*evidence, *told, _STAGE),
        confidence="exact" if exact else "strong",
    )


def _instead(step: Step) -> str:
    """Return what speaks for a step of which the history does not show all that ran."""
    told = step.instruction == "RUN" and step.commands and not step.lost
    hidden = "what it runs is" if told else "commands are"
    where = "no layer" if step.layer is None else f"layer {step.layer}"
    brought = "an index alone" if step.layer is None else "no package index alone"
    return f"{hidden} not in the history; {where} brought {brought}"


def _unread(view: ImageView, step: Step) -> bool:
    """Tell whether the layer of a step, or any when that is not known, was not read whole."""
    if step.layer is None:
        return bool(view.unread)
    layer = view.layers[step.layer]
    return bool(layer.missing or layer.partial)


CONTROL = Control(
    id="cis-docker-4.7",
    short="update not alone",
    automation="full",
    reads="the commands of every RUN step, with those of small shell scripts that it runs; for "
    "steps whose commands are not in the history, whether their layer brought a package index and "
    "no package",
    decides="fails when a step refreshes an index (apt-get update, apk update, zypper refresh, "
    "dnf makecache, pacman -Sy) or upgrades with yum, dnf or zypper and installs nothing with "
    "the same family of managers; a step whose commands are lost passes only by its layer, which "
    "must have been read; a refresh needs review where another program of its step may have "
    "installed, since packages changed in its layer or the layer is not known, and where ONBUILD "
    "will run it in a later build; what surely came with the base is only noted",
    limits="builder stages are not in the image; a script that removes its index again leaves "
    "no trace; a base is told from the author's steps only by a root filesystem import or by a "
    "seam in the history, and what only a seam excuses needs review",
    remediation="refresh and install in one RUN step: RUN apt-get update && apt-get install -y "
    "--no-install-recommends PACKAGE && rm -rf /var/lib/apt/lists/*",
    evaluate=evaluate,
    needs=frozenset({"history"}),
    parameters=(
        Parameter("accept_upgrade", default=False, meaning="an upgrade alone is only noted"),
    ),
)
