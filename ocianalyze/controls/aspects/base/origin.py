"""Where the base ends and the author's own steps begin (catalogue, 1.0.2).

A base whose layers are known proves itself: its diff_ids are the first ones of the image. Without
one, two things speak: the import of a root filesystem, and the seams that building on another image
leaves in the history. A seam that the builder does not tell is a guess; the author may have made
it, so what only a guess excuses is never excused for good. An image from scratch has no base.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls.aspects.base.known_bases import bundled
from ocianalyze.controls.aspects.base.rootfs import import_step, is_from_scratch
from ocianalyze.controls.aspects.base.seams import STARTS, claimed_name, layers_below, seam
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.finding import Confidence, Origin
from ocianalyze.model.history import History, Step

_ORDER: Sequence[ToldBy] = ("operator", "annotation", "provenance", "image", "table")
"""Who is believed before whom."""
_WHOLE = frozenset({"operator", "table"})
"""Who knows a base as such, so that an image with no other layer is it, or made from it alone."""
_SAID = {
    "operator": "as asked for",
    "annotation": "named by an annotation, and its layers are the first ones",
    "provenance": "named by the provenance, and its layers are the first ones",
    "image": "another image at hand has these layers",
    "table": "its layers are those of a known base",
}


class Boundary(NamedTuple):
    """The end of the base."""

    steps: int = 0
    """History steps below this index belong to the base."""
    layers: int = 0
    """Layers below this index belong to the base."""
    confidence: Confidence = "heuristic"
    method: str = ""
    """How it was found, for people; empty when it was not."""
    sure_steps: int = 0
    """Steps below this index belong to the base beyond reasonable doubt."""
    sure_layers: int = 0
    """The same in layers."""
    base: BaseImage | None = None
    """The base, if its layers prove it."""
    claimed: BaseImage | None = None
    """What was asked for, when another base or none is proved; else what the image says of its
    base, when nothing proves it."""
    open_steps: int = 0
    """Steps below this index that are not the base's may be: nothing tells whose they are."""
    open_layers: int = 0
    """The same in layers."""

    @property
    def known(self) -> bool:
        """Tell whether any base was found."""
        return bool(self.method)

    def of_step(self, step: int | None) -> Origin:
        """Return where a step comes from."""
        return _side(step, self.steps, self.open_steps, known=self.known)

    def of_layer(self, layer: int | None) -> Origin:
        """Return where a layer comes from."""
        return _side(layer, self.layers, self.open_layers, known=self.known)

    def excuses(self, step: int | None, layer: int | None = None) -> bool:
        """Tell whether something surely came with the base."""
        return (step is not None and step < self.sure_steps) or (
            layer is not None and layer < self.sure_layers
        )


def boundary(view: ImageView, *, base_diff_ids: Sequence[str] = ()) -> Boundary:
    """Return the end of the base.

    By the layers of a base that is known; else by a seam in the history; else by the import of a
    root filesystem.

    Args:
        view: the image; `view.bases` are the images that it may have been built on.
        base_diff_ids: layers of the base that the operator names.

    """
    if base_diff_ids:
        given = BaseImage("", "operator", tuple(base_diff_ids))
        return _found(view, (given, *view.bases))
    return view.once(_boundary)


def _boundary(view: ImageView) -> Boundary:
    return _found(view, view.bases)


def _found(view: ImageView, bases: Iterable[BaseImage]) -> Boundary:
    told = (*bases, *bundled())
    for who in _ORDER:
        proved = [base for base in told if base.told_by == who and _begins(view, base)]
        if proved:
            longest = max(proved, key=lambda base: len(base.diff_ids))
            asked = None if who == "operator" else _first(told, "operator")
            return _exact(view, longest)._replace(claimed=asked)
    named = claimed_name(view.history)
    own = (BaseImage(named, "history"),) if named else ()
    claimed = _first((*told, *own), "operator", "annotation", "provenance", "history")
    return _guessed(view)._replace(claimed=claimed)


