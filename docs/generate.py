"""Write what the documentation takes from the code: reference pages, and output of commands.

`python docs/generate.py` writes; `--check` only says which files are out of date. In any page, the
lines between `<!-- run: COMMAND -->` and `<!-- /run -->` become what the command prints;
`<!-- run 12: COMMAND -->` keeps the first twelve lines.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import reference_pages

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "80"}
"""The same everywhere, so that the same version prints the same lines."""

_RUN = re.compile(r"(<!-- run(?: (\d+))?: (.+?) -->\n).*?(<!-- /run -->)", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write or compare every generated file; return 1 when a comparison finds a difference."""
    stale = {path: text for path, text in files().items() if _differs(path, text)}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            sys.stderr.write(f"{name} is out of date; run make generate\n")
            continue
        path.write_text(text, encoding="utf-8")
        sys.stderr.write(f"wrote {name}\n")
    return int("--check" in arguments and bool(stale))


def files() -> dict[Path, str]:
    """Return every generated file with the text that it must have."""
    pages = {REFERENCE / name: text for name, text in reference_pages.pages(run).items()}
    return pages | {path: _with_output(path) for path in _narratives()}


def run(command: str) -> str:
    """Return what a command prints to standard output; its exit status is its own affair."""
    words = shlex.split(command)
    if words[0] != "ocianalyze":
        raise SystemExit(f"pages show only ocianalyze, not {words[0]}")
    done = subprocess.run(  # noqa: S603 - the commands of our own pages, without a shell
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=ENVIRONMENT,
        check=False,
        capture_output=True,
        text=True,
    )
    if not done.stdout:
        raise SystemExit(f"{command} printed nothing: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def _narratives() -> list[Path]:
    written = (ROOT / "docs").rglob("*.md")
    return [ROOT / "README.md", *(path for path in written if REFERENCE not in path.parents)]


def _with_output(path: Path) -> str:
    return _RUN.sub(_block, path.read_text(encoding="utf-8"))


def _block(match: re.Match[str]) -> str:
    head, count, command, end = match.groups()
    lines = run(command).splitlines()
    if count and len(lines) > int(count):
        lines = [*lines[: int(count)], "..."]
    body = "\n".join((f"$ {command}", *lines))
    return f"{head}```text\n{body}\n```\n{end}"


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text(encoding="utf-8") != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
