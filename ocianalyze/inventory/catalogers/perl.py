"""CPAN distributions: what cpanm records, what MakeMaker logs, and which files belong to them.

`.meta/DIST/install.json` (cpanm, Carton, cpm) is exact. Without it `perllocal.pod`, to which every
`make install` appends, names modules, and a module stands for its distribution. Perl's own modules
are part of perl.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import (
    PATHS,
    ROWS,
    below,
    document,
    gather,
    properties,
    readable,
    text,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 4 * MIB
_FILES_BYTES = 2 * MIB
_LINE_CHARS = 4096
_DISTRIBUTION = re.compile(r"^(.{1,200}?)-v?(\d[\w.+-]*)$")
_MODULE = re.compile(rb"^=head2 .{0,200}C<Module> L<([\w:.-]{1,200})[|>]", re.MULTILINE)
_VERSION = re.compile(rb"^C<VERSION: ([^>\n]{1,128})>", re.MULTILINE)
_LOG = b"perllocal.pod"


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    parent, _, base = seen.path.rpartition(b"/")
    if base == _LOG:
        return gather(seen, _logged, _BYTES)
    home = parent.rpartition(b"/")[0].rpartition(b"/")[2]
    return gather(seen, _installed, _BYTES) if home == b".meta" else None


def _installed(data: bytes) -> dict[str, Any] | None:
    """Return distribution and author of what cpanm installed."""
    said = document(data)
    found = _DISTRIBUTION.match(text(said.get("dist")))
    author = text(said.get("pathname")).split("/")
    if found is None:
        return None
    return told(
        name=found[1],
        version=found[2],
        author=author[2] if len(author) > 3 and author[2].isupper() else "",
    )


def _logged(data: bytes) -> dict[str, Any] | None:
    """Return the modules of an installation log; the last entry of one wins."""
    heads = [match for match, _ in zip(_MODULE.finditer(data), range(ROWS), strict=False)]
    ends = [match.start() for match in heads[1:]] + [len(data)]
    found = {}
    for head, end in zip(heads, ends, strict=True):
        version = _VERSION.search(data, head.end(), end)
        recorded = version[1].decode("utf-8", "replace") if version else ""
        found[head[1].decode().replace("::", "-")] = text(recorded)
    return {"logged": sorted(found.items())} if found else None


def _open_files(seen: Seen, _head: memoryview) -> Tap | None:
    return gather(seen, _files, _FILES_BYTES) if b"/auto/" in seen.path else None


def _files(data: bytes) -> dict[str, Any] | None:
    """Return the recorded paths; attributes (`type=file`) follow a space."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")[:PATHS]
    paths = [below("", _path(line)) for line in lines if len(line) <= _LINE_CHARS]
    printable = [x.encode("utf-8", "replace").decode() for x in paths if x]
    return {"files": printable} if printable else None


def _path(line: str) -> str:
    """Return a line without the attributes at its end."""
    words = line.split(" ")
    while len(words) > 1 and "=" in words[-1]:
        words.pop()
    return " ".join(words)


def _library(path: str) -> str:
    """Return the library directory that a record of any kind lies in."""
    for mark in ("/.meta/", "/auto/", "/perllocal.pod"):
        if mark in path:
            return path[: path.rindex(mark)]
    return path.rpartition("/")[0]


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Names from the log of MakeMaker are those of modules: heuristic."""
    if kept.observer != OBSERVER.name:
        return
    said, where = unpack(kept), _library(kept.path)
    if name := said.get("name"):
        author = said.get("author", "")
        yield Found("cpan", name, said.get("version", ""), author, supplier=author, location=where)
    for name, version in said.get("logged", ()):
        yield Found(
            "cpan",
            name,
            version,
            location=where,
            confidence="heuristic",
            properties=properties(recorded_by="perllocal.pod"),
        )


def _joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterable[Found]:
    """Drop what a log repeats of distributions that cpanm recorded in the same library."""
    exact = {
        (_library(x.path), name)
        for x in kept
        if x.observer == OBSERVER.name and (name := readable(x).get("name"))
    }
    for package in found:
        is_logged = package.confidence == "heuristic"
        if not is_logged or (package.location, package.name) not in exact:
            yield package


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The files of a `.packlist`, which lies at the module's name below `auto`.

    What is out of the library has no digest: programs of the same installation and manuals.
    """
    if kept.observer != FILES_OBSERVER.name:
        return ()
    name = kept.path[kept.path.rindex("/auto/") + 6 :].rpartition("/")[0].replace("/", "-")
    files = readable(kept).get("files", ())
    if not name or not files:
        return ()
    library = _library(kept.path)
    own = [path for path in files if path.startswith(f"{library}/")]
    others = tuple(path for path in files if not path.startswith(f"{library}/"))
    claim = Claim("cpan", name, location=library, paths=(*own, kept.path), programs=others)
    return (claim,)


OBSERVER = Observer(
    name="perl",
    version=1,
    interest=Interest(names=frozenset({b"install.json", _LOG})),
    open=_open,
    summary="CPAN distributions that cpanm recorded or MakeMaker logged",
)

FILES_OBSERVER = Observer(
    name="perl-files",
    version=1,
    interest=Interest(names=frozenset({b".packlist"})),
    open=_open_files,
    summary="files of CPAN distributions",
)

CATALOGER = Cataloger(
    name="perl",
    types=("cpan",),
    observers=(OBSERVER, FILES_OBSERVER),
    summary="CPAN distributions from `.meta/*/install.json` and `perllocal.pod`; their files from "
    "`.packlist`",
    read=_read,
    claims=_claims,
    joins=_joins,
)
