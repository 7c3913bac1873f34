"""A sequence whose members are made when they are asked for is as a list of them."""

import pytest

from ocianalyze.model.on_demand import OnDemand


class Squares(OnDemand[int]):
    """The squares of the first numbers."""

    def __init__(self, count: int) -> None:
        """Have some."""
        self._number = count

    def __len__(self) -> int:
        """Return how many there are."""
        return self._number

    def make(self, at: int) -> int:
        """Return one."""
        return at * at


@pytest.mark.parametrize("count", [0, 1, 5])
def test_it_is_as_a_list_of_its_members(count: int) -> None:
    wanted, found = [at * at for at in range(count)], Squares(count)
    assert (list(found), list(reversed(found)), found[1:-1]) == (
        wanted,
        wanted[::-1],
        tuple(wanted[1:-1]),
    )
    assert [found[at] for at in range(-count, count)] == [*wanted, *wanted]
    assert (found == wanted, found == [*wanted, 1], found == 1) == (True, False, False)
    for at in (count, -count - 1):
        with pytest.raises(IndexError):
            found[at]
