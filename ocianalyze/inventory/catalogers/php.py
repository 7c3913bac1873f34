"""PHP packages that Composer installed, and composer.lock as weaker evidence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    document,
    gather,
    inside,
    listing,
    mapping,
    name,
    readable,
    text,
    texts,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._paths import is_published
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.finding import Confidence
from ocianalyze.model.package import Distribution, Found

_NEEDED = 500
"""Packages that one needs, provides or replaces; the largest real ones have about 60."""
_SURE: Mapping[str, Confidence] = {
    "php": "exact",
    "php-versions": "strong",
    "php-locks": "heuristic",
}
"""What is told of each evidence: the first says all that the second does."""
_NOTHING = "metapackage"
"""A type of package that installs no file (Composer schema, "type")."""
_VERSION = re.compile(
    r"'(?P<name>[a-z0-9_.-]{1,256}/[a-z0-9_.-]{1,256})'\s{0,64}=>\s{0,64}array\(\s{0,64}"
    r"'pretty_version'\s{0,64}=>\s{0,64}'(?P<version>[^'\\]{1,512})'"
)
_ROOT = re.compile(
    r"'root'\s{0,64}=>\s{0,64}array\(\s{0,64}'name'\s{0,64}=>\s{0,64}'(?P<name>[^'\\]{1,512})'"
)


def _open_installed(seen: Seen, _head: memoryview) -> Tap | None:
    if not seen.path.endswith(b"/composer/installed.json"):
        return None
    return gather(seen.size, _installed)


def _open_versions(seen: Seen, _head: memoryview) -> Tap | None:
    if not seen.path.endswith(b"/composer/installed.php"):
        return None
    return gather(seen.size, _versions)


def _open_lock(seen: Seen, _head: memoryview) -> Tap | None:
    """Take the lock files of applications, not those that packages were published with."""
    is_vendored = b"/vendor/" in b"/" + seen.path or is_published(seen.path)
    return None if is_vendored else gather(seen.size, _lock)


def _installed(data: bytearray) -> object:
    """Return the packages of an installed.json: a list (Composer 1) or an object (2)."""
    value = document(data)
    packages = value if isinstance(value, list) else _listed(value, "packages")
    names = listing(mapping(value).get("dev-package-names"))
    development = {each for each in names if isinstance(each, str)}
    kept = [_kept(each, each.get("name") in development) for each in _packages(packages)]
    return told(packages=kept, unread=len(packages) - len(kept))


def _versions(data: bytearray) -> object:
    """Return the packages of an installed.php, which programs ask for versions when they run.

    It also names the application, and what packages provide or replace; those have no version of
    their own.
    """
    root = _ROOT.search(data.decode("utf-8", "replace"))
    rows = islice(_VERSION.finditer(data.decode("utf-8", "replace")), ROWS)
    kept = [told(**row.groupdict(default="")) for row in rows]
    own = root["name"] if root else ""
    return told(packages=[row for row in kept if row["name"] != own])


def _lock(data: bytearray) -> object:
    lock = document(data)
    packages, tools = _listed(lock, "packages"), _listed(lock, "packages-dev")
    kept = [_kept(each, development=False) for each in _packages(packages)]
    kept += [_kept(each, development=True) for each in _packages(tools)]
    return told(packages=kept, unread=len(packages) + len(tools) - len(kept))


def _listed(value: object, key: str) -> list[Any]:
    """Return a list of an object; one that is absent or null is empty.

    Raises:
        ValueError: there is no object, or something else than a list.

    """
    listed = (value.get(key) or []) if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise ValueError(f"`{key}` is no list")  # noqa: TRY004 - the content, not the call
    return listed


def _packages(packages: list[Any]) -> Iterator[dict[str, Any]]:
    for each in packages[:ROWS]:
        package = mapping(each)
        if name(package.get("name")):
            yield package


def _kept(package: dict[str, Any], development: bool) -> dict[str, object]:  # noqa: FBT001
    licenses = package.get("license")
    authors = listing(package.get("authors"))[:1]
    return told(
        name=name(package["name"]),
        version=name(package.get("version")),
        licenses=texts([licenses, *listing(licenses)[:64]]),
        supplier=text(mapping(authors[0]).get("name")) if authors else "",
        place="." if package.get("type") == _NOTHING else name(package.get("install-path")),
        depends=_keys(package.get("require")),
        provides=[*_keys(package.get("provide")), *_keys(package.get("replace"))],
        development=development,
    )


def _keys(table: object) -> list[str]:
    """Return the packages of a table; PHP itself and its extensions have no vendor."""
    return [each for each in islice(mapping(table), _NEEDED) if "/" in name(each)]


def _named(recorded: str) -> tuple[str, str]:
    """Return vendor and name."""
    vendor, found, own = recorded.partition("/")
    return (vendor, own) if found and own else ("", recorded)


def _home(package: dict[str, Any], path: str) -> str:
    """Return where a package is installed; Composer 1 does not say it.

    Of a metapackage only Composer's own record is there.
    """
    composer = path.rpartition("/")[0]
    return inside(composer, package.get("place") or f"../{package['name']}")


def _location(package: dict[str, Any], kept: Kept) -> str:
    """Return where a package is by the record that tells all of it; others stay apart from it."""
    return _home(package, kept.path) if kept.observer == "php" else kept.path


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    confidence = _SURE[kept.observer]
    installed = confidence != "heuristic"
    value = unpack(kept)
    for package in value.get("packages", ()):
        namespace, own = _named(package["name"])
        properties = [("evidence", "lock-file")] if not installed else []
        if package.get("development"):
            properties.append(("dependency", "development"))
        yield Found(
            type="composer",
            name=own,
            namespace=namespace,
            version=package.get("version", ""),
            licenses=tuple(package.get("licenses", ())),
            supplier=package.get("supplier", ""),
            location=_location(package, kept),
            depends=tuple(package.get("depends", ())) if installed else (),
            provides=tuple(package.get("provides", ())) if installed else (),
            confidence=confidence,
            properties=tuple(sorted(properties)),
        )
    if unread := value.get("unread"):
        raise ValueError(f"{unread} entries name no package, or are over a limit")


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    if _SURE[kept.observer] == "heuristic":
        return
    composer = kept.path.rpartition("/")[0]
    for package in mapping(readable(kept)).get("packages", ()):
        home = _home(package, kept.path)
        # A path of the application itself, such as `../..`, would claim all of it.
        if home and not f"{composer}/".startswith(f"{home}/"):
            own = _named(package["name"])[1]
            yield Claim("composer", own, location=_location(package, kept), trees=(home,))


CATALOGER = Cataloger(
    name="php",
    types=("composer",),
    lists_all=True,
    observers=(
        Observer(
            name="php",
            version=4,
            interest=Interest(names=frozenset({b"installed.json"})),
            open=_open_installed,
            summary="packages that Composer installed, and their needs",
        ),
        Observer(
            name="php-versions",
            version=1,
            interest=Interest(names=frozenset({b"installed.php"})),
            open=_open_versions,
            summary="packages that programs ask Composer's own classes for",
        ),
        Observer(
            name="php-locks",
            version=4,
            interest=Interest(names=frozenset({b"composer.lock"})),
            open=_open_lock,
            summary="packages that composer.lock names",
        ),
    ),
    summary="PHP: `vendor/composer/installed.json`, without it `installed.php` beside; "
    "`composer.lock` as weaker evidence",
    read=_read,
    claims=_claims,
)
