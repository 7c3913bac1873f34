"""Controls that compare with a day, combined, with that day handed on to each."""

from collections.abc import Callable

from ocianalyze.controls._base import Control, tuned
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.ocia import age
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict

_OF_AGE = {control.id: control for control in age.CONTROLS}
AGE, SUPPORT = _OF_AGE["ocia-image-age"], _OF_AGE["ocia-eol-distribution"]
NOW = next(x for x in AGE.parameters if x.name == "now")


def dated(*parts: Control) -> Callable[..., Verdict]:
    """Return the worst of some controls at a day; each has the parameter `now`."""

    def evaluate(view: ImageView, *, now: str = "") -> Verdict:
        return Worst(tuple(tuned(part, {"now": now}) for part in parts))(view)

    return evaluate
