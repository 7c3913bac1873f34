"""Secrets as lines: the count, and a block for each with every place that holds it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from ocianalyze.model.anomaly import GRAVEST_FIRST
from ocianalyze.model.report import PlaceRecord, SecretRecord
from ocianalyze.report.blocks import Line, Span, line
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import flow, indented, wrap
from ocianalyze.report.words import brief, fate, plural, undecorated

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_PROOF_STYLES = {"verified-offline": "bold", "disproved": "dim"}
_MARGIN = 10
_STEP_LINES = 2
_GRAVEST = 3
_IN = {
    "path": "in its name",
    "link": "in the link's target",
    "header": "in its tar header",
}
_FOR_MACHINES = frozenset({"spki"})
"""Facts that join a secret with others and tell people nothing."""
_BESIDE = {
    "config": "config",
    "history": "history",
    "annotation": "annotation",
    "attestation": "attestation",
    "slack": "bytes outside of files",
}


def summary(records: Sequence[SecretRecord], width: int) -> Iterator[Line]:
    """Say how many there are, how grave they are and what is proved of them."""
    told = [record for record in records if not record.ignored]
    facts = [plural(len(told), "secret"), _severities(told)]
    facts += [_count(told, "verified-offline", "verified"), _count(told, "disproved", "disproved")]
    if ignored := len(records) - len(told):
        facts.append(f"{ignored} ignored")
    texts = flow(facts, width, "   ")
    yield line(texts[0], "bold")
    yield from map(line, texts[1:])


def block(record: SecretRecord, width: int) -> Iterator[Line]:
    """Say what one secret is, what proves it, where it lies and what helps."""
    yield from _head(record, width)
    margin = " " * _MARGIN
    for place in record.places:
        yield from _place(place, width)
    if record.more_places:
        yield line(f"{margin}and {plural(record.more_places, 'more place')}", "dim")
    if record.ignored:
        texts = wrap(f"ignored: {shown(record.ignored)}", width - _MARGIN)
        yield from (line(margin + text, "cyan") for text in texts)
    elif record.proven != "disproved":
        lead = f"{margin}fix: "
        texts = wrap(shown(record.remediation), width - len(lead))
        yield from (line(text, "green") for text in indented(texts, lead))
    yield line(f"{margin}rule {record.rule}, id {record.id}", "dim")


def gravest(records: Sequence[SecretRecord], width: int) -> Iterator[Line]:
    """Count the secrets of an image and name the gravest with one place; alike ones once."""
    told = [record for record in records if not record.ignored and record.proven != "disproved"]
    if not told:
        return
    yield line(f"  {plural(len(told), 'secret')}: {_severities(told)}")
    alike: dict[tuple[str, ...], list[SecretRecord]] = {}
    for record in told:
        place = record.places[0]
        key = (record.severity, record.title, _address(place), _fate(place))
        alike.setdefault(key, []).append(record)
    for group in islice(alike.values(), _GRAVEST):
        yield from _shortly(group, width)
    yield line("  all of them, with every place: ocianalyze secrets IMAGE", "dim")


def _shortly(alike: Sequence[SecretRecord], width: int) -> Iterator[Line]:
    first = alike[0]
    place = first.places[0]
    what = f"{len(alike)} times" if len(alike) > 1 else shown(first.masked)
    facts = [shown(first.title), what, _address(place), _fate(place)]
    head, *rest = flow(facts, width - _MARGIN - 2, "  ")
    yield (Span(f"  {first.severity:<{_MARGIN}}", _STYLES.get(first.severity, "dim")), Span(head))
    yield from (line(f"{'':{_MARGIN + 2}}{text}") for text in rest)


def _severities(records: Sequence[SecretRecord]) -> str:
    counts = Counter(record.severity for record in records)
    return ", ".join(f"{counts[word]} {word}" for word in GRAVEST_FIRST if counts[word])


def _count(records: Sequence[SecretRecord], proven: str, word: str) -> str:
    count = sum(record.proven == proven for record in records)
    return f"{count} {word}" if count else ""


def _head(record: SecretRecord, width: int) -> Iterator[Line]:
    severity = "ignored" if record.ignored else record.severity
    first, *rest = wrap(shown(record.title), width - _MARGIN)
    style = _STYLES.get(severity, "dim")
    yield (Span(f"{severity.upper():<{_MARGIN}}", style), Span(first, "bold"))
    yield from (line(" " * _MARGIN + text, "bold") for text in rest)
    facts = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in record.facts.items()
        if name not in _FOR_MACHINES
    ]
    said = [shown(record.provider), record.kind, shown(record.masked), record.proven]
    said += [shown(record.detail), *map(shown, facts)]
    if record.value is not None:
        said.append(f"value {shown(record.value)}")
    style = _PROOF_STYLES.get(record.proven, "")
    texts = flow(said, width - _MARGIN, "   ")
    yield from (line(" " * _MARGIN + text, style) for text in texts)


def _place(place: PlaceRecord, width: int) -> Iterator[Line]:
    offset = "" if place.offset is None else f"byte {place.offset:,}"
    facts = [_address(place), _fate(place), offset, place.coding]
    facts.append("" if place.origin == "unknown" else place.origin)
    texts = flow(facts, width - _MARGIN - 2, "  ")
    yield from (line(text) for text in indented(texts, f"{'':{_MARGIN}}- "))
    if place.step:
        said = f"step {place.step.index}: {shown(undecorated(brief(place.step.created_by)))}"
        texts = wrap(said, width - _MARGIN - 2)[:_STEP_LINES]
        yield from (line(f"{'':{_MARGIN + 2}}{text}", "dim") for text in texts)


def _address(place: PlaceRecord) -> str:
    """Return where a secret lies, beside layer and offset."""
    root = "/" if place.layer else ""  # a place without a layer is in no image
    path = f"{root}{shown(place.path)}" if place.path and _is_named(place) else ""
    inner = f"!/{shown(place.inner)}" if place.inner and path else shown(place.inner or "")
    words = [_BESIDE.get(place.where, ""), shown(place.pointer or ""), path + inner]
    words += [_IN.get(place.where, "")]
    return " ".join(filter(None, words))


def _is_named(place: PlaceRecord) -> bool:
    """Tell a place that its file's name says more of than what it is."""
    return place.where == "slack" or place.where not in _BESIDE


def _fate(place: PlaceRecord) -> str:
    return fate(place.state, place.layer.index if place.layer else None)
