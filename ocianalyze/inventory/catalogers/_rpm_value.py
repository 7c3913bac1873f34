"""The observation of one rpm database: its packages as a line of JSON, then their files.

Files follow as one zstd frame with a line of JSON for each package, because most readers want
packages only, and lists of files are long.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TypedDict, cast

import orjson
import zstandard

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._rpm_header import STRINGS
from ocianalyze.inventory.catalogers._rpm_package import Facts, Files, read
from ocianalyze.inventory.catalogers._rpm_record import Record

PACKAGES = 100_000
"""Packages kept of one database; whole distributions have fewer."""
FILES = 2_000_000
"""Files of all packages of one database."""

_PROBLEMS = 100
"""Damaged records after which the rest is given up."""
_LINE = 256 << 20
"""Bytes of one package's files in JSON."""


class Tree(TypedDict):
    """Which pages of an SQLite database hold which rows."""

    root: int
    """First page of the table; 0 when not known."""
    children: list[tuple[int, list[int]]]
    rows: list[tuple[int, list[int]]]
    """Rows of each leaf."""


class Value(TypedDict):
    """What is kept of one database."""

    packages: list[Facts]
    problems: list[str]
    tree: Tree | None


@dataclass(slots=True)
class Collection:
    """Collects the packages of one database, within bounds."""

    room: int
    """Bytes that all headers may have: no honest database repeats its bytes."""
    packages: list[Facts] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    files: int = FILES
    _text: io.BytesIO = field(default_factory=io.BytesIO)
    _packed: zstandard.ZstdCompressionWriter = field(init=False)

    def __post_init__(self) -> None:
        """Begin the frame of files."""
        self._packed = zstandard.ZstdCompressor().stream_writer(self._text, closefd=False)

    def take(self, records: Iterable[Record | str]) -> None:
        """Take all records, damaged ones as problems."""
        for record in records:
            problem = record if isinstance(record, str) else self._add(record)
            if problem:
                self.problems.append(problem)
            if self.room < 0 or self.files < 0 or len(self.packages) >= PACKAGES:
                self.problems.append("more packages or files than are kept")
                return
            if len(self.problems) >= _PROBLEMS:
                return

    def _add(self, record: Record) -> str:
        """Keep one package; return what is wrong with it."""
        self.room -= len(record.header)
        try:
            facts, files = read(record.header)
        except ValueError as error:
            return f"record {record.row or len(self.packages) + 1}: {error}"
        facts["row"] = record.row
        self.files -= len(files.get("bases", ()))
        self.packages.append(facts)
        self._packed.write(orjson.dumps(files) + b"\n")
        if len(files.get("bases", ())) >= STRINGS:
            return f"record {record.row or len(self.packages)} has more files than are kept"
        return ""

    def value(self, tree: Tree | None = None) -> bytes:
        """Return the observation."""
        self._packed.flush(zstandard.FLUSH_FRAME)
        head = Value(packages=self.packages, problems=self.problems, tree=tree)
        return orjson.dumps(head) + b"\n" + self._text.getvalue()


def problem(text: str) -> bytes:
    """Return the observation of a database that cannot be read."""
    return orjson.dumps(Value(packages=[], problems=[text], tree=None)) + b"\n"


def head_of(value: bytes) -> Value:
    """Return the packages of an observation.

    Raises:
        ValueError: it is none.

    """
    try:
        head = orjson.loads(value[: value.find(b"\n") + 1])
    except orjson.JSONDecodeError:
        head = None
    if not isinstance(head, dict) or head.keys() != Value.__annotations__.keys():
        raise ValueError("kept value is no rpm database")
    return cast("Value", head)


def files_of(value: bytes) -> Iterator[tuple[Facts, Files]]:
    """Yield the packages of an observation with their files.

    Raises:
        ValueError: it is damaged.

    """
    frame = value[value.find(b"\n") + 1 :]
    source = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(frame))
    lines = io.BufferedReader(source)
    try:
        for facts in head_of(value)["packages"]:
            yield facts, orjson.loads(lines.readline(_LINE))
    except zstandard.ZstdError as error:
        raise ValueError(f"files of packages are damaged: {error}") from error
