"""What we list of a folder or an image, in the words that oracles use."""

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from ocianalyze import open_image
from ocianalyze.model.package import Package
from tests.inventory.accuracy.comparison import Comparison, Release

Words = Callable[[Package], Release]
"""What names a package."""


def scanned(root: Path, *members: str, scratch: Path | None = None) -> tuple[Package, ...]:
    """Return the packages of a folder, or of some members of it, as a root filesystem.

    Args:
        root: the folder.
        members: what of it, options of tar among them; all for none.
        scratch: where an archive may be written; beside the folder by default.

    """
    archive = (scratch or root.parent) / f"{root.name}.tar"
    command = ["tar", "-C", str(root), "--one-file-system", "-cf", str(archive)]
    subprocess.run([*command, *(members or (".",))], check=True)
    found = open_image(f"rootfs:{archive}").packages()
    archive.unlink()
    return found


def compared(
    case: str, oracle: str, theirs: Iterable[Release], packages: Iterable[Package], words: Words
) -> Comparison:
    """Compare with an oracle; what no installer can know of is counted apart.

    That is what only documents name, such as lock files, and what is inside another package.

    Args:
        case: purl type of what is compared.
        oracle: its name and version.
        theirs: what it lists.
        packages: ours, of any type.
        words: what names one of them, with the same words as the oracle.

    """
    mine = [package for package in packages if package.type == case]
    sure = [package for package in mine if is_there(package)]
    apart = [package for package in sure if not is_bundled(package)]
    ours = frozenset(map(words, apart))
    counts = (len(mine) - len(sure), len(sure) - len(apart))
    return Comparison(case, oracle, frozenset(theirs), ours, *counts)


def is_there(package: Package) -> bool:
    """Tell a package that was read itself; weak evidence of a jar is weak about its name only."""
    return package.cataloger == "java" or package.found.confidence != "heuristic"


def is_bundled(package: Package) -> bool:
    """Tell a copy that another package ships inside itself: of a Node package, in a jar."""
    marks = {("bundled", "true"), ("shaded", "true")} & set(package.found.properties)
    return bool(marks) or "!/" in package.found.location


def deb(package: Package) -> Release:
    """Return name, version with epoch, architecture."""
    epoch = f"{package.found.epoch}:" if package.found.epoch else ""
    return package.name, f"{epoch}{package.version}", package.found.arch


def rpm(package: Package) -> Release:
    """Return name, version and release, epoch, architecture."""
    return package.name, package.version, package.found.epoch or "(none)", package.found.arch


def plain(package: Package) -> Release:
    """Return name and version."""
    return package.name, package.version


def pypi(package: Package) -> Release:
    """Return the normalized name and the version."""
    return normalized(package.name), package.version


def scoped(package: Package) -> Release:
    """Return the name with its namespace, and the version."""
    namespace = package.found.namespace
    return f"{namespace}/{package.name}" if namespace else package.name, package.version


def npm(package: Package) -> Release:
    """Return name with scope, version, directory."""
    return *scoped(package), package.found.location


def jar(package: Package) -> Release:
    """Return artifact and version, and the archive; many a jar does not tell its group."""
    return package.name, package.version, package.evidence[0]


def program(package: Package) -> Release:
    """Return name with namespace, version, name of the program that it is part of."""
    return *scoped(package), Path(package.evidence[0]).name


def normalized(name: str) -> str:
    """Return a Python distribution's name as its packaging specification normalizes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
