"""Who answers for what, and what turns failures into passes."""

import json
from collections.abc import Iterable

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.model.report import Report
from ocianalyze.model.standing import PartyRecord
from ocianalyze.report import standing_blocks
from ocianalyze.report._base import AnalysedImage, Analysis, Style
from ocianalyze.report.assemble import assemble
from ocianalyze.report.blocks import Line
from ocianalyze.report.formats import load
from ocianalyze.report.questions import each_question
from tests.images import File, image
from tests.report.documents import ANALYSIS

LAYER: dict[str, File | bytes] = {
    "etc/passwd": b"root:x:0:0::/root:/bin/sh\n",
    "usr/sbin/sshd": File(b"\x7fELF", mode=0o755),
    "usr/bin/su": File(b"\x7fELF", mode=0o4755),
    "bin/sh": File(b"\x7fELF", mode=0o755),
}


def judged(*profile: str) -> Report:
    """Return the report of one small image with an SSH server."""
    config = {"ExposedPorts": {"22/tcp": {}}, "Cmd": ["/usr/sbin/sshd"]}
    view = image(LAYER, config=config, history=["COPY rootfs /"])
    results = evaluate(view, select(profile))
    analysed = AnalysedImage(
        names=(),
        manifest_digest=None,
        config_digest=None,
        platform=view.platform,
        view=view,
        attestations=0,
        integrity="ok",
        digests_verified=0,
        diff_ids_verified=0,
        results=results,
    )
    return assemble(Analysis("x.tar", "docker-archive", (analysed,)), ",".join(profile))


@pytest.fixture(scope="module")
def everything() -> Report:
    """Return the small image judged by the whole catalogue."""
    return judged("all")


def by_owner(report: Report) -> dict[str, PartyRecord]:
    """Return the parties of the only image."""
    return {party.owner: party for party in report.standings[0].parties}


def texts(lines: Iterable[Line]) -> list[str]:
    """Return lines without their styles."""
    return ["".join(span.text for span in line) for line in lines]


def test_a_default_scan_says_who_owns_the_rest_of_the_benchmark() -> None:
    """118 recommendations, 12 of them judged."""
    parties = by_owner(judged("l2"))
    assert {name: party.elsewhere for name, party in parties.items()} == {
        "image": 0, "runtime": 31, "node": 63, "platform": 12,
    }  # fmt: skip
    assert sum(parties["image"].statuses.values()) == 12
    assert "Docker daemon configuration" in parties["node"].evidence
    assert parties["image"].evidence == ()


def test_every_verdict_belongs_to_one_party(everything: Report) -> None:
    """Nothing is left out; what items of several parties say counts once, with the first."""
    parties = by_owner(everything)
    once = each_question(everything.controls)
    asked = [x for x in everything.controls if "cis-docker-4.12" in (x.control, x.same_as)]
    assert {row.owner for row in asked} == {"image", "platform"}
    for owner, party in parties.items():
        rows = [row for row in once if row.owner == owner]
        assert sum(party.statuses.values()) + party.waived == len(rows)
        assert set(party.statuses) == {row.status for row in rows}
    assert {party.elsewhere for party in parties.values()} == {0}
    assert all(party.evidence for owner, party in parties.items() if owner != "image")


def test_hints_of_the_image_stand_with_the_party_that_can_act(everything: Report) -> None:
    """Section 5: an SSH server and its port are told to whom runs the container."""
    hints = by_owner(everything)["runtime"].hints
    told = {name: hint for hint in hints for name in hint.controls}
    assert "exposes port 22" in told["cis-docker-5.7"].details
    assert "22" in " ".join(told["cis-docker-5.8"].details)
    for hint in hints:
        assert len(hint.details) <= hint.evidence


def test_each_failure_of_the_image_has_its_change(everything: Report) -> None:
    """Gathered: one change may serve several items."""
    standing = everything.standings[0]
    failed = {row.control for row in everything.controls if row.status == "fail"}
    changed = [name for change in standing.to_pass for name in change.controls]
    assert sorted(changed) == sorted(failed)
    assert all(change.remediation for change in standing.to_pass)
    assert len(standing.to_pass) < len(failed)


def test_changes_of_the_author_come_first() -> None:
    """Another base is the last resort."""
    sides = [change.side for change in assemble(ANALYSIS).standings[0].to_pass]
    assert sides == ["author", "author", "base"]
    lines = texts(standing_blocks.to_pass(assemble(ANALYSIS).standings[0], 80))
    assert lines[0] == "  in the author's steps"
    assert lines.index("    # cis-docker-4.1") < lines.index("    # cis-docker-4.8")


def test_a_long_catalogue_does_not_flood_the_terminal(everything: Report) -> None:
    """What passes is counted; `-v` names it."""
    short = b"".join(load("text").render(everything, Style())).decode()
    assert len(short.splitlines()) < 200
    assert "PASS" not in short
    whole = b"".join(load("text").render(everything, Style(verbose=True))).decode()
    assert whole.count("  PASS    ") > 60
    failed = [row for row in everything.controls if row.status == "fail"]
    assert short.count("  FAIL    ") == len(failed)


def test_the_json_document_holds_the_same(everything: Report) -> None:
    """Numbers and texts, for programs."""
    document = json.loads(b"".join(load("json").render(everything, Style())))
    standing = document["standings"][0]
    assert standing["image"] == {"index": 0, "digest": None}
    assert {party["owner"] for party in standing["parties"]} == {
        "image", "runtime", "node", "platform",
    }  # fmt: skip
    assert standing["to_pass"][0]["remediation"]
