"""Set-id bits that a later layer took back: the lower layer still holds the file with them."""

from collections.abc import Iterator
from itertools import compress, islice

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence

_MOST = 100
"""Files that are told."""
_KINDS = frozenset({"file", "hardlink"})


def taken_back(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    """Yield files whose final version has no set-id bit, though a lower layer gave them one."""
    return islice(_taken_back(view, base), _MOST)


def _taken_back(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    for layer in view.layers[:-1]:
        for path, mode in _overwritten(view, layer.index):
            final = view.tree.get(path)
            if final is None or final.mode & 0o6000:
                continue
            yield Evidence(
                f"mode was {mode & 0o7777:04o} in layer {layer.index}, "
                f"is {final.mode & 0o7777:04o} since layer {final.layer}",
                reason="bit-was-set",
                path=path,
                layer=layer.index,
                state=State.OVERWRITTEN,
                origin=base.of_layer(layer.index),
                severity="info",
            )


def _overwritten(view: ImageView, layer: int) -> Iterator[tuple[str, int]]:
    """Yield path and mode of the set-id files of a layer that later ones overwrote."""
    modes = [
        mode if isinstance(mode, int) and mode & 0o6000 and state == "overwritten" else 0
        for mode, state in view.tree.table(layer, ("mode", "state"))
    ]
    if any(modes):
        cells = compress(view.tree.table(layer, ("path", "kind")), modes)
        for (path, kind), mode in zip(cells, filter(None, modes), strict=True):
            if kind in _KINDS:
                yield str(path), mode
