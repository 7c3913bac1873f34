"""Runs targets under libFuzzer, each in a process of its own that inherits what was compiled."""

import base64
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

INSTRUMENTED = [
    f"ocianalyze.{room}"
    for room in (
        "blobs",
        "controls.aspects.setid.capabilities",
        "detectors",
        "inventory",
        "layers",
        "model",
    )
]
_SHOWN = 4_096
"""Bytes of an input that are shown."""
_TAIL = 2_000
"""Characters of a fuzzer's log that are shown."""


class Amount(NamedTuple):
    """How much one target is fuzzed; 0 is no bound."""

    runs: int = 0
    seconds: int = 0


class Outcome(NamedTuple):
    """What became of one target."""

    name: str
    is_good: bool
    seconds: float
    detail: str
    """The fuzzer's last words and the input that it stopped at; empty when all is well."""


def fuzz(names: Sequence[str], amount: Amount, jobs: int = 2) -> list[Outcome]:
    """Fuzz some targets, all when none is named.

    Raises:
        KeyError: there is no target of a name.

    """
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=INSTRUMENTED):
        targets = import_module("tests.hostile.fuzz.targets")
    waiting = [(name, targets.TARGETS[name]) for name in names or targets.TARGETS]
    running: dict[int, tuple[str, float, str]] = {}
    outcomes = []
    with ExitStack() as folders:
        while waiting or running:
            if waiting and len(running) < jobs:
                name, target = waiting.pop(0)
                folder = folders.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-"))
                seeds = folders.enter_context(targets.write_seeds(target))
                child = os.fork() or _child(atheris, target.run, amount, folder, seeds)
                running[child] = (name, time.monotonic(), folder)
            else:
                child, status = os.wait()
                outcomes.append(_outcome(*running.pop(child), status))
    return outcomes


def _child(atheris: Any, run: Any, amount: Amount, folder: str, seeds: str) -> int:
    """Fuzz until the amount is reached or an input fails; never returns."""
    log = os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    made = Path(folder, "made")
    made.mkdir()
    bounds = [f"-runs={amount.runs}"] * bool(amount.runs)
    bounds += [f"-max_total_time={amount.seconds}"] * bool(amount.seconds)
    options = ["-seed=1", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/found-"]

    def tried(data: bytes) -> None:
        """Keep an input that the parser does not survive: the fuzzer keeps slow ones alone."""
        try:
            run(data)
        except BaseException:
            Path(folder, "found-input").write_bytes(data)
            raise

    try:
        atheris.Setup([sys.argv[0], *bounds, *options, str(made), seeds], tried)
        atheris.Fuzz()
    except BaseException:  # noqa: BLE001 - the child must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(1)  # libFuzzer ends the process itself


def _outcome(name: str, began: float, folder: str, status: int) -> Outcome:
    seconds = time.monotonic() - began
    if status == 0:
        return Outcome(name, True, seconds, "")  # noqa: FBT003 - a record
    log = Path(folder, "log").read_text("utf-8", "replace")[-_TAIL:]
    inputs = [path.read_bytes() for path in Path(folder).glob("found-*")]
    shown = [base64.b64encode(data[:_SHOWN]).decode() for data in inputs]
    return Outcome(name, False, seconds, "\n".join([log, *shown]))  # noqa: FBT003 - a record
