"""Which distribution an image is: os-release(5), else the older release files.

os-release itself is kept by `ocianalyze.detectors.captured`; the observer here keeps its relatives.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.end_of_life import ends_of_support
from ocianalyze.inventory.os_release import assignments
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.package import Distribution

_NAMED = ("etc/os-release", "usr/lib/os-release")
_LINES = (
    "etc/centos-release",
    "etc/rocky-release",
    "etc/almalinux-release",
    "etc/oracle-release",
    "etc/fedora-release",
    "etc/redhat-release",
    "etc/system-release",
    "etc/photon-release",
    "etc/mariner-release",
    "etc/azurelinux-release",
    "etc/SuSE-release",
)
"""One line of prose. Derivatives come before Red Hat's, whose file they carry too."""
_LSB = "etc/lsb-release"
_ALPINE = "etc/alpine-release"
_DEBIAN = "etc/debian_version"
_ARCH = "etc/arch-release"
_NAMES = frozenset(
    path.rpartition("/")[2].encode() for path in (*_LINES, _LSB, _ALPINE, _DEBIAN, _ARCH)
)
_HOMES = frozenset({b"etc", b"usr/lib", b"usr/etc"})
_FEDORA = b"usr/lib/os.release.d"
"""Where Fedora's editions keep the os-release that is linked to."""
_FILE_BYTES = 64 * KIB

_PRODUCTS = (
    ("centos", "centos"),
    ("rocky", "rocky"),
    ("almalinux", "almalinux"),
    ("oracle", "ol"),
    ("enterprise linux enterprise", "ol"),
    ("fedora", "fedora"),
    ("red hat enterprise linux", "rhel"),
    ("amazon linux", "amzn"),
    ("scientific linux", "scientific"),
    ("vmware photon", "photon"),
    ("photon", "photon"),
    ("cbl-mariner", "mariner"),
    ("microsoft azure linux", "azurelinux"),
    ("suse linux enterprise server", "sles"),
    ("suse linux enterprise desktop", "sled"),
    ("opensuse", "opensuse"),
)
"""How the lines begin, and the os-release ID that the product has today."""
_VERSION = re.compile(r"(?<![\w.])\d+(?:\.\d+)*")
_PATCH_LEVEL = re.compile(r"^PATCHLEVEL\s*=\s*(\d+)", re.MULTILINE)
_CODENAME = re.compile(r"\((\w+)\)")
_LINE_CHARS = 256


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    directory, _, name = seen.path.rpartition(b"/")
    ours = directory == _FEDORA or (directory in _HOMES and name in _NAMES)
    return Content(_FILE_BYTES) if ours and seen.size <= _FILE_BYTES else None


OBSERVERS = (
    Observer(
        name="distro",
        version=1,
        interest=Interest(names=_NAMES, directories=frozenset({_FEDORA})),
        open=_open,
        summary="release files of distributions: debian_version, redhat-release, lsb-release ...",
    ),
)


@dataclass(frozen=True, slots=True)
class _Files:
    """Text of release files of a merged tree."""

    tree: Tree

    def text(self, path: str) -> str:
        """Return what the file or the target of the link holds, empty for nothing."""
        entry = self.tree.resolve(path)
        if entry is None:
            return ""
        observed = self.tree.observed
        return (observed("captured", entry) or observed("distro", entry) or b"").decode(
            "utf-8", "replace"
        )

    def line(self, path: str) -> str:
        """Return the first line."""
        return self.text(path)[:_LINE_CHARS].partition("\n")[0].strip()


def distribution(tree: Tree) -> Distribution:
    """Return what the image says it is; an empty value when it says nothing."""
    files = _Files(tree)
    found = next((x for path in _NAMED if (x := _os_release(files, path))), None)
    older = next(_older(files), None)
    if found is None:
        return older or Distribution()
    if not found.id and older is not None:
        return replace(older, name=found.name, path=found.path)
    return found


def distro_qualifier(found: Distribution) -> tuple[tuple[str, str], ...]:
    """Return purl's `distro` qualifier: `debian-12`, `debian-trixie`, `arch`; none for no ID."""
    release = found.version.partition("/")[0]
    value = f"{found.id}-{release}" if release else found.id
    return (("distro", value),) if found.id else ()


