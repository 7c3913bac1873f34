"""Ids of controls as people write them: `CIS-4.8` for `cis-docker-4.8`, in any letters."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

_WHOLE, _SHORT = "cis-docker-", "cis-"


def spellings(name: str) -> tuple[str, ...]:
    """Return how the id of a control may be written, in small letters."""
    folded = name.casefold()
    if not folded.startswith(_WHOLE):
        return (folded,)
    return folded, _SHORT + folded.removeprefix(_WHOLE)


def fits(names: Iterable[str], word: str) -> bool:
    """Tell whether a word, an id or a glob over ids, means a control that goes by some ids."""
    folded = word.casefold()
    return any(fnmatchcase(each, folded) for name in names for each in spellings(name))
