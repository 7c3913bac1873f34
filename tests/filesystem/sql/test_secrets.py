"""The table of secrets has each place, and no value."""

import json
from dataclasses import replace
from typing import get_args

import pytest

from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.errors import UsageError
from ocianalyze.filesystem.sql._base import Row
from ocianalyze.filesystem.view import ImageView, Part
from ocianalyze.model.entry import State
from ocianalyze.model.secret import Place, Secret
from tests.filesystem.sql.asking import asked
from tests.images import image

VALUE = "made-up-and-no-secret"
SECRET = Secret(
    rule="made-up-token",
    id=identity(VALUE.encode()),
    provider="nobody",
    kind="token",
    title="Made-up token",
    masked=f"made**** ({len(VALUE)})",
    proven="well-formed",
    severity="high",
    places=(
        Place("path", path=f"srv/{VALUE}", layer=1, state=State.DELETED),
        Place("content", path="app.jar", inner=f"{VALUE}.txt", layer=1, offset=7, coding="base64"),
        Place("config", pointer=f"/config/Labels/{VALUE}"),
        Place("history", step=0),
        Place("slack", path=f"srv/{VALUE}", layer=99),
    ),
    value=VALUE,
)
VIEW = replace(
    image({"a": b""}, {"b": b""}, history=["COPY a /", "COPY b /"]),
    secrets=(SECRET, replace(SECRET, id="other", masked="****", ignored="a test")),
)


def ask(query: str, view: ImageView = VIEW) -> list[Row]:
    """Return the rows of a query."""
    return asked(query, view)


def test_each_place_is_a_row_with_its_names_masked() -> None:
    shown = SECRET.masked
    query = (
        'SELECT s."where", path, inner, pointer, layer, step, offset, coding, state '
        "FROM secrets s WHERE ignored IS NULL"
    )
    assert ask(query) == [
        ("path", f"srv/{shown}", None, None, 1, 1, None, "", "deleted"),
        ("content", "app.jar", f"{shown}.txt", None, 1, 1, 7, "base64", None),
        ("config", None, None, f"/config/Labels/{shown}", None, None, None, "", None),
        ("history", None, None, None, None, 0, None, "", None),
        ("slack", f"srv/{shown}", None, None, 99, None, None, "", None),
    ]


def test_what_is_known_of_a_secret_is_in_each_row() -> None:
    query = "SELECT DISTINCT rule, id, title, provider, kind, severity, proven, masked, detail"
    assert ask(f"{query}, ignored FROM secrets WHERE id != 'other'") == [
        ("made-up-token", SECRET.id, "Made-up token", "nobody", "token", "high", "well-formed",
         SECRET.masked, "", None)
    ]  # fmt: skip
    assert ask("SELECT count(*) FROM secrets WHERE ignored = 'a test'") == [(5,)]


def test_no_value_is_shown_though_the_owner_asked_for_it_elsewhere() -> None:
    rows = ask("SELECT * FROM secrets", replace(VIEW, secrets=(SECRET,)))
    assert VALUE not in json.dumps(rows)


@pytest.mark.parametrize("part", get_args(Part))
def test_what_nobody_looked_for_is_not_shown_as_nothing(part: Part) -> None:
    view = replace(VIEW, skipped=frozenset({part}))
    with pytest.raises(UsageError, match=f"table {part}: {part} were not looked for") as caught:
        ask(f"SELECT count(*) FROM {part}", view)
    assert "\n" not in str(caught.value)
    assert ask("SELECT count(*) FROM files", view) == [(2,)]