def _os_release(files: _Files, path: str) -> Distribution | None:
    fields = assignments(files.text(path))
    id_ = fields.get("ID", "").lower()
    name = fields.get("PRETTY_NAME") or fields.get("NAME", "")
    if not id_ and not name:
        return None
    version = fields.get("VERSION_ID") or _substitute(files, id_)
    variant = fields.get("VARIANT_ID") or _variant(fields)
    found = Distribution(
        id=id_,
        version=version,
        name=name,
        like=tuple(fields.get("ID_LIKE", "").lower().split()),
        codename=fields.get("VERSION_CODENAME") or _codename(fields, version),
        variant=variant,
        path=path,
    )
    return _dated(found, _promised(fields))


def _dated(found: Distribution, promised: str = "") -> Distribution:
    """Return a release with its ends of support; what it promises counts where none is known."""
    ends = ends_of_support(found.id, found.version, found.variant)
    return replace(found, end_of_life=ends.general or promised, end_of_lts=ends.long_term)


def _variant(fields: dict[str, str]) -> str:
    """Name what os-release says in its names alone."""
    if "Stream" in fields.get("NAME", "").split():
        return "stream"
    return "distroless" if fields.get("PRETTY_NAME") == "Distroless" else ""


def _codename(fields: dict[str, str], version: str) -> str:
    """Return Debian's codename from before VERSION_CODENAME, and `edge` for Alpine's branch."""
    id_ = fields.get("ID", "")
    if id_ == "debian":
        match = _CODENAME.search(fields.get("VERSION", "")[:_LINE_CHARS])
        return match[1].lower() if match else version.partition("/")[0] * ("/" in version)
    return "edge" if id_ == "alpine" and "_alpha" in version else ""


def _promised(fields: dict[str, str]) -> str:
    """Return the image's own SUPPORT_END, which counts where no date is known here."""
    text = fields.get("SUPPORT_END", "")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _substitute(files: _Files, id_: str) -> str:
    """Return a version for an os-release without one: Debian's testing and sid have none."""
    if id_ == "debian":
        return files.line(_DEBIAN)
    if id_ == "alpine":
        return files.line(_ALPINE)
    return next((x.version for x in _release_lines(files) if x.id == id_), "")


def _older(files: _Files) -> Iterator[Distribution]:
    """Yield what files from before os-release say, the most specific first."""
    yield from _release_lines(files)
    ways: tuple[tuple[str, Callable[[_Files], Distribution | None]], ...] = (
        (_LSB, _lsb),
        (_ALPINE, _alpine),
        (_DEBIAN, _debian),
        (_ARCH, _arch),
    )
    for path, read in ways:
        found = read(files)
        if found is not None:
            yield _dated(replace(found, path=path))


def _release_lines(files: _Files) -> Iterator[Distribution]:
    for path in _LINES:
        line = files.line(path)
        id_ = next((id_ for name, id_ in _PRODUCTS if line.lower().startswith(name)), "")
        if not id_:
            continue
        variant = "stream" if "Stream" in line.split() else ""
        version = _numbered(line, files.text(path))
        yield _dated(Distribution(id_, version, line, variant=variant, path=path))


def _numbered(line: str, text: str) -> str:
    """Return the version in a line; SUSE's service pack is on another line."""
    match = _VERSION.search(line)
    patch = _PATCH_LEVEL.search(text)
    version = match[0] if match else ""
    return f"{version}.{patch[1]}" if version and patch and patch[1] != "0" else version


def _lsb(files: _Files) -> Distribution | None:
    fields = assignments(files.text(_LSB))
    id_ = fields.get("DISTRIB_ID", "").lower()
    version = fields.get("DISTRIB_RELEASE", "")
    name = fields.get("DISTRIB_DESCRIPTION", "")
    codename = fields.get("DISTRIB_CODENAME", "")
    return Distribution(id_, version, name, codename=codename) if id_ else None


def _alpine(files: _Files) -> Distribution | None:
    version = files.line(_ALPINE)
    return Distribution("alpine", version, f"Alpine Linux {version}") if version else None


def _debian(files: _Files) -> Distribution | None:
    version = files.line(_DEBIAN)
    return Distribution("debian", version, f"Debian GNU/Linux {version}") if version else None


def _arch(files: _Files) -> Distribution | None:
    """Tell Arch by a file that is empty there."""
    entry = files.tree.resolve(_ARCH)
    return Distribution("arch", "", "Arch Linux") if entry is not None else None
