"""Each binary parser under a fuzzer for a moment; `python -m tests.hostile.fuzz` goes on."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

RUNS = 250
"""Inputs for each target; libFuzzer's seed is fixed, so they are the same each time."""


def _fuzz(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    if find_spec("atheris") is None:
        pytest.skip("the fuzzer atheris is not installed")
    command = [sys.executable, "-m", "tests.hostile.fuzz", *arguments]
    return subprocess.run(
        command, cwd=root, check=False, capture_output=True, text=True, timeout=120
    )


def test_no_parser_of_bytes_fails_under_the_fuzzer(root: Path) -> None:
    done = _fuzz(root, f"--runs={RUNS}")
    assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
    assert done.stdout.count(" ok\n") >= 15


def test_an_input_that_fails_is_told_with_its_bytes(root: Path, tmp_path: Path) -> None:
    """A fuzzer that never fails would be no fuzzer."""
    if find_spec("atheris") is None:
        pytest.skip("the fuzzer atheris is not installed")
    script = tmp_path / "broken.py"
    script.write_text(
        "from tests.hostile.fuzz import runner, targets\n"
        "def fail(data):\n"
        "    if data.startswith(b'bad'):\n"
        "        raise KeyError('found')\n"
        "targets.TARGETS['broken'] = targets.Target(fail, lambda: [b'bad one'])\n"
        "(one,) = runner.fuzz(['broken'], runner.Amount(runs=10))\n"
        "print(one.is_good, one.detail)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("False")
    assert "KeyError: 'found'" in done.stdout
    assert "YmFkIG9uZQ==" in done.stdout
