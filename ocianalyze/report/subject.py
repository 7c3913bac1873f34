"""What a report is about: the input, and what is known of each image beside verdicts."""

import re
from collections.abc import Sequence

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.errors import said_of
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.model.record import ImageRef
from ocianalyze.model.subject import (
    BaseRecord,
    HistorySummary,
    ImageRecord,
    Input,
    InputRecord,
    Integrity,
    LayerRecord,
)
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import unicode
from ocianalyze.report.installed import inventory_record
from ocianalyze.report.mask import shapes
from ocianalyze.report.places import step_ref
from ocianalyze.report.secrets import hiding
from ocianalyze.report.words import plural

_REFERENCE = re.compile(
    r"(?P<scheme>(?:[a-z][a-z0-9-]*:)?)(?P<path>[^:!]*)(?P<selection>.*)", re.DOTALL
)
_PRETTY_NAME = re.compile(rb"""^PRETTY_NAME=["']?(?P<text>[^"'\n]+)""", re.MULTILINE)
_DIRECTORIES = 32
"""That are told where inputs have the same name."""
_NAME = 120
"""Characters of it that are told."""
_OS_RELEASE = 1 << 16
"""Bytes of os-release that are looked at."""


def input_record(analysis: Analysis) -> Input:
    """Return what was analysed, without the directories that lead to it."""
    return Input(reference=display(analysis.reference), kind=analysis.kind)


def inputs_record(inputs: Sequence[InputRecord]) -> Input:
    """Return what was analysed in one line."""
    if len(inputs) == 1:
        return Input(reference=inputs[0].reference, kind=inputs[0].kind)
    return Input(reference=plural(len(inputs), "input"), kind="several")


def lost_record(index: int, name: str, reference: str, error: Exception) -> InputRecord:
    """Return what is said of an input that could not be analysed, without the way to it."""
    parsed = _REFERENCE.fullmatch(reference)
    said = said_of(error)[0]
    for spelled in (reference, parsed["path"] if parsed else ""):
        said = said.replace(spelled, name) if spelled else said
    said = unicode(shapes(said.removeprefix(f"{name}: ")))
    return InputRecord(reference=name, kind="", index=index, images=0, error=said)


def apart(references: Sequence[str]) -> list[str]:
    """Return the names of inputs, with as many directories as tell them apart."""
    named = ([display(each, parts) for each in references] for parts in range(1, _DIRECTORIES))
    return next((names for names in named if len({*names}) == len({*references})), [*references])


def image_record(index: int, image: AnalysedImage, of: int = 0) -> ImageRecord:
    """Return what is known about one image beside verdicts; `of` is its input's position."""
    view = image.view
    layers = tuple(_layer(view, layer) for layer in view.layers)
    return ImageRecord(
        index=index,
        input=of,
        names=tuple(unicode(name) for name in image.names),
        platform=unicode(str(image.platform)),
        os_version=unicode(image.platform.os_version),
        manifest_digest=image.manifest_digest,
        config_digest=image.config_digest,
        size=sum(layer.size for layer in layers),
        raw_size=sum(layer.raw_size for layer in layers),
        entries=sum(layer.entries for layer in layers),
        distribution=_distribution(view),
        base=_base(view),
        layers=layers,
        history=_history(view),
        integrity=Integrity(
            status=image.integrity,
            digests_verified=image.digests_verified,
            diff_ids_verified=image.diff_ids_verified,
        ),
        attestations=image.attestations,
        inventory=inventory_record(view.inventory),
        skipped=tuple(sorted(view.skipped)),
    )


def image_ref(index: int, image: AnalysedImage) -> ImageRef:
    """Return how records name an image."""
    return ImageRef(index=index, digest=image.manifest_digest or image.config_digest)


def display(reference: str, parts: int = 1) -> str:
    """Drop the directories that lead to the input: they tell about the machine, not the image."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return unicode(reference)
    path = "/".join(match["path"].rstrip("/").split("/")[-parts:]) or match["path"][-1:]
    return unicode(match["scheme"] + path + match["selection"])


def _layer(view: ImageView, layer: LayerView) -> LayerRecord:
    return LayerRecord(
        index=layer.index,
        digest=layer.digest,
        diff_id=layer.diff_id,
        size=layer.size,
        raw_size=layer.raw_size,
        compression=layer.compression,
        flavour=layer.flavour,
        entries=layer.entries,
        status="absent" if layer.missing else "partial" if layer.partial else "read",
        detail=unicode(layer.missing or layer.partial),
        step=step_ref(view, layer.step),
    )


def _distribution(view: ImageView) -> str:
    """Return PRETTY_NAME, quotes and backslashes of the shell taken off (os-release(5)).

    Without one, what the file says by which the distribution is known.
    """
    content = view.read("etc/os-release") or view.read("usr/lib/os-release") or b""
    match = _PRETTY_NAME.search(content[:_OS_RELEASE])
    text = view.inventory.distribution.name
    if match is not None:
        text = match["text"].decode("utf-8", "surrogateescape").replace("\\", "")
    return unicode(hiding(view)(text)[:_NAME])


def _base(view: ImageView) -> BaseRecord | None:
    found = boundary(view)
    if not found.known:
        return None
    return BaseRecord(
        layers=found.layers,
        steps=found.steps,
        confidence=found.confidence,
        method=unicode(found.method),
    )


def _history(view: ImageView) -> HistorySummary:
    marks = [step.builder for step in view.history.steps if step.builder]
    return HistorySummary(
        steps=len(view.history.steps),
        reliable=view.history.reliable,
        marked=len(marks),
        builders=tuple(sorted(set(marks))),
    )
