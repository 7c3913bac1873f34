"""What is kept of dpkg's files, of distroless images' one file a package, of apt's reasons."""

import re
from functools import cache, partial
from itertools import islice

import orjson

from ocianalyze.detectors.automaton import Automaton
from ocianalyze.inventory.catalogers._control import ODD, Fields, fields, stanzas
from ocianalyze.inventory.catalogers._dpkg_licenses import LICENSES
from ocianalyze.inventory.catalogers._lines import is_cut, lines
from ocianalyze.inventory.catalogers._paths import deflated, relative, without_parents
from ocianalyze.inventory.catalogers._table import DATABASE_BYTES, PACKAGES, Row, keep
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.homes import DPKG, below
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB

_STATUS = below(DPKG, "status")
PARTS = below(DPKG, "status.d")
"""Distroless images keep one file for each package there."""
_INFO = below(DPKG, "info")
_DIVERSIONS = below(DPKG, "diversions")
_REASONS = frozenset({b"var/lib/apt/extended_states"})
_SIDES = (b".md5sums", b".list", b".conffiles", b".preinst", b".postinst", b".prerm", b".postrm")
"""What lies beside the packages in `status.d`."""
_FILES_BYTES = 16 * MIB
_COPYRIGHT_BYTES = 1 * MIB
_DIVERSIONS_BYTES = 1 * MIB
_COPYRIGHT = re.compile(rb"usr/share/doc/([^/]+)/copyright")
_FORMAT = re.compile(
    rb"\s*Format(?:-Specification)?:[^\n]*(?:copyright-format|dep5)", re.IGNORECASE
)
_LICENSE = re.compile(rb"^License:[ \t]*(\S[^\r\n]{0,199})", re.MULTILINE)
_LICENSES = 200
"""Licence names kept of one package; a browser has about 100."""

_KEPT = fields(
    "package",
    "version",
    "architecture",
    "source",
    "maintainer",
    "essential",
    "section",
    "priority",
    "installed-size",
    "conffiles",
    "pre-depends",
    "depends",
    "provides",
)
_WANTED = _KEPT | fields("status")
_FOLDED = frozenset({"package", "pre-depends", "depends", "provides"})
"""Where names of packages are, which dpkg and apt read in small letters."""
_MARKS = fields("package", "architecture", "auto-installed")
_ABSENT = frozenset({"not-installed", "config-files"})


def _status(content: bytes) -> bytes | None:
    """Return the packages of a status file, each line of which dpkg ends."""
    problem = "" if content.endswith(b"\n") else "ends in the middle of a line"
    return _part(content, problem)


def _part(content: bytes, problem: str = "") -> bytes | None:
    found = (_row(stanza) for stanza in stanzas(content[:DATABASE_BYTES], _WANTED))
    cut = is_cut(content, DATABASE_BYTES)
    return keep((row for row in found if row is not None), cut=cut, problem=problem)


def _row(stanza: Fields) -> Row | None:
    """Return a package that is there: unpacked counts, left-over configuration does not.

    Stanzas of `status.d` have no Status, because nothing could have been removed; one without a
    version either is only the name of something that is not installed. One without a name is
    kept as damage, as one with a line that is no field.
    """
    state = stanza.get("status", "").lower().split()
    if not (state or stanza.get("version")):
        return {} if ODD in stanza else None
    if state and state[-1] in _ABSENT:
        return None
    row: Row = {
        name: stanza[name].lower() if name in _FOLDED else stanza[name]
        for name in _KEPT.values()
        if stanza.get(name)
    }
    if ODD in stanza:
        row["odd"] = True
    if state and state[-1] != "installed":
        row["status"] = state[-1]
    return row


def _list(content: bytes) -> bytes:
    """Return the paths of a list; those that dpkg wrote itself need no second look one by one."""
    text = content[:_FILES_BYTES].strip(b"\n")
    body = text.removeprefix(b"/.\n")
    paths = body[1:].split(b"\n/")
    if _is_odd(body, len(paths)) or is_cut(text, _FILES_BYTES):
        paths = [relative(line) for line in lines(text)]
    return deflated(b"\n".join(without_parents(paths)))


