"""`requires.txt` of setuptools: what an egg needs, in sections `[extra:marker]`."""

from itertools import islice

from ocianalyze.inventory.catalogers._gathered import text

REQUIRES_BYTES = 64 * 1024
_LINES = 2_000


def needed(data: bytes | bytearray) -> list[str]:
    """Return what is needed without an extra, as Requires-Dist tells it."""
    found: dict[str, None] = {}
    extra, marker = "", ""
    for line in islice(data.decode("utf-8", "replace").splitlines(), _LINES):
        told = text(line)
        if told.startswith("["):
            extra, _, marker = told.strip("[]").partition(":")
        elif told and not told.startswith("#") and not extra:
            found[f"{told}; {marker}" if marker else told] = None
    return list(found)
