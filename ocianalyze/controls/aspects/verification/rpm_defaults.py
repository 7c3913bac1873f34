"""Repositories of which nothing says that packages are verified: dnf's own default is not to.

A repository's `gpgcheck` counts, else that of `[main]` (dnf.conf(5)).
"""

import re
from collections.abc import Iterator
from dataclasses import field

from ocianalyze.controls.aspects.verification.keyed import pairs
from ocianalyze.dataclass import dataclass
from ocianalyze.model.entry import Entry

_MAIN = re.compile(r"\Aetc/(?:yum\.conf|t?dnf/t?dnf\.conf)\Z")
_REPOSITORIES = re.compile(r"\Aetc/(?:yum|distro)\.repos\.d/[^/]+\.repo\Z")
_CHECKS = frozenset({"gpgcheck", "pkg_gpgcheck"})
_PLACES = frozenset({"baseurl", "mirrorlist", "metalink"})
_OFF = frozenset({"0", "false", "no", "off"})


@dataclass(slots=True)
class Defaults:
    """Repositories that leave it to a main file whether packages are verified."""

    is_said: bool = False
    """A main file tells for all of them."""
    left: list[tuple[Entry, str]] = field(default_factory=list)
    """The files and names of those that leave it."""

    def take(self, entry: Entry, text: str) -> None:
        """Take one settings file into account."""
        if _MAIN.search(entry.path):
            self.is_said |= any(key in _CHECKS for _, key, _ in pairs(text))
        elif _REPOSITORIES.search(entry.path):
            self.left += [(entry, section) for section in _leaving(text)]

    @property
    def unsaid(self) -> list[tuple[Entry, str]]:
        """Repositories of which nothing tells."""
        return [] if self.is_said else self.left


def _leaving(text: str) -> Iterator[str]:
    sections: dict[str, dict[str, str]] = {}
    for section, key, value in pairs(text):
        sections.setdefault(section, {})[key] = value
    for section, told in sections.items():
        is_used = told.get("enabled") not in _OFF and not _PLACES.isdisjoint(told)
        if is_used and _CHECKS.isdisjoint(told):
            yield section
