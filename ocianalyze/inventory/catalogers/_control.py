"""Control files (deb822(5)): stanzas of fields, parted by empty lines."""

from collections.abc import Iterator, Mapping

from ocianalyze.inventory.catalogers._lines import lines

_BLANKS = b" \t\r\v\f"
"""What dpkg skips between the name of a field and its colon."""
FIELD_BYTES = 64 * 1024
"""Bytes kept of one field; `Conffiles` of the largest packages has about 20,000."""

ODD = ""
"""Stands for a field: the first line of a stanza that is none."""

Fields = dict[str, str]


def stanzas(content: bytes, wanted: Mapping[bytes, str]) -> Iterator[Fields]:
    """Yield the wanted fields of each stanza that has any; a cut file gives its rest.

    Lines of a continued field stay lines; what is no field is passed over and told as `ODD`.

    Args:
        content: the file.
        wanted: field names in lower case as written, and as returned.

    """
    found: dict[str, bytes] = {}
    last = ""
    for line in lines(content):
        if not line:
            if found:
                yield _decoded(found)
            found, last = {}, ""
        elif line[0] in b" \t":
            if last and len(found[last]) < FIELD_BYTES:
                found[last] += b"\n" + line[1:]
        else:
            name, colon, value = line.partition(b":")
            last = wanted.get(name.rstrip(_BLANKS).lower(), "") if colon else ""
            if last:
                found[last] = value.strip()
            elif not colon:
                found.setdefault(ODD, line)
    if found:
        yield _decoded(found)


def _decoded(found: dict[str, bytes]) -> Fields:
    return {name: value[:FIELD_BYTES].decode("utf-8", "replace") for name, value in found.items()}


def fields(*names: str) -> dict[bytes, str]:
    """Return field names as `stanzas` wants them."""
    return {name.encode("ascii"): name for name in names}
