"""What a word that names no control may have meant."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ocianalyze.controls.catalogue import Listed, Row, find
from ocianalyze.errors import UsageError
from ocianalyze.policy.naming import spellings

_TRIES = 20
"""Words that are compared with all names, which takes some milliseconds each."""
_LONGEST = 80


class Nearest:
    """Finds the nearest ids of controls; for the first few words alone, since it takes time."""

    def __init__(self, listed: Iterable[Listed], names: Mapping[str, object]) -> None:
        """Know what there is.

        Args:
            listed: the catalogue.
            names: ids by which controls go.

        """
        self._rows = tuple(Row(*one) for one in listed)
        self._names = {spelling: name for name in names for spelling in spellings(name)}
        self._left = _TRIES

    def of(self, word: str) -> str:
        """Return `: the nearest is 'cis-docker-4.8'`; empty where none is near."""
        if len(word) > _LONGEST or self._left <= 0:
            return ""
        self._left -= 1
        near = get_close_matches(word.casefold(), self._names, 1)
        found = self._meant(word) or next(map(self._names.__getitem__, near), "")
        return f": the nearest is {found!r}" if found else ""

    def _meant(self, word: str) -> str:
        """Return the id of what another name of a control names."""
        try:
            row = find(word, self._rows)
        except UsageError:
            return ""
        return row.item.id if row.item else ""
