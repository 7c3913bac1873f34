"""The rules that ship, in every engine."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.candidate import Candidate, Proved
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.detectors.secrets.search import Search

ROOT = Path(__file__).parents[3]
Believe = Callable[[Candidate, bytes], Proved]
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "utf-16": lambda text: text.decode("latin-1").encode("utf-16-le"),
    "base64": lambda text: b64encode(b"x" + text),
}


@pytest.fixture(scope="module")
def everywhere() -> tuple[Rule, ...]:
    """Return the rules, those for some places too."""
    return tuple(replace(rule, paths="") for rule in shipped())


@pytest.fixture(scope="module")
def hyperscan(everywhere: tuple[Rule, ...]) -> Engine:
    return engine(everywhere, "hyperscan")


def told(found: list[Proved]) -> list[tuple[str, int, int, bytes, str]]:
    return sorted((one.rule.id, one.start, one.end, one.secret, one.coding) for one in found)


def test_every_example_is_found(
    everywhere: tuple[Rule, ...], hyperscan: Engine, believe: Believe
) -> None:
    """Its rule finds it, or a better one that speaks for the same bytes."""
    lost = [
        f"{rule.id}: {text}"
        for rule in everywhere
        for text in rule.matches
        if not Search(hyperscan, prove=believe).find(text.encode())
    ]
    assert not lost


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("github-legacy-token", "GhTOkeN \n\t :='1d647fd4ebde80dad2feb9e3c963ad5b6ab69f6f\""),
        ("facebook-app-secret", 'fBkEY    7312dba1713fcb33f18518aa79cb6d3f"'),
        ("ibm-cloud-api-key", ' _icAPi_kEyMuceqt WX-9Rn7WAN3Je0dCiAgMYPCRWoKz2Y-7SmIwNdLa4ISk"'),
        (
            "elastic-api-key",
            "eSapIKEy => G4/KyiOHCogoRICbqC2auvTlkv5rF6eqNgDrCtKB8dJ9I2Gt4aRVtYO3TN",
        ),
    ],
)
def test_a_short_name_right_before_its_word_is_seen(
    rule: str, text: str, hyperscan: Engine, everywhere: tuple[Rule, ...], believe: Believe
) -> None:
    """Hyperscan loses some of these where both are alternatives in any case."""
    assert rule in {one.id for one in everywhere}
    found = Search(hyperscan, prove=believe).find(b"x y z\n" + text.encode() + b"\n tail")
    assert rule in {one.rule.id for one in found}


def test_triggers_are_silent_in_text_without_secrets() -> None:
    """A trigger on every word costs seconds, and what follows too many of them is not looked at."""
    rules = [rule for rule in shipped() if not rule.files or any("*" in x for x in rule.files)]
    pages = (ROOT / "docs/explanation").glob("*.md")
    tables = (ROOT / "ocianalyze/controls/catalogue_data").glob("*.jsonl")
    text = b"".join(
        path.read_bytes() for path in sorted((*pages, *tables)) if "secret" not in path.name
    )
    made = engine(rules, "re")
    events, _ = made.scan(text)
    loud = {made.rules[rule].id for index, _ in events for rule in made.expressions[index].rules}
    assert len(text) > 100_000
    assert len(events) < 10, loud


@pytest.mark.parametrize("kind", ["hyperscan", "re2", "re"])
def test_the_longest_user_and_password_of_an_address_are_seen(
    kind: str, everywhere: tuple[Rule, ...], believe: Believe
) -> None:
    address = b"postgresql://" + b"u" * 128 + b":" + b"p7Q" * 85 + b"@db.acme.test/shop"
    rules = [rule for rule in everywhere if rule.id == "postgresql-url"]
    found = Search(engine(rules, kind), prove=believe).find(address)  # type: ignore[arg-type]
    assert [one.secret for one in found] == [b"p7Q" * 85]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("kind", ["re2", "re"])
def test_engines_find_the_same(
    kind: str,
    coding: str,
    everywhere: tuple[Rule, ...],
    hyperscan: Engine,
    believe: Believe,
) -> None:
    texts = (text.encode() for rule in everywhere for text in (*rule.matches, *rule.misses))
    data = b" \n\n".join(map(CODINGS[coding], texts))
    other = engine(everywhere, kind)  # type: ignore[arg-type]
    wanted = told(Search(hyperscan, prove=believe).find(data))
    assert len(wanted) > 10
    assert set(told(Search(other, prove=believe).find(data))) ^ set(wanted) == set()


def test_rules_that_were_kept_are_those_that_were_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    made = load(cache=tmp_path, kind="hyperscan")
    kept = load(cache=tmp_path, kind="hyperscan")
    plain = {rule.id: replace(rule, matches=(), misses=()) for rule in shipped()}
    engines = (kept.engine, *kept.small)
    assert {rule.id: rule for one in engines for rule in one.rules} == plain
    for again, before in zip(engines, (made.engine, *made.small), strict=True):
        assert again.expressions == before.expressions
    assert kept.version == made.version
