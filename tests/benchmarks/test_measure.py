"""What the table says: each process's own memory, why there is no figure, which bars are missed."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.measure import Command, Outcome, Run, rounds, run
from tests.benchmarks.table import Bar, Row, added, lasting, lines, versus

_MIB = 1 << 20
PYTHON = [sys.executable, "-I", "-S", "-c"]


def taken(*seconds: float) -> list[Run]:
    """Return runs of so many seconds."""
    return [Run(wall, wall, 10 * _MIB, 0) for wall in seconds]


def test_a_process_is_not_charged_with_the_memory_of_who_measures() -> None:
    """Whoever starts it may be large."""
    ballast = bytearray(b"x") * (200 * _MIB)
    small = run(Command([*PYTHON, "pass"])).peak
    large = run(Command([*PYTHON, f"bytearray(b'x') * {100 * _MIB}"])).peak
    assert len(ballast) == 200 * _MIB
    assert small < 50 * _MIB
    assert 100 * _MIB < large < 150 * _MIB


def test_what_is_kept_is_said() -> None:
    """Only then."""
    command = Command([*PYTHON, "print('12 0.5')"])
    assert run(command, keep=True).said == "12 0.5\n"
    assert run(command).said == ""


def test_a_fresh_folder_is_fresh_for_each_run(tmp_path: Path) -> None:
    """Nothing that an earlier run kept is found."""
    seed, fresh = tmp_path / "seed", tmp_path / "fresh"
    seed.mkdir()
    (seed / "rules").touch()
    script = f"import os; print(*os.listdir({str(fresh)!r})); open({str(fresh / 'x')!r}, 'w')"
    command = Command([*PYTHON, script], fresh=fresh, seed=seed)
    assert [run(command, keep=True).said for _ in range(2)] == ["rules\n"] * 2
    assert run(Command(command.words, fresh=fresh), keep=True).said == "\n"


def test_what_is_absent_or_fails_has_no_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """And it is said why."""
    commands = {
        "absent": None,
        "failing": Command([*PYTHON, "raise SystemExit(3)"]),
        "finding": Command([*PYTHON, "raise SystemExit(3)"], fine=frozenset({3})),
    }
    found = rounds(commands, 2)
    assert (found["absent"], found["failing"]) == ("not installed", "ended with 3")
    assert [type(one) for one in found["finding"]] == [Run, Run]
    assert "ended with 3: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bar", "figure", "cell"),
    [
        pytest.param(Bar(1.3), 1.3, "at most 1.3", id="met"),
        pytest.param(Bar(1.3), 1.31, "at most 1.3 **missed**", id="missed"),
        pytest.param(Bar(1, "GB/s", least=True), 1.0, "at least 1 GB/s", id="reached"),
        pytest.param(Bar(1, "GB/s", least=True), 0.9, "at least 1 GB/s **missed**", id="too-slow"),
        pytest.param(Bar(1), None, "at most 1", id="no-figure"),
    ],
)
def test_a_missed_bar_is_marked(bar: Bar, figure: float | None, cell: str) -> None:
    *_, line = lines([Row("work", 2.0, 250_000_000, "peer", figure, bar)])
    assert line == f"| work | 2.00 s | 238 MiB | peer |  | {cell} |"


def test_too_much_memory_is_marked() -> None:
    *_, line = lines([Row("work", 0.05, 250_000_001, "")])
    assert line == "| work | 50 ms | 238 MiB **missed** |  |  |  |"


def test_ratios_are_taken_round_by_round() -> None:
    """The median of ratios, not the ratio of medians."""
    found: dict[str, Outcome] = {
        "ours": taken(1, 4, 9),
        "floor": taken(1, 2, 3),
        "bare": taken(0.5, 3, 6),
        "peer": "-",
    }
    assert versus("w", found, "ours", "floor", 1.5).figure == 2
    assert added("w", found, "ours", "bare", 0.3).figure == 0.5
    assert versus("w", found, "ours", "peer", 0.1) == Row(
        "w", 4, 10 * _MIB, "peer: -", bar=Bar(0.1)
    )
    assert lasting("w", found["ours"], 0.4).figure == 4


def test_a_failure_of_ours_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="our own run ended with 1"):
        lasting("large", "ended with 1")
