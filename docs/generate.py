"""Write what the documentation takes from the code: reference pages, and output of commands.

`python docs/generate.py` writes; `--check` only says which files are out of date. In any page, the
lines between `<!-- run: COMMAND -->` and `<!-- /run -->` become what the command prints;
`<!-- run 12: COMMAND -->` keeps the first twelve lines, `<!-- run status: COMMAND -->` tells the
exit status. Commands run where `docs`, `testdata` and the planted image are.
"""

import atexit
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import reference_pages

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))
REFERENCE = ROOT / "docs" / "reference"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "PYTHONPATH": str(ROOT),
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "COLUMNS": "80",
}
"""The same everywhere, so that the same version prints the same lines."""

_RUN = re.compile(r"(<!-- run(?: (\d+))?( status)?: (.+?) -->\n).*?(<!-- /run -->)", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write or compare every generated file; return 1 when a comparison finds a difference."""
    stale = {path: text for path, text in files().items() if _differs(path, text)}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            sys.stderr.write(f"{name} is out of date; run make generate\n")
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stderr.write(f"wrote {name}\n")
    return int("--check" in arguments and bool(stale))


def files() -> dict[Path, str]:
    """Return every generated file with the text that it must have."""
    pages = {REFERENCE / name: text for name, text in reference_pages.pages(run).items()}
    return pages | {path: _with_output(path) for path in _narratives()}


def run(command: str) -> str:
    """Return what a command prints to standard output; its exit status is its own affair."""
    return _done(command)[0]


@cache
def _done(command: str) -> tuple[str, int]:
    words = shlex.split(command)
    if words[0] != "ocianalyze":
        raise SystemExit(f"pages show only ocianalyze, not {words[0]}")
    done = subprocess.run(  # noqa: S603 - the commands of our own pages, without a shell
        [sys.executable, "-m", *words],
        cwd=_folder(),
        env=ENVIRONMENT,
        check=False,
        capture_output=True,
        text=True,
    )
    if not done.stdout:
        raise SystemExit(f"{command} printed nothing: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines()), done.returncode


@cache
def _folder() -> Path:
    """Return where commands run: it is removed at the end."""
    folder = Path(mkdtemp(prefix="ocianalyze-pages-"))
    atexit.register(rmtree, folder)
    for name in ("docs", "testdata"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "planted.tar").write_bytes(import_module("testdata.planted.image").archive())
    return folder


def _narratives() -> list[Path]:
    written = (ROOT / "docs").rglob("*.md")
    return [ROOT / "README.md", *(path for path in written if REFERENCE not in path.parents)]


def _with_output(path: Path) -> str:
    return _RUN.sub(_block, path.read_text(encoding="utf-8"))


def _block(match: re.Match[str]) -> str:
    head, count, status, command, end = match.groups()
    text, code = _done(command)
    lines = text.splitlines()
    if count and len(lines) > int(count):
        lines = [*lines[: int(count)], "..."]
    told = ("$ echo $?", str(code)) if status else ()
    body = "\n".join((f"$ {command}", *lines, *told))
    return f"{head}```text\n{body}\n```\n{end}"


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text(encoding="utf-8") != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
