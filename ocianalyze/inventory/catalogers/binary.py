"""Well-known programs and libraries by the version in their own strings.

For what came without package data: a file called like a program of `binary.toml` whose content
holds the program's way to tell its version. Java tells it in a file of its own (`release`), and in
the modules that a development kit has beside.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import gather, properties, readable, unpack
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.inventory.catalogers._java_module import JMOD, ModuleTap
from ocianalyze.inventory.catalogers._marks import Marks
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.package import Distribution, Found

_ELF = b"\x7fELF"
_NAME_BYTES = 64
_RELEASE_BYTES = 64 * KIB
_ASSIGNMENT = re.compile(rb'^([A-Z_]{1,64})="([^"\n]{0,256})"\s*$', re.MULTILINE)
_BASE = "/jmods/java.base.jmod"
_NUMBER = re.compile(rb"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Program:
    """One entry of the table."""

    name: str
    files: re.Pattern[bytes]
    marks: tuple[bytes, ...]
    version: re.Pattern[bytes]
    named: bool
    """The base name repeats the beginning of the version."""

    def told_by(self, data: bytes, base: bytes) -> str:
        """Return the version that stands at a mark; empty for none."""
        found = self.version.match(data)
        if found is None:
            return ""
        number = _NUMBER.search(base) if self.named else None
        if number and not (found[1] + b".").startswith(number[0] + b"."):
            return ""
        return found[1].decode("ascii", "replace")


@cache
def programs() -> tuple[Program, ...]:
    """Return every program of `binary.toml`, in its order."""
    rows = tomllib.loads(Path(__file__).with_name("binary.toml").read_text("utf-8"))["program"]
    return tuple(_program(row) for row in rows)


def _program(row: dict[str, Any]) -> Program:
    return Program(
        name=row["name"],
        files=re.compile(row["files"].encode()),
        marks=tuple(mark.encode() for mark in row["marks"]),
        version=re.compile(row["version"].encode()),
        named=row.get("named", False),
    )


@cache
def _any_file() -> re.Pattern[bytes]:
    """Return what tells names that no program has, as most, at once."""
    return re.compile(b"|".join(b"(?:%s)" % program.files.pattern for program in programs()))


def called(base: bytes) -> Program | None:
    """Return the program that a base name may stand for."""
    if len(base) > _NAME_BYTES or not _any_file().fullmatch(base):
        return None
    return next((x for x in programs() if x.files.fullmatch(base)), None)


@dataclass(slots=True)
class _VersionTap:
    """Looks for the version of one program, and stops at the first."""

    program: Program
    base: bytes
    marks: Marks
    version: str = ""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Scan the next piece."""
        for hit in self.marks.feed(piece):
            self.version = self.version or self.program.told_by(hit.data, self.base)
        return not self.version

    def close(self) -> bytes | None:
        """Return name and version as JSON."""
        for hit in self.marks.close() if not self.version else ():
            self.version = self.version or self.program.told_by(hit.data, self.base)
        if not self.version:
            return None
        return orjson.dumps({"name": self.program.name, "version": self.version})


def _open(seen: Seen, head: memoryview) -> Tap | None:
    base = seen.path.rpartition(b"/")[2]
    program = called(base) if head[:4] == _ELF else None
    return _VersionTap(program, base, Marks(program.marks, size=seen.size)) if program else None


def _open_release(seen: Seen, head: memoryview) -> Tap | None:
    """Accept the `release` file of a Java runtime, whose keys are sorted or begin with Java's."""
    is_java = b"JAVA_" in bytes(head)
    return gather(seen, _java, _RELEASE_BYTES) if is_java else None


def _open_module(_seen: Seen, head: memoryview) -> Tap | None:
    return ModuleTap() if head[:4] == JMOD else None


def _java(data: bytes) -> dict[str, Any] | None:
    """Return name, version and vendor of a Java runtime (JEP 223, JEP 322)."""
    said = {
        key.decode(): text.decode("utf-8", "replace") for key, text in _ASSIGNMENT.findall(data)
    }
    version = said.get("JAVA_RUNTIME_VERSION") or said.get("JAVA_VERSION")
    if not version:
        return None
    return told(
        name="openjdk" if "Oracle" not in said.get("IMPLEMENTOR", "") else "java",
        version=version,
        supplier=said.get("IMPLEMENTOR"),
        architecture=said.get("OS_ARCH"),
        home=True,
    )


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    value = unpack(kept)
    yield Found(
        "generic",
        value["name"],
        value.get("version", ""),
        supplier=value.get("supplier", ""),
        location=kept.path,
        confidence="strong" if value.get("home") else "heuristic",
        properties=properties(architecture=value.get("architecture", "")),
    )


def _joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterator[Found]:
    """Leave out the modules of a Java runtime whose `release` tells what it is."""
    named = {each.path.rpartition("/")[0] for each in kept if each.observer == JAVA_OBSERVER.name}
    for one in found:
        is_module = one.location.endswith(_BASE)
        if not is_module or one.location.removesuffix(_BASE) not in named:
            yield one


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """A program owns its file; a Java runtime the directory that its `release` lies in."""
    value = readable(kept)
    if not value:
        return ()
    home = kept.path.rpartition("/")[0] if value.get("home") else ""
    trees = (home,) if home else ()
    return (Claim("generic", value["name"], location=kept.path, paths=(kept.path,), trees=trees),)


OBSERVER = Observer(
    name="binary",
    version=1,
    interest=Interest(magics=frozenset({_ELF})),
    open=_open,
    summary="versions of well-known programs and libraries from their own strings",
)

JAVA_OBSERVER = Observer(
    name="binary-java",
    version=1,
    interest=Interest(names=frozenset({b"release"})),
    open=_open_release,
    summary="version and vendor of Java runtimes",
)

MODULE_OBSERVER = Observer(
    name="binary-jmod",
    version=1,
    interest=Interest(names=frozenset({b"java.base.jmod"})),
    open=_open_module,
    summary="version of the modules of a Java development kit",
)

CATALOGER = Cataloger(
    name="binary",
    types=("generic",),
    observers=(OBSERVER, JAVA_OBSERVER, MODULE_OBSERVER),
    summary="Well-known programs and libraries without package data, by name and by the version "
    "in their strings (`binary.toml`); Java runtimes by their `release` file, else by "
    "`java.base.jmod`",
    read=_read,
    claims=_claims,
    joins=_joins,
)
