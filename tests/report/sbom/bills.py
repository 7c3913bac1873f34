"""Bills for the tests: one written by hand, and any that hypothesis can think of."""

from dataclasses import replace

from hypothesis import strategies as st

from ocianalyze.inventory.purl import purl
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.package import (
    Distribution,
    Found,
    Inventory,
    Package,
    Presence,
    Unowned,
)
from ocianalyze.report._base import AnalysedImage
from ocianalyze.report.sbom._base import Bill
from tests.report.documents import HOSTILE, IMAGE, VIEW, FakeTree, digest


def package(found: Found, **fields: object) -> Package:
    """Return a visible package of layer 0."""
    plain = Package(found, purl(found), "dpkg", Presence.VISIBLE, ("var/lib/dpkg/status",), 0)
    return replace(plain, **fields)  # type: ignore[arg-type]


LIBC = package(
    Found(
        "deb",
        "libc6",
        "2.36-9+deb12u4",
        namespace="debian",
        arch="amd64",
        source="glibc",
        qualifiers=(("distro", "debian-12"),),
        licenses=("LGPL-2.1-only OR mit", "GPL-2.0-only with classpath-exception-2.0"),
        supplier="GNU Libc Maintainers <libc@lists.example>",
        reason="automatic",
    )
)
PYTHON = package(
    Found(
        "deb",
        "python3-six",
        "1.16.0-4",
        namespace="debian",
        epoch="1",
        arch="all",
        licenses=("Expat, says the author",),
        reason="manual",
    ),
    introduced=1,
)
SIX = package(
    Found("pypi", "six", "1.16.0", licenses=("MIT",), location="usr/lib/python3/dist-packages"),
    cataloger="python",
    evidence=("etc/os-release",),
    introduced=1,
    owner=PYTHON.purl,
)
CORE = package(
    Found(
        "npm",
        "core",
        "7.0.0",
        namespace="@babel",
        licenses=("mit", "BSD-2-Clause"),
        supplier="Somebody",
        confidence="heuristic",
        properties=(("replaced-by", "x"),),
    ),
    cataloger="node",
    evidence=("app/package.json",),
    introduced=2,
)
CURL = package(
    Found("deb", "curl", "7.88.1-10", namespace="debian", arch="amd64", supplier="Vendor"),
    presence=Presence.REMOVED,
    introduced=1,
    removed=2,
)

INVENTORY = Inventory(
    distribution=Distribution(
        id="debian",
        version="12",
        name="Debian GNU/Linux 12 (bookworm)",
        codename="bookworm",
        path="etc/os-release",
        end_of_life="2026-06-10",
    ),
    packages=(LIBC, PYTHON, CURL, SIX, CORE),
    unowned=(Unowned("app/run", "elf", "ab" * 32, 4096, 2),),
)
DATED = replace(
    IMAGE,
    manifest_digest=digest("7"),
    view=replace(VIEW, config=ImageConfig(created="2024-02-03T04:05:06.123456789+01:00")),
)
BILL = Bill(DATED, INVENTORY)
ALL = replace(BILL, scope="all")
SHA1 = replace(DATED, view=replace(DATED.view, tree=FakeTree(sha1=bytes(range(20)))))
"""The same image, walked with a SHA-1 of each file."""

_TEXT = st.text(st.characters(codec=None, categories=None), max_size=20) | st.sampled_from(
    [
        HOSTILE,
        "MIT",
        "(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0",
        "LicenseRef-and",
        "NOASSERTION",
        "NONE",
        "a AND (b",
        "with",
        "x <y@z>",
        "(",
        "#",
        "é:é",
    ]
)
_TEXTS = st.lists(_TEXT, max_size=3).map(tuple)
_PAIRS = st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple)
_KINDS = st.sampled_from(["deb", "rpm", "apk", "npm", "maven", "golang", "generic"]) | _TEXT
_LAYERS = st.integers(-1, 4)

FOUND = st.builds(
    Found,
    type=_KINDS,
    name=_TEXT,
    version=_TEXT,
    namespace=_TEXT,
    epoch=_TEXT,
    arch=_TEXT,
    source=_TEXT,
    source_version=_TEXT,
    licenses=_TEXTS,
    supplier=_TEXT,
    reason=st.sampled_from(["", "manual", "automatic"]),
    location=_TEXT,
    confidence=st.sampled_from(["exact", "strong", "heuristic"]),
    properties=_PAIRS,
)
_PURLS = _TEXT | st.sampled_from(["pkg:deb/debian/x@1", "pkg:npm/a", "pkg:", "pkg:/", "pkg:a//b"])
PACKAGES = st.builds(
    Package,
    found=FOUND,
    purl=_PURLS,
    cataloger=_TEXT,
    presence=st.sampled_from(Presence),
    evidence=st.lists(_TEXT, max_size=2).map(tuple),
    introduced=_LAYERS,
    removed=st.none() | _LAYERS,
    owner=_PURLS,
)
UNOWNED = st.builds(
    Unowned,
    path=_TEXT,
    kind=_TEXT,
    sha256=_TEXT | st.just("cd" * 32),
    size=st.integers(0, 1 << 62),
    layer=_LAYERS,
)
INVENTORIES = st.builds(
    Inventory,
    distribution=st.builds(
        Distribution,
        id=_TEXT,
        version=_TEXT,
        name=_TEXT,
        like=_TEXTS,
        path=_TEXT,
        end_of_life=_TEXT,
    ),
    packages=st.lists(PACKAGES, max_size=4).map(tuple),
    unowned=st.lists(UNOWNED, max_size=2).map(tuple),
    problems=_TEXTS,
)
_WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
"""What JSON brings: no lone surrogate."""
IMAGES: st.SearchStrategy[AnalysedImage] = st.builds(
    lambda names, created, manifest, config, sha1: replace(
        DATED,
        names=tuple(names),
        manifest_digest=manifest,
        config_digest=config,
        view=replace(VIEW, config=ImageConfig(created=created), tree=FakeTree(sha1=sha1)),
    ),
    st.lists(_TEXT | st.sampled_from(["a:b", "host:5000/a/b:c", "a"]), max_size=2),
    _WORDS | st.sampled_from(["0001-01-01T00:00:00+10:00", "2024-01-01", "9999-12-31T23:59:59Z"]),
    st.none() | st.just(digest("5")),
    st.none() | st.just(digest("6")),
    st.sampled_from([b"", bytes(20)]),
)
BILLS = st.builds(
    Bill,
    image=IMAGES,
    inventory=INVENTORIES,
    scope=st.sampled_from(["visible", "all"]),
    epoch=st.none() | st.integers(-(1 << 70), 1 << 70),
)
