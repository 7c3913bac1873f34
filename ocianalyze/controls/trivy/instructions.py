"""Instructions but RUN: trivy's rules about them, read from the history."""

import re
from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.history.step_rule import Find, StepRule, each
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status
from ocianalyze.model.history import Step

_ABSOLUTE = re.compile(r"[\"']?(?:/|\\|\$|[A-Za-z]:[\\/])")
_SYSTEM = re.compile(
    r"/(?:bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|usr|usr/bin|usr/lib|usr/sbin)/?"
)


def maintainer(step: Step) -> str:
    """Tell the instruction that LABEL replaced."""
    return "MAINTAINER" if step.instruction == "MAINTAINER" else ""


def relative(step: Step) -> str:
    """Tell a working directory that depends on the one before it."""
    if step.instruction != "WORKDIR" or not step.text or _ABSOLUTE.match(step.text):
        return ""
    return "WORKDIR is relative"


def system(step: Step) -> str:
    """Tell a working directory that belongs to the system."""
    if step.instruction != "WORKDIR" or not _SYSTEM.fullmatch(step.text.strip("\"'")):
        return ""
    return f"WORKDIR {step.text[:24]}"


def several(instruction: str) -> Find:
    """Return what finds an instruction of the author's that a later one undoes."""

    def find(view: ImageView) -> Iterator[tuple[Step, str]]:
        base = view.once(boundary)
        steps = [x for x in view.history.steps if x.instruction == instruction]
        own = [x for x in steps if base.of_step(x.index) != "base"]
        yield from ((step, f"{instruction} that a later one undoes") for step in own[:-1])

    return find


def _control(name: str, short: str, rule: StepRule, decides: str, remediation: str) -> Control:
    return Control(
        id=name,
        short=short,
        automation="full",
        reads="the instructions in the history",
        decides=decides,
        limits="history is what the builder wrote: builder stages are not in it, and a base is "
        "told from the author's steps only by a root filesystem import or by a seam",
        remediation=remediation,
        evaluate=rule,
        needs=frozenset({"history"}),
    )


def _repeated(name: str, instruction: str) -> Control:
    rule = StepRule(
        f"several-{instruction.lower()}",
        f"second {instruction}",
        several(instruction),
        about_commands=False,
        severity="low",
        status=Status.NEEDS_REVIEW,
    )
    decides = (
        f"needs review when the author's steps hold more than one {instruction}; an image that "
        "was built on another one with nothing between them looks the same, so it never fails"
    )
    return _control(name, f"one {instruction}", rule, decides, f"keep the last {instruction}")


def _fails(name: str, short: str, rule: StepRule, decides: str, remediation: str) -> Control:
    review = "what only a seam in the history excuses needs review"
    return _control(name, short, rule, f"fails when {decides}; {review}", remediation)


CONTROLS = (
    _repeated("trivy-DS-0007", "ENTRYPOINT"),
    _repeated("trivy-DS-0016", "CMD"),
    _repeated("trivy-DS-0023", "HEALTHCHECK"),
    _fails(
        "trivy-DS-0009",
        "WORKDIR absolute",
        StepRule("workdir-relative", "relative WORKDIR", each(relative), about_commands=False),
        "WORKDIR names a relative path; buildkit writes the absolute one into the history",
        "WORKDIR with an absolute path",
    ),
    _fails(
        "trivy-DS-0022",
        "no MAINTAINER",
        StepRule(
            "maintainer", "MAINTAINER", each(maintainer), about_commands=False, severity="low"
        ),
        "a step is MAINTAINER",
        "LABEL org.opencontainers.image.authors instead of MAINTAINER",
    ),
    _fails(
        "trivy-DS-0030",
        "WORKDIR of its own",
        StepRule("workdir-system", "WORKDIR of the system", each(system), about_commands=False),
        "WORKDIR is a directory of the system",
        "WORKDIR /app, or another directory of the application's own",
    ),
)
