"""Where COPY and ADD steps write: a step explains a change only below its destination."""

from collections.abc import Mapping
from posixpath import normpath

from ocianalyze.controls.aspects.history.add import sources_and_target
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Step

_LONGEST = 4_096


def may_write(view: ImageView, step: Step, path: str) -> bool:
    """Tell whether a step can have written a path: RUN any, COPY and ADD below their target."""
    if step.instruction == "RUN":
        return True
    targets = view.once(_targets).get(step.index, ())
    return any(not target or f"{path}/".startswith(f"{target}/") for target in targets)


def absolute(home: str, path: str) -> str:
    """Return a path below the root, without leading slash; a relative one is below `home`."""
    joined = path if path.startswith("/") else f"{home}/{path}"
    whole = normpath(f"/{joined[:_LONGEST]}").lstrip("/")
    return "" if whole == "." else whole


def working_directories(view: ImageView) -> Mapping[int, str]:
    """Return the directory that each step ran in, by its index."""
    home, found = "", {}
    for step in view.history.steps:
        found[step.index] = home
        if step.instruction == "WORKDIR":
            home = absolute(home, step.text.strip())
    return found


def _targets(view: ImageView) -> Mapping[int, tuple[str, ...]]:
    """Return the targets of the steps that copy, as written and where links lead.

    A variable may stand for any path, so such a target is the root.
    """
    homes, found = view.once(working_directories), {}
    for step in view.history.steps:
        if step.instruction not in ("COPY", "ADD"):
            continue
        written = sources_and_target(step.text)[1]
        if not written:
            continue
        target = "" if "$" in written else absolute(homes[step.index], written)
        found[step.index] = (target, view.tree.real(target) or target) if target else ("",)
    return found
