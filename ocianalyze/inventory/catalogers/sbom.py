"""SBOM documents inside the image: SPDX 2.x as JSON and text, CycloneDX as JSON and XML."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from ocianalyze.errors import OcianalyzeError
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.sbom_reader import (
    Document,
    Documented,
    is_readable,
    packages,
    read_document,
)
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import DEFAULT
from ocianalyze.model.package import Distribution, Found

_KINDS = (b"spdx", b"cdx", b"cyclonedx", b"bom", b"sbom")
_SUFFIXES = (b".json", b".xml", b".yaml", b".yml")
_NAMES = frozenset(
    name + suffix for name in (b"bom", b"sbom", b"cyclonedx") for suffix in _SUFFIXES
)
_ENDS = (
    *(b".spdx", b".spdx.rdf"),
    *(mark + kind + suffix for mark in (b".", b"-") for kind in _KINDS for suffix in _SUFFIXES),
)
_PYTHON = b".dist-info/sboms"
"""PEP 770 allows any name here."""
_APKO = b"var/lib/db/sbom"
_HEAD = 4096
_OTHER = re.compile(rb"^(?:spdxVersion|bomFormat|['\"]?SPDXID['\"]?):|spdx\.org/rdf/", re.MULTILINE)
"""What tells SPDX and CycloneDX as YAML, and SPDX as RDF."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    """Take what is named like an SBOM."""
    directory, _, name = seen.path.rpartition(b"/")
    named = name in _NAMES or name.endswith(_ENDS)
    placed = directory == _APKO or directory.endswith(_PYTHON)
    return Content(DEFAULT.document_bytes, _kept) if named or placed else None


def _kept(data: bytes) -> bytes | None:
    """Return the purls, licences and suppliers that a document names, or what is wrong with it."""
    if not is_readable(data):
        is_sbom = _OTHER.search(data[:_HEAD])
        return orjson.dumps({"problem": "as YAML or RDF is not read"}) if is_sbom else None
    try:
        document = read_document(data)
    except OcianalyzeError as error:
        return orjson.dumps({"problem": error.message})
    if document is None:
        return None
    named = [tuple(package) for package in document.packages]
    value = {"form": document.form, "packages": named, "left_out": document.left_out}
    return orjson.dumps(value)


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Yield what the document names.

    Raises:
        ValueError: the document could not be read, or not all of it was taken.

    """
    value = orjson.loads(kept.value)
    if not isinstance(value, dict):
        raise ValueError("no SBOM")  # noqa: TRY004 - the contract of catalogers
    if problem := value.get("problem"):
        raise ValueError(f"SBOM {problem}")
    document = _document(value)
    yield from packages(document, kept.path)
    if document.left_out:
        raise ValueError(f"SBOM names {document.left_out} packages more than are taken")


def _document(value: dict[str, Any]) -> Document:
    named = (
        Documented(str(purl), tuple(map(str, licenses)), str(supplier))
        for purl, licenses, supplier in value["packages"]
    )
    return Document(str(value["form"]), tuple(named), int(value["left_out"]))


CATALOGER = Cataloger(
    name="sbom",
    types=(),
    observers=(
        Observer(
            name="sbom",
            version=3,
            interest=Interest(
                names=_NAMES,
                suffixes=frozenset({b".spdx", b".rdf", *_SUFFIXES}),
                directories=frozenset({_APKO}),
            ),
            open=_open,
            summary="purls, licences and suppliers that SBOM documents name",
        ),
    ),
    summary="SBOM documents in the image, SPDX 2.x as JSON and tag-value text, CycloneDX as JSON "
    "and XML: `bom.json`, `sbom.json`, `*.spdx`, `*.spdx.json`, `*.cdx.json`, `*.cyclonedx.xml` "
    "and the like, Python's `*.dist-info/sboms`, Bitnami's `.spdx-*.spdx`, apko's "
    "`var/lib/db/sbom`; those as YAML and RDF are told as not read; each package with a purl, as "
    "a claim to compare; "
    "documents attached to the image are compared too: those in BuildKit's attestation manifests "
    "and in artifacts about the image's manifest or an index that lists it, by `subject` or by "
    "cosign's tags `sha256-HEX.sbom` and `.att`, as they are or in in-toto statements, DSSE "
    "envelopes and Sigstore bundles; by `subject` also those that no index of a layout lists",
    read=_read,
)
