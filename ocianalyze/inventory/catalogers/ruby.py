"""Ruby gems: the specifications that RubyGems writes, and Gemfile.lock as weaker evidence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from itertools import islice

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    gather,
    name,
    readable,
    text,
    texts,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._locked import git, qualifier, registry
from ocianalyze.inventory.catalogers._paths import is_published
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Distribution, Found

_SPECIFICATION_BYTES = 1 * MIB
_HOMES = (b"specifications", b"specifications/default")
_TEXT = r"[\"'](?P<value>[^\"'\n]{1,512})[\"']"
_FIELD = re.compile(
    r"^[ \t]*\w+\.(?P<key>name|version|platform|license|author)[ \t]*=[ \t]*"
    r"(?:Gem::Version\.new\(?[ \t]*)?" + _TEXT,
    re.MULTILINE,
)
_LIST = re.compile(
    r"^[ \t]*\w+\.(?P<key>licenses|authors|executables)[ \t]*=[ \t]*\[(?P<value>[^\]\n]{0,4096})\]",
    re.MULTILINE,
)
_ITEM = re.compile(_TEXT)
_ITEMS = 64
_NEED = re.compile(
    r"\.add_(?:runtime_)?dependency[ \t(]+"
    r"(?:%q<(?P<bare>[^<>\n]{1,512})>|[\"'](?P<quoted>[^\"'\n]{1,512})[\"'])(?P<rest>[^\n]{0,1024})"
)
_OTHERWISE = re.compile(r"^[ \t]*else[ \t]*$", re.MULTILINE)
_NEEDED = 500
"""Gems that one needs; the largest real lists have about 50."""
_LINE_CHARS = 1_024
_ORIGIN = re.compile(r"  (?P<key>remote|revision): (?P<value>\S+)$")
_REGISTRY = re.compile(r"https?://(?:www\.|index\.)?rubygems\.org(?:/|\Z)")
_SEVERAL = 2
_LOCKED = re.compile(r"    (?P<name>[^\s()]+) \((?P<version>[^\s()]+)\)$")
_SYSTEM = re.compile(r"(?P<prefix>.*?)/?lib/ruby/gems/[^/]+$")
_DEBIAN = re.compile(r"var/lib/gems/[^/]+$")
"""Where `gem install` puts gems with Debian's Ruby, and programs into `usr/local/bin`."""
_PATHS = "ruby-paths"
_FOLDERS = 100
"""Platforms and versions of Ruby with built extensions, of one directory of gems."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    parent = seen.path.rpartition(b"/")[0]
    if parent.endswith(_HOMES):
        return gather(seen.size, _specification, _SPECIFICATION_BYTES)
    return None


def _open_lock(seen: Seen, _head: memoryview) -> Tap | None:
    """Take the lock files of applications, not those that gems were published with."""
    return None if is_published(seen.path) else gather(seen.size, _lock)


def _specification(data: bytearray) -> object:
    """Return what is worth keeping of a gemspec as RubyGems writes it."""
    content = data.decode("utf-8", "replace")
    fields: dict[str, str] = {}
    for one in _FIELD.finditer(content):
        fields.setdefault(one["key"], one["value"])
    lists = {found["key"]: _items(found["value"]) for found in _LIST.finditer(content)}
    own = name(fields.get("name"))
    if not own:
        raise ValueError("a specification without a name")
    return told(
        name=own,
        version=name(fields.get("version")),
        platform=name(fields.get("platform")),
        licenses=texts([fields.get("license"), *lists.get("licenses", ())]),
        supplier=text((lists.get("authors") or [fields.get("author", "")])[0]),
        executables=[each for each in lists.get("executables", ()) if "/" not in each],
        depends=_needed(content),
    )


def _needed(content: str) -> list[str]:
    """Return `name requirement` of each gem that it needs to run.

    For RubyGems before 1.2 what it needs is repeated behind `else`, together with what developers
    need, which there was no other word for.
    """
    otherwise = _OTHERWISE.search(content)
    needs = islice(
        _NEED.finditer(content, 0, otherwise.start() if otherwise else len(content)), _NEEDED
    )
    return [
        f"{need['bare'] or need['quoted']} {', '.join(_items(need['rest']))}".strip()
        for need in needs
    ]


def _items(content: str) -> list[str]:
    return [item["value"] for item in _ITEM.finditer(content)][:_ITEMS]


def _lock(data: bytearray) -> object:
    """Return the resolved gems of a Gemfile.lock: name, version with platform, section, source.

    What a PATH names is the project's own.
    """
    kept: dict[tuple[str, str, str, str], None] = {}
    section, origin = "", _Origin()
    for line in data.decode("utf-8", "replace").splitlines():
        if line and line[0] != " ":
            section, origin = line.strip(), _Origin()
        if section not in ("GEM", "GIT"):
            continue
        if found := _LOCKED.match(line[:_LINE_CHARS]):
            if len(kept) < ROWS:
                kept[found["name"], found["version"], section, origin.told(section)] = None
        elif fact := _ORIGIN.match(line[:_LINE_CHARS]):
            origin.take(fact["key"], fact["value"])
    return [list(row if row[3] else row[:3]) for row in kept]


@dataclass(slots=True)
class _Origin:
    """What one section of a Gemfile.lock says of where its gems are from."""

    remotes: list[str] = field(default_factory=list)
    revision: str = ""

    def take(self, key: str, value: str) -> None:
        """Take one fact; of many remotes two tell that there are several."""
        if key == "revision":
            self.revision = value
        elif len(self.remotes) < _SEVERAL:
            self.remotes.append(value)

    def told(self, section: str) -> str:
        """Return a purl's qualifier; empty for the registry, and where several may be it."""
        remote = self.remotes[0] if len(self.remotes) == 1 else ""
        if section == "GIT":
            return git(remote, self.revision) if remote else ""
        return "" if _REGISTRY.match(remote) else registry(remote)


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    if kept.observer == _PATHS:
        return
    value = unpack(kept)
    if kept.observer == "ruby-locks":
        yield from (_locked(row, kept.path) for row in value)
        return
    yield Found(
        type="gem",
        name=value["name"],
        version=value.get("version", ""),
        qualifiers=_qualifiers(value.get("platform", "")),
        licenses=tuple(value.get("licenses", ())),
        supplier=value.get("supplier", ""),
        depends=tuple(value.get("depends", ())),
        location=kept.path,
        properties=(("default", "true"),) if "/default/" in kept.path else (),
    )


