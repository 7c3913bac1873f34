"""A blob becomes LayerFacts: the one pass over a layer's bytes."""

from collections.abc import Callable, Sequence
from contextlib import closing

from ocianalyze.blobs.stream import Opens, RawStream
from ocianalyze.layers.observer import Classifier, Observer
from ocianalyze.layers.walk import Walk
from ocianalyze.limits import Limits
from ocianalyze.model.facts import LayerFacts


def read_layer(
    blob: Opens,
    observers: Sequence[Observer],
    classify: Classifier,
    limits: Limits,
    tell: Callable[[int], None] = lambda _: None,
) -> LayerFacts:
    """Read every byte of a layer once; `tell` takes the stored bytes read so far.

    Raises:
        OSError: the blob's file cannot be read.

    """
    stream = RawStream(blob, limits, tell)
    with closing(iter(stream)) as chunks:
        walk = Walk(chunks, observers, classify, limits)
        walk.run()
        if walk.progress.timed_out:
            stream.stop()
        for _ in chunks:
            """The rest is hashed, not walked."""
    return _facts(stream, walk)


def _facts(stream: RawStream, walk: Walk) -> LayerFacts:
    partial = stream.partial or walk.progress.partial or walk.progress.skipped or walk.overlooked
    return LayerFacts(
        digest=stream.digest,
        size=stream.size,
        diff_id=stream.diff_id,
        raw_size=stream.raw_size,
        compression=stream.compression,
        flavour=stream.flavour,
        entries=walk.columns.finish(),
        anomalies=(*stream.anomalies, *walk.anomalies),
        anomalies_dropped=walk.anomalies.dropped,
        partial=partial,
        observations={name: tuple(seen) for name, seen in walk.attention.observations.items()},
    )
