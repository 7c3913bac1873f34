"""SBOM documents that others wrote: SPDX 2.x as JSON and text, CycloneDX 1.x as JSON and XML.

Found inside an image, or attached to it as an in-toto statement (BuildKit, Docker Scout). Only
packages with a purl are taken, since nothing else names them for sure; images, what the document
excludes, and what a thing was only built from or with are left out. What a document says is a
claim, compared with what was found.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from packageurl import PackageURL

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.sbom_relations import Relation, left_out
from ocianalyze.inventory.sbom_text import is_tag_value, load_tag_value
from ocianalyze.inventory.sbom_xml import is_cyclonedx_xml, load_cyclonedx
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.document import load_object
from ocianalyze.model.envelope import opened
from ocianalyze.model.package import Found

PACKAGES = 20_000
"""Packages taken from one document."""
_TEXT_CHARS = 2_048
"""Longest purl, licence or supplier."""
_LICENSES = 8
"""Of one package."""
_IMAGES = ("pkg:oci/", "pkg:docker/")
_UNKNOWN = frozenset({"", "NOASSERTION", "NONE"})
_EPOCH = re.compile(r"(?P<epoch>[0-9]{1,9}):(?P<version>.+)", re.DOTALL)
_EPOCH_TYPES = frozenset({"deb", "rpm", "alpm"})
_OWN_QUALIFIERS = frozenset({"arch", "epoch", "upstream"})
"""purl qualifiers that `Found` has fields for."""
_SUBJECTS = 1_000
"""Subjects read of one statement."""
_ACTOR = re.compile(r"(?:Person|Organization|Tool): *")


class Documented(NamedTuple):
    """One package as a document names it."""

    purl: str
    licenses: tuple[str, ...] = ()
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What was taken from one document."""

    form: str
    """`SPDX-2.3`, `CycloneDX-1.5`."""
    packages: tuple[Documented, ...]
    left_out: int = 0
    """Packages beyond the bound."""
    subjects: tuple[str, ...] = ()
    """Hexadecimal digests of what the statement around it is about; empty without one."""


def is_readable(data: bytes) -> bool:
    """Tell what may be a document of a form that is read."""
    is_json = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return is_json or is_tag_value(data) or is_cyclonedx_xml(data)


def read_document(data: bytes, limits: Limits = DEFAULT, place: str = "") -> Document | None:
    """Return what a document names; None for JSON that is no SBOM.

    Text and XML are read when they are an SBOM, all else must be JSON.

    Raises:
        LimitExceeded: it is too large, too deep or has too many values.
        MalformedImage: it is no JSON object, no well-formed XML, or an envelope without content.

    """
    if is_tag_value(data):
        return _document(load_tag_value(data, limits, place))
    if is_cyclonedx_xml(data):
        return _document(load_cyclonedx(data, limits, place))
    value = load_object(data.removeprefix(b"\xef\xbb\xbf"), limits, place)
    statement = opened(value, limits, place)
    found = _document(_predicate(statement, limits, place))
    return found and replace(found, subjects=_subjects(statement))


def _predicate(statement: dict[str, Any], limits: Limits, place: str) -> dict[str, Any]:
    """Return the document in a statement; early cosign put it, even as text, into `Data`."""
    predicate = statement.get("predicate")
    if not isinstance(predicate, dict):
        return statement
    data = predicate.get("Data")
    if isinstance(data, str) and data.lstrip()[:1] == "{":
        return load_object(data.encode("utf-8", "replace"), limits, place)
    return data if isinstance(data, dict) else predicate


def _subjects(statement: Mapping[str, Any]) -> tuple[str, ...]:
    subjects = list(_objects(statement.get("subject")))[:_SUBJECTS]
    digests = (each.get("digest") for each in subjects)
    named = (x for each in digests if isinstance(each, dict) for x in each.values())
    return tuple(filter(None, map(_text, named)))


def _document(document: Mapping[str, Any]) -> Document | None:
    form = _text(document.get("spdxVersion"))
    if form.startswith("SPDX-2."):
        return _bounded(form, _spdx(document))
    if document.get("bomFormat") == "CycloneDX":
        return _bounded(f"CycloneDX-{_text(document.get('specVersion'))}", _cyclonedx(document))
    return None


