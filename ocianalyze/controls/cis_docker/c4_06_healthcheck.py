"""CIS Docker 4.6: HEALTHCHECK instructions have been added."""

from collections.abc import Iterator
from dataclasses import replace

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, field_unread, layers_unread
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.programs.probe_advised import probe
from ocianalyze.controls.aspects.programs.probes import weakness
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict
from ocianalyze.model.history import Step
from ocianalyze.model.oci import Healthcheck, ImageConfig, RunConfig

_POINTER = "/config/Healthcheck"
_TEST = f"{_POINTER}/Test"
_SECOND = 1_000_000_000
_LEAST = _SECOND // 1_000
"""Docker refuses to make a container whose check has a shorter time, but for 0: the default."""
_LONG_INTERVAL = 600 * _SECOND
_ENDLESS = 86_400 * _SECOND
"""An interval after which nobody waits for an answer."""


def _known(orchestrator: str) -> None:
    if orchestrator not in ("", "kubernetes"):
        raise ValueError(f"{values.shown(orchestrator)} is none that is known: kubernetes")


def _label(text: str) -> None:
    if text != text.strip():
        raise ValueError("a label begins and ends with no space")


def evaluate(view: ImageView, *, orchestrator: str = "", exempt_label: str = "") -> Verdict:
    """Judge `config.Healthcheck`; the history only tells where it came from.

    Args:
        view: the image.
        orchestrator: `kubernetes` has probes of its own, so that nothing fails.
        exempt_label: a label that says of an image that it needs no check: a base, a tool.

    """
    if exempt_label and view.config and exempt_label in view.config.config.labels:
        return _exempt(exempt_label)
    verdict = _judged(view)
    if orchestrator == "kubernetes" and verdict.status is Status.FAIL:
        summary = "Kubernetes ignores it: probes are in the pod's spec"
        return replace(
            verdict, status=Status.NOT_APPLICABLE, reason="kubelet-ignores-it", summary=summary
        )
    return verdict


def _exempt(label: str) -> Verdict:
    pointer = f"/config/Labels/{label.replace('~', '~0').replace('/', '~1')}"
    told = Evidence("the profile's label is set", "config", pointer=pointer, severity="info")
    summary = f"label {label[:30]} says that none is needed"
    return Verdict(Status.NOT_APPLICABLE, "exempt-by-label", summary, (told,), origin="author")


def _judged(view: ImageView) -> Verdict:
    config = view.once(written)
    if config is None:
        return Verdict(Status.NOT_EVALUATED, "no-image-config", "not evaluated: no image config")
    if unread := field_unread(view, "Healthcheck"):
        return unread
    health = config.config.healthcheck
    if health is None or not health.test:
        return _absent(view, config)
    kind = health.test[0]
    if kind == "NONE":
        return _disabled(view)
    if kind not in ("CMD", "CMD-SHELL"):
        evidence = Evidence(f"Test begins with {_type(view)}", "config", pointer=f"{_TEST}/0")
        summary = "health check of an unknown type is not run"
        return _failed(view, "unknown-type", summary, (evidence,))
    return _present(view, config.config, health)


def _absent(view: ImageView, config: ImageConfig) -> Verdict:
    known = config.config.healthcheck is not None
    detail = "Healthcheck has no Test" if known else "no Healthcheck"
    evidence = [Evidence(detail, "config", pointer=_TEST if known else _POINTER)]
    if any(step.builder == "buildah" for step in view.history.steps):
        evidence.append(
            Evidence(
                "built by buildah, which keeps HEALTHCHECK only with --format docker",
                "config",
                "oci-format-drops-healthcheck",
                pointer=_POINTER,
                severity="info",
            )
        )
    return _failed(view, "healthcheck-absent", "no HEALTHCHECK", tuple(evidence))


def _disabled(view: ImageView) -> Verdict:
    base = boundary(view)
    disabled = Evidence("Test is NONE", "config", pointer=_TEST)
    before = tuple(
        of_step(step, base, "HEALTHCHECK", reason="disabled-later")
        for step in _steps(view)[:-1]
        if "NONE" not in step.text[:16]
    )
    summary = "HEALTHCHECK NONE disables it"
    return _failed(view, "explicitly-disabled", summary, (disabled, *before))


def _failed(view: ImageView, reason: str, summary: str, evidence: tuple[Evidence, ...]) -> Verdict:
    return Verdict(
        Status.FAIL,
        reason,
        summary,
        evidence,
        origin=_origin(view, boundary(view)),
        remediation=_remedy(view),
    )


def _present(view: ImageView, config: RunConfig, health: Healthcheck) -> Verdict:
    base = boundary(view)
    origin = _origin(view, base)
    shown = view.config.config if view.config else RunConfig()
    program = _program(shown.healthcheck)
    told = Evidence(f"{health.test[0]} {program}", "config", pointer=_TEST, severity="info")
    evidence = (told, *_quality(health))
    if weak := weakness(view, config, shown):
        flaw = Evidence(f"health check {weak}", "config", "ineffective", pointer=_TEST)
        summary = shortened(f"health check {weak}")
        return _review(view, "ineffective", summary, (flaw, *evidence), origin)
    if flaws := tuple(_mistimed(health)):
        summary = shortened(f"health check {flaws[0].detail}")
        return _review(view, flaws[0].reason, summary, (*flaws, *evidence), origin)
    if view.unread and not view.is_windows:
        return layers_unread(view, evidence)
    changed = tuple(_changed_later(view, base)) if origin == "base" else ()
    if changed:
        summary = "health check of the base, but another program runs"
        return _review(view, "inherited-but-changed", summary, (*evidence, *changed), origin)
    summary = f"{health.test[0]} {program}"[:60]
    return Verdict(Status.PASS, "healthcheck-present", summary, evidence, origin=origin)


