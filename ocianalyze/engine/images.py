"""Images from the facts of their layers, one after another; what they share is bounded for all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from ocianalyze.engine.analysed import Spent, analyse
from ocianalyze.engine.idle import Idle
from ocianalyze.engine.keeping import kept_for
from ocianalyze.engine.options import Options
from ocianalyze.filesystem.bases import base_of
from ocianalyze.model.facts import LayerFacts
from ocianalyze.report._base import AnalysedImage
from ocianalyze.sources._base import StoredImage

Read: TypeAlias = tuple[StoredImage, Sequence[LayerFacts | None]]
"""An image with the facts of each layer."""
_AT_HAND = 100
"""Images of the same input that may be the base of others."""


def analysed(
    read: Iterable[Read], images: Sequence[StoredImage], options: Options, idle: Idle
) -> Iterator[AnalysedImage]:
    """Yield every image analysed; what was made of it is kept when the next one is asked for.

    Args:
        read: the images with their facts.
        images: all of the input that are read.
        options: how to analyse.
        idle: sees every image's secrets.

    """
    kept, room, taken = kept_for(options), options.limits.findings, 0
    at_hand = [base_of(image, "image", options.limits) for image in images[:_AT_HAND]]
    for image, facts in read:
        lower = (one for one in at_hand if one and len(one.diff_ids) < len(image.layers))
        own = replace(options, bases=(*options.bases, *lower))
        one = analyse(image, facts, own, Spent(room, taken), kept)
        room, taken = room - len(one.image.view.findings), one.read
        idle.see(one.image.view.secrets)
        yield one.image
        one.keep()
