"""Package sources are configured securely (ENF-1): no setting switches verification off."""

from ocianalyze.controls._base import Control, undecided, windows_image
from ocianalyze.controls.aspects.verification.switched_off import Flaw, of_environment, of_settings
from ocianalyze.controls.saying import judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.verification import SETTINGS

_WEIGHTS = (("fail", Status.FAIL), ("review", Status.NEEDS_REVIEW))


def evaluate(view: ImageView) -> Verdict:
    """Judge settings files and variables; commands and contents are CIS Docker 4.11's."""
    if view.is_windows:
        return windows_image()
    flaws = _flaws(view)
    for weight, status in _WEIGHTS:
        if guilty := [flaw.evidence for flaw in flaws if flaw.weight == weight]:
            return judged(guilty, "source-insecure", "package source", status=status)
    return _clean(view)


def _flaws(view: ImageView) -> list[Flaw]:
    return [*of_settings(view), *of_environment(view)]


def _clean(view: ImageView) -> Verdict:
    if cut := next(view.tree.cut(SETTINGS), None):
        summary = f"not evaluated: {cut.path[-24:]} was not read whole"
        return undecided("settings-unread", summary)
    if not view.packages() and next(view.tree.observations(SETTINGS), None) is None:
        summary = "does not apply: no packages, no settings of managers"
        return Verdict(Status.NOT_APPLICABLE, "no-packages", summary)
    summary = "no setting switches verification off"
    return Verdict(Status.PASS, "sources-secure", summary, confidence="strong")


CONTROL = Control(
    id="s2c2f-ENF-1",
    short="package sources",
    automation="partial",
    reads="settings of package managers in the final filesystem, and variables of config.Env",
    decides="fails when a setting or a variable switches off the verification of packages or of "
    "the connection to their source; weaker settings need review; does not apply to an image "
    "with neither packages nor such settings",
    limits="which repositories are trusted is a policy; settings in a builder stage, on a command "
    "line or in a user's home that no observer keeps",
    remediation="remove the setting: repositories are verified without it",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "packages"}),
    answers=("cis-ssc-3.1.5",),
)
