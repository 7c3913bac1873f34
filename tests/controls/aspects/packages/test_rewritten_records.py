"""A record that changes later than its version was made to fit something else."""

import base64
import hashlib

import pytest

from ocianalyze.controls.aspects.packages.rewritten_records import rewritten
from ocianalyze.controls.catalogue import controls
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image

ONE = File(b"\x7fELF\2\1\1" + bytes(57) + b"ld-musl", mode=0o755)
TWO = File(ONE.content + b"!", mode=0o755)


def _apk(program: File, version: str = "1") -> Layer:
    digest = base64.b64encode(hashlib.sha1(program.content, usedforsecurity=False).digest())
    text = f"P:tool\nV:{version}\nA:x86_64\nI:9\nF:usr/bin\nR:tool\nZ:Q1{digest.decode()}\n\n"
    return {"lib/apk/db/installed": text.encode(), "usr/bin/tool": program}


@pytest.mark.parametrize(
    ("upper", "count"),
    [
        (_apk(TWO), 1),
        (_apk(TWO, "2"), 0),
        (_apk(ONE), 0),
        ({"usr/bin/tool": TWO}, 0),
        ({"usr/bin/other": TWO}, 0),
    ],
    ids=["both-changed", "upgraded", "written-again", "program-alone", "another-file"],
)
def test_programs_betray_a_record_inside_one_database(upper: Layer, count: int) -> None:
    view = with_inventory(image(_apk(ONE), upper, observers=observers()))
    found = rewritten(view)
    assert len(found) == count
    assert all("fits" in x.how and x.entry.path == "usr/bin/tool" for x in found)


def test_the_database_control_leaves_it_to_people() -> None:
    view = with_inventory(image(_apk(ONE), _apk(TWO), observers=observers()))
    control = next(x for x, _ in controls() if x.id == "ocia-package-db-tampered")
    verdict = control.evaluate(view)
    assert verdict.status is Status.NEEDS_REVIEW
    assert {x.reason for x in verdict.evidence} == {"record-rewritten"}


SITE = "usr/lib/python3.12/site-packages"
MODULE = f"{SITE}/tool.py"


def _pip(content: bytes, version: str = "1", *, metadata: bool = True) -> Layer:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    home = f"{SITE}/tool-{version}.dist-info"
    told = f"Metadata-Version: 2.1\nName: tool\nVersion: {version}\n"
    layer: Layer = {
        f"{home}/RECORD": f"tool.py,sha256={digest},{len(content)}\n".encode(),
        MODULE: content,
    }
    return {**layer, f"{home}/METADATA": told.encode()} if metadata else layer


@pytest.mark.parametrize(
    ("upper", "count"),
    [
        pytest.param(_pip(b"evil = 1", metadata=False), 1, id="record-and-file"),
        pytest.param(_pip(b"evil = 1"), 1, id="whole-directory"),
        pytest.param(_pip(b"good = 1"), 0, id="installed-again"),
        pytest.param(_pip(b"evil = 1", "2"), 0, id="upgraded"),
        pytest.param({MODULE: b"evil = 1"}, 0, id="file-alone"),
    ],
)
def test_a_python_record_that_changes_without_its_version_needs_review(
    upper: Layer, count: int
) -> None:
    config = {"User": "1000"}
    view = with_inventory(image(_pip(b"good = 1"), upper, observers=observers(), config=config))
    found = rewritten(view)
    assert [(x.entry.path, x.entry.layer) for x in found] == [
        (f"{SITE}/tool-1.dist-info/RECORD", 1)
    ] * count
    control = next(x for x, _ in controls() if x.id == "cis-docker-4.11")
    reasons = {x.reason for x in control.evaluate(view).evidence}
    assert ("record-rewritten" in reasons) == bool(count)


INFO = "var/lib/dpkg/info"


def _deb(program: File = ONE, *, version: str = "1", sums: str = "tool.md5sums") -> Layer:
    status = "Package: tool\nStatus: install ok installed\nArchitecture: amd64\n"
    digest = hashlib.md5(program.content, usedforsecurity=False).hexdigest()
    layer: Layer = {
        "var/lib/dpkg/status": f"{status}Version: {version}\n".encode(),
        f"{INFO}/tool.list": b"/.\n/usr/bin/tool\n",
        "usr/bin/tool": program,
    }
    return {**layer, f"{INFO}/{sums}": f"{digest}  usr/bin/tool\n".encode()} if sums else layer


ARCH = "tool:amd64.md5sums"
REMOVED, CHANGED = "record removed", "program changed and has no record"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([_deb(), {f"{INFO}/.wh.tool.md5sums": b"", "usr/bin/tool": TWO}], [REMOVED, CHANGED]),
        ([_deb(), {f"{INFO}/.wh.tool.md5sums": b""}], [REMOVED]),
        ([_deb(sums=ARCH), {f"{INFO}/.wh.{ARCH}": b""}], [REMOVED]),
        ([_deb(), {f"{INFO}/.wh..wh..opq": b""}], [REMOVED]),
        ([_deb(), {"var/lib/dpkg/.wh.info": b""}], [REMOVED]),
        ([_deb(sums=""), {"usr/bin/tool": TWO}], [CHANGED]),
        ([_deb(sums="")], []),
        ([_deb(), {"usr/bin/tool": TWO}], []),
        ([_deb(), {f"{INFO}/.wh.tool.md5sums": b"", **_deb(sums=ARCH)}], []),
        ([_deb(), {f"{INFO}/.wh.tool.md5sums": b"", **_deb(TWO, version="2", sums="")}], []),
        ([_deb(), *[_deb(TWO)] * 2], ["record changed"]),
    ],
    ids=["list-and-program", "list", "list-of-architecture", "opaque", "whole-directory",
         "never-a-list", "nothing-changed", "program-alone", "renamed", "upgraded-to-none",
         "rewritten-twice"],
)  # fmt: skip
def test_a_list_of_digests_that_is_gone_is_told(layers: list[Layer], said: list[str]) -> None:
    view = with_inventory(image(*layers, observers=observers()))
    assert [x.how for x in rewritten(view)] == said
    by_id = {x.id: x for x, _ in controls()}
    for name in ("cis-docker-4.11", "ocia-package-db-tampered", "ocia-package-file-tampered"):
        verdict = by_id[name].evaluate(view)
        told = [x for x in verdict.evidence if x.reason == "digests-missing"]
        assert len(told) == len([x for x in said if x != "record changed"]), name
        assert not told or verdict.status is Status.NEEDS_REVIEW, name


def test_a_python_record_that_is_gone_is_told() -> None:
    gone: Layer = {f"{SITE}/tool-1.dist-info/.wh.RECORD": b"", MODULE: b"evil = 1"}
    view = with_inventory(image(_pip(b"good = 1"), gone, observers=observers()))
    (found,) = rewritten(view)
    assert (found.how, found.layer, found.entry.layer) == (REMOVED, 1, 0)
