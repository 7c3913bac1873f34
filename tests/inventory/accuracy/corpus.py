"""Lists that other tools made of the images and projects of the corpus."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packageurl import PackageURL

from ocianalyze import open_image
from ocianalyze.model.package import OS_TYPES, Package
from tests.archives import tar
from tests.inventory.accuracy.comparison import Comparison, Release
from tests.inventory.accuracy.ours import compared, rpm

_OTHER_NAMES = {"alpine": "apk"}
"""purl types of older tools."""
_SCANCODE = "images/scancode.io"
_RPM_DATABASE = "var/lib/rpm/rpmdb.sqlite"
_DIGEST_LETTERS = 64
_TRIVY = "trivy-lang-golden"


def release(purl: str) -> Release:
    """Return purl type, name with a namespace that is not a distribution's, version with epoch."""
    parsed = PackageURL.from_string(purl)
    kind = _OTHER_NAMES.get(parsed.type, parsed.type)
    epoch = dict(parsed.qualifiers).get("epoch", "")
    version = f"{epoch}:{parsed.version}" if epoch else parsed.version or ""
    namespace = None if kind in OS_TYPES else parsed.namespace
    return kind, "/".join(filter(None, (namespace, parsed.name))), version


def syft(corpus: Path) -> Iterator[Comparison]:
    """Yield what syft 1.18.1 lists of every image that it can open."""
    for image in json.loads((corpus / "oracle-syft/syft-1.18.1-packages.json").read_bytes()):
        if image["packages"] is not None:
            theirs = (each["purl"] for each in image["packages"])
            yield _compared(image["file"], "syft 1.18.1", theirs, _packages(corpus / image["file"]))


def scancode(corpus: Path) -> Iterator[Comparison]:
    """Yield what scancode.io lists: Alpine 3.15.4, and a root filesystem of Debian packages."""
    for case, golden in _scanned_by_scancode(corpus):
        theirs = (each["purl"] for each in golden["packages"])
        yield _compared(case, "scancode.io", theirs, _packages(corpus / case))


def owners(corpus: Path) -> Iterator[Comparison]:
    """Yield the files of the same images that scancode.io gives to a package."""
    for case, golden in _scanned_by_scancode(corpus):
        inventory = open_image(corpus / case).inventory
        files = [(_path(x["path"]), x["for_packages"]) for x in golden["files"]]
        theirs = {(*release(purl), path) for path, purls in files for purl in purls}
        ours = {(*release(x.purl), path) for path, _ in files for x in inventory.owners(path)}
        yield Comparison(case, "scancode.io, files of packages", frozenset(theirs), frozenset(ours))


def _scanned_by_scancode(corpus: Path) -> Iterator[tuple[str, Any]]:
    for name in ("alpine_3_15_4", "basic-rootfs"):
        for golden in sorted((corpus / _SCANCODE).glob(f"{name}_*.json")):
            yield f"{_SCANCODE}/{name}.tar.gz", json.loads(golden.read_bytes())


def _path(extracted: str) -> str:
    """Return a path in the image, without the archive's name and the layer's digest."""
    inside = extracted.partition("-extract/")[2]
    layer, _, rest = inside.partition("/")
    return rest if len(layer) == _DIGEST_LETTERS else inside


def trivy(corpus: Path, scratch: Path) -> Iterator[Comparison]:
    """Yield what trivy lists of each project whose files are there, below `app` in a root."""
    for golden in sorted((corpus / _TRIVY / "golden").glob("*.golden")):
        document = json.loads(golden.read_bytes())
        project = corpus / _TRIVY / "repo" / Path(document["ArtifactName"]).name
        named = [x for result in document["Results"] for x in result.get("Packages", ())]
        if project.is_dir() and named:
            theirs = (x["Identifier"]["PURL"] for x in named)
            yield _compared(project.name, "trivy", theirs, _project(project, scratch))


def distributions(corpus: Path, scratch: Path) -> Iterator[Comparison]:
    """Yield the databases that cannot be made here: two of apk, and a distributor's of rpm."""
    alpine = [x for some in (syft, scancode) for x in some(corpus) if "alpine" in x.case]
    theirs = {(*words[1:], x.case) for x in alpine for words in x.theirs}
    ours = {(*words[1:], x.case) for x in alpine for words in x.ours}
    oracle = "syft 1.18.1 and scancode.io, Alpine 3.11 and 3.15"
    yield Comparison("apk", oracle, frozenset(theirs), frozenset(ours))
    folder = corpus / "pkgdb/rpm/cbl-mariner-2.0"
    archive = scratch / "mariner.tar"
    archive.write_bytes(tar({_RPM_DATABASE: (folder / "rpmdb.sqlite").read_bytes()}))
    with (folder / "rpm-qa.golden.tsv").open(newline="", encoding="utf-8") as file:
        listed = [row[:5] for row in csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE)]
    releases = (
        (n, f"{version}-{release}", epoch, arch) for n, epoch, version, release, arch in listed
    )
    packages = open_image(f"rootfs:{archive}").packages()
    yield compared("rpm", "rpm -qa, the database of CBL-Mariner 2.0", releases, packages, rpm)


def _compared(
    case: str, oracle: str, theirs: Iterable[str], packages: Iterable[Package]
) -> Comparison:
    ours = frozenset(release(package.purl) for package in packages)
    return Comparison(case, oracle, frozenset(map(release, theirs)), ours)


def _packages(image: Path) -> tuple[Package, ...]:
    return open_image(image).packages()


def _project(folder: Path, scratch: Path) -> tuple[Package, ...]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    archive = scratch / f"{folder.name}.tar"
    archive.write_bytes(tar({f"app/{x.relative_to(folder)}": x.read_bytes() for x in files}))
    return open_image(f"rootfs:{archive}").packages()
