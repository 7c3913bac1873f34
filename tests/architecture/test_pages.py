"""What the generated pages show is what the code says, character by character."""

import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser

from ocianalyze.controls._base import Control
from ocianalyze.controls.catalogue import controls
from ocianalyze.inventory.assembly import catalogers

CONTROLS = {one.id: one for one, row in controls() if row and one.id == row.id}
SAID = {"Reads": "reads", "Decides": "decides", "Cannot know": "limits", "Remedy": "remediation"}


@pytest.fixture(scope="module")
def reference() -> Path:
    return Path(__file__).resolve().parents[2] / "docs" / "reference"


def _shown(path: Path) -> nodes.document:
    settings = {"myst_enable_extensions": ["colon_fence", "deflist"], "report_level": 5}
    shown: nodes.document = publish_doctree(
        path.read_text(), parser=Parser(), settings_overrides=settings
    )
    return shown


def _controls(reference: Path) -> Iterator[tuple[Control, dict[str, str]]]:
    for path in sorted((reference / "controls").glob("*.md")):
        for section in _shown(path).findall(nodes.section):
            one = CONTROLS.get(section[0].astext().partition(":")[0])
            if one is not None:
                yield one, dict(map(_chapter, section.findall(nodes.definition_list_item)))


def _chapter(item: nodes.definition_list_item) -> tuple[str, str]:
    said = item[1]
    clauses = list(said.findall(nodes.list_item))
    return item[0].astext(), "; ".join(x.astext() for x in clauses) if clauses else said.astext()


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def test_a_page_says_of_every_control_what_the_control_says(reference: Path) -> None:
    """A remedy is to be copied: no dash, quote or asterisk of it may become something else."""
    seen = set()
    for one, chapters in _controls(reference):
        seen.add(one.id)
        for head, field in SAID.items():
            said = getattr(one, field)
            if field == "remediation":
                assert chapters[head] == said, one.id
            elif said:
                assert _plain(chapters[head]) == _plain(said), one.id
    assert seen == set(CONTROLS)


def test_a_page_says_of_every_cataloger_what_it_reads(reference: Path) -> None:
    rows = _shown(reference / "catalogers.md").findall(nodes.row)
    shown = {row[0].astext(): row[2].astext() for row in rows}
    assert {one.name: _plain(one.summary) for one in catalogers()}.items() <= shown.items()


def test_texts_are_shown_as_they_are_written() -> None:
    """Sphinx would make dashes of `--` and curly quotes of straight ones."""
    conf = run_path(str(Path(__file__).resolve().parents[2] / "docs" / "conf.py"))
    assert conf["smartquotes"] is False


@pytest.mark.parametrize("page", ["report.md", "json.md", "profile.md"])
def test_every_field_has_a_type_and_a_meaning(reference: Path, page: str) -> None:
    empty = [x for x in (reference / page).read_text().splitlines() if re.search(r"\|\s+\|", x)]
    assert not empty


@pytest.mark.parametrize(
    "text",
    [
        "chmod /etc/*_key and *.md5sums",
        "`*.md5sums`, *_x",
        "a <b> [c](d) & ~~e~~ # f",
        "2 ` 3 \\* _",
    ],
)
def test_nothing_of_a_text_but_code_is_markup(
    text: str, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(root / "docs"))
    markup: dict[str, Any] = run_path(str(root / "docs" / "markup.py"))
    (tmp_path / "page.md").write_text(f"x {markup['escaped'](text)}\n")
    shown = _shown(tmp_path / "page.md").astext()
    assert shown in (f"x {text}", f"x {_plain(text)}")
