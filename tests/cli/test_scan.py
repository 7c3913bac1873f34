"""`scan`: formats and their places, the gate, exit statuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.cli import options
from ocianalyze.cli.options import PARTS
from ocianalyze.cli.output import say
from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import withhold
from ocianalyze.filesystem import view
from ocianalyze.model.finding import Finding
from ocianalyze.model.report import SCHEMA_VERSION
from ocianalyze.report._base import Analysis
from tests.cli.conftest import Command, FakeEngine
from tests.report.documents import ANALYSIS, IMAGE, RESULTS, SEVERAL, FakeArtifact

DEMO = Path(__file__).resolve().parents[2] / "testdata" / "demo.tar"
PASSING = replace(ANALYSIS, images=(replace(IMAGE, results=RESULTS[3:4]),))
_DAMAGED = replace(IMAGE.view.inventory, problems=("var/lib/dpkg/status: is damaged",))
LACKING = replace(
    PASSING, images=(replace(PASSING.images[0], view=replace(IMAGE.view, inventory=_DAMAGED)),)
)
"""Passes all that was judged, and may lack packages."""
FAILED = replace(ANALYSIS, images=(replace(IMAGE, integrity="failed"),))


def test_text_goes_to_standard_output_and_the_cost_to_standard_error(
    command: Command, fake: FakeEngine
) -> None:
    """A report is the same every time; what it cost is not."""
    fake.analysis = PASSING
    shown = command("scan", "somewhere/app.tar")
    assert shown.status == 0
    assert shown.out.startswith("app.tar  docker archive, 1 image\n")
    assert "\x1b" not in shown.out
    assert shown.err.startswith("ocianalyze: 1 image in ")
    assert shown.err.endswith(" s, 5.0 MB of layers read\n")
    assert fake.asked == ["somewhere/app.tar"]


@pytest.mark.parametrize(
    ("analysis", "arguments", "status"),
    [
        pytest.param(PASSING, [], 0, id="passed"),
        pytest.param(ANALYSIS, [], 1, id="failed"),
        pytest.param(ANALYSIS, ["--fail-on", "never"], 0, id="never"),
        pytest.param(LACKING, [], 4, id="packages-may-be-missing"),
        pytest.param(FAILED, [], 3, id="integrity"),
        pytest.param(FAILED, ["--fail-on", "never"], 3, id="integrity-never"),
        pytest.param(FAILED, ["--keep-going"], 1, id="integrity-keep-going"),
        pytest.param(SEVERAL, [], 1, id="gate-before-partial"),
        pytest.param(SEVERAL, ["--fail-on", "never"], 4, id="partial"),
        pytest.param(
            replace(PASSING, artifacts=(FakeArtifact(error=True),)), [], 4, id="image-unreadable"
        ),
        pytest.param(Analysis("x", "oci-layout", ()), [], 3, id="no-image"),
    ],
)
def test_the_exit_status_tells_the_outcome(
    analysis: Analysis, arguments: list[str], status: int, command: Command, fake: FakeEngine
) -> None:
    """The report is printed in any case."""
    fake.analysis = analysis
    shown = command("scan", "app.tar", *arguments)
    assert shown.status == status
    assert "gate: " in shown.out


def test_what_is_missing_is_said_although_the_gate_failed(
    command: Command, fake: FakeEngine
) -> None:
    """The status says the graver of both, the messages all."""
    fake.analysis = SEVERAL
    shown = command("scan", "app.tar", "-q")
    assert shown.status == 1
    assert "only part of it could be read: a" in shown.err
    assert " linux/arm64/v8: layer 1: foreign" in shown.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_input_whose_report_is_in_a_file_is_named_with_its_gate(
    form: str, command: Command, fake: FakeEngine, tmp_path: Path
) -> None:
    """One line for each archive of a folder."""
    shown = command("scan", "somewhere/app.tar", "-f", f"{form}={tmp_path}/report")
    assert fake.asked == ["somewhere/app.tar"]
    assert shown.err.startswith("ocianalyze: app.tar: gate: failed (--fail-on fail): ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("words", [["scan"], ["inspect"]], ids=" ".join)
def test_what_differs_is_said_by_its_title(
    words: list[str], command: Command, fake: FakeEngine
) -> None:
    """A wrong count of layers is no wrong digest."""
    title = "manifest and config count layers differently"
    odd = Finding("integrity.layer-count", "critical", title, "")
    view = replace(IMAGE.view, findings=(odd,))
    fake.analysis = replace(ANALYSIS, images=(replace(IMAGE, integrity="failed", view=view),))
    shown = command(*words, "x")
    assert shown.status == 3
    assert f": {title}; save or copy the image again, or --keep-going " in shown.err
    assert all(title in each.verdict.summary for each in withhold(view, select(["l2"]))[:2])


def test_several_formats_go_to_their_files(
    command: Command, fake: FakeEngine, tmp_path: Path
) -> None:
    """One of them may stay on standard output; nothing else is left in the folder."""
    lines, document = tmp_path / "report.jsonl", tmp_path / "report.json"
    document.write_text("old")
    shown = command("scan", "x", "-f", f"json={document}", "-f", "text", "-f", f"jsonl={lines}")
    assert shown.out.startswith("app.tar")
    assert json.loads(document.read_bytes())["schema_version"] == SCHEMA_VERSION
    assert len(lines.read_bytes().splitlines()) > 3
    assert sorted(tmp_path.iterdir()) == [document, lines]
    assert fake.profile == "l2"


def test_output_names_the_file_of_the_format_without_one(
    command: Command, fake: FakeEngine, tmp_path: Path
) -> None:
    """`-o` as in other tools."""
    target = tmp_path / "out"
    shown = command("scan", "x", "--format", "json", "-o", str(target))
    assert shown.out == ""
    assert json.loads(target.read_bytes())["input"]["reference"] == "app.tar"
    assert fake.asked == ["x"]


def test_a_failed_write_leaves_the_old_file(
    command: Command, fake: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole or not at all."""
    target = tmp_path / "out"
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    shown = command("scan", "x", "-o", str(target))
    assert shown.status == 3
    assert shown.err == (
        f"ocianalyze: {target}: cannot be written: No space left on device; "
        "name a place that may be written and has room\n"
    )
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    assert fake.asked == ["x"]


