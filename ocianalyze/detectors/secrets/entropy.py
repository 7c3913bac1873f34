"""Shannon's entropy."""

from collections import Counter
from math import log2


def shannon(value: bytes) -> float:
    """Return the bits that one byte of the value carries, by the value's own frequencies."""
    size = len(value)
    return 0.0 - sum(n / size * log2(n / size) for n in Counter(value).values())
