"""How fast facts come back; run by hand, never timed by a test."""

import resource
import time
from tracemalloc import get_traced_memory, start, stop
from typing import NamedTuple

from ocianalyze.store.codec import decode, encode
from tests.facts import large


class Speed(NamedTuple):
    """One measurement."""

    entries: int
    file_bytes: int
    encode_seconds: float
    decode_seconds: float
    peak_bytes: int
    """Most that decoding allocated at once, by tracemalloc, the file not counted."""
    resident_bytes: int
    """Most that the process ever held."""


def measure(entries: int) -> Speed:
    """Encode and decode facts of that size."""
    facts = large(entries)
    began = time.perf_counter()
    data = b"".join(encode(facts))
    encoded = time.perf_counter() - began
    del facts
    began = time.perf_counter()
    decode(data)
    decoded = time.perf_counter() - began
    start()
    decode(data)
    _, peak = get_traced_memory()
    stop()
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Speed(entries, len(data), encoded, decoded, peak, resident)
