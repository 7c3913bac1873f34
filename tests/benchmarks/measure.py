"""One command as one process: wall and processor seconds, and the memory of the largest process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_ALONE = str(Path(__file__).with_name("alone.py"))


@dataclass(frozen=True)
class Command:
    """What is run, and what it finds there."""

    words: Sequence[str]
    fresh: Path | None = None
    """A folder that each run finds as a copy of `seed`: nothing that an earlier one kept."""
    seed: Path | None = None
    """None for an empty folder."""
    fine: frozenset[int] = frozenset({0})
    """Exit statuses of a run that did its work."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What one process took, children included."""

    wall: float
    cpu: float
    peak: int
    """Bytes resident at most, of the largest single process."""
    status: int
    said: str = ""
    """Its output, if that was kept."""


Outcome = list[Run] | str
"""The runs of a command, or why there are none."""


def run(command: Command, *, keep: bool = False) -> Run:
    """Run a command to its end, its output thrown away unless it is kept."""
    if command.fresh:
        _refresh(command.fresh, command.seed)
    done = subprocess.run(
        [sys.executable, "-I", "-S", _ALONE, *command.words],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if keep else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **command.environment},
    )
    wall, cpu, peak, status = done.stderr.split()
    return Run(float(wall), float(cpu), int(peak), int(status), done.stdout or "")


def rounds(commands: Mapping[str, Command | None], times: int) -> dict[str, Outcome]:
    """Run commands in turn, so that a drifting machine drifts for all of them.

    One that is None, or does not end well before the first round, has no runs.
    """
    taken = {name: _tried(command) for name, command in commands.items()}
    able = {name: one for name, one in commands.items() if one and taken[name] == []}
    for _ in range(times):
        for name, command in able.items():
            runs = taken[name]
            if isinstance(runs, list):
                runs.append(run(command))
    return taken


def _tried(command: Command | None) -> Outcome:
    """Return why a command is not measured, else no runs yet; its files are in memory then."""
    if command is None:
        return "not installed"
    status = run(command).status
    if status in command.fine:
        return []
    sys.stderr.write(f"ended with {status}: {' '.join(command.words)}\n")
    return f"ended with {status}"


def _refresh(folder: Path, seed: Path | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if seed:
        shutil.copytree(seed, folder)
    else:
        folder.mkdir(mode=0o700, parents=True)


def ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """Return the median of the ratios, run by run."""
    return median(a.wall / b.wall for a, b in zip(ours, theirs, strict=True))


def typical(runs: Sequence[Run]) -> Run:
    """Return the median of each figure."""
    return Run(
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        int(median(run.peak for run in runs)),
        max(run.status for run in runs),
    )
