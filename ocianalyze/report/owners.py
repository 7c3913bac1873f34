"""Who answers for the recommendations that no image can decide."""

from collections.abc import Mapping
from typing import NamedTuple


class Share(NamedTuple):
    """How many recommendations one party owns."""

    owner: str
    recommendations: int


OTHERS: Mapping[tuple[str, str], tuple[Share, ...]] = {
    ("CIS Docker Benchmark", "1.8.0"): (
        Share("runtime", 31),  # section 5 without 5.1
        Share("node", 63),  # sections 1, 2 and 3
        Share("platform", 12),  # 5.1, sections 6 and 7
    ),
}
"""By framework and version; section 4 of the CIS Docker Benchmark is the image's."""
