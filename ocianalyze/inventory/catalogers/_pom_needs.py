"""What the `pom.xml` in an archive tells of an artifact (Maven's POM 4.0): version and needs.

Versions that a parent or a bill of materials manages are not there, and stay empty. A document
with a declaration of entities is not read: no POM needs one.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._gathered import NAME_CHARS, name

_NEEDED = 500
"""Dependencies of one artifact; the largest real ones have about 200."""
_DEPTH = 64
_PROPERTIES = 1_000
_REFERENCE = re.compile(r"\$\{([^${}]{1,200})\}")
_HOPS = 4
"""Properties that name properties."""
_RUNNING = frozenset({"", "compile", "runtime"})
"""Scopes of what is on the class path; the container provides what is `provided`."""
_PROJECT = ("project",)
_PARENT = ("project", "parent")
_SETTINGS = ("project", "properties")
_DEPENDENCY = ("project", "dependencies", "dependency")

Facts = dict[str, str]


class Project(NamedTuple):
    """What a pom.xml tells of its own artifact."""

    version: str
    """Its own or its parent's; empty when a reference in it leads nowhere."""
    is_vague: bool
    """It names a version by such a reference."""
    needs: list[str]
    """`group:artifact:version` of each dependency."""


@dataclass(slots=True)
class _Pom:
    """A document while it is parsed."""

    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    properties: Facts = field(default_factory=dict)
    dependencies: list[Facts] = field(default_factory=list)

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """Enter an element."""
        if len(self.path) >= _DEPTH:
            raise ValueError("elements are too deep")
        self.path.append(tag.rpartition(":")[2])
        self.text.clear()
        if tuple(self.path) == _DEPENDENCY:
            self.dependencies.append({})

    def end(self, _tag: str) -> None:
        """Leave an element and take what it says."""
        *above, own = self.path
        self.path.pop()
        value, place = name("".join(self.text)), tuple(above)
        self.text.clear()
        if place == _DEPENDENCY:
            self.dependencies[-1].setdefault(own, value)
        elif place in (_PROJECT, _PARENT, _SETTINGS) and len(self.properties) < _PROPERTIES:
            key = own if place == _SETTINGS else f"{'.'.join(place)}.{own}"
            self.properties.setdefault(key, value)

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if len(self.text) <= NAME_CHARS:
            self.text.append(text)

    def told(self, value: str) -> str:
        """Return a value without references; empty when one leads nowhere."""
        for _ in range(_HOPS):
            value = _REFERENCE.sub(self._meant, value)[:NAME_CHARS]
        return "" if "${" in value else value

    def _meant(self, reference: re.Match[str]) -> str:
        key = reference[1].replace("pom.", "project.", 1)
        own = key if "." in key else f"project.{key}"
        inherited = own.replace("project.", "project.parent.", 1)
        known = (self.properties.get(each) for each in (key, own, inherited))
        return next((value for value in known if value), reference[0])


def project(data: bytes | bytearray | memoryview) -> Project:
    """Return what a pom.xml tells; what precedes damage counts."""
    pom = _parsed(bytes(data))
    raw = (pom.properties.get(f"{'.'.join(place)}.version", "") for place in (_PROJECT, _PARENT))
    named = next(filter(None, raw), "")
    version = pom.told(named)
    return Project(version, bool(named) and not version, _needs(pom))


def _needs(pom: _Pom) -> list[str]:
    found: dict[str, None] = {}
    for each in pom.dependencies[:_NEEDED]:
        parts = [pom.told(each.get(key, "")) for key in ("groupId", "artifactId", "version")]
        is_running = each.get("scope", "") in _RUNNING and each.get("optional", "") != "true"
        if is_running and parts[0] and parts[1] and ":" not in "".join(parts[:2]):
            found[":".join(parts)] = None
    return list(found)


def _parsed(data: bytes) -> _Pom:
    from xml.parsers import expat  # noqa: PLC0415 - only where there are archives

    pom, parser = _Pom(), expat.ParserCreate()
    parser.StartElementHandler = pom.start
    parser.EndElementHandler = pom.end
    parser.CharacterDataHandler = pom.data
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the library's interface
    except (expat.ExpatError, ValueError, LookupError):  # the last: an encoding that nobody knows
        return pom
    return pom


def _refuse(*_declared: object) -> None:
    raise ValueError("a declaration of entities")
