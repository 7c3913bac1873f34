"""Why an input could not be analysed, or not all of it: one line with the place and the cure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ocianalyze.filesystem.view import LayerView
    from ocianalyze.model.finding import Finding
    from ocianalyze.model.report import ArtifactRecord, FindingRecord, Report
    from ocianalyze.model.subject import ImageRecord, LayerRecord
    from ocianalyze.report._base import AnalysedImage, Analysis, Artifact

_TOLD = 3
"""Reasons on the line; the report has all."""
_CHARS = 200
_NAME = 80
"""Characters of the name of an image."""
_DIGEST = re.compile(r"(sha\d{3}:[0-9a-f]{12})[0-9a-f]{52,116}")
_LIMIT = re.compile(r"limit ([a-z]+(?:_[a-z]+)*)")
_CUT = frozenset(
    {
        "blob.truncated",
        "blob.corrupt",
        "tar.truncated",
        "tar.bad-checksum",
        "tar.bad-number",
        "tar.negative-size",
    }
)
"""What is odd about an outer file and leaves the rest of it unread."""
_NO_CONFIG, _FIELD = "image.config-absent", "image.config-field"
_UNSEARCHED = "secrets.unsearched"
_AGAIN = "save or copy the image again"
_CURES = {
    "more beginnings of secrets than are looked at": "unpack it: `ocianalyze secrets FOLDER` looks "
    "at each file for itself",
    "missing": "save the image again, with all its layers",
    "foreign": "its layers are kept elsewhere: copy the image with them",
    "encrypted": "decrypt it first: skopeo copy --decryption-key KEY",
}
"""By why a layer is not there, or not looked at."""


class Shortfall(NamedTuple):
    """What is missing, and what helps."""

    what: str
    cure: str = _AGAIN


class _Told(NamedTuple):
    """What one image says of itself."""

    name: str
    layers: "Sequence[tuple[LayerRecord | LayerView, str]]" = ()
    """Those that were not read to their end, and why."""
    findings: "Sequence[Finding | FindingRecord]" = ()


class Reached(NamedTuple):
    """What came out of an input, of a report and of opened images alike."""

    place: str
    images: int
    parts: tuple[Shortfall, ...]
    """Layers that were not read to their end, configs that could not be read at all."""
    cut: tuple[Shortfall, ...]
    """What ended the reading of the input itself."""
    artifacts: "tuple[ArtifactRecord | Artifact, ...]"
    integrity: tuple[Shortfall, ...]
    """What differs from its digest."""


def of_report(report: "Report") -> Reached:
    """Return what a report says of its input."""
    about: dict[int | None, list[FindingRecord]] = defaultdict(list)
    for found in report.findings:
        about[found.image.index if found.image else None].append(found)
    told = [
        _Told(
            _name(image, image.platform),
            [(x, x.detail) for x in image.layers if x.status != "read"],
            about[image.index],
        )
        for image in report.images
    ]
    return _reached(report.input.reference, told, about[None], tuple(report.artifacts))


def of_analysis(analysis: "Analysis") -> Reached:
    """Return what the opened images of an input say."""
    told = [
        _Told(
            _name(image, str(image.platform)),
            [(x, x.missing or x.partial) for x in image.view.layers if x.missing or x.partial],
            [*image.view.findings],
        )
        for image in analysis.images
    ]
    return _reached(analysis.reference, told, analysis.findings, analysis.artifacts)


def _reached(
    place: str,
    told: "Sequence[_Told]",
    whole: "Sequence[Finding | FindingRecord]",
    artifacts: "tuple[ArtifactRecord | Artifact, ...]",
) -> Reached:
    """Put together what each image says and what is said of the whole input."""
    parts: list[Shortfall] = []
    unread: list[Shortfall] = []
    integrity = [*_integrity(whole)]
    for one in told:
        name = one.name if len(told) > 1 else ""
        parts += _of(name, (_layer(layer, why) for layer, why in one.layers))
        parts += _of(name, _configs(one.findings, _NO_CONFIG))
        unread += _of(name, _configs(one.findings, _FIELD))
        unread += _of(name, _unsearched(one.findings))
        integrity += _of(name, _integrity(one.findings))
    cut = (*_cut(whole), *unread)
    return Reached(place, len(told), tuple(parts), cut, artifacts, tuple(integrity))


def _name(image: "ImageRecord | AnalysedImage", platform: str) -> str:
    """Return what tells an image from the others of its input."""
    digest = image.manifest_digest or image.config_digest or ""
    return f"{next(iter(image.names), digest):.{_NAME}} {platform:.{_NAME}}".strip()


def _of(name: str, told: Iterable[Shortfall]) -> Iterator[Shortfall]:
    """Yield what is missing with the name of its image, if there is one."""
    for one in told:
        yield one._replace(what=f"{name}: {one.what}") if name else one


def differing(found: Reached) -> str:
    """Say which bytes differ from their digests."""
    cure = f"{_AGAIN}, or --keep-going to analyse it all the same"
    first = found.integrity or (Shortfall("bytes differ from their digests"),)
    return _line(found.place, first, cure)


def nothing(found: Reached) -> str:
    """Say why the input holds no image."""
    known = tuple(_artifact(each) for each in found.artifacts)
    if not known:
        return f"{found.place}: no image in the input; {_AGAIN}"
    return _line(f"{found.place}: no image in the input", known)


def partial(found: Reached) -> str:
    """Say what could not be read."""
    lost = [_artifact(each) for each in found.artifacts if each.error]
    why = (*found.cut, *found.parts, *lost) or (Shortfall("not every digest could be verified"),)
    return _line(f"{found.place}: only part of it could be read", why)


def is_limited(found: Reached) -> bool:
    """Tell that a limit of ours kept the images from being read."""
    return any(each.limit for each in found.artifacts)


def _line(place: str, why: Iterable[Shortfall], cure: str = "") -> str:
    each = list(dict.fromkeys(why))
    told = "; ".join(_shortened(one.what) for one in islice(each, _TOLD))
    more = f"; and {len(each) - _TOLD} more" if len(each) > _TOLD else ""
    cures = dict.fromkeys(one.cure for one in islice(each, _TOLD))
    return "; ".join(filter(None, (f"{place}: {told}{more}", *([cure] if cure else cures))))


def _shortened(text: str) -> str:
    text = _DIGEST.sub(r"\1", text)
    return text if len(text) <= _CHARS else f"{text[:_CHARS]}..."


def _layer(layer: "LayerRecord | LayerView", why: str) -> Shortfall:
    return Shortfall(f"layer {layer.index}: {why}", _cure(why))


def _cure(why: str) -> str:
    if limit := _LIMIT.search(why):
        return f"--limit {limit[1].replace('_', '-')}=N allows more"
    return _CURES.get(why, _AGAIN)


def _artifact(artifact: "ArtifactRecord | Artifact") -> Shortfall:
    name = artifact.name or artifact.digest or "manifest"
    if artifact.limit:
        return Shortfall(f"{name}: {artifact.reason}", "")  # the reason has the cure
    cure = _AGAIN if artifact.error else "name an image"
    return Shortfall(f"{name}: {artifact.reason}", cure)


def _cut(findings: "Iterable[Finding | FindingRecord]") -> Iterator[Shortfall]:
    for found in findings:
        if found.code in _CUT:
            yield Shortfall(f"{found.title}: {found.detail}")


def _configs(findings: "Iterable[Finding | FindingRecord]", code: str) -> Iterator[Shortfall]:
    for found in findings:
        if found.code == code:
            cure = "" if "--limit" in found.detail else _AGAIN
            yield Shortfall(f"{found.title}: {found.detail}", cure)


def _unsearched(findings: "Iterable[Finding | FindingRecord]") -> Iterator[Shortfall]:
    for found in findings:
        if found.code == _UNSEARCHED:
            what = f"layer {_index(found)} was searched for secrets in part: {found.detail}"
            yield Shortfall(what, _cure(found.detail))


def _integrity(findings: "Iterable[Finding | FindingRecord]") -> Iterator[Shortfall]:
    for found in findings:
        if found.code.startswith("integrity."):
            where = "" if _index(found) is None else f"layer {_index(found)}"
            yield Shortfall(": ".join(filter(None, (where, found.title, found.detail))))


def _index(found: "Finding | FindingRecord") -> int | None:
    layer = found.layer
    return layer if layer is None or isinstance(layer, int) else layer.index
