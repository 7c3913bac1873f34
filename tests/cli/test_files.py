"""`files`: what is listed, and how hostile entries look."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from ocianalyze.cli.listing import moment, record, row
from ocianalyze.model.entry import Kind, implicit_directory
from ocianalyze.model.oci import Platform
from tests.cli.conftest import Command, FakeEngine
from tests.report.documents import ANALYSIS, HOSTILE, IMAGE, SEVERAL, entry

SU = "-rwsr-xr-x       0:0      71912 2023-11-14 22:13     0 bin/su"


def paths(out: str) -> list[str]:
    """Return the paths of a list of JSON lines."""
    return [json.loads(line)["path"] for line in out.splitlines()]


def test_the_merged_tree_is_listed_like_ls(command: Command, fake: FakeEngine) -> None:
    """Numeric owners, UTC, the layer, one line an entry below a head."""
    shown = command("files", "app.tar")
    lines = shown.out.splitlines()
    assert shown.status == 0
    assert SU in lines
    assert "lrwxrwxrwx       0:0          0 2023-11-14 22:13     1 app/run -> ../bin/su" in lines
    assert "crw-rw-rw-       0:0       1, 3 2023-11-14 22:13     0 dev/null" in lines
    assert len(lines) == 7
    assert lines[0].split() == ["mode", "owner", "size", "modified", "layer", "path"]
    assert all(line.isprintable() for line in lines)
    assert fake.asked == ["app.tar"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--setuid"], ["bin/su"], id="setuid"),
        pytest.param(["--deleted"], ["app/id_ed25519"], id="deleted"),
        pytest.param(["--layer", "1"], ["app", "app/id_ed25519", "app/run"], id="layer"),
        pytest.param(["--layer", "1", "--deleted"], ["app/id_ed25519"], id="layer-deleted"),
        pytest.param(["/bin/*"], ["bin/su"], id="glob"),
        pytest.param(["app*", "--path", "dev/*"], ["app", "app/run", "dev/null"], id="globs"),
        pytest.param(["nothing"], [], id="nothing"),
    ],
)
def test_the_selection_narrows_the_list(
    arguments: list[str], expected: list[str], command: Command, fake: FakeEngine
) -> None:
    """Conditions combine; patterns are alternatives."""
    assert paths(command("files", "x", "-f", "jsonl", *arguments).out) == expected
    assert fake.asked == ["x"]


def test_json_is_one_object_with_the_same_entries(
    command: Command, fake: FakeEngine, tmp_path: Path
) -> None:
    """Written to a file when one is named; empty when there is nothing."""
    target = tmp_path / "files.json"
    command("files", "x", "--format", "json", "-o", str(target))
    listed = json.loads(target.read_bytes())["files"]
    lines = command("files", "x", "--format", "jsonl").out.splitlines()
    assert [{"record": "file", **x} for x in listed] == [json.loads(line) for line in lines]
    assert json.loads(command("files", "x", "-f", "json", "nothing").out)["files"] == []
    assert len(fake.asked) == 3


def test_a_path_of_no_utf8_keeps_its_bytes(command: Command, fake: FakeEngine) -> None:
    """The text shows them, the hex says them."""
    shown = command("files", "x", "-f", "jsonl", "tmp/*").out
    (found,) = [json.loads(line) for line in shown.splitlines()]
    assert found["path"] == "tmp/" + HOSTILE.replace("\udcff", "\\xff")
    assert bytes.fromhex(found["path_hex"]).decode("utf-8", "surrogateescape") == f"tmp/{HOSTILE}"
    assert shown.removesuffix("\n").isprintable()
    assert fake.asked == ["x"]


def test_several_images_are_told_apart(command: Command, fake: FakeEngine) -> None:
    """By a title, or by their index; a partial one gives status 4."""
    fake.analysis = SEVERAL
    shown = command("files", "x")
    assert shown.status == 4
    assert shown.out.startswith("team/app:1.4   linux/amd64   sha256:333333333333:\n")
    lines = command("files", "x", "-f", "jsonl").out.splitlines()
    assert {json.loads(line)["image"]["index"] for line in lines} == {0, 1}


def test_a_layer_that_is_not_there_is_wrong_usage(command: Command, fake: FakeEngine) -> None:
    """The error says how many there are."""
    shown = command("files", "x", "--layer", "3")
    assert shown.status == 2
    assert shown.err == "ocianalyze: --layer: no layer 3; there are 3, from 0\n"
    assert fake.asked == ["x"]


def test_bytes_unlike_their_digests_are_status_3(command: Command, fake: FakeEngine) -> None:
    """The list is shown in any case."""
    fake.analysis = replace(ANALYSIS, images=(replace(IMAGE, integrity="failed"),))
    shown = command("files", "x")
    assert shown.status == 3
    assert SU in shown.out
    assert command("files", "x", "--keep-going").status == 0


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_700_000_000_000_000_001, "2023-11-14T22:13:20.000000001Z"),
        (-1_000_000_000, "1969-12-31T23:59:59Z"),
        ((1 << 63) * 1_000_000_000, "@9223372036854775808"),
        (-(1 << 63) * 1_000_000_000, "@-9223372036854775808"),
        ((1 << 63) * 1_000_000_000 - 1, "@9223372036854775807.999999999"),
        (-100_000_000_000_500_000_000, "@-100000000000.500000000"),
    ],
)
def test_times_are_utc_or_seconds_when_no_calendar_reaches(nanoseconds: int, text: str) -> None:
    """A tar holds any number."""
    assert moment(nanoseconds) == text


@pytest.mark.parametrize(
    ("seconds", "cell"),
    [
        (0, "1970-01-01 00:00"),
        (253402300799, "9999-12-31 23:59"),
        (253402300800, "@253402300800   "),
        ((1 << 63) - 1, "@9223372036854775807"),
        (-(1 << 63), "@-9223372036854775808"),
    ],
)
def test_a_cell_is_as_wide_as_times_of_the_calendar_and_cuts_no_other(
    seconds: int, cell: str
) -> None:
    assert moment(seconds * 1_000_000_000, whole=False) == cell


@pytest.mark.parametrize("kind", list(Kind), ids=str)
def test_every_kind_of_entry_has_a_row_and_a_record(kind: Kind) -> None:
    """Whiteouts too; permissions are as `stat` writes them."""
    made = entry("a b", kind=kind, mode=0o7777)
    assert cell_len(row(made).split(" ")[0]) <= 10
    told = record({}, made)
    assert told["kind"].replace("-", "_").upper() == kind.name
    assert (told["state"] is None) == (kind in (Kind.WHITEOUT, Kind.OPAQUE, Kind.UNKNOWN))
    if kind is Kind.DIRECTORY:
        assert row(made).startswith(stat.filemode(stat.S_IFDIR | 0o7777))


def test_a_directory_that_no_layer_has_an_entry_for_is_marked() -> None:
    """It has neither a layer nor a time."""
    made = implicit_directory("usr/share")
    line = "drwxr-xr-x       0:0          0                -     - usr/share  [implicit]"
    assert row(made) == line
    told = record({}, made)
    assert told["implicit"] is True
    assert [told[name] for name in ("layer", "member", "mtime", "mode")] == [
        None,
        None,
        None,
        "0755",
    ]
    assert "implicit" not in record({}, entry("a"))


def test_a_hard_link_to_nothing_is_marked() -> None:
    """Runtimes refuse the image."""
    made = entry("hl", kind=Kind.HARDLINK, link="nope", dangling=True)
    assert row(made).endswith(" hl -> nope  [link to nothing]")
    assert record({}, made)["dangling"] is True
    assert "dangling" not in record({}, entry("a"))


def test_titles_of_images_fit_a_line(command: Command, fake: FakeEngine) -> None:
    """Names and platforms are the image's, and as long as it likes."""
    wide = replace(IMAGE, names=("\u6f22" * 300,), platform=Platform(os="x" * 300))
    fake.analysis = replace(ANALYSIS, images=(wide, IMAGE))
    first, *_ = command("files", "x").out.splitlines()
    assert first.endswith("..   sha256:333333333333:")
    assert cell_len(first) <= 80


def test_a_version_has_the_step_that_made_its_layer(command: Command, fake: FakeEngine) -> None:
    """Nothing made what no layer has an entry for."""
    steps = [layer.step for layer in fake.analysis.images[0].view.layers]
    lines = command("files", "x", "--deleted", "-f", "jsonl").out.splitlines()
    lines += command("files", "x", "-f", "jsonl").out.splitlines()
    found = {(one["layer"], one["step"]) for one in map(json.loads, lines)}
    assert found - {(None, None)} == set(enumerate(steps))


def test_an_image_of_standard_input_is_no_option(command: Command, fake: FakeEngine) -> None:
    """`-!NAME` means that image alone; behind `--` it is a reference like any other."""
    assert command("files", "-!team/app:1.4", "bin/*").status == 0
    assert fake.options is not None
    assert fake.options.image == "team/app:1.4"
    command("files", "--", "-!team/app:1.4")
    assert fake.asked == ["-", "-!team/app:1.4"]
