"""What docs/explanation/comparison.md says of us is true today, and of trivy where it is there."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from tests.archives import docker_archive
from tests.integration.peers import commands, config, files, secrets
from tests.integration.peers.case import Case

CASES = sorted(
    (*config.CASES, *commands.CASES, *files.CASES, *secrets.CASES),
    key=lambda case: (len(case.number), case.number),
)
"""In the order of their items."""

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "comparison.md"
BEGIN, END = "<!-- table -->\n", "<!-- /table -->"
HEAD = ("image", "control", "what is true", "dockle", "trivy", "docker-bench", "ocianalyze")
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number} {case.image}")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, ControlRecord]:
    """Return what we say of each case, by what is special about it."""
    folder = tmp_path_factory.mktemp("peers")
    said = {}
    for case in CASES:
        path = docker_archive(folder / "case.tar", [case.archive()])
        report = engine.scan(str(path), engine.Options(jobs=1), engine.chosen(case.number))
        (said[case.image],) = report.controls
    return said


def table(said: Mapping[str, ControlRecord]) -> Iterator[str]:
    """Yield the lines of the page's table as they are today."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"| {' | '.join('---' for _ in HEAD)} |"
    for case in CASES:
        trivy = f"{case.trivy} (doc)" if case.documented else case.trivy
        peers = (case.dockle, trivy, case.bench)
        cells = (case.image, case.number, case.truth, *peers, said[case.image].status)
        yield f"| {' | '.join(cells)} |"


def test_the_page_has_our_answers_of_today(ours: Mapping[str, ControlRecord]) -> None:
    """Set OCIANALYZE_UPDATE_GOLDEN to write what is said now, and look at the difference."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.partition(END)[2]
    now = before + BEGIN + "\n" + "\n".join(table(ours)) + "\n\n" + END + after
    if os.environ.get("OCIANALYZE_UPDATE_GOLDEN"):
        PAGE.write_text(now, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == now


@EACH
def test_our_answer_is_right_or_leaves_it_open(
    case: Case, ours: Mapping[str, ControlRecord]
) -> None:
    """No image of the table makes us pass what is wrong, or fail what is right."""
    said = ours[case.image]
    assert said.status in (case.right, Status.NEEDS_REVIEW, Status.NOT_EVALUATED), said.summary


def test_nearly_every_answer_is_decided(ours: Mapping[str, ControlRecord]) -> None:
    """Leaving all of it open would be no answer."""
    left = [case.image for case in CASES if ours[case.image].status != case.right]
    assert len(left) <= 3, [ours[image].summary for image in left]


@EACH
def test_every_row_shows_a_peer_that_is_wrong(case: Case) -> None:
    """Or that does not look: else the row would tell nothing."""
    assert {case.dockle, case.trivy, case.bench} != {case.right}


@EACH
def test_trivy_says_what_the_table_says(
    case: Case, tmp_path: Path, tool: Callable[[str], str]
) -> None:
    """With its own rules alone: nothing is fetched."""
    if case.documented or not case.number[0].isdigit():
        pytest.skip("the table says that this answer was not seen, or that it does not look")
    path = docker_archive(tmp_path / "case.tar", [case.archive()])
    offline = ("--offline-scan", "--skip-db-update", "--skip-java-db-update")
    done = subprocess.run(
        [
            *(tool("trivy"), "image", "--input", str(path), "--quiet", "--format", "json"),
            *(
                "--compliance",
                "docker-cis",
                "--report",
                "summary",
                "--skip-policy-update",
                *offline,
            ),
            *("--scanners", "config,secret", "--image-config-scanners", "config,secret"),
            *("--cache-dir", str(tmp_path / "cache")),
        ],
        capture_output=True,
        check=True,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "https_proxy": "http://127.0.0.1:9"},
    )
    controls = json.loads(done.stdout)["SummaryControls"]
    named = (x.get("TotalFail") for x in controls if x["ID"] == case.number)
    failures = next(named, None)
    assert case.trivy == ("-" if failures is None else "fail" if failures else "pass")
