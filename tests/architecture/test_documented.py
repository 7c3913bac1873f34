"""What the documentation tells people to type works as it stands there.

Output that pages show is written by `docs/generate.py`; here is the rest: commands without output,
and programs.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.cli.main import COMMANDS, run
from ocianalyze.cli.status import DONE, GATE_FAILED, PARTIAL
from tests import archives
from tests.archives import Image, Layout

ROOT = Path(__file__).resolve().parents[2]
_WRITTEN = ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/[a-z]*/*.md")
PAGES = sorted(
    path
    for pattern in _WRITTEN
    for path in ROOT.glob(pattern)
    if path.parent.name not in ("_build", "reference")
)
_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_SHOWN = re.compile(r"<!-- run.*?<!-- /run -->", re.DOTALL)
_LOOP = re.compile(r"^for .*; do$", re.MULTILINE)
_INLINE = re.compile(r"`ocianalyze ([a-z]+)[^`]*`")
RULES = {"gitleaks.toml": b'[[rules]]\nid = "acme"\nregex = "acme_[0-9a-f]{40}"\n'}


def _blocks(page: Path, language: str) -> Iterator[str]:
    text = _SHOWN.sub("", page.read_text("utf-8"))
    yield from (found[3] for found in _FENCE.finditer(text) if found[2] == language)


def _commands(page: Path) -> list[tuple[str, str]]:
    """Return command lines of ours, each with what stands before it: nothing, or a pipe."""
    blocks = (block for block in _blocks(page, "sh") if not _LOOP.search(block))
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    found = (re.match(r"((?:.* \| )?)ocianalyze (.+)", line.strip()) for line in lines)
    return [(match[1], match[2]) for match in found if match]


def _loops(page: Path) -> list[str]:
    return [block for block in _blocks(page, "sh") if _LOOP.search(block)]


WITH_LOOPS = [page for page in PAGES if _loops(page)]
WITH_COMMANDS = [page for page in PAGES if _commands(page)]
WITH_PROGRAMS = [page for page in PAGES if any("ocianalyze" in x for x in _blocks(page, "python"))]


@pytest.fixture
def folder(tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with the files that pages name."""
    image = Image([archives.tar({"etc/os-release": b"ID=x\n"})], names=["team/shop:1.4"])
    platforms = [("amd64", ""), ("arm64", ""), ("arm", "v7")]
    several = [
        Image(image.layers, {"architecture": name, "variant": variant}, [f"team/shop:{name}"])
        for name, variant in platforms
    ]
    (tmp_path / "app.tar").write_bytes(demo.read_bytes())
    profile = (ROOT / "docs/how-to/shop.yaml").read_bytes()
    archives.oci_layout(tmp_path / "layout", several, Layout(named=False))
    archives.docker_archive(tmp_path / "bundle.tar", [image, *several])
    archives.docker_archive(tmp_path / "app.tar.zst", [image], outer="zstd")
    rules, ignored = _blocks_of_secrets()
    files = {"my-rules/acme-token.toml": rules, "ignore.toml": ignored, "checkout/a": b"nothing\n"}
    files |= {"images/shop.tar": demo.read_bytes(), "allowances.yaml": profile}
    archives.write_folder(tmp_path, files | RULES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _blocks_of_secrets() -> tuple[bytes, bytes]:
    """Return the first rule and the ignore list that the page about secrets shows."""
    blocks = list(_blocks(ROOT / "docs/how-to/find-secrets.md", "toml"))
    ignored = next(block for block in blocks if "[[ignore]]" in block)
    rule = next(block for block in blocks if "pattern =" in block)
    return rule.encode(), ignored.encode()


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_every_command_of_a_page_runs(page: Path, folder: Path) -> None:
    """In the order of the page, with its own files; a gate may fail, and a part be left out."""
    for piped, command in _commands(page):
        words = shlex.split(command, comments=True)
        status = _with_input(words, folder / "app.tar") if piped else run(words)
        assert status in (DONE, GATE_FAILED, PARTIAL), command


@pytest.mark.parametrize("page", WITH_LOOPS, ids=lambda page: page.stem)
def test_every_loop_of_a_page_runs(page: Path, folder: Path) -> None:
    (folder / "reports").mkdir()
    path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for block in _loops(page):
        done = subprocess.run(["sh", "-u", "-c", block], check=False, env=os.environ | path)
        assert done.returncode in (DONE, GATE_FAILED, PARTIAL), block
        assert list((folder / "reports").iterdir())


def _with_input(words: list[str], image: Path) -> int:
    program = [sys.executable, "-m", "ocianalyze", *words]
    with image.open("rb") as archive:
        return subprocess.run(program, stdin=archive, check=False, timeout=60).returncode


@pytest.mark.parametrize("page", WITH_PROGRAMS, ids=lambda page: page.stem)
@pytest.mark.usefixtures("folder")
def test_every_program_of_a_page_runs(page: Path) -> None:
    for program in _blocks(page, "python"):
        if "import ocianalyze" in program:
            exec(compile(program, page.name, "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_in_sentences_are_there(page: Path) -> None:
    """What stands between backquotes is often what people type."""
    text = _FENCE.sub("", _SHOWN.sub("", page.read_text("utf-8")))
    assert set(_INLINE.findall(text)) <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_names_its_language(page: Path) -> None:
    """Without one it is coloured as if it were Python."""
    opening = [found[2] for found in _FENCE.finditer(page.read_text("utf-8"))]
    bare = [found for found in opening if not found]
    assert not bare