def test_a_link_stays_and_what_it_names_is_written(
    command: Command, fake: FakeEngine, tmp_path: Path
) -> None:
    """As with any other program's `-o`."""
    link = tmp_path / "latest"
    link.symlink_to("report.txt")
    command("scan", "x", "-o", str(link))
    assert link.is_symlink()
    assert (tmp_path / "report.txt").read_text().startswith("app.tar")
    assert command("scan", "x", "-o", "/dev/null").status == 1
    assert fake.asked == ["x", "x"]


def test_options_reach_the_engine(command: Command, fake: FakeEngine, tmp_path: Path) -> None:
    """Each by its name."""
    command(
        "scan", "x", "--image", "#2", "--platform", "linux/arm64", "--jobs", "3", "--keep-going",
        "--store", str(tmp_path), "--limit", "layer-bytes=8G", "--limit", "layer_seconds=0.5",
        "--profile", "l1", "--skip", "secrets",
    )  # fmt: skip
    asked = fake.options
    assert asked is not None
    assert (asked.image, asked.platform, asked.jobs, asked.store) == (
        "#2", "linux/arm64", 3, tmp_path,
    )  # fmt: skip
    assert asked.keep_going
    assert asked.skip == {"secrets"}
    assert (asked.limits.layer_bytes, asked.limits.layer_seconds) == (8 << 30, 0.5)
    assert fake.profile == "l1"


@pytest.mark.parametrize("left_out", [(), ("packages",), ("secrets",), PARTS])
def test_a_control_does_not_pass_on_what_was_left_out(
    command: Command, left_out: tuple[str, ...]
) -> None:
    """What is found without it still counts."""
    skip = [word for part in left_out for word in ("--skip", part)]
    shown = command("scan", str(DEMO), "--no-store", "--fail-on", "never", "-f", "json", *skip)
    controls = {one["id"]: one for one in json.loads(shown.out)["controls"]}
    secrets, programs = controls["CIS-4.10"], controls["CIS-4.3"]
    assert (secrets["status"] == "not-evaluated") is ("secrets" in left_out)
    assert (secrets["reason"] == "secrets-skipped") is ("secrets" in left_out)
    assert programs["status"] in {"fail", "needs-review"}


def test_parts_are_those_of_the_engine() -> None:
    """They are written twice, so that --help imports little."""
    assert options.Part == view.Part


def test_only_a_part_can_be_left_out(command: Command, fake: FakeEngine) -> None:
    """The error names what there is."""
    shown = command("scan", "x", "--skip", "layers")
    assert (shown.status, shown.out, fake.asked) == (2, "", [])
    assert "packages, secrets" in shown.err


def test_flags_win_over_the_environment(
    command: Command, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And the environment over the default."""
    monkeypatch.setenv("OCIANALYZE_FAIL_ON", "never")
    monkeypatch.setenv("OCIANALYZE_FORMAT", "jsonl")
    monkeypatch.setenv("OCIANALYZE_STORE", str(tmp_path))
    shown = command("scan", "x")
    assert shown.status == 0
    assert json.loads(shown.out.splitlines()[0])["record"] == "report"
    assert fake.options is not None
    assert fake.options.store == tmp_path
    assert command("scan", "x", "--fail-on", "fail", "--no-store").status == 1
    assert fake.options.store is None


def test_quiet_leaves_out_the_closing_line(command: Command, fake: FakeEngine) -> None:
    """What is odd is told all the same."""
    assert command("scan", "x").err.count("\n") == 1
    assert command("scan", "x", "-q").err == ""
    assert fake.options is not None
    assert fake.options.warn is say


def test_verbose_shows_all_evidence(command: Command, fake: FakeEngine) -> None:
    """The short report says how much there is more."""
    assert "/bin/mount" not in command("scan", "x").out
    assert "/bin/mount" in command("scan", "x", "-v").out
    assert len(fake.asked) == 2


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)],
    ids=["forced", "declined", "no-terminal"],
)
def test_colour_needs_a_terminal_or_a_wish(
    environment: dict[str, str],
    *,
    coloured: bool,
    command: Command,
    fake: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NO_COLOR wins."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in command("scan", "x").out) is coloured
    assert fake.asked == ["x"]
