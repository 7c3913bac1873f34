"""CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/).

What the format has no field for is a property whose name begins with `ocianalyze:`. Packages that
a layer removed again have the scope `excluded` and hang on nothing in the graph. Executables that
nobody owns, and the files that packages were read from, are components of the type `file` with
their SHA256; the `location` of an occurrence is the name of such a component.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.package import Distribution, Package, Presence
from ocianalyze.report.escape import spelled, unicode
from ocianalyze.report.sbom import _base, _licenses, _subject
from ocianalyze.report.sbom._base import Bill, Named, SbomFormat, filled
from ocianalyze.report.sbom._files import Filed, files
from ocianalyze.version import VERSION

Fields = dict[str, Any]
Fixed = tuple[Fields, ...]

_APPLICATIONS = frozenset({"generic", "bitnami"})
_CONFIDENCE = {"exact": 1.0, "strong": 0.8, "heuristic": 0.4}
_TECHNIQUE = {"exact": "manifest-analysis", "strong": "manifest-analysis", "heuristic": "other"}
_DEVELOPMENT = ("dependency", "development")
_IMAGE = "image"
_DISTRIBUTION = "distribution"


def render(bill: Bill) -> Iterator[bytes]:
    """Yield the document, one component a line."""
    packages = _base.named(bill, lambda package: f"package:{unicode(package.purl)}")
    needs = _base.needs(bill, packages)
    gaps = [*_base.gaps(bill), *needs.gaps]
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{_subject.serial(bill, SBOM.name)}",
        "version": 1,
        "metadata": _metadata(bill, gaps),
        "compositions": [
            {"aggregate": "incomplete" if gaps else "unknown", "assemblies": [_IMAGE]}
        ],
    }
    listed = files(bill, packages).listed
    components = _components(bill, packages, listed)
    dependencies = _dependencies(bill, packages, listed, needs.edges)
    yield from _base.lines(head, {"components": components, "dependencies": dependencies})


def _metadata(bill: Bill, gaps: Sequence[str]) -> Fields:
    tool = {"type": "application", "name": "ocianalyze", "version": VERSION}
    image = _subject.subject(bill.image)
    return filled(
        {
            "timestamp": _base.moment(bill),
            "lifecycles": [{"phase": "post-build"}],
            "tools": {"components": [tool]},
            "component": filled(
                {
                    "type": "container",
                    "bom-ref": _IMAGE,
                    "name": image.name,
                    "version": image.version,
                    "purl": image.purl,
                    "properties": _properties(_of_image(bill)),
                }
            ),
            "properties": _properties(
                [("scope", bill.scope), *(("problem", problem) for problem in gaps)]
            ),
        }
    )


def _of_image(bill: Bill) -> Iterator[tuple[str, str]]:
    image = bill.image
    for name in image.names:
        yield "image:name", name
    yield "image:platform", str(image.platform)
    yield "image:manifest-digest", image.manifest_digest or ""
    yield "image:config-digest", image.config_digest or ""
    for layer in image.view.layers:
        yield f"layer:{layer.index}:digest", layer.digest or ""
        yield f"layer:{layer.index}:diff_id", layer.diff_id or ""


def _components(bill: Bill, packages: Sequence[Named], listed: Sequence[Filed]) -> Iterator[Fields]:
    if bill.inventory.distribution.id:
        yield _distribution(bill.inventory.distribution)
    layers = _layers(bill.image.view)
    for ref, package in packages:
        yield _package(bill, ref, package, layers)
    for number, file in enumerate(listed):
        yield _file(bill.image.view, f"file:{number}", file)


def _distribution(found: Distribution) -> Fields:
    facts = [
        ("distribution:codename", found.codename),
        ("distribution:variant", found.variant),
        ("distribution:end-of-life", found.end_of_life),
        *(("distribution:like", like) for like in found.like),
    ]
    return filled(
        {
            "type": "operating-system",
            "bom-ref": _DISTRIBUTION,
            "name": unicode(found.id),
            "version": unicode(found.version),
            "description": unicode(found.name),
            "evidence": filled({"occurrences": _occurrences([(found.path, "")])}),
            "properties": _properties(facts),
        }
    )


def _package(bill: Bill, ref: str, package: Package, layers: Callable[[int], Fixed]) -> Fields:
    confidence, found = package.found.confidence, package.found
    documented = ("evidence", "sbom") in found.properties
    group = _base.group(package)
    return filled(
        {
            "type": "application" if package.type in _APPLICATIONS else "library",
            "bom-ref": ref,
            "supplier": {"name": found.supplier} if found.supplier else None,
            "group": group,
            "name": (package.name or "unnamed") if group else _base.whole_name(package),
            "version": _base.version(package),
            "scope": _scope(package),
            "licenses": _licensed(found.licenses),
            "purl": _base.purl(package),
            "evidence": filled(
                {
                    "identity": _identity(confidence, package.cataloger, documented=documented),
                    "occurrences": _occurrences(_base.seen_at(bill, package)),
                }
            ),
            "properties": [
                {"name": "ocianalyze:presence", "value": package.presence},
                *layers(package.introduced),
                *_properties(_of_package(bill.image.view, package)),
            ],
        }
    )


def _scope(package: Package) -> str:
    """Return what a part is to the image; a lock file's development package is not installed."""
    if package.presence is not Presence.VISIBLE:
        return "excluded"
    found = package.found
    is_wished = found.confidence == "heuristic" and _DEVELOPMENT in found.properties
    return "optional" if is_wished else ""


