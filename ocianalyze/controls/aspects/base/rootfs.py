"""Tell the step that imports a whole root filesystem (catalogue, 4.9)."""

from itertools import islice

from ocianalyze.controls.aspects.history.add import HASHED, is_archive, sources_and_target
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind
from ocianalyze.model.history import History, Step

_MAKES_LAYER = ("ADD", "COPY", "RUN", "ROOTFS")
_ENTRIES = 200_000
"""Members of layer 0 that are looked at; a root has its directories before that."""


def import_step(view: ImageView) -> Step | None:
    """Return the step that imported the root filesystem as layer 0, if one did."""
    first = first_layer_step(view.history)
    if first is None:
        return None
    if first.instruction == "ROOTFS":
        return first
    return first if looks_like_import(first) and _holds_root(view) else None


def first_layer_step(history: History) -> Step | None:
    """Return the first step that made a layer; when history is unreliable, that may have."""
    if history.reliable:
        return history.step_of_layer(0)
    return next((step for step in history.steps if step.instruction in _MAKES_LAYER), None)


def looks_like_import(step: Step) -> bool:
    """Tell an ADD of one archive or one hash to `/`."""
    if step.instruction != "ADD":
        return False
    sources, target = sources_and_target(step.text)
    if target != "/" or len(sources) != 1 or sources[0].startswith(("dir:", "multi:")):
        return False
    return bool(HASHED.match(sources[0])) or (is_archive(sources[0]) and "://" not in sources[0])


def _holds_root(view: ImageView) -> bool:
    """Tell whether layer 0 has `etc` and either `bin` or `usr`."""
    if not view.layers or view.layers[0].missing:
        return False
    tops: set[str] = set()
    for entry in islice(view.tree.layer(0), _ENTRIES):
        if entry.kind not in (Kind.WHITEOUT, Kind.OPAQUE):
            tops.add(entry.path.partition("/")[0])
        if "etc" in tops and ("bin" in tops or "usr" in tops):
            return True
    return False
