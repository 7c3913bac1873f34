"""What a Java archive and the archives inside it say about the packages they hold.

In order of trust: `pom.properties` of Maven, the main section of the manifest (JAR specification,
OSGi core 3.2), the name of the file.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ocianalyze.inventory.catalogers._gathered import ROWS, name, text, told
from ocianalyze.inventory.catalogers._zip import Archive, Budget, Data, Member
from ocianalyze.limits import KIB, MIB

ARCHIVE_BYTES = 64 * MIB
"""One outer archive."""
SUFFIXES = (".jar", ".war", ".ear", ".par", ".sar", ".hpi", ".jpi")
_NESTED_BYTES = 32 * MIB
_INFLATED_BYTES = 256 * MIB
_ENTRIES = 500_000
_DEPTH = 4
_POM_BYTES = 64 * KIB
_MANIFEST_BYTES = 256 * KIB
"""Read of one manifest; sections of signed files follow the main one."""
MEMBERS = 2_000
"""Descriptions or nested archives looked at in one archive."""
_MANIFEST = "META-INF/MANIFEST.MF"
_POM = re.compile(r"(?:.*/)?META-INF/maven/([^/]+)/([^/]+)/pom\.(properties|xml)$")
_FILE = re.compile(
    r"(?P<name>.+?)-(?P<version>\d.*?)"
    r"(?:-(?:sources|javadoc|tests|test-sources|jar-with-dependencies|exec|shaded|all))?\Z",
    re.DOTALL,
)
_VERSION = re.compile(r"v?\d[^\s,;]*")
_GROUP = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+$")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Za-z_][\w.-]*$")

How = Literal["pom", "path", "manifest", "name"]
"""Which evidence named a package; `path` is that of a pom.xml."""


class Coordinates(NamedTuple):
    """Group, artifact and version of a package."""

    group: str
    artifact: str
    version: str


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of an archive without looking inside."""

    place: str
    """Path inside the outer archive: `BOOT-INF/lib/x.jar`; empty for the outer one."""
    artifact: str
    version: str


@dataclass(slots=True)
class Contents:
    """The members of one archive that matter."""

    poms: list[Coordinates] = field(default_factory=list)
    bare: list[Coordinates] = field(default_factory=list)
    """Those with a pom.xml; its path has no version."""
    manifest: dict[str, str] = field(default_factory=dict)
    nested: list[Member] = field(default_factory=list)
    unread: int = 0

    def join(self, other: "Contents") -> None:
        """Add what another member says."""
        self.poms += other.poms
        self.bare += other.bare
        self.manifest = other.manifest or self.manifest
        self.unread += other.unread


@dataclass(slots=True)
class Reading:
    """One outer archive while it is read."""

    budget: Budget = field(default_factory=lambda: Budget(_INFLATED_BYTES, _ENTRIES))
    packages: list[dict[str, object]] = field(default_factory=list)
    unread: int = 0

    def take(self, data: Data, place: str, file: str, depth: int = 0) -> None:
        """Add the packages of one archive and of those inside it.

        Raises:
            ValueError: it is no zip archive.

        """
        archive = Archive(data, self.budget)
        contents = _look(archive)
        self.unread += contents.unread
        self.add(contents, label(place, file))
        for member in contents.nested:
            self._enter(archive, member, f"{place}!/{member.name}" if place else member.name, depth)

    def _enter(self, archive: Archive, member: Member, place: str, depth: int) -> None:
        if depth >= _DEPTH or len(self.packages) >= ROWS:
            self.unread += 1
            return
        try:
            data = archive.content(member, _NESTED_BYTES)
            self.take(data, place, member.name.rpartition("/")[2], depth + 1)
        except ValueError:
            self.unread += 1

    def add(self, contents: Contents, known: Label) -> None:
        """Add what an archive is and what it bundles."""
        own = _own(contents, known)
        if own:
            self._keep(own[0], known, own[1], contents.manifest, shaded=False)
        for pom in contents.poms:
            if own is None or pom != own[0]:
                self._keep(pom, known, "pom", {}, shaded=True)

    def _keep(
        self, found: Coordinates, known: Label, how: How, manifest: dict[str, str], *, shaded: bool
    ) -> None:
        if len(self.packages) < ROWS:
            self.packages.append(
                told(
                    group=name(found.group),
                    name=name(found.artifact),
                    version=name(found.version),
                    place=known.place,
                    how=how,
                    shaded=shaded,
                    contradicts=name(_contradiction(manifest, found.version)),
                    license=text(manifest.get("bundle-license", "").partition(";")[0]),
                    supplier=text(_vendor(manifest)),
                )
            )


def label(place: str, file: str) -> Label:
    """Return what a file name says: `name-1.2.3.jar`."""
    stem = file.rpartition(".")[0]
    found = _FILE.match(stem)
    return Label(place, found["name"], found["version"]) if found else Label(place, stem, "")


def room(member: str) -> int:
    """Return how much is read of a member; 0 for one that says nothing of packages."""
    if is_nested(member):
        return _NESTED_BYTES
    if member.upper() == _MANIFEST:
        return _MANIFEST_BYTES
    return _POM_BYTES if _POM.match(member) else 0


def is_nested(member: str) -> bool:
    """Tell an archive by its name."""
    return member.lower().endswith(SUFFIXES)


