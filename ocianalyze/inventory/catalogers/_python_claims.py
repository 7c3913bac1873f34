"""What a Python distribution owns: by its list of files, its modules, its editable project."""

import binascii
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote

from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.catalogers._gathered import inside
from ocianalyze.inventory.places import is_system

_DOTS = frozenset({"", ".", ".."})
_SITE = re.compile(
    r"(?P<prefix>(?:.*/)?)lib(?:32|64)?/(?:python|pypy)[\d.]*/(?:site|dist)-packages", re.DOTALL
)
"""Where installers put distributions (sysconfig, Debian's scheme), and the prefix of the rest."""
_LEADING = re.compile(r"\A/|(?:\A|/)\.{0,2}(?:/|\Z)")
"""Begins at the root, or has a component that is empty or dots."""
_SHA256 = 32
_URL_SAFE = str.maketrans("-_", "+/")


class _Listed(NamedTuple):
    """What a list names, as of `Claim`."""

    paths: list[str]
    elsewhere: list[tuple[str, bytes]]
    programs: list[str]

    def add(self, above: str, rows: Iterable[tuple[str, str]], *, is_scripts: bool) -> None:
        """Take what is not below the site directory.

        Programs with a digest are compared with it when contents are verified, which tells those
        that were changed; they stay their package's.
        """
        for each, digest in rows:
            made = raw(digest) if digest else b""
            if each in _DOTS:
                continue
            if not is_scripts:
                self.elsewhere.append((above + each, made))
            elif made:
                self.paths.append(above + each)
            else:
                self.programs.append(above + each)


def listing(claim: Claim, base: str, value: Any) -> Claim:
    """Claim what a list names, according to where it is and whether it has a digest.

    Below the site directory, which is the package's own, the name is enough. What is beside it,
    below the same prefix, needs the digest, or is a script that the installation wrote into the
    directory of programs. What is out of the prefix, by `..` or by an absolute path, is not claimed
    at all: whoever wrote the list wrote its digests, too, and no installer writes there. A
    directory that is no site (pip's `--target`, a made-up place) is a prefix, and no program in it
    is taken by its name alone.

    Args:
        claim: of nothing yet.
        base: what the listed paths are relative to.
        value: the list as it was kept.

    """
    site = claim.location.rpartition("/")[0]
    scheme = _SITE.fullmatch(site)
    prefix = scheme["prefix"] if scheme else f"{site}/".lstrip("/")
    found = _Listed([], [], [])
    for directory, names in value["names"].items():
        parent = inside(base, directory)
        above = f"{parent}/" if parent else ""
        if scheme and above.startswith(f"{site}/"):
            found.paths.extend(above + each for each in names if each not in _DOTS)
        elif above.startswith(prefix):
            digests = value["digests"][directory] if "digests" in value else [""] * len(names)
            is_scripts = scheme is not None and above == f"{prefix}bin/"
            found.add(above, zip(names, digests, strict=False), is_scripts=is_scripts)
    return replace(
        claim,
        paths=tuple(found.paths),
        elsewhere=tuple(found.elsewhere),
        programs=tuple(found.programs),
    )


def modules(claim: Claim, names: Iterable[str]) -> Claim:
    """Claim top-level modules where nothing lists files: packages whole, modules as files."""
    site = claim.location.rpartition("/")[0]
    tops = [inside(site, module) for module in names if not _LEADING.search(module)]
    return replace(claim, paths=tuple(f"{top}.py" for top in tops), trees=tuple(tops))


def sources(claim: Claim, facts: Mapping[str, str]) -> Iterable[Claim]:
    """Claim the directory that an editable installation runs from (PEP 610, PEP 660)."""
    url = facts.get("direct-url", "")
    path = posixpath.normpath(unquote(url.removeprefix("file://"))).strip("/")
    is_local = facts.get("editable") == "true" and url.startswith("file:///")
    return (replace(claim, trees=(path,)),) if is_local and not is_system(path) else ()


def raw(digest: str) -> bytes:
    """Return a digest in URL-safe base64 without padding; empty for what is none."""
    plain = digest.translate(_URL_SAFE) if "-" in digest or "_" in digest else digest
    try:
        raw = binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    except (ValueError, binascii.Error):
        return b""
    return raw if len(raw) == _SHA256 else b""
