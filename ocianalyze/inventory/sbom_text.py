"""SPDX documents as tag-value text, in the shape of those as JSON (SPDX 2.3, "Formats").

A package begins with its `PackageName`; what follows is of it until the next package, file,
snippet or licence. A value may take several lines between `<text>` and `</text>`.
"""

from collections.abc import Iterator
from typing import Any

from ocianalyze.errors import LimitExceeded
from ocianalyze.limits import Limits

_VERSION = b"SPDXVersion:"
_HEAD = 4096
_OTHERS = frozenset({"FileName", "SnippetSPDXID", "LicenseID", "Annotator", "Reviewer"})
"""Tags that begin something else."""
_FIELDS = {
    "SPDXID": "SPDXID",
    "PackageLicenseDeclared": "licenseDeclared",
    "PackageLicenseConcluded": "licenseConcluded",
    "PackageSupplier": "supplier",
}


def is_tag_value(data: bytes) -> bool:
    """Tell an SPDX document as text; its version stands at its head."""
    lines = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").splitlines()
    return any(line.startswith(_VERSION) for line in lines)


def load_tag_value(data: bytes, limits: Limits, place: str = "") -> dict[str, Any]:
    """Return a document as its JSON would be, as far as packages need it.

    Raises:
        LimitExceeded: it is too large, or names too much.

    """
    if len(data) > limits.document_bytes:
        raise LimitExceeded("document is too large", place=place, limit="document_bytes")
    document: dict[str, Any] = {"packages": [], "relationships": []}
    current: dict[str, Any] = {}
    for tag, value in _pairs(data):
        if tag == "PackageName":
            current = {"name": value, "externalRefs": []}
            document["packages"].append(current)
        elif tag in _OTHERS:
            current = {}
        elif tag == "SPDXVersion":
            document["spdxVersion"] = value
        elif tag == "Relationship":
            document["relationships"].append(_relation(value))
        elif current:
            _describe(current, tag, value)
        if len(document["packages"]) + len(document["relationships"]) > limits.document_values:
            raise LimitExceeded("too many values", place=place, limit="document_values")
    return document


def _pairs(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield tags with their values."""
    lines = iter(data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines())
    for line in lines:
        tag, colon, value = line.partition(":")
        if not colon or line[:1] == "#":
            continue
        value = value.strip()
        if value.startswith("<text>") and "</text>" not in value:
            value = "\n".join((value, *_until_end(lines)))
        yield tag.strip(), value.removeprefix("<text>").partition("</text>")[0]


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if "</text>" in line:
            return


def _relation(value: str) -> dict[str, str]:
    element, kind, related = (*value.split(None, 2), "", "", "")[:3]
    return {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": related}


def _describe(package: dict[str, Any], tag: str, value: str) -> None:
    """Add what one tag says of a package."""
    if tag == "ExternalRef":
        _, kind, locator = (*value.split(None, 2), "", "", "")[:3]
        if kind.lower().endswith("purl") and not package["externalRefs"]:
            package["externalRefs"].append({"referenceType": kind, "referenceLocator": locator})
    elif tag in _FIELDS:
        package.setdefault(_FIELDS[tag], value)
