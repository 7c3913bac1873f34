"""Controls without code: rows become evidence, and nothing undecided is a pass."""

from dataclasses import replace
from datetime import date
from time import monotonic
from typing import Any

import pytest

from ocianalyze.controls.custom import control
from ocianalyze.controls.databases import Databases
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.detectors.secrets.shown import hidden, identities_of, names_of
from ocianalyze.filesystem.sql._base import Masks
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.package import Inventory
from ocianalyze.policy.allowances import apply
from ocianalyze.policy.profile import Allowance, Custom
from ocianalyze.report import mask
from tests.images import File, Layer, image

ROOT: Layer = {"etc/passwd": File(b"x", mode=0o666), "etc/hosts": b"y", "srv/a": b""}
VIEW = image(ROOT, {}, config={"User": "app"}, history=["FROM x", "RUN y"])
OPEN = "SELECT path, layer FROM tree WHERE mode & 2"
FINE = "SELECT path FROM tree WHERE uid = 7"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def judged(
    query: str,
    expect: str = "empty",
    view: ImageView = VIEW,
    limits: Limits = DEFAULT,
    **keys: Any,
) -> Verdict:
    """Return what a custom control says."""
    custom = Custom.model_validate(
        {"id": "own", "title": "Own", "query": query, "expect": expect, "passed": "met",
         "failed": "not met", "severity": "high", **keys}
    )  # fmt: skip
    databases = Databases(Masks(mask.line, mask.variable, hidden, identities_of, names_of), limits)
    made = control(custom, "mine", databases)
    return evaluate(view, [(made, made.recommendation)])[0].verdict


@pytest.mark.parametrize(
    ("query", "expect", "status"),
    [
        (OPEN, "empty", Status.FAIL),
        (OPEN, "nonempty", Status.PASS),
        (FINE, "empty", Status.PASS),
        (FINE, "nonempty", Status.FAIL),
        ("SELECT count(*) FROM tree WHERE layer IS NOT NULL", "value == 3", Status.PASS),
        ("SELECT count(*) FROM tree", "value <= 2.5", Status.FAIL),
        ("SELECT count(*) FROM tree", "value > 2", Status.PASS),
        ("SELECT 1.5, 9", "value < 2", Status.PASS),
        ("SELECT value FROM config WHERE pointer = '/config/User'", "value == 'app'", Status.PASS),
        ("SELECT value FROM config WHERE pointer = '/config/User'", "value != 'app'", Status.FAIL),
    ],
)
def test_the_expectation_decides(query: str, expect: str, status: Status) -> None:
    verdict = judged(query, expect)
    assert verdict.status is status
    assert verdict.summary == ("met" if status is Status.PASS else "not met")
    assert verdict.evidence or status is Status.PASS


