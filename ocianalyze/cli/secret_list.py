"""Secrets of an image or of plain files: blocks for people, records for machines."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocianalyze import engine
from ocianalyze.cli import envelope
from ocianalyze.cli.listing import title
from ocianalyze.cli.terminal import PLAIN
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.shown import hidden
from ocianalyze.detectors.secrets.unread import why_unread
from ocianalyze.errors import NotAnImage
from ocianalyze.model.anomaly import GRAVEST_FIRST
from ocianalyze.model.finding import Finding
from ocianalyze.model.record import ImageRef
from ocianalyze.model.report import SecretRecord
from ocianalyze.model.secret import Secret
from ocianalyze.model.subject import Input
from ocianalyze.report import secret_blocks
from ocianalyze.report.blocks import Line, line
from ocianalyze.report.console import encoded
from ocianalyze.report.escape import shown, spelled, unicode
from ocianalyze.report.secrets import hiding_of, secret_records
from ocianalyze.report.subject import image_ref, input_record
from ocianalyze.report.words import plural, size

if TYPE_CHECKING:
    from ocianalyze.report._base import Analysis

NARROWEST, WIDEST = 60, 120
_INSIDES = 100
"""Told one by one of each image; more are counted."""
_ARCHIVE = re.compile(
    r"\.(?:oci|t(?:gz|bz2?|xz|zst)|tar(?:\.(?:gz|bz2|xz|zst|lz4|lzma))?)", re.IGNORECASE
)
"""How the names of archives end."""


@dataclass(frozen=True, slots=True)
class Look:
    """How text is shown."""

    colour: bool = False
    width: int = PLAIN


@dataclass(frozen=True, slots=True)
class Selection:
    """Which secrets are asked for."""

    severity: str = "info"
    """The least."""
    only_verified: bool = False

    def of(self, records: Sequence[SecretRecord]) -> list[SecretRecord]:
        """Return those that are asked for."""
        grave = (record for record in records if is_at_least(record, self.severity))
        return [x for x in grave if not self.only_verified or x.proven == "verified-offline"]


@dataclass(frozen=True, slots=True)
class Inside:
    """What nobody looked into, and why."""

    why: str
    """`limit`, `closed`, `damaged` or `documents`; only the first makes an answer partial."""
    path: str
    detail: str
    layer: int | None = None

    @property
    def text(self) -> str:
        """Say it in one line."""
        where = ": ".join(x for x in (_layer(self.layer), self.path) if x)
        return f"{where}: {self.detail}" if where else self.detail


def _layer(index: int | None) -> str:
    return "" if index is None else f"layer {index}"


@dataclass(frozen=True, slots=True)
class Group:
    """What one image holds, or the files."""

    image: ImageRef | None
    """Null for files."""
    title: str
    unread: str
    """What of it was not read, in a few words."""
    records: list[SecretRecord]
    insides: tuple[Inside, ...] = ()
    """What of its files nobody looked into."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The answer to one command line."""

    input: Input
    about: str
    groups: tuple[Group, ...]
    analysis: "Analysis | None" = None
    """None for plain files."""
    problems: tuple[str, ...] = ()
    """Lines about what was not read."""
    broken: str = ""
    """Why the one file that was named is no whole archive, though its name or bytes promise one."""

    @property
    def is_cut(self) -> bool:
        """Tell whether a limit kept something closed."""
        return any(one.why == "limit" for group in self.groups for one in group.insides)

    def reaches(self, severity: str) -> bool:
        """Tell whether a secret that counts is at least so grave."""
        counting = (
            record
            for group in self.groups
            for record in group.records
            if not record.ignored and record.proven != "disproved"
        )
        return any(is_at_least(record, severity) for record in counting)


def is_at_least(record: SecretRecord, severity: str) -> bool:
    """Tell whether a secret is as grave as a severity, or graver."""
    return GRAVEST_FIRST.index(record.severity) <= GRAVEST_FIRST.index(severity)


def listed(reference: str, options: engine.Options, wanted: Selection) -> Listed:
    """Return the secrets of every image of an input, or of plain files where there is none.

    Raises:
        OcianalyzeError: the input cannot be read at all.

    """
    try:
        return _of_images(engine.open_images(reference, options), wanted)
    except NotAnImage as error:
        path = Path(reference)
        if options.image or options.platform or not path.exists():
            raise
        why = "" if error.is_archive else error.message
    return _of_files(path, options, wanted, why)


