"""sudo in an image."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.ocia.tools import tools
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.controls.trivy import commands
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict

_SUDO = "sudo"
_IN_STEPS = next(x for x in commands.CONTROLS if x.id == "trivy-DS-0010")


def installed(view: ImageView) -> Verdict:
    """Find sudo by its content; a mere name needs review."""
    found = [x for x in view.once(tools) if x.tool.id == _SUDO]
    sure = [of_entry(x.entry, f"sudo ({x.how})") for x in found if x.counts]
    if sure:
        return judged(sure, "sudo-present", "sudo")
    named = (of_entry(x.entry, "named like sudo", severity="low") for x in found)
    return judged(named, "sudo-by-name", "sudo", status=Status.NEEDS_REVIEW)


_INSTALLED = Control(
    id="dockle-DKL-DI-0001-installed",
    short="sudo installed",
    automation="full",
    reads="contents and names of executables in the final filesystem",
    decides="fails when sudo is there",
    limits="another program that gives rights",
    remediation="install no sudo: USER switches the user in a Dockerfile",
    evaluate=installed,
    needs=frozenset({"filesystem"}),
    on_windows="meaningless",
)
CONTROL = Control(
    id="dockle-DKL-DI-0001",
    short="no sudo",
    automation="full",
    reads=f"{_INSTALLED.reads}; the commands of every RUN step in the history",
    decides="fails when sudo is there, or when a step of the author's starts it",
    limits="what a script of a step does is not seen",
    remediation="switch the user with USER, and RUN what root must do before it",
    evaluate=Worst((_INSTALLED, _IN_STEPS)),
    on_windows="meaningless",
)
