"""Images and projects against what other tools listed of them, difference by difference."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.inventory.accuracy import corpus as opinions
from tests.inventory.accuracy.comparison import Comparison, judge, known

pytestmark = pytest.mark.corpus

DIFFERENCES = Path(__file__).parents[1] / "inventory" / "differences"
Read = Callable[[Path, Path], Iterable[Comparison]]
READS: dict[str, tuple[Read, int]] = {
    "syft": (lambda corpus, _: opinions.syft(corpus), 28),
    "scancode": (lambda corpus, _: opinions.scancode(corpus), 16),
    "owners": (lambda corpus, _: opinions.owners(corpus), 73),
    "trivy": (opinions.trivy, 8),
}
"""By the name of the list of known differences, with the packages that both must list at least."""


@pytest.mark.parametrize("oracle", READS)
def test_every_difference_has_its_reason_and_every_reason_its_difference(
    corpus: Path, tmp_path: Path, oracle: str
) -> None:
    read, least = READS[oracle]
    comparisons = list(read(corpus, tmp_path))
    judged = judge(comparisons, known(DIFFERENCES / f"{oracle}.toml"))
    assert judged.unexplained == ()
    assert judged.gone == ()
    assert sum(comparison.both for comparison in comparisons) >= least