def _qualifiers(platform: str) -> tuple[tuple[str, str], ...]:
    return (("platform", platform),) if platform not in ("", "ruby") else ()


def _locked(row: list[str], path: str) -> Found:
    version, _, platform = row[1].partition("-")
    return Found(
        type="gem",
        name=row[0],
        version=version,
        qualifiers=tuple(sorted((*_qualifiers(platform), *qualifier("".join(row[3:4]))))),
        location=path,
        confidence="heuristic",
        properties=(("evidence", "lock-file"), *((("source", "git"),) if row[2] == "GIT" else ())),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """Claim the gem's directory, its specification and the programs installed for it."""
    if kept.observer != "ruby" or not (value := readable(kept)):
        return
    home, base = _home(kept.path), kept.path.rpartition("/")[2]
    full = base.removesuffix(".gemspec")
    programs = _programs(home, value.get("executables", ()))
    yield Claim(
        "gem",
        value["name"],
        location=kept.path,
        paths=(kept.path,),
        trees=(f"{home}/gems/{full}".lstrip("/"),),
        programs=tuple(programs),
    )


def _programs(home: str, executables: Iterable[str]) -> Iterator[str]:
    """Yield where RubyGems writes the scripts that start a gem's programs."""
    system = _SYSTEM.match(home)
    for each in executables:
        yield f"{home}/bin/{each}".lstrip("/")
        if system:
            yield f"{system['prefix']}/bin/{each}".lstrip("/")
        elif _DEBIAN.fullmatch(home):
            yield f"usr/local/bin/{each}"


def _built(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Yield directories of built extensions: `extensions/PLATFORM/ABI/NAME-VERSION`."""
    found = (entry.path for entry, _ in tree.observations("ruby"))
    homes = dict.fromkeys(_home(path) for path in found)
    for home in homes:
        where = f"{home}/extensions".lstrip("/")
        for platform, abi in _folders(tree, where):
            inner = f"{where}/{platform}/{abi}"
            for name_, entry in tree.children(inner):
                yield f"{inner}/{name_}", entry


def _folders(tree: Tree, where: str) -> list[tuple[str, str]]:
    """Return the names of directories two levels deep, in any layer."""
    pairs = (
        (platform, abi)
        for platform in dict.fromkeys(name_ for name_, _ in tree.children(where))
        for abi in dict.fromkeys(name_ for name_, _ in tree.children(f"{where}/{platform}"))
    )
    return list(islice(pairs, _FOLDERS))


def _home(path: str) -> str:
    """Return the directory of gems that a specification is of."""
    directory = path.rpartition("/")[0]
    return directory.removesuffix("/default").removesuffix("specifications").rstrip("/")


def _places(claimed: Iterable[Claim], kept: Iterable[Kept]) -> Iterator[Claim]:
    """Add the directories of built extensions to what gems own."""
    built: dict[tuple[str, str], list[str]] = {}
    for each in kept:
        if each.observer == _PATHS:
            above, _, full = each.path.rpartition("/")
            home = above.rsplit("/", 3)[0] if above.count("/") > 2 else ""
            built.setdefault((home, full), []).append(each.path)
    for claim in claimed:
        full = claim.location.rpartition("/")[2].removesuffix(".gemspec")
        more = built.get((_home(claim.location), full), ())
        yield replace(claim, trees=(*claim.trees, *more)) if more else claim


CATALOGER = Cataloger(
    name="ruby",
    types=("gem",),
    lists_all=True,
    observers=(
        Observer(
            name="ruby",
            version=2,
            interest=Interest(suffixes=frozenset({b".gemspec"})),
            open=_open,
            summary="name, version, platform, licences, author, programs and needs of gems",
        ),
        Observer(
            name="ruby-locks",
            version=4,
            interest=Interest(names=frozenset({b"Gemfile.lock", b"gems.locked"})),
            open=_open_lock,
            summary="gems that Gemfile.lock names, and where they are from",
        ),
    ),
    summary="Ruby: `specifications/*.gemspec` and `specifications/default/*.gemspec`; "
    "`Gemfile.lock` as weaker evidence",
    read=_read,
    claims=_claims,
    places=_places,
    paths=_built,
)