def _first(bases: Sequence[BaseImage], *tellers: ToldBy) -> BaseImage | None:
    """Return the first base that the first of some tellers names."""
    named = (base for who in tellers for base in bases if base.told_by == who)
    return next(named, None)


def _begins(view: ImageView, base: BaseImage) -> bool:
    """Tell a base whose layers are the first of the image.

    All of them only of a base that the operator or a table knows: another image at hand with the
    same layers may be this one under another name.
    """
    most = len(view.layers) - (base.told_by not in _WHOLE)
    if not 0 < len(base.diff_ids) <= most:
        return False
    return all(
        layer.diff_id is not None and str(layer.diff_id) == expected
        for layer, expected in zip(view.layers, base.diff_ids, strict=False)
    )


def _exact(view: ImageView, base: BaseImage) -> Boundary:
    """Return the end of a base that is proved.

    An image that has no other layer may be the base itself, and its author the image's: it is
    called base, yet excused for nothing.
    """
    layers = len(base.diff_ids)
    steps = _steps_of(view.history, layers) if base.steps is None else base.steps
    name = f"{base.name}: " if base.name else ""
    method = name + _SAID[base.told_by]
    is_whole = layers == len(view.layers)
    sure = (0, 0) if is_whole else (steps, layers)
    return Boundary(steps, layers, "exact", method, *sure, base)


def _steps_of(history: History, layers: int) -> int:
    """Return how many steps made the first layers, with what the base set after the last of them.

    Which of the empty steps up to the next layer are the base's is told by its CMD or ENTRYPOINT:
    they end most base images. Where no layer follows, only the first of them are the base's.
    """
    if not history.reliable:
        return 0
    below = [step for step in history.steps if step.layer is not None and step.layer < layers]
    last = below[-1].index + 1 if below else 0
    after = list(islice(history.steps, last, None))
    following = next((n for n, step in enumerate(after) if step.layer is not None), None)
    if following is None:
        return last + _first_start(after)
    starts = [step.index + 1 for step in after[:following] if step.instruction in STARTS]
    return max((last, *starts))


def _first_start(steps: Sequence[Step]) -> int:
    """Return how many steps there are up to the first CMD and ENTRYPOINT, one of each."""
    seen: set[str] = set()
    for position, step in enumerate(steps):
        if step.instruction in seen or (seen and step.instruction not in STARTS):
            return position
        if step.instruction in STARTS:
            seen.add(step.instruction)
    return len(steps) if seen else 0


def _guessed(view: ImageView) -> Boundary:
    """Return the end of the base by a seam in the history, else by a rootfs import."""
    imported = _imported(view)
    found = seam(view.history)
    if found is None or found.steps <= imported.steps:
        return imported if imported.known or not is_from_scratch(view) else _SCRATCH
    steps, layers = found.steps, layers_below(view.history, found.steps)
    if found.grade == "doubtful":
        method = ", ".join(filter(None, (imported.method, f"{found.method} and may end it")))
        guess = imported._replace(confidence="heuristic", method=method)
        return guess._replace(open_steps=steps, open_layers=layers)
    if found.grade in ("said", "confirmed"):
        confidence: Confidence = "strong" if found.grade == "said" else "heuristic"
        return Boundary(steps, layers, confidence, found.method, steps, layers)
    sure = imported.steps, imported.layers
    return Boundary(steps, layers, "heuristic", found.method, *sure)


def _imported(view: ImageView) -> Boundary:
    """Return the end of a root filesystem that was imported, which is a part of the base."""
    found = import_step(view)
    if found is None:
        return Boundary()
    steps, layers = found.index + 1, 1 if found.layer == 0 else 0
    method = "layer 0 imports a root filesystem"
    return Boundary(steps, layers, "strong", method, steps, layers)


_SCRATCH = Boundary(confidence="strong", method="FROM scratch, nothing is of a distribution")


def _side(position: int | None, end: int, open_end: int, *, known: bool) -> Origin:
    if not known or position is None or end <= position < open_end:
        return "unknown"
    return "base" if position < end else "author"
