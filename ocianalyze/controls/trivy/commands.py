"""What RUN steps do: trivy's rules about commands, read from the history."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, OnWindows
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.history.step_rule import StepRule, each
from ocianalyze.controls.trivy import _words
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Step

_LIMITS = (
    "history is what the builder wrote: builder stages are not in it; the text of a step is "
    "judged, not what a script does that it runs, and a step whose text is lost leaves the "
    "question open; a base is told from the author's steps only by a root filesystem import or "
    "by a seam in the history"
)


def both(view: ImageView) -> Iterator[tuple[Step, str]]:
    """Yield the steps of the author that download, when some use curl and others wget."""
    base = view.once(boundary)
    own = [x for x in view.history.steps if base.of_step(x.index) != "base"]
    used = [(step, names) for step in own if (names := _words.downloaders(step))]
    if len(frozenset().union(*(names for _, names in used))) > 1:
        for step, names in used:
            yield step, f"downloads with {' and '.join(sorted(names))}"


def _control(  # noqa: PLR0913, PLR0917 - the texts of a control
    name: str,
    short: str,
    rule: StepRule,
    decides: str,
    remediation: str,
    answers: tuple[str, ...] = (),
    on_windows: OnWindows = "judged",
) -> Control:
    return Control(
        id=name,
        short=short,
        automation="full",
        reads="the commands of every RUN step in the history",
        decides=f"fails when {decides}; what only a seam in the history excuses needs review",
        limits=_LIMITS,
        remediation=remediation,
        evaluate=rule,
        needs=frozenset({"history"}),
        answers=answers,
        on_windows=on_windows,
    )


CONTROLS = (
    _control(
        "trivy-DS-0010",
        "RUN with sudo",
        StepRule("sudo", "sudo", each(_words.run(_words.sudo)), severity="high"),
        "a step starts a command with sudo",
        "RUN the command as root before USER, without sudo",
        on_windows="meaningless",
    ),
    _control(
        "trivy-DS-0013",
        "WORKDIR, not cd",
        StepRule(
            "cd",
            "step that begins with cd",
            each(_words.run(_words.changes_directory)),
            severity="low",
        ),
        "the first thing that a step does is to change the directory",
        "WORKDIR instead of RUN cd",
    ),
    _control(
        "trivy-DS-0014",
        "curl or wget",
        StepRule("curl-and-wget", "mix of curl and wget", both, severity="low"),
        "the author's steps use both curl and wget",
        "use one of them, so that the other need not be installed",
    ),
    _control(
        "trivy-DS-0021",
        "apt-get -y",
        StepRule("apt-asks", "apt that asks", each(_words.run(_words.asks)), severity="low"),
        "apt-get, apt or aptitude install without an option that answers its question",
        "RUN apt-get install -y PACKAGE",
        on_windows="meaningless",
    ),
    _control(
        "dockle-DKL-DI-0003",
        "no dist-upgrade",
        StepRule("dist-upgrade", "dist-upgrade", each(_words.run(_words.upgrades)), severity="low"),
        "a step runs dist-upgrade or full-upgrade of apt",
        "start from a newer base instead",
        ("trivy-DS-0024",),
        on_windows="meaningless",
    ),
    _control(
        "trivy-DS-0029",
        "no recommended packages",
        StepRule(
            "apt-recommends",
            "recommended packages",
            each(_words.run(_words.recommends)),
            severity="low",
        ),
        "apt installs packages that others only recommend",
        "RUN apt-get install -y --no-install-recommends PACKAGE",
        on_windows="meaningless",
    ),
)