def packages(document: Document, place: str) -> Iterator[Found]:
    """Yield the packages of a document, each once; a purl that is none is passed over.

    Args:
        document: as it was read.
        place: path in the image, or name of the attestation.

    """
    for documented in dict.fromkeys(document.packages):
        try:
            purl = PackageURL.from_string(documented.purl)
        except ValueError:
            continue
        yield _found(purl, documented, document.form, place)


def _bounded(form: str, documented: Iterable[Documented]) -> Document:
    named = [x for x in documented if x.purl and not x.purl.startswith(_IMAGES)]
    return Document(form, tuple(named[:PACKAGES]), max(0, len(named) - PACKAGES))


def _spdx(document: Mapping[str, Any]) -> Iterator[Documented]:
    no_content = left_out(_relations(document), _described(document))
    for package in _objects(document.get("packages")):
        if _text(package.get("SPDXID")) in no_content:
            continue
        licenses = (_text(package.get(key)) for key in ("licenseDeclared", "licenseConcluded"))
        known = [text for text in licenses if text not in _UNKNOWN]
        supplier = _text(package.get("supplier"))
        yield Documented(
            _spdx_purl(package),
            tuple(known[:1]),
            "" if supplier in _UNKNOWN else _ACTOR.sub("", supplier, count=1),
        )


def _relations(document: Mapping[str, Any]) -> Iterator[Relation]:
    for each in _objects(document.get("relationships")):
        element, related = _text(each.get("spdxElementId")), _text(each.get("relatedSpdxElement"))
        if element and related:
            yield Relation(element, _text(each.get("relationshipType")).upper(), related)


def _described(document: Mapping[str, Any]) -> Iterator[str]:
    described = document.get("documentDescribes")
    return filter(None, map(_text, described if isinstance(described, list) else ()))


def _spdx_purl(package: Mapping[str, Any]) -> str:
    references = _objects(package.get("externalRefs"))
    purls = (
        _text(each.get("referenceLocator"))
        for each in references
        if _text(each.get("referenceType")).lower().endswith("purl")
    )
    return next(purls, "")


def _cyclonedx(document: Mapping[str, Any]) -> Iterator[Documented]:
    """Yield components and those nested in them, but for excluded ones: no part of the image."""
    metadata = document.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    waiting = [*_objects([subject]), *_objects(document.get("components"))][::-1]
    while waiting:
        component = waiting.pop()
        if component.get("scope") != "excluded":
            waiting += [*_objects(component.get("components"))][::-1]
            yield Documented(
                _text(component.get("purl")),
                tuple(_licenses(component))[:_LICENSES],
                _supplier(component),
            )


def _licenses(component: Mapping[str, Any]) -> Iterator[str]:
    for choice in _objects(component.get("licenses")):
        license_ = choice.get("license")
        named = license_ if isinstance(license_, dict) else {}
        text = _text(choice.get("expression")) or _text(named.get("id")) or _text(named.get("name"))
        if text not in _UNKNOWN:
            yield text


def _supplier(component: Mapping[str, Any]) -> str:
    supplier = component.get("supplier")
    name = _text(supplier.get("name")) if isinstance(supplier, dict) else ""
    return name or _text(component.get("publisher"))


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; anything else is nothing."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _TEXT_CHARS else ""


def _found(purl: PackageURL, documented: Documented, form: str, place: str) -> Found:
    qualifiers = dict(purl.qualifiers)
    epoch, version = _split(purl.type, purl.version or "")
    source, _, source_version = qualifiers.get("upstream", "").partition("@")
    return Found(
        type=purl.type,
        name=purl.name,
        version=version,
        namespace=purl.namespace or "",
        epoch=qualifiers.get("epoch", "") or epoch,
        arch=qualifiers.get("arch", ""),
        source=source,
        source_version=source_version,
        qualifiers=tuple(sorted((k, v) for k, v in qualifiers.items() if k not in _OWN_QUALIFIERS)),
        subpath=purl.subpath or "",
        licenses=documented.licenses,
        supplier=documented.supplier,
        location=place,
        confidence="strong",
        properties=(("document", form), ("evidence", "sbom")),
    )


def _split(kind: str, version: str) -> tuple[str, str]:
    """Return epoch and version, which some tools write as one."""
    match = _EPOCH.fullmatch(version) if kind in _EPOCH_TYPES else None
    return (match["epoch"], match["version"]) if match else ("", version)