def _review(
    view: ImageView, reason: str, summary: str, evidence: tuple[Evidence, ...], origin: Origin
) -> Verdict:
    return Verdict(
        Status.NEEDS_REVIEW,
        reason,
        summary,
        evidence,
        confidence="heuristic",
        origin=origin,
        remediation=_remedy(view),
    )


def _type(view: ImageView) -> str:
    """Return the first word of the test as it may be quoted."""
    shown = view.config.config.healthcheck if view.config else None
    return shown.test[0][:40] if shown and shown.test else ""


def _program(shown: Healthcheck | None) -> str:
    """Return the first word of the check; the rest may hold a password."""
    words = " ".join(shown.test[1:2] if shown else ()).split(maxsplit=1)
    return words[0][:40] if words else ""


def _quality(health: Healthcheck) -> Iterator[Evidence]:
    """Yield what is worth knowing of the timing."""
    if health.interval == 0:
        yield _note("Interval is the default of 30 s", "Interval", "default-interval")
    elif _LONG_INTERVAL < health.interval < _ENDLESS:
        seconds = health.interval // _SECOND
        yield _note(f"Interval is {seconds} s", "Interval", "long-interval")
    if health.retries == 0:
        yield _note("Retries is the default of 3", "Retries", "default-retries")


def _mistimed(health: Healthcheck) -> Iterator[Evidence]:
    """Yield times and counts with which no runtime asks."""
    times = {
        "Interval": health.interval,
        "Timeout": health.timeout,
        "StartPeriod": health.start_period,
        "StartInterval": health.start_interval,
    }
    for field, value in times.items():
        if value and value < _LEAST:
            said = f"has {field} {value} ns: less than 1 ms is refused"
            yield Evidence(said, "config", "time-refused", pointer=f"{_POINTER}/{field}")
    if health.retries < 0:
        said = f"has Retries {health.retries}: a negative count is refused"
        yield Evidence(said, "config", "time-refused", pointer=f"{_POINTER}/Retries")
    if health.interval >= _ENDLESS:
        said = f"asks every {health.interval // _ENDLESS} days"
        yield Evidence(said, "config", "interval-endless", pointer=f"{_POINTER}/Interval")


def _note(detail: str, field: str, reason: str) -> Evidence:
    return Evidence(detail, "config", reason, pointer=f"{_POINTER}/{field}", severity="info")


def _steps(view: ImageView) -> list[Step]:
    return [step for step in view.history.steps if step.instruction == "HEALTHCHECK"]


def _origin(view: ImageView, base: Boundary) -> Origin:
    """Return who set the check: the last HEALTHCHECK step, else the author, who set none."""
    steps = _steps(view)
    if steps:
        return base.of_step(steps[-1].index)
    is_set = view.config is not None and view.config.config.healthcheck is not None
    return "unknown" if is_set else "author"


def _changed_later(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    """Yield the author's steps that start another program than the base's check was made for."""
    for step in view.history.steps:
        is_start = step.instruction in ("ENTRYPOINT", "CMD")
        if is_start and base.of_step(step.index) == "author":
            yield of_step(step, base, step.instruction, reason="entrypoint-changed")


def _remedy(view: ImageView) -> str:
    """Return an instruction for what this image exposes and has."""
    if not view.is_windows and not view.tree.resolve("bin/sh"):
        return 'HEALTHCHECK CMD ["/PROGRAM", "health"]: the image has no shell'
    return f"HEALTHCHECK CMD {probe(view)} || exit 1"


CONTROL = Control(
    id="cis-docker-4.6",
    short="health check",
    automation="full",
    reads="config.Healthcheck; programs and shell in the final filesystem; HEALTHCHECK, CMD and "
    "ENTRYPOINT steps of the history",
    decides="fails without a check, with HEALTHCHECK NONE and with a type that no runtime "
    "knows; needs review when the check cannot fail (a constant, a probe sent to the background, "
    "an end that succeeds whatever came before) or cannot start, when it has a time that Docker "
    "refuses (below 1 ms, but for 0) or an interval of a day and more, or when it came with "
    "the base and the author starts another program; passes only when all layers could be read, "
    "since an unread one may lack the program",
    limits="whether the check asks the right question is not known; programs of Windows images "
    "are not looked up; Kubernetes ignores the check; the OCI "
    "image format has no HEALTHCHECK, so what writes or converts to OCI manifests (buildah, "
    "podman, skopeo) drops one that the Dockerfile has",
    remediation="HEALTHCHECK CMD curl -fsS http://localhost:8080/ || exit 1",
    evaluate=evaluate,
    needs=frozenset({"config"}),
    parameters=(
        Parameter(
            "orchestrator", "", "kubernetes: it ignores the check, so that nothing fails", _known
        ),
        Parameter("exempt_label", "", "a label: images that have it need no check", _label),
    ),
)
