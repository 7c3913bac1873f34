"""CIS Debian 5.4.2.5: the PATH with which root runs."""

import re
from collections.abc import Iterator
from stat import S_ISVTX

from ocianalyze.controls._base import Control, field_unread, windows_image
from ocianalyze.controls.aspects.programs.started import DEFAULT_PATH, environment
from ocianalyze.controls.aspects.settings.files import lines
from ocianalyze.controls.aspects.users.writers import ancestors
from ocianalyze.controls.cis_debian_12._files import (
    login_definitions,
    profiles,
    unread,
)
from ocianalyze.controls.cis_debian_12._say import judged, modes, of_entry, of_file, shortened
from ocianalyze.detectors.captures.logins import LOGIN_DEFS, PROFILES_OF_ROOT
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Verdict

_SET = re.compile(r"(?:^|[;&|\s])PATH=(\"[^\"]*\"|'[^']*'|[^\s;&|]*)")
_EXPANSION = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|`[^`]*`")
_ELEMENTS = 64
_VALUES = 200
_CONFIG = "/config/Env"


def evaluate(view: ImageView) -> Verdict:
    """Judge the elements of every PATH that root may have, each once."""
    if view.is_windows:
        return windows_image()
    paths = (*LOGIN_DEFS, *PROFILES_OF_ROOT, *profiles(view))
    if refused := field_unread(view, "Env") or unread(view, (), paths):
        return refused
    found: dict[str, Evidence] = {}
    for place, value in _values(view, paths):
        for element in value.split(":", _ELEMENTS)[:_ELEMENTS]:
            if element not in found and (what := _unsafe(view, place, element)):
                found[element] = what
    return judged(found.values(), "root-path-unsafe", "unsafe PATH")


def _values(view: ImageView, paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield where a PATH is set and to what; what a shell would expand reads `$`."""
    config = view.config.config if view.config else None
    yield _CONFIG, (environment(config, "PATH") if config else None) or DEFAULT_PATH
    for name in ("ENV_SUPATH", "ENV_ROOTPATH"):
        if said := view.once(login_definitions).get(name, "").removeprefix("PATH="):
            yield next(x for x in LOGIN_DEFS if view.tree.resolve(x)), said
    for path in paths:
        if path not in LOGIN_DEFS:
            yield from ((path, value) for value in _assigned(view, path))


def _assigned(view: ImageView, path: str) -> Iterator[str]:
    count = 0
    for line in lines(view, path):
        if line.lstrip().startswith("#"):
            continue
        for match in _SET.finditer(line[:1_000]):
            count += 1
            if count > _VALUES:
                return
            if value := _EXPANSION.sub("$", match[1].strip("\"'")):
                yield value


def _unsafe(view: ImageView, place: str, element: str) -> Evidence | None:
    """Return what is wrong with one element; None for nothing, and for what a shell expands."""
    if "$" in element or element.startswith("~"):
        return None
    if not element:
        return _at(view, place, "empty element: the current directory", "high")
    if not element.startswith("/"):
        return _at(view, place, f"relative element {shortened(element, 40)}", "high")
    entry = view.tree.resolve(element)
    if entry is None:
        missing = view.tree.real(element) is None
        return (
            _at(view, place, f"{shortened(element, 40)} is not there", "info") if missing else None
        )
    if entry.kind is not Kind.DIRECTORY:
        return of_entry(entry, "element of PATH, no directory", "low")
    return _open(view, element, entry)


def _open(view: ImageView, element: str, entry: Entry) -> Evidence | None:
    """Return who else may write a directory, or put another one in its place."""
    for each in (entry, *(x for x in ancestors(view, element) if not x.mode & S_ISVTX)):
        if faults := _faults(each):
            what = faults if each is entry else f"above {shortened(element, 40)}: {faults}"
            return of_entry(each, f"{modes(each)}: {what}", _grave(each))
    return None


def _at(view: ImageView, place: str, detail: str, severity: Severity) -> Evidence:
    if place == _CONFIG:
        return Evidence(detail=detail, kind="config", pointer=place, severity=severity)
    return of_file(view, place, detail, severity)


def _faults(entry: Entry) -> str:
    faults = []
    if entry.uid != 0:
        faults.append("not owned by root")
    if entry.mode & 0o022:
        faults.append("writable by " + ("everybody" if entry.mode & 0o002 else "its group"))
    return ", ".join(faults)


def _grave(entry: Entry) -> Severity:
    only_root = entry.uid == 0 and not entry.mode & 0o002 and entry.gid == 0
    return "low" if only_root else "high"


CONTROL = Control(
    id="cis-debian-12-5.4.2.5",
    short="PATH of root",
    automation="full",
    reads="PATH of config.Env; PATH in etc/profile, etc/profile.d, root's profiles and login.defs; "
    "owner and mode of its directories",
    decides="fails on an empty or relative element, on what is no directory, and on a directory "
    "that, or one above which, is not root's or that group or others may write; a missing "
    "directory is told",
    limits="what a shell would expand is passed over; a PATH that an entry script sets is not seen",
    remediation="ENV PATH with absolute directories of root, and RUN chown root:root and chmod "
    "go-w on them",
    evaluate=evaluate,
    needs=frozenset({"config", "filesystem"}),
)
