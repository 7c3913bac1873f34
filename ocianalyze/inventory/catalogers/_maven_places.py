"""Maven coordinates that the place of an archive tells, and the links to it.

A Maven repository keeps `GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION[-CLASSIFIER].jar`, the dots of the
group as slashes ("Maven2 repository layout"), Gradle's cache
`files-2.1/GROUP/ARTIFACT/VERSION/SHA1/FILE`. Debian's `usr/share/maven-repo` is a repository of
links to `usr/share/java`, and there a link beside an archive may tell the version that its own name
lacks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._gathered import NAME_CHARS, inside
from ocianalyze.inventory.catalogers._jar_naming import Coordinates, words
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.package import Found

_DEBIAN = "usr/share/maven-repo"
_MAVEN, _PLAIN = ".m2", "repository"
_ROOTS = frozenset({_PLAIN, "maven-repo"})
_GRADLE = "files-2.1"
_PARTS = 5
"""Of the shortest path: root, group, artifact, version, file."""
_HOPS = 8
"""Links behind each other."""
_DIRECTORIES = 50_000
"""Looked into, of Debian's repository."""
_ANY = re.compile(r"debian|(?:.*[.-])?x", re.DOTALL)
"""Versions in Debian's repository that stand for any, or for many."""
_VERSION = re.compile(r"-(\d[\w.+~-]*)", re.ASCII)

_SHADED = ("shaded", "true")

Links = Mapping[str, Sequence[str]]
"""Paths of the links that lead to each path."""


def paths(observer: str, tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Yield visible links in Debian's repository and beside archives that an observer saw."""
    homes = {entry.path.rpartition("/")[0] for entry, _ in tree.observations(observer)}
    for directory in sorted(homes):
        yield from ((x.path, x) for x in tree.listing(directory) if _is_link(x))
    if homes:
        yield from _below(tree, _DEBIAN)


def _below(tree: Tree, top: str) -> Iterator[tuple[str, Entry]]:
    """Yield links in a directory and below; dpkg writes an entry for each directory."""
    waiting, seen = [top], 0
    while waiting and seen < _DIRECTORIES:
        seen += 1
        for entry in tree.listing(waiting.pop()):
            if entry.kind is Kind.DIRECTORY:
                waiting.append(entry.path)
            elif _is_link(entry):
                yield entry.path, entry


def _is_link(entry: Entry) -> bool:
    return entry.kind is Kind.SYMLINK and entry.path.endswith(".jar")


def links_of(kept: Iterable[Kept]) -> Links:
    """Return the links to each path.

    Args:
        kept: paths of links, each with what it says.

    """
    said = {
        one.path: inside(one.path.rpartition("/")[0], one.value.decode("utf-8", "surrogateescape"))
        for one in kept
    }
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(said):
        target = path
        for _ in range(_HOPS):
            target = said.get(target, target)
        if target not in said:
            found[target].append(path)
    return found


def place(path: str) -> Coordinates | None:
    """Return what a path in a repository or in Gradle's cache tells, None elsewhere."""
    parts = path.split("/")
    if len(parts) < _PARTS:
        return None
    if _GRADLE in parts[-6:-5]:
        group, artifact, version, _, file = parts[-5:]
        return _told(group, artifact, version, file)
    artifact, version, file = parts[-3:]
    return _told(".".join(_group(parts[:-3])), artifact, version, file)


def _group(parts: Sequence[str]) -> Sequence[str]:
    """Return what is below the root of a repository; nothing where several may be it."""
    roots = [at for at, name in enumerate(parts) if name in _ROOTS]
    sure = [at for at in roots if parts[at] != _PLAIN or parts[at - 1 : at] == [_MAVEN]]
    likely = sure[-1:] or roots
    return parts[likely[0] + 1 :] if len(likely) == 1 else ()


def _told(group: str, artifact: str, version: str, file: str) -> Coordinates | None:
    stem, own = file.rpartition(".")[0], f"{artifact}-{version}"
    is_own = stem == own or stem.startswith(f"{own}-")
    if not group or not is_own or max(map(len, (group, own))) > NAME_CHARS:
        return None
    return Coordinates(group, artifact, "" if _ANY.fullmatch(version) else version)


@dataclass(slots=True)
class _Completion:
    """Completes the packages of one state of the filesystem."""

    links: Links
    bundling: dict[str, bool] = field(default_factory=dict)
    """Of each archive, whether only what it bundles is known."""

    def of(self, packages: Iterable[Found]) -> Iterator[Found]:
        """Yield packages as their places name them."""
        for found in packages:
            if "!/" in found.location:
                yield found
                continue
            one = found if _SHADED in found.properties else self._completed(found)
            is_bundled = _SHADED in one.properties
            known = self.bundling.get(one.location, True)
            self.bundling[one.location] = known and is_bundled
            yield one
        yield from self._unnamed()

    def _completed(self, found: Found) -> Found:
        links = self.links.get(found.location, ())
        told = {path: at for path in (found.location, *links) if (at := place(path))}
        if found.confidence == "exact":
            return _bundled(found) if _are_others(found, told.values()) else found
        if told:
            path = min(told, key=partial(_rank, found, told))
            return _named(found, told[path], path)
        if not found.version and (version := _version(found.location, links)):
            return replace(found, version=version)
        return found

    def _unnamed(self) -> Iterator[Found]:
        """Yield the archives of which only what they bundle is known, where links name them."""
        for location in [path for path, is_so in self.bundling.items() if is_so]:
            stem = location.rpartition("/")[2].rpartition(".")[0]
            unnamed = Found("maven", stem, "", location=location, confidence="heuristic")
            found = self._completed(unnamed)
            if found is not unnamed:
                yield found


def completed(packages: Iterable[Found], links: Links) -> Iterator[Found]:
    """Yield packages with the coordinates that their places and links tell.

    Args:
        packages: of archives.
        links: to them, of the same state of the filesystem.

    """
    return _Completion(links).of(packages)


def _rank(found: Found, told: Mapping[str, Coordinates], path: str) -> tuple[bool, bool, bool, str]:
    """Return what makes one of several coordinates better: the archive's own place is best."""
    at = told[path]
    return path != found.location, not at.version, at.artifact != found.name, path


def _are_others(found: Found, told: Iterable[Coordinates]) -> bool:
    """Tell that no place has a word of the name that a pom.properties tells, which is bundled."""
    names = [at.artifact for at in told]
    return bool(names) and not words(found.name) & words(*names)


def _bundled(found: Found) -> Found:
    return replace(found, properties=(*found.properties, _SHADED))


def _named(found: Found, at: Coordinates, path: str) -> Found:
    return replace(
        found,
        namespace=at.group,
        name=at.artifact,
        version=at.version or found.version,
        evidence=found.evidence if path == found.location else (*found.evidence, path),
        confidence="strong",
    )


def _version(location: str, links: Iterable[str]) -> str:
    """Return the version in the name of a link beside an archive: `x-1.2.jar` to `x.jar`."""
    stem = location.rpartition(".")[0]
    behind = (path[len(stem) : -4] for path in links if path.startswith(f"{stem}-"))
    return next((found[1] for text in behind if (found := _VERSION.fullmatch(text))), "")
