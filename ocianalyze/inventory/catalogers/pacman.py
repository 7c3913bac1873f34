"""pacman's local database: a directory a package with `desc` and `files` (libalpm, alpm_db)."""

import re
from collections.abc import Iterator

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._epoch import split_epoch
from ocianalyze.inventory.catalogers._lines import lines
from ocianalyze.inventory.catalogers._paths import deflated, inflated, split
from ocianalyze.inventory.catalogers._table import keep, rows, texts
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.distro import distro_qualifier
from ocianalyze.inventory.homes import PACMAN, below
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.package import Distribution, Found

_LOCAL = below(PACMAN, "local")
_DESC_BYTES = 256 * KIB
_FILES_BYTES = 16 * MIB
_DESC = frozenset(
    f"%{name}%".encode()
    for name in (
        *("NAME", "VERSION", "BASE", "ARCH", "PACKAGER", "REASON", "LICENSE", "SIZE"),
        *("DEPENDS", "PROVIDES"),
    )
)
_FILES = frozenset({b"%FILES%"})
_NAME = re.compile(r"[A-Za-z0-9@._+][A-Za-z0-9@._+-]*")
"""What a package may be called (PKGBUILD(5), pkgname); capitals are not usual."""
_DEPENDENCY = "1"
"""%REASON% of what was installed for another package; absent for what was asked for."""


def _sections(content: bytes, wanted: frozenset[bytes]) -> dict[str, list[bytes]]:
    """Return the lines of the wanted `%NAME%` sections; an empty line ends one."""
    found: dict[str, list[bytes]] = {}
    section: list[bytes] | None = None
    for line in lines(content):
        if not line:
            section = None
        elif section is not None:
            section.append(line)
        elif line in wanted:
            section = found.setdefault(line.strip(b"%").decode("ascii").lower(), [])
    return found


def _desc(content: bytes) -> bytes | None:
    found = _sections(content[:_DESC_BYTES], _DESC)
    row = {
        name: [value.decode("utf-8", "replace") for value in values]
        for name, values in found.items()
        if values
    }
    problem = _damage(content, row)
    is_named = bool(_NAME.fullmatch(row.get("name", [""])[0]))
    cut = len(content) > _DESC_BYTES
    return keep([row] if is_named else [], cut=cut, limit=_DESC_BYTES, problem=problem)


def _damage(content: bytes, row: dict[str, list[str]]) -> str:
    """Return what is wrong with a description; libalpm ends each line and writes both sections."""
    if not _NAME.fullmatch(row.get("name", [""])[0]):
        return "names no package"
    if "version" not in row:
        return "names no version"
    return "" if content.endswith(b"\n") else "ends in the middle of a line"


def _files(content: bytes) -> bytes:
    paths = _sections(content[:_FILES_BYTES], _FILES).get("files", ())
    return deflated(b"\n".join(path for path in paths if not path.endswith(b"/")))


def _is_record(path: bytes) -> bool:
    """Tell a file of one package: `local/NAME-VERSION-RELEASE/desc`."""
    return path.rsplit(b"/", 2)[0] in _LOCAL


def _open_desc(seen: Seen, _head: memoryview) -> Tap | None:
    return Content(_DESC_BYTES, _desc) if _is_record(seen.path) else None


def _open_files(seen: Seen, _head: memoryview) -> Tap | None:
    return Content(_FILES_BYTES, _files) if _is_record(seen.path) else None


def read(kept: Kept, distribution: Distribution) -> Iterator[Found]:
    """Yield the package of a `desc` file.

    One in an image that names no distribution is taken for Arch's, since purl wants a vendor.
    """
    if kept.observer != "pacman":
        return
    for row in rows(kept.value):
        first = {name: next(iter(texts(row, name)), "") for name in row}
        name, base = first.get("name", ""), first.get("base", "")
        epoch, version = split_epoch(first.get("version", ""))
        size = first.get("size", "")
        yield Found(
            type="alpm",
            namespace=distribution.id or "arch",
            name=name,
            version=version,
            epoch=epoch,
            arch=first.get("arch", ""),
            source="" if base == name else base,
            qualifiers=distro_qualifier(distribution),
            licenses=texts(row, "license"),
            supplier=first.get("packager", ""),
            depends=texts(row, "depends"),
            provides=texts(row, "provides"),
            reason="automatic" if first.get("reason") == _DEPENDENCY else "manual",
            properties=(("installed-bytes", size),) if size else (),
        )


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of a package; its directory is called name-version-release."""
    if kept.observer == "pacman-files":
        directory = kept.path.split("/")[-2]
        yield Claim(
            type="alpm", name=directory.rsplit("-", 2)[0], paths=split(inflated(kept.value))
        )


CATALOGER = Cataloger(
    name="pacman",
    types=("alpm",),
    lists_all=True,
    observers=(
        Observer(
            "pacman",
            version=4,
            interest=Interest(names=frozenset({b"desc"})),
            open=_open_desc,
            summary="description of one installed package",
        ),
        Observer(
            "pacman-files",
            version=2,
            interest=Interest(names=frozenset({b"files"})),
            open=_open_files,
            summary="files of one installed package",
        ),
    ),
    summary="var/lib/pacman/local/*/desc and files; reasons from %REASON%",
    read=read,
    claims=claims,
)
