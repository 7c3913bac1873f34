"""What a Java archive and the archives inside it say about the packages they hold.

The members that matter: `pom.properties` of Maven, paths of its `pom.xml`, the main section of the
manifest (JAR specification, OSGi core 3.2), and archives inside.
"""

import re
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._gathered import ROWS, name, text, told
from ocianalyze.inventory.catalogers._jar_naming import (
    Coordinates,
    How,
    Members,
    contradiction,
    own,
)
from ocianalyze.inventory.catalogers._pom_needs import project
from ocianalyze.inventory.catalogers._zip import Archive, Budget, Data, Member
from ocianalyze.limits import KIB, MIB

ARCHIVE_BYTES = 64 * MIB
"""One outer archive."""
SUFFIXES = (
    *(".jar", ".war", ".ear", ".par", ".sar", ".rar", ".hpi", ".jpi", ".kar", ".lpkg", ".aar"),
)
"""Of archives in jar's format. A jmod tells no coordinates, so none is read."""
_NESTED_BYTES = 32 * MIB
_INFLATED_BYTES = 256 * MIB
_ENTRIES = 500_000
_DEPTH = 4
_POM_BYTES = 64 * KIB
_MANIFEST_BYTES = 256 * KIB
"""Read of one manifest; sections of signed files follow the main one."""
NEEDS = 20_000
"""Needs kept of one outer archive; the largest real ones have some thousands."""
MEMBERS = 2_000
"""Descriptions or nested archives looked at in one archive."""
_MANIFEST = "meta-inf/manifest.mf"
"""In lower case: as jar, archives are read that have it otherwise."""
_TELLING = (*SUFFIXES, _MANIFEST, "/pom.properties", "/pom.xml")
"""How the names end of all members that matter."""
POM = re.compile(r"(?:.*/)?META-INF/maven/([^/]+)/([^/]+)/pom\.(properties|xml)$")
"""Where Maven describes what it packed: group, artifact, kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an archive is."""

    inside: str
    """Path inside the outer archive: `BOOT-INF/lib/x.jar`; empty for the outer one."""
    file: str
    """Name of its file."""


@dataclass(slots=True)
class Contents:
    """The members of one archive that matter."""

    poms: list[Coordinates] = field(default_factory=list)
    bare: list[Coordinates] = field(default_factory=list)
    """Those with a pom.xml, as its path names them; a version where its content tells one."""
    vague: int = 0
    """Descriptions that name their version by a reference that leads nowhere."""
    needs: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What the pom.xml of a group and artifact names."""
    manifest: dict[str, str] = field(default_factory=dict)
    nested: list[Member] = field(default_factory=list)
    unread: int = 0

    def join(self, other: "Contents") -> None:
        """Add what another member says."""
        self.poms += other.poms
        self.bare += other.bare
        self.needs |= other.needs
        self.manifest = other.manifest or self.manifest
        self.vague += other.vague
        self.unread += other.unread


@dataclass(slots=True)
class Reading:
    """One outer archive while it is read."""

    budget: Budget = field(default_factory=lambda: Budget(_INFLATED_BYTES, _ENTRIES))
    packages: list[dict[str, object]] = field(default_factory=list)
    unread: int = 0
    needs: int = NEEDS
    """Needs that may still be kept."""

    def take(self, data: Data, place: str, file: str, depth: int = 0) -> None:
        """Add the packages of one archive and of those inside it.

        Raises:
            ValueError: it is no zip archive.

        """
        archive = Archive(data, self.budget)
        contents = _look(archive)
        self.unread += contents.unread
        self.add(contents, Place(place, file), lambda: (one.name for one in archive.members()))
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

    def add(self, contents: Contents, where: Place, members: Members = tuple) -> None:
        """Add what an archive is and what it bundles."""
        stem = where.file.rpartition(".")[0]
        known = own(stem, contents.poms, contents.bare, contents.manifest, members)
        if contents.vague and not contents.poms and not (known and known[0].version):
            self.unread += 1
        if known:
            self._keep(known[0], where, known[1], contents)
        for pom in contents.poms:
            if known is None or pom != known[0]:
                self._keep(pom, where, "pom", Contents(needs=contents.needs), shaded=True)

    def _keep(
        self,
        found: Coordinates,
        where: Place,
        how: How,
        contents: Contents,
        *,
        shaded: bool = False,
    ) -> None:
        manifest = contents.manifest
        if len(self.packages) >= ROWS:
            self.unread += 1
        else:
            self.packages.append(
                told(
                    group=name(found.group),
                    name=name(found.artifact),
                    version=name(found.version),
                    place=where.inside,
                    how=how,
                    shaded=shaded,
                    contradicts=name(contradiction(manifest, found.version)),
                    license=text(manifest.get("bundle-license", "").partition(";")[0]),
                    supplier=text(_vendor(manifest)),
                    depends=self._needed(contents, found),
                )
            )

    def _needed(self, contents: Contents, found: Coordinates) -> list[str]:
        """Return what the pom.xml of a package names, as long as there is room."""
        needed = contents.needs.get((found.group, found.artifact), [])[: self.needs]
        self.needs -= len(needed)
        return needed


def room(member: str) -> int:
    """Return how much is read of a member; 0 for one that says nothing of packages."""
    lowered = member.lower()
    if not lowered.endswith(_TELLING):
        return 0
    if lowered.endswith(SUFFIXES):
        return _NESTED_BYTES
    if lowered == _MANIFEST:
        return _MANIFEST_BYTES
    return _POM_BYTES if POM.match(member) else 0


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
        content = archive.head(member, limit)
    except ValueError:
        contents.unread += 1
    else:
        describe(member.name, content, contents)


def describe(member: str, content: Data, contents: Contents) -> None:
    """Read one description into the contents; the path of a pom.xml says what it is of."""
    pom = POM.match(member)
    if pom is None:
        contents.manifest = main_section(content)
    elif pom[3] == "xml":
        told_ = project(content)
        contents.bare.append(Coordinates(pom[1], pom[2], told_.version))
        contents.vague += told_.is_vague
        if told_.needs:
            contents.needs[pom[1], pom[2]] = told_.needs
    elif found := coordinates(content, pom[1], pom[2]):
        contents.poms.append(found)
    else:
        contents.vague += b"${" in bytes(content)


def coordinates(data: Data, group: str = "", artifact: str = "") -> Coordinates | None:
    """Return what a pom.properties names; None when a part is missing.

    Args:
        data: its content.
        group: the one of its path, for one that tells none.
        artifact: the same.

    """
    values: dict[str, str] = {}
    for line in bytes(data).decode("utf-8", "replace").splitlines():
        key, separator, value = line.strip().partition("=")
        if separator and not key.startswith(("#", "!")):
            values[key.strip()] = name(value)
    parts = [
        values.get("groupId") or name(group),
        values.get("artifactId") or name(artifact),
        values.get("version", ""),
    ]
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