def _of_images(analysis: "Analysis", wanted: Selection) -> Listed:
    groups = []
    for index, image in enumerate(analysis.images):
        ref, view = image_ref(index, image), image.view
        records = secret_records(ref, view, view.secrets)
        insides = _insides(view.findings, view.secrets)
        groups.append(Group(ref, title(image), view.unread, wanted.of(records), insides))
    about = f"{analysis.kind.replace('-', ' ')}, {plural(len(groups), 'image')}"
    return Listed(input_record(analysis), about, tuple(groups), analysis)


def _of_files(path: Path, options: engine.Options, wanted: Selection, why: str) -> Listed:
    found = engine.search_files(path, options)
    records = secret_records(None, None, found.secrets)
    kind = "folder" if path.is_dir() else "file"
    about = f"{kind}, {plural(found.files, 'file')}, {size(found.size)}"
    named = Input(reference=unicode(path.name or str(path)), kind=kind)
    insides = (*_promised(path, why), *_insides(found.unread, found.secrets))
    broken = (x.detail for x in insides if x.why == "damaged" and x.path == spelled(path.name))
    is_file = kind == "file"
    if is_file and not found.size and options.warn:
        options.warn(f"{path}: an empty file: there is nothing to look at")
    group = Group(None, "", "", wanted.of(records), insides)
    why_partial = next(broken, "") if is_file else ""
    return Listed(named, about, (group,), problems=found.problems, broken=why_partial)


def _promised(path: Path, why: str) -> Iterator[Inside]:
    """Yield why a file is no archive of which the name says that it is one; empty for one."""
    is_named = any(_ARCHIVE.fullmatch("".join(path.suffixes[-number:])) for number in (1, 2))
    if why and is_named and path.is_file():
        yield Inside("damaged", spelled(path.name), f"named as an archive, but {unicode(why)}")


def _insides(findings: Iterable[Finding], secrets: Sequence[Secret]) -> tuple[Inside, ...]:
    """Return what was not looked into, those behind limits first; beyond some they are counted."""
    found = [(why, one) for one in findings if (why := why_unread(one))]
    found.sort(key=lambda pair: pair[0] != "limit")
    hide = hiding_of(secrets)
    named = tuple(_inside(why, one, secrets, hide) for why, one in found[:_INSIDES])
    rest = len(found) - len(named)
    if not rest:
        return named
    return (*named, Inside(found[_INSIDES][0], "", f"{rest:,} more that were not looked into"))


def _inside(
    why: str, finding: Finding, secrets: Sequence[Secret], hide: Callable[[str], str]
) -> Inside:
    """Return a line about a file; a secret in the names is masked, unless the owner asked."""
    told = [x for x in secrets if not x.value and any(p.path == finding.path for p in x.places)]
    path, detail = hide(hidden(finding.path, told)), hide(hidden(finding.detail, told))
    return Inside(why, spelled(path), unicode(detail), finding.layer)


def text(listed: Listed, look: Look) -> Iterator[bytes]:
    """Yield the count, then a block for each secret, image by image; ignored ones last."""
    width = min(max(look.width, NARROWEST), WIDEST)
    head = [line(f"{shown(listed.input.reference)}  {listed.about}", "bold")]
    yield encoded(head, colour=look.colour)
    for group in listed.groups:
        yield encoded(_group(group, width), colour=look.colour)


def _group(group: Group, width: int) -> Iterator[Line]:
    if group.title:
        yield line(f"  {group.title}", "bold cyan")
    yield from secret_blocks.summary(group.records, width)
    if group.unread:
        yield line(f"not all was read: {shown(group.unread)}", "yellow")
    if group.insides:
        yield line("not looked into:", "yellow")
    for inside in group.insides:
        yield line(f"  {shown(inside.text)}", "yellow" if inside.why == "limit" else "")
    for record in sorted(group.records, key=lambda one: bool(one.ignored)):
        yield line()
        yield from secret_blocks.block(record, width)


def json(listed: Listed, _look: Look) -> Iterator[bytes]:
    """Yield one object with the lists `secrets` and `unread`."""
    once = envelope.head(input=listed.input.model_dump(mode="json"))
    return envelope.json(once, {"secrets": _documents(listed), "unread": _unread(listed)})


def jsonl(listed: Listed, _look: Look) -> Iterator[bytes]:
    """Yield one object for each secret, then for each inside that was not looked into."""
    yield from envelope.jsonl("secret", _documents(listed))
    yield from envelope.jsonl("unread", _unread(listed))


def _unread(listed: Listed) -> Iterator[dict[str, Any]]:
    for group in listed.groups:
        ref = group.image.model_dump(mode="json") if group.image else None
        yield from ({"image": ref, **asdict(one)} for one in group.insides)


def _documents(listed: Listed) -> Iterator[dict[str, Any]]:
    return (x.model_dump(mode="json") for group in listed.groups for x in group.records)


FORMATS: dict[str, Callable[[Listed, Look], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
}
