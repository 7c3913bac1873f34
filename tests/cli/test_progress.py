"""The progress bar: on a terminal only, and no figure before there is one."""

import sys
from time import sleep

import pytest

from ocianalyze.cli import progress as shown
from ocianalyze.cli.progress import metered
from ocianalyze.store.telling import Progress

Captured = pytest.CaptureFixture[str]


def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard error be a terminal; pytest changes it between fixture and test."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(shown, "_UNSEEN", 0)


def test_a_bar_says_layers_and_bytes_once_they_are_known(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Before, nothing is counted, so nothing is claimed."""
    _terminal(monkeypatch)
    with metered(bar=True) as (meter, progress):
        sleep(0.3)
        meter.compiling(1080, True)  # noqa: FBT003 - as the engine calls it
        sleep(0.3)
        meter.begin("2 of 9: b.tar  ")
        progress(Progress(5_000_000, 20_000_000, 1, 3))
    before, told, after = capsys.readouterr().err.partition("1 of 3 layers, 5.0 MB of 20 MB")
    assert told
    assert "preparing" in before
    assert "compiling 1,080 rules for secrets (once)" in before
    assert before.endswith("2 of 9: b.tar  ")
    assert "━" not in before
    assert "━" in after
    assert meter.read == 5_000_000


def test_what_is_over_at_once_draws_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """A bar that comes and goes is only a flicker; the figures are taken all the same."""
    _terminal(monkeypatch)
    monkeypatch.setattr(shown, "_UNSEEN", 60)
    with metered(bar=True) as (meter, progress):
        progress(Progress(10, 10, 1, 1))
    assert (capsys.readouterr().err, meter.read) == ("", 10)


def test_nothing_to_read_is_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Every layer is known from before."""
    _terminal(monkeypatch)
    with metered(bar=True) as (_, progress):
        progress(Progress(0, 0, 0, 0))
    assert "layers" not in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["a bar", ""])
def test_without_a_terminal_nothing_is_drawn(asked: str, capsys: Captured) -> None:
    with metered(bar=bool(asked)) as (meter, progress):
        progress(Progress(7, 7, 1, 1))
    assert (capsys.readouterr().err, meter.read) == ("", 7)
    assert meter.seconds >= 0
