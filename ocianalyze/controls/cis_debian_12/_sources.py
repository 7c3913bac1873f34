"""Where package managers get packages: apt's, dnf's and apk's lists (sources.list(5))."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.controls.aspects.settings.files import FILES, files_in, lines
from ocianalyze.detectors.captures.repositories import APK, APT, DNF
from ocianalyze.filesystem.view import ImageView

_ONE_LINE = re.compile(r"\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s*)?(\S+)")
_TRUE = frozenset({"yes", "true", "1", "on", "with", "enable"})
_LAX = frozenset({"trusted", "allow-insecure", "allow-weak", "allow-downgrade-to-insecure"})


class Repository(NamedTuple):
    """One place that packages come from."""

    path: str
    at: int
    """Line of the file."""
    uri: str
    unverified: str = ""
    """The setting that switches verification off; empty for none."""
    keys: tuple[str, ...] = ()
    """Files of keys that it names."""

    @property
    def host(self) -> str:
        """Host of the URI in lower case; empty for files."""
        rest = self.uri.partition("://")[2]
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        return authority.rpartition(":")[0].lower() if ":" in authority else authority.lower()


class Sources(NamedTuple):
    """All of an image."""

    files: tuple[str, ...]
    repositories: tuple[Repository, ...]
    unread: tuple[str, ...]


def sources(view: ImageView) -> Sources:
    """Return the repositories of an image; use it with `view.once`."""
    readers = [(x, _lists) for x in (APT[0],) if view.tree.resolve(x) is not None]
    readers += [(x, _lists) for x in files_in(view, APT[1], ".list")]
    readers += [(x, _stanzas) for x in files_in(view, APT[1], ".sources")]
    readers += [(x, _sections) for x in files_in(view, DNF, ".repo")]
    readers += [(x, _plain) for x in (APK,) if view.tree.resolve(x) is not None]
    files = tuple(x for x, _ in readers)
    unread = [x for x in files if view.read(x) is None]
    unread += [x for x in (APT[1], DNF) if len(view.tree.listing(x)) > FILES]
    found: list[Repository] = []
    for path, read in readers:
        found.extend(read(path, lines(view, path)))
    return Sources(files, tuple(found), tuple(unread))


def _lists(path: str, lines: list[str]) -> Iterator[Repository]:
    """Yield apt's one-line form: `deb [trusted=yes] URI SUITE COMPONENT`."""
    for at, line in enumerate(lines, 1):
        found = _ONE_LINE.match(line)
        if found:
            options = dict(x.lower().partition("=")[::2] for x in (found[1] or "").split())
            named = dict(x.partition("=")[::2] for x in (found[1] or "").split())
            keys = named.get("signed-by", "").split(",")
            yield Repository(path, at, found[2], _lax(options), tuple(filter(None, keys)))


def _stanzas(path: str, lines: list[str]) -> Iterator[Repository]:
    """Yield apt's deb822 form."""
    fields: dict[str, str] = {}
    key = ""
    start = 1
    for at, line in enumerate([*lines, ""], 1):
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and line.strip() and key:
            fields[key] += f" {line.strip()}"
        elif line.strip():
            key, _, value = (x.strip() for x in line.partition(":"))
            key = key.lower()
            fields[key] = value
        else:
            yield from _stanza(path, start, fields)
            fields, key, start = {}, "", at + 1


def _stanza(path: str, at: int, fields: dict[str, str]) -> Iterator[Repository]:
    if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
        return
    lower = {name: value.lower() for name, value in fields.items()}
    keys = tuple(x for x in fields.get("signed-by", "").split() if x.startswith("/"))
    for uri in fields.get("uris", "").split()[:100]:
        yield Repository(path, at, uri, _lax(lower), keys)


def _lax(options: dict[str, str]) -> str:
    return next((f"{x}={options[x]}" for x in _LAX if options.get(x) in _TRUE), "")


def _sections(path: str, lines: list[str]) -> Iterator[Repository]:
    """Yield the enabled repositories of dnf and yum."""
    fields: dict[str, str] = {}
    start = 1
    for at, line in enumerate([*lines, "["], 1):
        text = line.strip()
        if text.startswith("["):
            yield from _section(path, start, fields)
            fields, start = {}, at
        elif text and text[0] not in "#;":
            name, _, value = (x.strip() for x in text.partition("="))
            fields[name.lower()] = value


def _section(path: str, at: int, fields: dict[str, str]) -> Iterator[Repository]:
    uri = fields.get("baseurl") or fields.get("metalink") or fields.get("mirrorlist") or ""
    if not uri or fields.get("enabled", "1").lower() in ("0", "no", "false"):
        return
    lax = fields.get("gpgcheck", "1").lower() in ("0", "no", "false")
    keys = [x.removeprefix("file://") for x in re.split(r"[\s,]+", fields.get("gpgkey", ""))]
    local = tuple(x for x in keys if x.startswith("/") and "$" not in x)
    yield Repository(path, at, re.split(r"[\s,]+", uri)[0], "gpgcheck=0" if lax else "", local)


def _plain(path: str, lines: list[str]) -> Iterator[Repository]:
    """Yield apk's form: a URI a line, perhaps behind `@tag`."""
    for at, line in enumerate(lines, 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            uri = words[1] if words[0].startswith("@") and len(words) > 1 else words[0]
            yield Repository(path, at, uri)
