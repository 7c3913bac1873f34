"""Starting, helping and failing: fast, narrow, in one line."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from ocianalyze.cli.main import COMMANDS
from ocianalyze.errors import BlobMissing, IntegrityError, LimitExceeded, UsageError
from tests.cli.conftest import Command, FakeEngine

HEAVY = ("orjson", "hyperscan", "rich", "zstandard", "isal", "sqlite3", "magic")


def ocianalyze(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    words = [sys.executable, "-m", "ocianalyze", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["-V", "scan"]])
def test_the_version_is_one_line(arguments: list[str]) -> None:
    """Packagers read it."""
    done = ocianalyze(*arguments)
    assert done.returncode == 0
    assert done.stdout.startswith("ocianalyze ")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("arguments", ["--version", "--help", *(f"{c} --help" for c in COMMANDS)])
def test_asking_imports_nothing_heavy(arguments: str) -> None:
    """What analyses is imported when it runs; typer itself may import pydantic for a command."""
    heavy = HEAVY if " " in arguments else ("pydantic", *HEAVY)
    code = (
        "import sys; sys.argv = ['ocianalyze', *sys.argv[1:]]\n"
        "from ocianalyze.__main__ import main\n"
        "main()\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)\n"
        "print('typer' in sys.modules, file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, *arguments.split()]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["[]", str(arguments != "--version")]


@pytest.mark.parametrize(
    "words",
    [
        [],
        *([name] for name in COMMANDS),
        ["store", "info"],
        ["store", "prune"],
        ["secrets", "rules"],
        *(["secrets", "rules", name] for name in ("list", "explain", "test", "import")),
    ],
)
def test_help_fits_a_terminal_and_shows_an_example_of_nothing_internal(
    words: list[str], command: Command
) -> None:
    """80 columns; no Python names."""
    shown = command(*words, "--help")
    assert shown.status == 0
    assert shown.out.startswith("Usage: ocianalyze")
    assert all(cell_len(line) <= 80 for line in shown.out.splitlines())
    assert "NoneType" not in shown.out


def test_every_command_is_in_the_help(command: Command) -> None:
    """Each is a module of its own."""
    shown = command("--help").out
    assert all(f"\n  {name}" in shown for name in COMMANDS)
    folder = Path(__file__).parents[2] / "ocianalyze" / "cli" / "commands"
    assert {path.stem for path in folder.glob("[a-z]*.py")} == set(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["scan"],
        ["scan", "x", "--nothing"],
        ["scan", "x", "--fail-on", "never-ever"],
        ["scan", "x", "--jobs", "-1"],
        ["scan", "x", "--format", "yaml"],
        ["scan", "x", "--limit", "bytes=1"],
        ["scan", "x", "--limit", "layer-bytes=many"],
        ["scan", "x", "-f", "json", "-f", "text"],
        ["scan", "x", "-o", "/nowhere/at/all/report"],
        ["explain", "CIS-99.9"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(arguments: list[str], command: Command, fake: FakeEngine) -> None:
    """And nothing is analysed."""
    shown = command(*arguments)
    assert shown.status == 2
    assert shown.out == ""
    assert shown.err
    assert fake.asked == []


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        pytest.param(
            BlobMissing("no such blob", place="app.tar: layer 1", cure="save it again"),
            3,
            "ocianalyze: app.tar: layer 1: no such blob; save it again\n",
            id="source",
        ),
        pytest.param(
            IntegrityError("differs"),
            3,
            "ocianalyze: app.tar: differs; save or copy the image again\n",
            id="integrity",
        ),
        pytest.param(
            LimitExceeded("too large", place="app.tar: index.json", limit="document_bytes"),
            4,
            "ocianalyze: app.tar: index.json: too large; --limit document-bytes=N allows more\n",
            id="limit",
        ),
        pytest.param(UsageError("no platform"), 2, "ocianalyze: no platform\n", id="usage"),
        pytest.param(
            PermissionError(13, "Permission denied", "a\n\x1b[2Jb"),
            3,
            "ocianalyze: a\\n\\x1b[2Jb: Permission denied; name one that exists and may be read\n",
            id="system",
        ),
        pytest.param(
            RuntimeError("a\nb"),
            3,
            "ocianalyze: internal error: RuntimeError: a\\nb; please report it, with --debug\n",
            id="defect",
        ),
        pytest.param(
            MemoryError(),
            3,
            "ocianalyze: not enough memory; allow more (ulimit -v), or read fewer layers at once: "
            "--jobs 1\n",
            id="memory",
        ),
        pytest.param(KeyboardInterrupt(), 130, "ocianalyze: interrupted\n", id="interrupted"),
    ],
)
def test_an_error_is_one_harmless_line(
    error: BaseException, status: int, line: str, command: Command, fake: FakeEngine
) -> None:
    """It says what is wrong, where, and what helps; a traceback is a defect."""
    fake.error = error
    shown = command("scan", "app.tar")
    assert (shown.status, shown.out, shown.err) == (status, "", line)


@pytest.mark.parametrize("name", ["app.tar", "a b.tar"])
def test_an_image_without_a_command_is_told_how_it_is_scanned(
    name: str, command: Command, tmp_path: Path
) -> None:
    """The first thing that people try."""
    path = tmp_path / name
    path.touch()
    shown = command(str(path))
    assert (shown.status, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert shown.err.endswith(f"to analyse it: ocianalyze scan {shlex.quote(str(path))}\n")


@pytest.mark.parametrize("words", ["--version", "explain 4.8", "profile init"])
@pytest.mark.parametrize("closed", [">/dev/full", ">&-"])
def test_output_that_goes_nowhere_is_one_line(words: str, closed: str) -> None:
    """A report must not get lost unnoticed; a traceback is a defect."""
    line = f"{sys.executable} -m ocianalyze {words} {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("ocianalyze: standard output: cannot be written: ")
    assert done.stderr.count("\n") == 1


def test_a_closed_stream_takes_no_files_place(tmp_path: Path) -> None:
    """What is written to `-o` goes there alone, and messages to nowhere."""
    line = f"{sys.executable} -m ocianalyze profile init -o {tmp_path}/made <&- >&- 2>&-"
    done = subprocess.run(["bash", "-c", line], check=False)
    assert done.returncode == 0
    assert (tmp_path / "made").read_bytes().startswith(b"# A profile")


def test_an_argument_that_is_missing_is_told_with_its_choices_on_one_line(
    command: Command,
) -> None:
    """Click writes one choice a line."""
    said = "ocianalyze: missing argument 'SHELL'. Choose from: bash, zsh, fish; see --help\n"
    assert command("completion").err == said


def test_debug_shows_where_an_error_arose(command: Command, fake: FakeEngine) -> None:
    """For whoever reports a defect."""
    fake.error = RuntimeError("x")
    assert "Traceback" in command("--debug", "scan", "app.tar").err


def test_a_reader_that_goes_away_is_no_error() -> None:
    """As in `ocianalyze controls | head -1`."""
    words = f"{sys.executable} -m ocianalyze completion bash; echo status $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({words}) | true"], capture_output=True, text=True, check=False
    )
    assert done.stderr in ("status 141\n", "status 0\n")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ocianalyze in", "inspect"),
        ("ocianalyze secrets rules ", "list explain test import"),
        ("ocianalyze scan --format ", "json jsonl text"),
        ("ocianalyze scan --fail-on n", "needs-review not-evaluated never"),
        ("ocianalyze scan --verify f", "full"),
        ("ocianalyze sbom -f ", "cyclonedx spdx"),
        ("ocianalyze explain CIS-4.1", "CIS-4.1 CIS-4.10 CIS-4.11 CIS-4.12"),
    ],
)
def test_completion_answers_the_shell(typed: str, words: str) -> None:
    """The script asks the program itself."""
    script = ocianalyze("completion", "bash").stdout
    assert "_OCIANALYZE_COMPLETE=complete_bash" in script
    at = str(typed.count(" "))
    answer = ocianalyze(
        _OCIANALYZE_COMPLETE="complete_bash", COMP_WORDS=typed.strip(), COMP_CWORD=at
    )
    assert answer.stdout.split() == words.split()