@pytest.mark.parametrize(
    ("query", "expect", "said"),
    [
        (FINE, "value == 0", "no row to compare"),
        ("SELECT NULL", "value == 0", "nothing to compare"),
        ("SELECT 'x'", "value <= 5", "a text, not a number"),
        ("SELECT 5", "value == '5'", "a number, not a text"),
        ("SELECT 5", "value != '5'", "a number, not a text"),
        ("SELECT x'00'", "value != 'a'", "a blob, not a text"),
        ("SELECT NULL", "value != 'a'", "nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_not_evaluated(query: str, expect: str, said: str) -> None:
    verdict = judged(query, expect)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-value")
    assert verdict.summary == f"not evaluated: the query returned {said}"


@pytest.mark.parametrize(
    "query", ["SELECT random()", "SELECT date('now')", "SELECT date('n'||'ow')"]
)
@pytest.mark.parametrize("expect", ["empty", "nonempty"])
def test_neither_luck_nor_clock_gives_a_verdict(query: str, expect: str) -> None:
    verdict = judged(query, expect)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "query-failed")


def test_rows_become_evidence_where_they_say() -> None:
    (found,) = judged(
        "SELECT path, layer, sha256, 'deleted' AS state, 3 AS step, "
        "printf('mode %04o', mode) AS detail FROM tree WHERE mode & 2"
    ).evidence
    assert (found.path, found.layer, found.step) == ("etc/passwd", 0, 3)
    assert (found.detail, found.severity, found.state) == ("mode 0666", "high", State.DELETED)
    assert len(found.sha256) == 64


def test_other_columns_are_the_detail() -> None:
    (found,) = judged("SELECT path, uid, mode FROM tree WHERE mode & 2").evidence
    assert (found.detail, found.kind) == ("uid 0, mode 438", "file")
    (setting,) = judged("SELECT pointer, value FROM config WHERE key = 'User'").evidence
    assert (setting.detail, setting.pointer, setting.kind) == (
        "value app",
        "/config/User",
        "config",
    )


@pytest.mark.parametrize("layer", ["-1", "99", "'x'", "1.5", "NULL", "x'00'", "9999999999"])
def test_a_layer_that_is_none_is_no_defect(layer: str) -> None:
    verdict = judged(f"SELECT 'a' AS path, {layer} AS layer, 'odd' AS state")
    assert verdict.status is Status.FAIL
    assert verdict.evidence[0].state is State.VISIBLE


def _all_judged(queries: list[str], limits: Limits, images: int = 1) -> list[Verdict]:
    """Return what the controls of one profile say, asked one after the other."""
    databases = Databases(Masks(mask.line, mask.variable, hidden, identities_of, names_of), limits)
    keys = {"title": "t", "expect": "empty", "passed": "p", "failed": "f"}
    owned = [
        Custom.model_validate({"id": f"own-{at}", "query": query, **keys})
        for at, query in enumerate(queries)
    ]
    made = [control(one, "mine", databases) for one in owned]
    listed = [(one, one.recommendation) for one in made]
    return [found.verdict for _ in range(images) for found in evaluate(replace(VIEW), listed)]


def test_all_queries_of_a_profile_share_one_time() -> None:
    limits = replace(DEFAULT, sql_seconds=0.1, custom_sql_seconds=0.25)
    began = monotonic()
    found = _all_judged([ENDLESS] * 100 + [FINE], limits, images=2)
    assert monotonic() - began < 20
    assert {(one.status, one.reason) for one in found} == {(Status.NOT_EVALUATED, "query-limit")}
    assert "stopped after 0.1 s" in found[0].summary
    assert found[-1].summary == "not evaluated: all queries took 0.25 s"


def test_all_queries_of_a_profile_share_the_rows() -> None:
    """An answer that is cut by what is left never passes."""
    limits = replace(DEFAULT, custom_sql_rows=4)
    rows = "SELECT path FROM tree WHERE layer = 0 AND kind = 'file'"
    found = _all_judged([FINE, rows, rows, rows, FINE], limits)
    assert [one.status for one in found] == [
        Status.PASS,
        Status.FAIL,
        Status.FAIL,
        Status.NOT_EVALUATED,
        Status.NOT_EVALUATED,
    ]
    assert [len(one.evidence) for one in found[1:3]] == [3, 2]
    assert found[-1].summary == "not evaluated: all queries returned 4 rows"


@pytest.mark.parametrize("expect", ["empty", "nonempty", "value == 0"])
@pytest.mark.parametrize(
    ("query", "limits", "reason"),
    [
        ("SELECT abs(-9223372036854775808)", DEFAULT, "query-failed"),
        ("SELECT nope FROM files", DEFAULT, "query-failed"),
        (ENDLESS, replace(DEFAULT, sql_seconds=0.05), "query-limit"),
    ],
    ids=["overflow", "column", "time"],
)
def test_a_query_that_fails_decides_nothing(
    query: str, limits: Limits, reason: str, expect: str
) -> None:
    verdict = judged(query, expect, limits=limits)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, reason)
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("expect", "status"),
    [
        ("empty", Status.FAIL),
        ("nonempty", Status.NOT_EVALUATED),
        ("value != 'q'", Status.NOT_EVALUATED),
    ],
)
def test_a_cut_answer_never_passes(expect: str, status: Status) -> None:
    limits = replace(DEFAULT, sql_rows=1)
    assert judged("SELECT path FROM tree", expect, limits=limits).status is status


