"""SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/).

Files are the executables that nobody owns and what packages were read from, each with SHA1 (which
clause 8.4 demands) and SHA256; one whose SHA1 is not known is a package of the purpose FILE. No
package lists all of its files, so none contains any (clause 7.8): a file is OTHER evidence of a
package, with a comment, and EXPANDED_FROM_ARCHIVE of its layer. Layers are packages of the purpose
ARCHIVE. A package that a layer removed again is contained in the layer that brought it, not in the
image.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, starmap
from typing import Any

import orjson

from ocianalyze.filesystem.view import LayerView
from ocianalyze.model.digest import Digest
from ocianalyze.model.package import Distribution, Package, Presence
from ocianalyze.report.escape import spelled, unicode
from ocianalyze.report.sbom import _base, _licenses, _subject
from ocianalyze.report.sbom._base import Bill, Named, Needs, SbomFormat, filled
from ocianalyze.report.sbom._files import Filed, Files, files
from ocianalyze.report.sbom._licenses import License
from ocianalyze.version import VERSION

Fields = dict[str, Any]
Relation = tuple[str, str, str, str]
"""Subject, type, target, comment."""

_DOCUMENT = "SPDXRef-DOCUMENT"
_IMAGE = "SPDXRef-Image"
_DISTRIBUTION = "SPDXRef-Distribution"
_EVIDENCE = "the package was read from the file"
_INSIDE = f"{_EVIDENCE}, which is part of it"
_UNDATED = "1970-01-01T00:00:00Z"
"""The field is mandatory; this stands for an image without a time."""
_ALGORITHMS = {"sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}
_BINARIES = frozenset({"elf", "pe", "macho"})
_CONTACT = re.compile(r"(?P<name>[^<>()]+?) ?<(?P<email>[^<>()\s@]+@[^<>()\s@]+)>")
_CONTACT_CHARS = 512
_UNFIT = re.compile("[^A-Za-z0-9.]+")
_SLUG_CHARS = 48


def render(bill: Bill) -> Iterator[bytes]:
    """Yield the document, one package or file a line."""
    packages = _base.named(bill, _reference)
    found = files(bill, packages)
    needs = _base.needs(bill, packages)
    licenses = {ref: _licenses.declared(x.found.licenses) for ref, x in packages}
    head = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": _DOCUMENT,
        "name": _subject.subject(bill.image).name,
        "documentNamespace": f"{_subject.HOME}spdx/{_subject.serial(bill, SBOM.name)}",
        "creationInfo": _creation(bill),
        "comment": "\n".join([*_base.gaps(bill), *needs.gaps]),
    }
    lists = {
        "packages": _parts(bill, packages, licenses, found.listed),
        "files": (_file(*each) for each in enumerate(found.listed) if each[1].sha1),
        "hasExtractedLicensingInfos": _extracted(licenses.values()),
        "relationships": chain(
            starmap(_relationship, _relations(bill, packages, found)), _needed(needs)
        ),
    }
    yield from _base.lines(filled(head), lists)


def _creation(bill: Bill) -> Fields:
    return {
        "created": _base.moment(bill) or _UNDATED,
        "creators": [f"Tool: ocianalyze-{VERSION}"],
        "licenseListVersion": _licenses.list_version(),
    }


def _reference(package: Package) -> str:
    """Return an identifier that tells what it names, and is the same in every document."""
    digest = hashlib.sha256(unicode(f"{package.purl}\n{package.found.location}").encode())
    slug = _UNFIT.sub("-", f"{package.type}-{package.name}"[:_SLUG_CHARS]).strip("-.")
    return f"SPDXRef-Package-{slug or 'unnamed'}-{digest.hexdigest()[:16]}"


def _parts(
    bill: Bill,
    packages: Sequence[Named],
    licenses: Mapping[str, tuple[License, ...]],
    listed: Sequence[Filed],
) -> Iterator[Fields]:
    yield _image(bill)
    yield from map(_layer, bill.image.view.layers)
    if bill.inventory.distribution.id:
        yield _distribution(bill.inventory.distribution)
    for ref, package in packages:
        yield _package(bill, ref, package, _licenses.spdx(licenses[ref]))
    yield from (_bare_file(*each) for each in enumerate(listed) if not each[1].sha1)


def _part(ref: str, name: str, purpose: str, **fields: Any) -> Fields:
    """Return a package; fields without a value are left out."""
    always = {
        "SPDXID": ref,
        "name": name or "unnamed",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": purpose,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }
    return always | filled(fields)


def _image(bill: Bill) -> Fields:
    image = _subject.subject(bill.image)
    digest = bill.image.manifest_digest or bill.image.config_digest
    return _part(
        _IMAGE,
        image.name,
        "CONTAINER",
        versionInfo=image.version,
        checksums=_checksums(digest),
        externalRefs=_purl(image.purl),
        comment=f"{bill.image.platform}; scope of the packages: {bill.scope}",
    )


def _layer(layer: LayerView) -> Fields:
    facts = [("diff_id", layer.diff_id), ("not read", layer.missing or layer.partial)]
    return _part(
        f"SPDXRef-Layer-{layer.index}",
        str(layer.digest or layer.diff_id or f"layer {layer.index}"),
        "ARCHIVE",
        checksums=_checksums(layer.digest),
        comment="; ".join(f"{name}: {unicode(fact)}" for name, fact in facts if fact),
    )


def _checksums(digest: Digest | None) -> list[Fields]:
    algorithm = _ALGORITHMS.get(digest.algorithm) if digest else None
    if digest is None or algorithm is None:
        return []
    return [_checksum(algorithm, digest.encoded)]


def _checksum(algorithm: str, value: str) -> Fields:
    return {"algorithm": algorithm, "checksumValue": value}


def _distribution(found: Distribution) -> Fields:
    return _part(
        _DISTRIBUTION,
        unicode(found.id),
        "OPERATING-SYSTEM",
        versionInfo=unicode(found.version),
        description=unicode(found.name),
        sourceInfo=f"read in {spelled(found.path)}" if found.path else "",
        comment=f"end of general support: {unicode(found.end_of_life)}"
        if found.end_of_life
        else "",
    )


def _package(bill: Bill, ref: str, package: Package, declared: str) -> Fields:
    return _part(
        ref,
        _base.whole_name(package),
        "LIBRARY",
        versionInfo=_base.version(package),
        supplier=_supplier(package.found.supplier),
        licenseDeclared=declared,
        externalRefs=_purl(_base.purl(package)),
        sourceInfo=_source(bill, package),
        comment="; ".join(_facts(package)),
    )


def _purl(purl: str) -> list[Fields]:
    if not purl:
        return []
    return [
        {
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }
    ]


@lru_cache(512)
def _supplier(recorded: str) -> str:
    """Return who supplies: a person where an address is recorded, else an organisation."""
    text = " ".join(unicode(recorded).split())[:_CONTACT_CHARS]
    match = _CONTACT.fullmatch(text)
    if match:
        return f"Person: {match['name'].strip()} ({match['email']})"
    plain = text.translate({ord(bracket): None for bracket in "()"}).strip()
    return f"Organization: {plain}" if plain else ""


def _source(bill: Bill, package: Package) -> str:
    """Return how the package was found, with the digests of what says so."""
    paths = [
        f"{spelled(path)} (sha256:{digest})" if digest else spelled(path)
        for path, digest in _base.seen_at(bill, package)
    ]
    return f"found by {package.cataloger} in {', '.join(paths)}"


def _facts(package: Package) -> Iterator[str]:
    found = package.found
    facts = [
        ("presence", package.presence),
        ("introduced by layer", str(package.introduced)),
        ("removed by layer", "" if package.removed is None else str(package.removed)),
        ("installed", found.reason),
        ("confidence", found.confidence),
        ("source package", " ".join(filter(None, (found.source, found.source_version)))),
        ("shipped by", package.owner),
        *found.properties,
    ]
    return (f"{name}: {fact}" for name, fact in facts if fact)


def _file(number: int, file: Filed) -> Fields:
    fields = {
        "SPDXID": _file_reference(number),
        "fileName": f"./{spelled(file.path)}",
        "fileTypes": ["BINARY"] if file.kind in _BINARIES else [],
        "checksums": [_checksum("SHA1", file.sha1), *_sha256(file)],
        "comment": _told_of(file),
    }
    return filled(fields)


def _bare_file(number: int, file: Filed) -> Fields:
    """Return a file without a SHA1 as a package."""
    return _part(
        _file_reference(number),
        spelled(file.path),
        "FILE",
        checksums=_sha256(file),
        comment=_told_of(file),
    )


def _file_reference(number: int) -> str:
    return f"SPDXRef-File-{number}"


def _sha256(file: Filed) -> list[Fields]:
    return [_checksum("SHA256", file.sha256)] if _base.is_sha256(file.sha256) else []


def _told_of(file: Filed) -> str:
    told = f"owned by no package; kind: {unicode(file.kind)}" if file.kind else "evidence"
    return f"{told}; size: {file.size}"


def _extracted(licenses: Iterable[tuple[License, ...]]) -> list[Fields]:
    """Return what was recorded under each reference to a licence that is not on the list."""
    texts: dict[str, set[str]] = {}
    for license_ in dict.fromkeys(chain.from_iterable(dict.fromkeys(licenses))):
        for reference, text in license_.references.items():
            texts.setdefault(reference, set()).add(text)
    return [_extracted_text(ref, "\n".join(sorted(told))) for ref, told in sorted(texts.items())]


def _extracted_text(reference: str, text: str) -> Fields:
    return {"licenseId": reference, "extractedText": text, "name": text}


def _relations(bill: Bill, packages: Sequence[Named], found: Files) -> Iterator[Relation]:
    layers = {layer.index: f"SPDXRef-Layer-{layer.index}" for layer in bill.image.view.layers}
    yield _DOCUMENT, "DESCRIBES", _IMAGE, ""
    yield from ((_IMAGE, "CONTAINS", layer, "") for layer in layers.values())
    if bill.inventory.distribution.id:
        yield _IMAGE, "CONTAINS", _DISTRIBUTION, ""
    owners = _base.owners(packages)
    for ref, package in packages:
        if package.presence is Presence.VISIBLE:
            yield owners.get(package.owner, _IMAGE), "CONTAINS", ref, ""
        if package.introduced in layers:
            yield layers[package.introduced], "CONTAINS", ref, ""
        for number, is_inside in found.of(package):
            yield _file_reference(number), "OTHER", ref, _INSIDE if is_inside else _EVIDENCE
    for number, listed in enumerate(found.listed):
        if listed.layer in layers:
            yield _file_reference(number), "EXPANDED_FROM_ARCHIVE", layers[listed.layer], ""


def _needed(needs: Needs) -> Iterator[orjson.Fragment]:
    """Yield relationships as JSON at once, since there may be some ten for each package.

    References need no escaping.
    """
    for ref, others in needs.edges.items():
        lead = f'{{"spdxElementId":"{ref}","relationshipType":"DEPENDS_ON","relatedSpdxElement":"'
        yield from (orjson.Fragment(f'{lead}{other}"}}') for other in others)


def _relationship(subject: str, relation: str, target: str, comment: str) -> Fields:
    fields = {
        "spdxElementId": subject,
        "relationshipType": relation,
        "relatedSpdxElement": target,
    }
    return fields | {"comment": comment} if comment else fields


SBOM = SbomFormat("spdx", "SPDX 2.3, JSON", render, needs_sha1=True)