@lru_cache(512)
def _licensed(recorded: tuple[str, ...]) -> list[Fields]:
    """Return one expression where it takes one to say all, else identifiers and names."""
    licenses = _licenses.declared(recorded)
    kinds = {license_.kind for license_ in licenses}
    if "expression" in kinds and "name" not in kinds:
        return [{"expression": _licenses.conjunction(licenses), "acknowledgement": "declared"}]
    fields = [("id" if license_.kind == "id" else "name", license_.text) for license_ in licenses]
    return [{"license": {key: text, "acknowledgement": "declared"}} for key, text in fields]


@lru_cache(512)
def _identity(confidence: str, cataloger: str, *, documented: bool) -> Fields:
    """Return how a package was found; one identity as an object, since syft reads no list."""
    method = {
        "technique": "attestation" if documented else _TECHNIQUE[confidence],
        "confidence": _CONFIDENCE[confidence],
        "value": cataloger,
    }
    return {"field": "purl", "confidence": _CONFIDENCE[confidence], "methods": [method]}


def _occurrences(paths: Iterable[tuple[str, str]]) -> list[Fields]:
    return [
        {"location": spelled(path), "additionalContext": f"sha256:{digest}"}
        if digest
        else {"location": spelled(path)}
        for path, digest in paths
        if path
    ]


def _of_package(view: ImageView, package: Package) -> Iterator[tuple[str, str]]:
    found = package.found
    if package.removed is not None:
        yield from _layer(view, "removed:layer", package.removed)
    yield "install-reason", found.reason
    yield "architecture", found.arch
    yield "source", found.source
    yield "source-version", found.source_version
    yield "owner", package.owner
    yield "location", found.location
    for name, value in found.properties:
        yield f"package:{name}", value


def _layers(view: ImageView) -> Callable[[int], Fixed]:
    """Return what tells the properties of a layer, which many packages share."""
    known: dict[int, Fixed] = {}

    def told(index: int) -> Fixed:
        if index not in known:
            known[index] = tuple(_properties(_layer(view, "layer", index)))
        return known[index]

    return told


def _layer(view: ImageView, lead: str, index: int) -> Iterator[tuple[str, str]]:
    yield f"{lead}:index", str(index)
    if 0 <= index < len(view.layers):
        yield f"{lead}:digest", view.layers[index].digest or ""
        yield f"{lead}:diff_id", view.layers[index].diff_id or ""


def _file(view: ImageView, ref: str, file: Filed) -> Fields:
    hashed = [{"alg": "SHA-256", "content": file.sha256}] if _base.is_sha256(file.sha256) else []
    facts = [("file:kind", file.kind), ("file:size", str(file.size))]
    return filled(
        {
            "type": "file",
            "bom-ref": ref,
            "name": spelled(file.path) or "unnamed",
            "hashes": hashed,
            "properties": _properties([*facts, *_layer(view, "layer", file.layer)]),
        }
    )


def _properties(pairs: Iterable[tuple[str, str]]) -> list[Fields]:
    return [{"name": f"ocianalyze:{name}", "value": value} for name, value in pairs if value]


def _dependencies(
    bill: Bill,
    packages: Sequence[Named],
    listed: Sequence[Filed],
    needs: Mapping[str, Sequence[str]],
) -> Iterator[Fields]:
    """Yield the image's parts, what OS packages ship, and what packages record that they need."""
    owners = _base.owners(packages)
    shipped: dict[str, list[str]] = {
        _IMAGE: [_DISTRIBUTION] if bill.inventory.distribution.id else []
    }
    for ref, package in packages:
        if package.presence is Presence.VISIBLE:
            shipped.setdefault(owners.get(package.owner, _IMAGE), []).append(ref)
    shipped[_IMAGE] += [f"file:{number}" for number in range(len(listed))]
    for ref in dict.fromkeys((*shipped, *needs)):
        below = dict.fromkeys((*shipped.get(ref, ()), *needs.get(ref, ())))
        yield {"ref": ref, "dependsOn": list(below)}


SBOM = SbomFormat("cyclonedx", "CycloneDX 1.6, JSON", render)
