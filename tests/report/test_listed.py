"""Records that are made while they are read."""

from collections.abc import Sequence

import pytest

from ocianalyze.model.record import ImageRef
from ocianalyze.report.assemble import assemble
from ocianalyze.report.listed import Listed, Part
from tests.report.documents import SEVERAL


def _record(number: int) -> ImageRef:
    return ImageRef(index=number, digest=None)


def _listed(*lengths: int) -> Listed[ImageRef]:
    return Listed([Part(range(length), _record) for length in lengths])


@pytest.mark.parametrize("lengths", [(), (0,), (2, 0, 3), (0, 1), (4,)])
def test_it_is_as_the_list_of_all_records(lengths: tuple[int, ...]) -> None:
    wanted: Sequence[ImageRef] = [_record(n) for length in lengths for n in range(length)]
    found = _listed(*lengths)
    assert Listed([Part(range(length), _record).packed() for length in lengths]) == found
    assert (len(found), list(found)) == (len(wanted), wanted)
    assert found == wanted
    assert found != [*wanted, _record(9)]
    assert [found[at] for at in range(-len(wanted), len(wanted))] == [*wanted, *wanted]
    assert list(found[1:4]) == wanted[1:4]
    assert list(found[::-1]) == wanted[::-1]
    for at in (len(wanted), -len(wanted) - 1):
        with pytest.raises(IndexError):
            found[at]


def test_no_record_is_made_before_it_is_read() -> None:
    made: list[int] = []

    def record(number: int) -> ImageRef:
        made.append(number)
        return _record(number)

    found = Listed([Part(range(1_000_000), record)])
    assert found[7].index == 7
    assert made == [7]


def test_no_list_that_may_be_long_is_there_whole() -> None:
    report = assemble(SEVERAL)
    assert {type(report.packages), type(report.unowned)} == {Listed}
