"""Our merged tree against the root filesystem that umoci unpacks, object by object.

What umoci 0.4.7 does otherwise, and why ours differs, is in `REFUSED`. A directory that no layer
has an entry for has the mode that umoci's umask gives it, which is the usual one here.
"""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from ocianalyze.filesystem.index import MergedTree
from tests.images import tar, tree
from tests.integration.nasty_images import AGREED, REFUSED
from tests.integration.unpacked import Objects, compared, ours, read_folder, umoci_unpack
from tests.property.random_layers import Members, layers

pytestmark = pytest.mark.oracle
Tool = Callable[[str], str]


def _agrees(root: Path, merged: MergedTree) -> tuple[Objects, Objects]:
    real, own = read_folder(root), ours(merged, links_write=False)
    return compared(real, own, owners=os.geteuid() == 0)


@pytest.mark.parametrize("image", AGREED.values(), ids=AGREED)
def test_umoci_unpacks_the_same_tree(image: list[Members], tool: Tool, tmp_path: Path) -> None:
    root = umoci_unpack(tool("umoci"), tmp_path, [tar(layer) for layer in image])
    assert isinstance(root, Path), root
    real, own = _agrees(root, tree(*image))
    assert own == real


@pytest.mark.parametrize(("image", "why", "code"), REFUSED.values(), ids=REFUSED)
def test_what_umoci_refuses_is_reported(
    image: list[Members], why: str, code: str, tool: Tool, tmp_path: Path
) -> None:
    refusal = umoci_unpack(tool("umoci"), tmp_path, [tar(layer) for layer in image])
    assert isinstance(refusal, str)
    assert why in refusal
    assert code in {anomaly.code for _, anomaly in tree(*image).merged.anomalies}


_KNOWN = re.compile(
    r"link: (?:no such file|operation not permitted|not a directory)"
    r"|mkdir parent: .* not a directory"
    r"|too many levels of symbolic links"
)
_CODES = {"merge.under-file", "merge.link-loop", "tar.link-missing"}


def _implied_again(
    image: list[Members], merged: MergedTree, own: Objects, real: Objects
) -> Objects:
    """Return directories that a layer hides and needs again without an entry of their own.

    The specification gives them no mode; umoci leaves the hidden one's where the whiteout is last.
    """
    hidden = {path.replace(".wh.", "") for layer in image for path, _ in layer if ".wh." in path}
    implied = {entry.path for entry in merged.visible() if entry.is_implicit}
    return {path: own[path] for path in hidden & implied & real.keys()}


@given(image=layers())
@settings(max_examples=120)
def test_umoci_unpacks_random_images_to_the_same_tree(image: list[Members], tool: Tool) -> None:
    """A refusal is one of the known ones, reported by us or due to a whiteout's place.

    Whiteouts act before the entries of their layer wherever they stand (image-spec), so that an
    entry which umoci meets before or after the whiteout that concerns it may be refused.
    """
    merged = tree(*image)
    with tempfile.TemporaryDirectory() as folder:
        root = umoci_unpack(tool("umoci"), Path(folder), [tar(layer) for layer in image])
        if isinstance(root, Path):
            real, own = _agrees(root, merged)
            assert own == real | _implied_again(image, merged, own, real)
            return
    assert _KNOWN.search(root), root
    codes = {anomaly.code for _, anomaly in merged.merged.anomalies}
    assert codes & _CODES or any(".wh." in path for layer in image for path, _ in layer)