def _look(archive: Archive) -> Contents:
    contents = Contents()
    looked = 0
    for member in archive.members():
        limit = room(member.name)
        if not limit:
            continue
        looked += 1
        if looked > MEMBERS:
            contents.unread += 1
        elif is_nested(member.name):
            contents.nested.append(member)
        else:
            _read(archive, member, limit, contents)
    contents.unread += archive.exhausted
    return contents


def _read(archive: Archive, member: Member, limit: int, contents: Contents) -> None:
    try:
        content = b"" if member.name.endswith(".xml") else archive.head(member, limit)
    except ValueError:
        contents.unread += 1
    else:
        describe(member.name, content, contents)


def describe(member: str, content: Data, contents: Contents) -> None:
    """Read one description into the contents; the path of a pom.xml says all that is taken."""
    pom = _POM.match(member)
    if pom is None:
        contents.manifest = main_section(content)
    elif pom[3] == "xml":
        contents.bare.append(Coordinates(pom[1], pom[2], ""))
    elif found := coordinates(content):
        contents.poms.append(found)


def coordinates(data: Data) -> Coordinates | None:
    """Return what a pom.properties names; None when a part is missing."""
    values: dict[str, str] = {}
    for line in bytes(data).decode("utf-8", "replace").splitlines():
        key, separator, value = line.strip().partition("=")
        if separator and not key.startswith(("#", "!")):
            values[key.strip()] = name(value)
    parts = [values.get(key, "") for key in ("groupId", "artifactId", "version")]
    return Coordinates(*parts) if all(parts) and "${" not in "".join(parts) else None


def main_section(data: Data) -> dict[str, str]:
    """Return the attributes of a manifest's main section, names in lower case."""
    values: dict[str, list[str]] = {}
    parts: list[str] = []
    for line in bytes(data).decode("utf-8", "replace").splitlines():
        if not line.strip():
            if values:
                break
        elif line[0] == " ":
            parts.append(line[1:])
        else:
            key, _, value = line.partition(":")
            parts = values[key.strip().lower()] = [value.strip()]
    return {key: "".join(parts) for key, parts in values.items()}


def _own(contents: Contents, known: Label) -> tuple[Coordinates, How] | None:
    """Return which package an archive itself is; None when only what it bundles is known."""
    matching = [pom for pom in contents.poms if _is_named(pom, known)]
    if matching:
        return max(matching, key=lambda pom: len(pom.artifact)), "pom"
    if len(contents.poms) == 1 and known.version in ("", contents.poms[0].version):
        return contents.poms[0], "pom"
    bare = next((pom for pom in contents.bare if _is_named(pom, known)), None)
    version = _version(contents.manifest, known)
    if bare and version:
        return bare._replace(version=version), "path"
    own = Coordinates(
        _group(contents.manifest, known), _artifact(contents.manifest, known), version
    )
    if own.group and version:
        return own, "manifest"
    return (own, "name") if version or not contents.poms else None


def _is_named(pom: Coordinates, known: Label) -> bool:
    return known.artifact == pom.artifact or known.artifact.startswith(f"{pom.artifact}-")


def _version(manifest: dict[str, str], known: Label) -> str:
    """Return the version of the file's name, which is the released one, else the manifest's."""
    return known.version or _manifest_version(manifest)


def _manifest_version(manifest: dict[str, str]) -> str:
    for key in ("implementation-version", "bundle-version", "specification-version"):
        if found := _VERSION.match(manifest.get(key, "")):
            return found[0]
    return ""


def _contradiction(manifest: dict[str, str], version: str) -> str:
    """Return the manifest's version when its first two numbers are not those of the version."""
    other = _manifest_version(manifest)
    return "" if _NUMBER.findall(other)[:2] == _NUMBER.findall(version)[:2] else other


def _symbolic(manifest: dict[str, str]) -> str:
    return manifest.get("bundle-symbolicname", "").partition(";")[0].strip()


def _artifact(manifest: dict[str, str], known: Label) -> str:
    if known.version:
        return known.artifact
    title = manifest.get("implementation-title", "")
    if _NAME.match(title):
        return title.rpartition(".")[2] if _GROUP.match(title) else title
    return _symbolic(manifest).rpartition(".")[2] or known.artifact


def _group(manifest: dict[str, str], known: Label) -> str:
    """Return the group that a manifest tells; empty when it does not."""
    vendor = manifest.get("implementation-vendor-id", "")
    if _GROUP.match(vendor):
        return vendor
    symbolic = _symbolic(manifest)
    if not _GROUP.match(symbolic):
        return ""
    artifact = _artifact(manifest, known)
    group, _, last = symbolic.rpartition(".")
    ends = artifact in (last, symbolic) or artifact.endswith((f"-{last}", f".{last}"))
    return group if ends and "." in group else symbolic


def _vendor(manifest: dict[str, str]) -> str:
    return manifest.get("implementation-vendor", "") or manifest.get("bundle-vendor", "")


def packages(file: str, data: Data) -> dict[str, object]:
    """Return the value to keep of one archive.

    Raises:
        ValueError: it is no zip archive.

    """
    reading = Reading()
    reading.take(data, "", file)
    return told(packages=reading.packages, unread=reading.unread)
