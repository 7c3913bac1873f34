"""Controls of age, combined, with the day that they compare with handed on to each."""

from collections.abc import Callable

from ocianalyze.controls._base import Control, tuned
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.ocia import age
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict

AGE, SUPPORT = "ocia-image-age", "ocia-eol-distribution"
PARTS = {control.id: control for control in age.CONTROLS}
NOW = next(x for x in PARTS[AGE].parameters if x.name == "now")


def dated(*names: str) -> Callable[..., Verdict]:
    """Return the worst of some controls of age, at a day."""
    parts: tuple[Control, ...] = tuple(PARTS[name] for name in names)

    def evaluate(view: ImageView, *, now: str = "") -> Verdict:
        return Worst(tuple(tuned(part, {"now": now}) for part in parts))(view)

    return evaluate