def _is_odd(text: bytes, begin: int) -> bool:
    """Tell a list that dpkg did not write: every line begins with a slash, and none ends so.

    Args:
        text: its lines.
        begin: how many of them begin so when the first one does.

    """
    if not text.startswith(b"/") or text.endswith(b"/") or text.count(b"\n") != begin - 1:
        return True
    return not _odd().scan(text, _end)


@cache
def _odd() -> Automaton:
    """Return what finds texts that dpkg does not write."""
    return Automaton((b"//", b"/\n", b"\r"))


def _end(*_hit: object) -> bool:
    """End a scan at the first hit."""
    return True


def _digests(content: bytes) -> bytes:
    return deflated(content[:_FILES_BYTES])


def _copyright(content: bytes) -> bytes | None:
    names = (name.decode("utf-8", "replace").strip() for name in _LICENSE.findall(content))
    kept = list(dict.fromkeys(names))[:_LICENSES]
    return orjson.dumps(kept) if kept else None


def _reasons(content: bytes) -> bytes:
    """Return `name:arch` of automatically installed packages; an empty list says something."""
    found = stanzas(content[:DATABASE_BYTES], _MARKS)
    automatic = (
        f"{x.get('package', '').lower()}:{x.get('architecture', '')}"
        for x in found
        if x.get("auto-installed") == "1"
    )
    return orjson.dumps(list(islice(automatic, PACKAGES)))


def _open_status(seen: Seen, _head: memoryview) -> Tap | None:
    directory = seen.path.rpartition(b"/")[0]
    if seen.path in _STATUS:
        return Content(DATABASE_BYTES, _status)
    is_part = directory in PARTS and not seen.path.endswith(_SIDES)
    return Content(DATABASE_BYTES, _part) if is_part else None


def _open_files(seen: Seen, _head: memoryview) -> Tap | None:
    directory = seen.path.rpartition(b"/")[0]
    endings = (b".list",) if directory in _INFO else (b".list", b".conffiles")
    return Content(_FILES_BYTES, _list) if seen.path.endswith(endings) else None


def _open_digests(seen: Seen, _head: memoryview) -> Tap | None:
    return Content(_FILES_BYTES, _digests) if seen.path.endswith(b".md5sums") else None


def _open_copyright(seen: Seen, head: memoryview) -> Tap | None:
    if not _COPYRIGHT.fullmatch(seen.path) or not _FORMAT.match(bytes(head[:256])):
        return None
    return Content(_COPYRIGHT_BYTES, _copyright)


def _open_reasons(_seen: Seen, _head: memoryview) -> Tap:
    return Content(DATABASE_BYTES, _reasons)


def _open_diversions(_seen: Seen, _head: memoryview) -> Tap:
    return Content(_DIVERSIONS_BYTES)


_observer = partial(Observer, version=1)
OBSERVERS = (
    _observer(
        "dpkg",
        version=5,
        interest=Interest(paths=_STATUS, directories=PARTS),
        open=_open_status,
        summary="installed packages of a status file: what they need, their conffiles' digests",
    ),
    _observer(
        "dpkg-files",
        version=2,
        interest=Interest(directories=_INFO | PARTS),
        open=_open_files,
        summary="paths of one package",
    ),
    _observer(
        "dpkg-digests",
        version=2,
        interest=Interest(directories=_INFO | PARTS),
        open=_open_digests,
        summary="MD5 of the files of one package",
    ),
    _observer(
        LICENSES,
        interest=Interest(names=frozenset({b"copyright"})),
        open=_open_copyright,
        summary="licence names of a machine-readable copyright file",
    ),
    _observer(
        "dpkg-reasons",
        version=2,
        interest=Interest(paths=_REASONS),
        open=_open_reasons,
        summary="packages that apt installed for others",
    ),
    _observer(
        "dpkg-diversions",
        version=2,
        interest=Interest(paths=_DIVERSIONS),
        open=_open_diversions,
        summary="files that lie elsewhere than their package says",
    ),
)
