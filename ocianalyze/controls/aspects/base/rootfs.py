"""Tell where a whole root filesystem comes from: an import (catalogue, 4.9), or none at all."""

from itertools import islice

from ocianalyze.controls.aspects.history.add import HASHED, is_archive, sources_and_target
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind
from ocianalyze.model.history import History, Step

_MAKES_LAYER = ("ADD", "COPY", "RUN", "ROOTFS")
_OF_DISTRIBUTIONS = ("bin", "sbin", "lib", "usr/bin", "usr/lib", "etc/passwd")
"""What an image from scratch has none of."""
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


def is_from_scratch(view: ImageView) -> bool:
    """Tell an image without any distribution, whose first layer is of files that were copied.

    Only where its history is whole: else the first step is anybody's.
    """
    if view.is_windows or view.unread or not view.layers or view.inventory.distribution.id:
        return False
    step = view.history.step_of_layer(0)
    if step is None or step.instruction not in ("COPY", "ADD"):
        return False
    return all(view.tree.real(path) is None for path in _OF_DISTRIBUTIONS)


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