@pytest.mark.parametrize(
    ("query", "keys", "status"),
    [
        (FINE, {}, Status.NOT_EVALUATED),
        (OPEN, {}, Status.NOT_EVALUATED),
        (FINE, {"filesystem": False}, Status.PASS),
        ("SELECT 1 FROM packages", {}, Status.NOT_EVALUATED),
        ("SELECT 1 FROM config WHERE value = 'root'", {}, Status.PASS),
        ("SELECT 1 FROM history WHERE instruction = 'ADD'", {}, Status.PASS),
        ("SELECT 1 FROM config WHERE key IN (SELECT path FROM files)", {}, Status.NOT_EVALUATED),
    ],
)
def test_an_unread_layer_is_missing_evidence(
    query: str, keys: dict[str, Any], status: Status
) -> None:
    view = image(ROOT, None, config={"User": "app"}, history=["FROM x", "RUN y"])
    assert judged(query, view=view, **keys).status is status


def test_config_and_history_that_are_not_there_are_missing_evidence() -> None:
    bare = image(ROOT, has_config=False)
    assert judged("SELECT 1 FROM config", view=bare).reason == "config-absent"
    assert judged("SELECT 1 FROM commands", view=bare).reason == "history-absent"
    assert VIEW.config is not None
    unread = replace(VIEW, config=VIEW.config.without(frozenset({"/config/User"})))
    assert judged("SELECT 1 FROM config", view=unread).reason == "config-field-unread"


def test_package_data_that_could_not_be_read_takes_a_pass_back() -> None:
    view = replace(VIEW, inventory=Inventory(problems=("status in layer 0: damaged",)))
    assert judged("SELECT 1 FROM packages", view=view).reason == "package-data-unread"
    assert judged("SELECT 1 FROM tree WHERE uid = 7", view=view).status is Status.PASS
    assert judged("SELECT 1 FROM packages", "nonempty", view=view).status is Status.FAIL


@pytest.mark.parametrize("otherwise", ["not-evaluated", "not-applicable"])
def test_what_is_given_must_be_there(otherwise: str) -> None:
    absent = {"query": "SELECT 1 FROM tree WHERE path = 'etc/ssh'", "otherwise": otherwise}
    there = {**absent, "query": "SELECT 1 FROM tree WHERE path = 'etc/hosts'"}
    assert judged(FINE, given=absent).status == otherwise
    assert judged(FINE, given=there).status is Status.PASS


def test_controls_of_one_profile_share_the_tables_of_an_image() -> None:
    databases = Databases(Masks(mask.line, mask.variable, hidden, identities_of, names_of), DEFAULT)
    first = databases.of(VIEW)
    assert databases.of(VIEW) is first
    other = replace(VIEW)
    assert databases.of(other) is not first


@pytest.mark.parametrize("expect", ["empty", "nonempty"])
@pytest.mark.parametrize(
    ("query", "is_skipped"),
    [
        ("SELECT 1 FROM packages", True),
        ("SELECT count(*) FROM distribution WHERE id = 'x'", True),
        ("SELECT path FROM tree WHERE package IS NULL", True),
        ("SELECT f.path FROM files f JOIN packages p ON f.package = p.purl", True),
        ("SELECT * FROM files", True),
        (FINE, False),
        ("SELECT path FROM tree WHERE path = 'package'", False),
    ],
)
def test_packages_that_nobody_looked_for_are_missing_evidence(
    query: str, expect: str, *, is_skipped: bool
) -> None:
    view = replace(VIEW, skipped=frozenset({"packages"}))
    assert (judged(query, expect, view=view).reason == "packages-skipped") is is_skipped
    assert judged(query, expect).reason != "packages-skipped"


def test_a_question_before_the_query_needs_packages_too() -> None:
    view = replace(VIEW, skipped=frozenset({"packages"}))
    given = {"query": "SELECT 1 FROM packages", "otherwise": "not-applicable"}
    assert judged(FINE, given=given, view=view).status is Status.NOT_EVALUATED


def test_rows_that_were_cut_are_allowed_by_no_path() -> None:
    rows = {f"srv/{n}": File(b"", mode=0o666) for n in range(5)}
    view = image({**rows, "zzz": File(b"", mode=0o666)}, config={})
    verdict = judged(OPEN, view=view, limits=replace(DEFAULT, sql_rows=5))
    part = Allowance(control="own", path="srv/*", reason="wanted")
    whole = Allowance(control="own", reason="wanted")
    day = date(2026, 10, 1)
    assert apply(verdict, ("own",), (part,), view, day).status is Status.FAIL
    assert apply(verdict, ("own",), (whole,), view, day).status is Status.PASS
