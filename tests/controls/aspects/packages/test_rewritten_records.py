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
    assert all(x.fits and x.entry.path == "usr/bin/tool" for x in found)


def test_the_database_control_leaves_it_to_people() -> None:
    view = with_inventory(image(_apk(ONE), _apk(TWO), observers=observers()))
    control = next(x for x, _ in controls() if x.id == "ocia-package-db-tampered")
    verdict = control.evaluate(view)
    assert verdict.status is Status.NEEDS_REVIEW
    assert {x.reason for x in verdict.evidence} == {"record-rewritten"}
