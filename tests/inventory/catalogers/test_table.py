"""A database that is not kept whole says which limit it reached."""

import pytest

from ocianalyze.inventory.catalogers._table import PACKAGES, Row, keep, rows
from ocianalyze.limits import KIB


@pytest.mark.parametrize(
    ("count", "cut"),
    [pytest.param(PACKAGES + 1, False, id="packages"), pytest.param(1, True, id="bytes")],
)
def test_what_is_left_out_is_told_with_the_limits(count: int, cut: bool) -> None:  # noqa: FBT001
    value = keep(({} for _ in range(count)), cut=cut, limit=7 * KIB)
    assert value is not None
    taken: list[Row] = []
    with pytest.raises(ValueError, match=r"more than the limit .*: 50,000 packages, 7 KiB"):
        taken.extend(rows(value))
    assert keep([{}]) == b'{"packages":[{}],"problem":""}'
