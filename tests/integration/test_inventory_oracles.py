"""Whole images against what others found in them; every difference has its reason here."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from packageurl import PackageURL

from ocianalyze import open_image

pytestmark = pytest.mark.corpus

Key = tuple[str, str, str]
"""purl type, name with its namespace unless that is a distribution, version with its epoch."""

_DISTRIBUTIONS = frozenset({"deb", "apk", "rpm", "alpm"})
_OTHER_NAMES = {"alpine": "apk"}
"""purl types of older tools."""
MISSED: dict[tuple[str, Key], str] = {}
"""What somebody else finds and we do not, by image, with the reason."""
FOUND_ALONE: dict[tuple[str, Key], str] = {}
"""What we find and the other does not, by image, with the reason."""


class Case(NamedTuple):
    """One opinion about one image."""

    image: str
    oracle: str
    packages: frozenset[Key]


def key(purl: str) -> Key:
    """Return a purl in the form that all tools share."""
    parsed = PackageURL.from_string(purl)
    kind = _OTHER_NAMES.get(parsed.type, parsed.type)
    epoch = dict(parsed.qualifiers).get("epoch", "")
    version = f"{epoch}:{parsed.version}" if epoch else parsed.version or ""
    namespace = "" if kind in _DISTRIBUTIONS or parsed.type in _OTHER_NAMES else parsed.namespace
    return kind, "/".join(filter(None, (namespace, parsed.name))), version


def cases(corpus: Path) -> Iterator[Case]:
    """Yield the opinions of syft and of scancode.io that name packages."""
    said = json.loads((corpus / "oracle-syft/syft-1.18.1-packages.json").read_bytes())
    for image in said:
        if image["packages"]:
            yield Case(image["file"], "syft 1.18.1", _keys(image["packages"]))
    home = "images/scancode.io"
    for name in ("alpine_3_15_4", "basic-rootfs"):
        for golden in (corpus / home).glob(f"{name}_*.json"):
            document = json.loads(golden.read_bytes())
            yield Case(f"{home}/{name}.tar.gz", "scancode.io", _keys(document["packages"]))


def _keys(packages: list[dict[str, Any]]) -> frozenset[Key]:
    return frozenset(key(package["purl"]) for package in packages)


def test_every_difference_to_another_tool_has_its_reason(corpus: Path) -> None:
    both = 0
    for case in cases(corpus):
        mine = {key(package.purl) for package in open_image(corpus / case.image).packages()}
        missed, alone = case.packages - mine, mine - case.packages
        assert {(case.image, one) for one in missed} <= MISSED.keys()
        assert {(case.image, one) for one in alone} <= FOUND_ALONE.keys()
        both += len(mine & case.packages)
    assert both >= 40
