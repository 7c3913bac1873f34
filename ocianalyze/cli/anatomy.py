"""An image's own words, for `inspect`: config, history joined to layers, integrity."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.cli.terminal import wants_colour, width
from ocianalyze.model.history import Step
from ocianalyze.model.oci import Healthcheck, ImageConfig
from ocianalyze.model.report import Report, UnreferencedRecord
from ocianalyze.model.subject import ImageRecord
from ocianalyze.report import blocks, mask
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.blocks import Line, Span, line
from ocianalyze.report.console import encoded
from ocianalyze.report.escape import shown, spelled, unicode
from ocianalyze.report.layout import flow, indented, wrap
from ocianalyze.report.secrets import as_it_is, hiding
from ocianalyze.report.subject import image_ref
from ocianalyze.report.words import joined, size, undecorated

_LINES = 4
"""Lines of one history step in the text."""
_SHOWN = 20
"""Files that no document names, in the text."""


_RECORDS = {
    "images": "image",
    "layers": "layer",
    "history": "step",
    "findings": "finding",
    "artifacts": "artifact",
    "unreferenced": "unreferenced",
}
"""What a line of each list is called."""


def json(analysis: Analysis) -> Iterator[bytes]:
    """Yield one object: images with their config, and flat lists of layers and history."""
    document = _document(analysis)
    lists = {name: document.pop(name) for name in _RECORDS}
    return envelope.json(document, lists)


def jsonl(analysis: Analysis) -> Iterator[bytes]:
    """Yield what is said once as a line of type `report`, then one object a line."""
    document = _document(analysis)
    lists = {name: document.pop(name) for name in _RECORDS}
    yield from envelope.jsonl("report", [document])
    for name, records in lists.items():
        yield from envelope.jsonl(_RECORDS[name], records)


def _document(analysis: Analysis) -> dict[str, Any]:
    report = assemble(analysis)
    document = report.model_dump(mode="json", include={"schema_version", "tool", "input"})
    document["images"] = [
        found.model_dump(mode="json", exclude={"layers"}) | {"config": _config(analysed)}
        for found, analysed in zip(report.images, analysis.images, strict=True)
    ]
    refs = [image_ref(*one).model_dump(mode="json") for one in enumerate(analysis.images)]
    document["layers"] = [
        {"image": ref, **layer.model_dump(mode="json")}
        for ref, found in zip(refs, report.images, strict=True)
        for layer in found.layers
    ]
    document["history"] = [
        {"image": ref, **_step(step)}
        for ref, analysed in zip(refs, analysis.images, strict=True)
        for step in analysed.view.history.steps
    ]
    document |= report.model_dump(mode="json", include={"findings", "artifacts"})
    document["unreferenced"] = [one.model_dump(mode="json") for one in _unreferenced(analysis)]
    return document


def text(analysis: Analysis, *, verbose: bool = False) -> Iterator[bytes]:
    """Yield a page for each image."""
    report = assemble(analysis)
    columns, colour = width(), wants_colour()
    yield encoded(blocks.header(report, columns), colour=colour)
    for number, (found, analysed) in enumerate(zip(report.images, analysis.images, strict=True)):
        yield b"\n" if number else b""
        yield encoded(_page(report, found, analysed, columns, verbose=verbose), colour=colour)
    about = [x for x in report.findings if x.image is None]
    told = _titled("about the whole input", blocks.every_finding(about, columns))
    yield encoded(told, colour=colour)
    beside = _titled("beside images", blocks.artifacts(report, columns))
    yield encoded(beside, colour=colour)
    left = _titled("named by no document", _strays(analysis, columns))
    yield encoded(left, colour=colour)


def _page(
    report: Report, found: ImageRecord, analysed: AnalysedImage, columns: int, *, verbose: bool
) -> Iterator[Line]:
    yield from blocks.image(found, columns)
    for name, digest in (("manifest", found.manifest_digest), ("config", found.config_digest)):
        if digest:
            texts = flow([f"{name:<8}", digest], columns - 2, "  ")
            yield from (line(text, "dim") for text in indented(texts, "  ", "    "))
    if analysed.view.config:
        yield from _titled("config", _settings(analysed.view.config, columns))
    yield from _titled("history", _steps(analysed, columns, verbose=verbose))
    yield from _titled("layers, the lowest first", blocks.layers(found, columns, whole=verbose))
    oddities = [x for x in report.findings if x.image and x.image.index == found.index]
    yield from _titled("integrity and oddities", blocks.every_finding(oddities, columns))


def _unreferenced(analysis: Analysis) -> Iterator[UnreferencedRecord]:
    """Yield what no document names; a name tells no secret of the first image."""
    text = hiding(analysis.images[0].view) if analysis.images else as_it_is
    for one in analysis.unreferenced:
        name, kind = spelled(text(one.name)), unicode(text(one.kind))
        yield UnreferencedRecord(name=name, size=one.size, kind=kind)


def _strays(analysis: Analysis, columns: int) -> Iterator[Line]:
    for one in islice(_unreferenced(analysis), _SHOWN):
        texts = flow([shown(one.name), size(one.size), shown(one.kind)], columns - 2)
        yield from (line(text, "dim") for text in indented(texts, "  ", "    "))
    left = len(analysis.unreferenced) - _SHOWN
    if left > 0:
        yield line(f"  and {left:,} more: see --format json", "dim")


def _titled(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    first = next(lines, None)
    if first is not None:
        yield line()
        yield line(title, "bold")
        yield first
        yield from lines


def _settings(config: ImageConfig, columns: int) -> Iterator[Line]:
    for name, values in _named(config).items():
        for number, value in enumerate(values):
            lead = f"  {name if number == 0 else '':<13}"
            first, *rest = wrap(shown(value), columns - len(lead))
            yield (Span(lead, "bold"), Span(first))
            yield from (line(" " * len(lead) + more) for more in rest)


def _named(config: ImageConfig) -> dict[str, list[str]]:
    """Return the settings that are there, values that look secret masked."""
    run = config.config
    settings = {
        "created": [config.created],
        "author": [config.author],
        "user": [run.user or "(empty: root)"],
        "entrypoint": [_words(run.entrypoint)],
        "command": [_words(run.cmd)],
        "shell": [_words(run.shell)],
        "directory": [run.working_dir],
        "environment": [mask.variable(value) for value in run.env],
        "ports": [", ".join(run.exposed_ports)],
        "volumes": [", ".join(run.volumes)],
        "health check": [_health(run.healthcheck)],
        "stop signal": [run.stop_signal],
        "on build": [mask.line(trigger) for trigger in run.on_build],
        "labels": [mask.variable(f"{name}={value}") for name, value in run.labels.items()],
    }
    return {name: [x for x in values if x] for name, values in settings.items()}


def _words(words: list[str]) -> str:
    return mask.line(" ".join(f'"{word}"' if " " in word or not word else word for word in words))


def _health(check: Healthcheck | None) -> str:
    return _words(check.test) if check else ""


def _steps(analysed: AnalysedImage, columns: int, *, verbose: bool) -> Iterator[Line]:
    """Yield the history as a Dockerfile has it, or all of what builders wrote."""
    for step in analysed.view.history.steps:
        made = "" if step.layer is None else f"layer {step.layer}"
        lead = f"  {step.index:>3}  {made:<9} "
        said = mask.line(joined(unicode(step.raw)))
        said = said if verbose else undecorated(said)
        texts = wrap(shown(said) or "(no text)", columns - len(lead))
        cut = [*texts[:_LINES], "..."] if len(texts) > _LINES and not verbose else texts
        yield (Span(lead, "bold"), Span(cut[0]))
        yield from (line(" " * len(lead) + more) for more in cut[1:])


def _step(step: Step) -> dict[str, Any]:
    return {
        "index": step.index,
        "layer": step.layer,
        "instruction": unicode(step.instruction),
        "created_by": mask.line(unicode(step.raw)),
        "builder": step.builder,
        "created": unicode(step.created),
        "author": unicode(step.author),
        "comment": unicode(step.comment),
    }


def _config(analysed: AnalysedImage) -> dict[str, Any] | None:
    """Return the config without rootfs and history, which the lists hold."""
    config = analysed.view.config
    if config is None:
        return None
    document = config.model_dump(mode="json", by_alias=True, exclude={"rootfs", "history"})
    document["config"]["Env"] = [mask.variable(value) for value in config.config.env]
    document["config"]["Labels"] = {
        name: mask.variable(f"{name}={value}").removeprefix(f"{name}=")
        for name, value in config.config.labels.items()
    }
    return {unicode(name): _harmless(value) for name, value in document.items()}


def _harmless(value: Any) -> Any:
    """Make every text of a document valid Unicode; its depth is bounded by the model."""
    if isinstance(value, str):
        return unicode(value)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return str(value)  # orjson knows 64 bits
    if isinstance(value, dict):
        return {unicode(key): _harmless(item) for key, item in value.items()}
    return [_harmless(item) for item in value] if isinstance(value, list) else value
