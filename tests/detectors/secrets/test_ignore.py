"""What may stay: by rule, path and value, with a reason, until a day."""

from datetime import date
from pathlib import Path

import pytest

from ocianalyze.detectors.secrets.ignore import (
    Ignore,
    counting,
    idle,
    ignoring,
    read_ignores,
    unknown,
)
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import State
from ocianalyze.model.secret import Place, Secret

SECRET = Secret(
    rule="pem-private-key",
    id="0123456789abcdef",
    provider="generic",
    kind="private-key",
    title="Private key",
    masked="**** (200)",
    proven="verified-offline",
    severity="critical",
    places=(
        Place("content", path="etc/ssl/a.key", layer=1, state=State.VISIBLE),
        Place("content", path="opt/a.zip", inner="etc/b.key", layer=1, state=State.DELETED),
    ),
)


@pytest.fixture
def write(tmp_path: Path) -> Path:
    return tmp_path / "ignore.toml"


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        pytest.param(Ignore("", "r", rule="pem-private-key"), True, id="rule"),
        pytest.param(Ignore("", "r", rule="jwt"), False, id="another-rule"),
        pytest.param(Ignore("", "r", id="0123456789abcdef"), True, id="value"),
        pytest.param(Ignore("", "r", id="fedcba9876543210"), False, id="another-value"),
        pytest.param(Ignore("", "r", path="*.key"), True, id="every-place"),
        pytest.param(Ignore("", "r", path="/etc/ssl/*"), False, id="one-place-of-two"),
        pytest.param(Ignore("", "r", rule="jwt", path="*"), False, id="all-keys-must-fit"),
    ],
)
def test_an_entry_names_what_all_of_its_keys_fit(entry: Ignore, fits: bool) -> None:  # noqa: FBT001
    assert bool(ignoring([SECRET], [entry])[0].ignored) is fits


def test_a_path_does_not_speak_for_places_that_are_not_listed() -> None:
    more = Secret(**{name: getattr(SECRET, name) for name in SECRET.__slots__} | {"more_places": 1})
    assert not Ignore("", "r", path="*").fits(more)
    assert Ignore("", "r", rule="pem-private-key").fits(more)


def test_a_setting_is_named_by_its_pointer() -> None:
    place = Place("config", pointer="/config/Env/3")
    fields = {name: getattr(SECRET, name) for name in SECRET.__slots__} | {"places": (place,)}
    assert Ignore("", "r", path="config/Env/*").fits(Secret(**fields))


def test_a_list_is_read_with_reasons_and_days(write: Path) -> None:
    write.write_text('[[ignore]]\nrule = "jwt"\nreason = "for tests"\nexpires = 2026-01-31\n')
    (entry,) = read_ignores(write)
    assert (entry.rule, entry.reason, entry.expires) == ("jwt", "for tests", date(2026, 1, 31))
    assert counting([entry], date(2026, 1, 31)) == ((entry,), [])
    left, over = counting([entry], date(2026, 2, 1))
    assert left == ()
    expected = "entry 1: expired on 2026-01-31; what it ignored counts again"
    assert over == [f"{write}, {expected}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("x", "is no ignore list", id="no-toml"),
        pytest.param("[other]\n", "unknown key other", id="another-table"),
        pytest.param("ignore = 1\n", "must be tables: [[ignore]]", id="no-tables"),
        pytest.param("ignore = [" + "{}," * 10_001 + "]", "more than 10000", id="too-many"),
        pytest.param("ignore = [1]\n", "must be a table", id="no-table"),
        pytest.param('[[ignore]]\nrule = "a"\n', "has no reason", id="no-reason"),
        pytest.param('[[ignore]]\nreason = "a"\n', "neither rule, path nor id", id="names-nothing"),
        pytest.param('[[ignore]]\nrule = 1\nreason = "a"\n', "rule must be a text", id="number"),
        pytest.param('[[ignore]]\nrules = "a"\nreason = "a"\n', "unknown key rules", id="typo"),
        pytest.param(
            '[[ignore]]\nrule = "a"\nreason = "b"\nexpires = "soon"\n', "must be a date", id="day"
        ),
        pytest.param(
            '[[ignore]]\nrule = "a"\nreason = "b"\nexpires = 2026-01-01T00:00:00\n',
            "must be a date",
            id="time",
        ),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_the_place(
    text: str, problem: str, write: Path
) -> None:
    write.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_ignores(write)
    assert problem in str(caught.value)
    assert str(caught.value).count(str(write)) == 1


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_ignores(tmp_path / "none.toml")


def test_an_entry_that_names_nothing_is_known() -> None:
    entries = (Ignore("1", "r", rule="pem-private-key"), Ignore("2", "r", id="fedcba9876543210"))
    assert [entry.place for entry in idle(entries, [SECRET])] == ["2"]
    assert idle(entries, []) == entries


def test_a_rule_that_nobody_has_is_told(tmp_path: Path) -> None:
    named = ("jwt", "file-netrc", "", "acme", "../jwt", "jtw")
    entries = [Ignore(f"entry {at}", "r", rule=rule, id="x") for at, rule in enumerate(named)]
    assert unknown(entries, ()) == [
        "entry 3: no rule has the id 'acme'",
        "entry 4: no rule has the id '../jwt'",
        "entry 5: no rule has the id 'jtw'",
    ]
    text = 'title = "A"\nprovider = "A"\nkind = "token"\nseverity = "low"\npattern = "a"\n'
    (tmp_path / "any.toml").write_text(f'id = "acme"\nremediation = "r"\n{text}')
    assert len(unknown(entries, [tmp_path])) == 2
