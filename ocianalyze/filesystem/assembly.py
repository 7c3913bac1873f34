"""A stored image and the facts of its layers become an ImageView."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import chain, count

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.detours import LOOP
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.integrity import Integrity, is_failure, layer_anomalies, verify
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import CODES, GRAVEST_FIRST, Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import read_config
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import History
from ocianalyze.model.oci import ImageConfig, Platform
from ocianalyze.sources._base import StoredImage, StoredLayer

Located = tuple[int | None, Anomaly]
"""A layer's index, or None for the whole image, and what is odd."""
_ABSENT = "image.config-absent"
_GO = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "armhf": "arm"}
"""Architectures that some builders name as the kernel does, in Go's words (image-spec "Config")."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """An image ready for controls, and how far its bytes were proved."""

    view: ImageView
    integrity: Integrity


def assemble_image(
    image: StoredImage,
    facts: Sequence[LayerFacts | None],
    types: Sequence[str],
    limits: Limits,
    room: int | None = None,
) -> Assembled:
    """Merge an image's layers and join them with its config and history.

    Args:
        image: as the source keeps it.
        facts: of each layer, None for one that could not be read.
        types: the names behind the file type codes.
        limits: bounds.
        room: findings told at most, the gravest first; None for `limits.findings`.

    """
    config, odd_config = config_of(image, limits)
    from ocianalyze.layers.history import read_history  # noqa: PLC0415 - kept steps are parsed

    history = read_history(config.history if config else [], len(image.layers))
    tree = MergedTree(facts, types, limits)
    assembled = frame_image(image, facts, config, history, tree)
    view, integrity, merged = assembled.view, assembled.integrity, tree.merged
    odd = chain(
        integrity.anomalies,
        ((None, anomaly) for anomaly in (*image.anomalies, *odd_config) if not is_failure(anomaly)),
        layer_anomalies(image, facts),
        merged.anomalies,
        _odd_history(config, history),
        _odd_platform(image, config),
    )
    told = _gravest(odd, limits.findings if room is None else room, merged.anomalies_dropped)
    found = tuple(_findings(told, history, tree))
    return Assembled(replace(view, findings=found), integrity)


def frame_image(
    image: StoredImage,
    facts: Sequence[LayerFacts | None],
    config: ImageConfig | None,
    history: History,
    tree: MergedTree,
) -> Assembled:
    """Join an image's layers with its config and history; what is odd about them is not told."""
    integrity = verify(image, config, facts)
    view = ImageView(
        config=config,
        platform=_platform(image, config),
        history=history,
        layers=tuple(_layers(image.layers, facts, config, history, _misplaced(tree))),
        tree=tree,
    )
    return Assembled(view, integrity)


def _gravest(odd: Iterable[Located], room: int, dropped: int) -> list[Located]:
    """Return the gravest in the order in which they were found, then how many more there are."""
    numbers = count()
    numbered = ((next(numbers), located) for located in odd)
    kept = nsmallest(max(room, 1), numbered, key=_gravity)
    more = next(numbers) - len(kept) + dropped
    told = [located for _, located in sorted(kept, key=lambda item: item[0])]
    if more:
        told.append((None, Anomaly("image.more-findings", f"{more} more not listed")))
    return told


def _gravity(item: tuple[int, Located]) -> tuple[int, int]:
    number, (_, anomaly) = item
    return GRAVEST_FIRST.index(CODES[anomaly.code].severity), number


def config_of(image: StoredImage, limits: Limits) -> tuple[ImageConfig | None, Sequence[Anomaly]]:
    """Return an image's config as far as it can be read, and what is odd about it."""
    if image.config is None:
        told = any(odd.code == _ABSENT for odd in image.anomalies)
        return None, () if told else (Anomaly(_ABSENT, "the source holds none"),)
    config, odd = read_config(image.config.data, limits, image.config.place)
    return config, odd


def _platform(image: StoredImage, config: ImageConfig | None) -> Platform:
    if config is not None and (config.os or config.architecture):
        return config.platform
    return image.platform or Platform()


def _odd_platform(image: StoredImage, config: ImageConfig | None) -> Iterable[Located]:
    """Tell an index that promises another platform than the config, which runtimes believe."""
    if image.platform is None or config is None:
        return
    pairs = [(x.os, _GO.get(x.architecture, x.architecture)) for x in (image.platform, config)]
    if all(map(all, pairs)) and pairs[0] != pairs[1]:
        detail = f"index: {image.platform}, config: {config.platform}"
        yield None, Anomaly("image.platform-differs", detail)


def _odd_history(config: ImageConfig | None, history: History) -> Iterable[Located]:
    if config is not None and config.history and not history.reliable:
        made = sum(not step.empty_layer for step in config.history)
        detail = f"{made} steps made a layer, the image has another number of layers"
        yield None, Anomaly("image.history-mismatch", detail)


def _made(usual: Digest, others: Iterable[Digest], promised: Digest | None) -> Digest:
    """Return the digest of the bytes by the algorithm of the promise, where it was made."""
    algorithm = promised.algorithm if promised else ""
    return next((one for one in others if one.algorithm == algorithm), usual)


def _layers(
    stored: Sequence[StoredLayer],
    facts: Sequence[LayerFacts | None],
    config: ImageConfig | None,
    history: History,
    misplaced: Mapping[int, str],
) -> Iterable[LayerView]:
    promised = config.rootfs.diff_ids if config else []
    for index, (layer, known) in enumerate(zip(stored, facts, strict=True)):
        step = history.step_of_layer(index)
        expected = promised[index] if index < len(promised) else None
        yield LayerView(
            index=index,
            diff_id=_made(known.diff_id, known.diff_ids, expected) if known else expected,
            digest=_made(known.digest, known.digests, layer.digest) if known else layer.digest,
            size=known.size if known else 0,
            raw_size=known.raw_size if known else 0,
            compression=known.compression if known else "none",
            flavour=known.flavour if known else "",
            entries=len(known.entries) if known else 0,
            missing="" if known else layer.absent or "missing",
            partial=known.partial or misplaced.get(index, "") if known else "",
            unsearched=known.unsearched if known else "",
            step=step.index if step else None,
            outside=known.outside if known else {},
        )


def _misplaced(tree: MergedTree) -> dict[int, str]:
    """Return why entries of layers may lie elsewhere than where they were placed."""
    lost = (found for found in tree.merged.anomalies if found[1].code == LOOP)
    return {layer: anomaly.detail for layer, anomaly in reversed(tuple(lost))}


def finding(layer: int | None, anomaly: Anomaly, step: int | None = None) -> Finding:
    """Return an anomaly as a finding."""
    meaning = CODES[anomaly.code]
    return Finding(
        code=anomaly.code,
        severity=meaning.severity,
        title=meaning.title,
        detail=anomaly.detail,
        path=anomaly.path.decode("utf-8", "surrogateescape"),
        layer=layer,
        step=step,
        offset=anomaly.offset if anomaly.offset >= 0 else None,
    )


def _findings(odd: Sequence[Located], history: History, tree: MergedTree) -> Iterable[Finding]:
    states = tree.states({(layer, a.path) for layer, a in odd if layer is not None and a.path})
    for layer, anomaly in odd:
        step = history.step_of_layer(layer) if layer is not None else None
        state = states.get((layer, anomaly.path)) if layer is not None else None
        yield replace(finding(layer, anomaly, step.index if step else None), state=state)
