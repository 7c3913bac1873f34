"""A blob becomes LayerFacts: the one pass over a layer's bytes (`linked` has the exception)."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import starmap

from ocianalyze.blobs.stream import Opens, RawStream
from ocianalyze.dataclass import dataclass
from ocianalyze.layers.linked import look_again
from ocianalyze.layers.observer import Classifier, Observer
from ocianalyze.layers.sieve import Members, Sieving, Sifted
from ocianalyze.layers.walk import Walk
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.observation import Observation, Observations


@dataclass(frozen=True, slots=True)
class Reading:
    """What to look for in layers."""

    observers: Sequence[Observer]
    classify: Classifier
    limits: Limits = DEFAULT
    sieving: Sieving | None = None


def read_layer(
    blob: Opens,
    reading: Reading,
    tell: Callable[[int], None] = lambda _: None,
    others: Iterable[str] = (),
) -> LayerFacts:
    """Read every byte of a layer once; a second time for what only a hard link's name tells.

    Args:
        blob: the layer.
        reading: what to look for.
        tell: takes the stored bytes read so far.
        others: algorithms by which the bytes are hashed beside sha256.

    Raises:
        OSError: the blob's file cannot be read.

    """
    limits, sieving = reading.limits, reading.sieving
    sieve = sieving.open(limits) if sieving else None
    stream = RawStream(blob, limits, tell, sieve, others)
    with closing(iter(stream)) as chunks:
        walk = Walk(chunks, reading.observers, reading.classify, limits, stream.raw_digest)
        walk.run()
        if walk.progress.timed_out:
            stream.stop()
        for _ in chunks:
            """The rest is hashed, not walked."""
    look_again(blob, stream.compression, walk)
    facts = _facts(stream, walk)
    if sieving is None or sieve is None:
        return facts
    return _sifted(facts, sieving, sieve.close(_members(facts, walk)))


def _members(facts: LayerFacts, walk: Walk) -> Members:
    return Members(facts.entries, walk.columns.contents, walk.columns.sparse)


def _sifted(facts: LayerFacts, sieving: Sieving, sifted: Sifted) -> LayerFacts:
    """Return facts with what a sieve found."""
    found = Observations(starmap(Observation, sifted.found.items()))
    observations = {**facts.observations, sieving.name: found}
    if sifted.notes:
        notes = starmap(Observation, sorted(sifted.notes.items()))
        seen = observations.get(sieving.notes, ())
        observations[sieving.notes] = Observations((*seen, *notes))
    return replace(
        facts,
        unsearched=sifted.partial,
        observations=observations,
        outside={sieving.name: sifted.outside} if sifted.outside else {},
    )


def _facts(stream: RawStream, walk: Walk) -> LayerFacts:
    partial = stream.partial or walk.progress.partial or walk.overlooked
    digest, *digests = stream.digests
    diff_id, *diff_ids = stream.diff_ids
    return LayerFacts(
        digest=digest,
        size=stream.size,
        diff_id=diff_id,
        raw_size=stream.raw_size,
        compression=stream.compression,
        flavour=stream.flavour,
        entries=walk.columns.finish(),
        anomalies=(*stream.anomalies, *walk.anomalies),
        anomalies_dropped=walk.anomalies.dropped,
        partial=partial,
        observations=walk.attention.observations,
        digests=tuple(digests),
        diff_ids=tuple(diff_ids),
    )
