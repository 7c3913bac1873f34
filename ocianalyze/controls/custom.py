"""Controls without code: a query of a profile over the image, and what it must return."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ocianalyze.controls._base import Control, Recommendation, layers_unread, undecided
from ocianalyze.controls.databases import Databases
from ocianalyze.controls.evidence import more
from ocianalyze.controls.saying import shortened
from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, OcianalyzeError
from ocianalyze.filesystem.sql._base import Value
from ocianalyze.filesystem.sql.connection import Asked, asked, connect
from ocianalyze.filesystem.sql.query import Answer
from ocianalyze.filesystem.sql.tables import TABLES
from ocianalyze.filesystem.view import ImageView, Part
from ocianalyze.filesystem.written import shown
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.policy.profile import COMPARISON, Custom

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_SHOWN = 200
"""Characters of one value in evidence."""
_PLACES = frozenset({"path", "layer", "step", "pointer", "sha256", "state", "detail"})
"""Columns that say where evidence is; others are its detail."""

_PART_OF: Mapping[str, Part] = {
    "packages": "packages",
    "distribution": "packages",
    "secrets": "secrets",
}
"""By table what fills it; also the column `package` of the tables of files."""


def control(custom: Custom, profile: str, databases: Databases) -> Control:
    """Return a control of a profile as any other.

    Args:
        custom: what the profile says.
        profile: its name, shown as the framework.
        databases: where it asks.

    """
    return Control(
        id=custom.id,
        short="",
        automation="full",
        reads=f"what the query asks: {custom.query}",
        decides=f"passes when the answer is as expected: {custom.expect}",
        limits="what the tables do not hold",
        remediation=custom.remediation or "see the profile",
        evaluate=_Asking(custom, databases),
        recommendation=Recommendation(
            framework=profile,
            version="",
            number=custom.id,
            title=custom.title,
            level=custom.level,
            assessment=None,
            id=custom.id,
            automation="full",
            severity=custom.severity,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """One custom control's `evaluate`."""

    custom: Custom
    databases: Databases

    def __call__(self, view: ImageView) -> Verdict:
        """Ask the image; a query that fails or is cut decides nothing in its favour."""
        try:
            # Tables are for people to read, whatever a query makes of them.
            return self._verdict(view.once(shown))
        except LimitExceeded as error:
            return undecided("query-limit", shortened(f"not evaluated: {error.message}"))
        except OcianalyzeError as error:
            return undecided("query-failed", shortened(f"not evaluated: {error.message}"))

    def _verdict(self, view: ImageView) -> Verdict:
        custom = self.custom
        queries = [custom.query, *([custom.given.query] if custom.given else [])]
        tables = _read(queries)
        missing = _missing(view, tables, filesystem=custom.filesystem)
        if missing is not None:
            return missing
        if custom.given is not None and not self.databases.ask(view, custom.given.query).rows:
            status = Status(custom.given.otherwise)
            summary = "not evaluated" if status is Status.NOT_EVALUATED else "does not apply"
            return Verdict(status, "nothing-given", f"{summary}: what it needs is not there")
        verdict = _judged(custom, self.databases.ask(view, custom.query))
        problems = view.inventory.problems
        if verdict.status is Status.PASS and problems and "packages" in tables:
            evidence = Evidence(problems[0][:_SHOWN], "package", "package-data-unread")
            return undecided(
                "package-data-unread", "not evaluated: package data could not be read", evidence
            )
        return verdict


def _read(queries: Sequence[str]) -> Asked:
    """Return which columns of which tables queries read, without running them."""
    known = {table.name: table for table in TABLES}
    found: Asked = {}
    connection = connect(DEFAULT, known)
    try:
        for query in queries:
            for name, columns in asked(connection, known, query).items():
                found[name] = columns | found.get(name, set())
    finally:
        connection.close()
    return found


def _skipped(view: ImageView, tables: Asked) -> Part | None:
    """Return what a query asks for and nobody looked for, else None."""
    asked_for: set[Part] = {_PART_OF[name] for name in tables if name in _PART_OF}
    if any("package" in tables.get(name, ()) for name in ("files", "tree")):
        asked_for.add("packages")
    return min(asked_for & view.skipped, default=None)


def _missing(view: ImageView, tables: Asked, *, filesystem: bool) -> Verdict | None:
    """Return the verdict where rows may be missing, else None."""
    if part := _skipped(view, tables):
        return undecided(f"{part}-skipped", f"not evaluated: {part} were not looked for")
    needed = {table.evidence for table in TABLES if table.name in tables}
    if filesystem and "filesystem" in needed and view.unread:
        return layers_unread(view)
    if "config" in needed and view.config is None:
        return undecided("config-absent", "not evaluated: the image has no readable config")
    if "config" in needed and view.config is not None and view.config.unread:
        pointer = min(view.config.unread)
        evidence = Evidence("has the wrong type", "config", "image.config-field", pointer=pointer)
        return undecided(
            "config-field-unread", "not evaluated: config fields have the wrong type", evidence
        )
    if "history" in needed and not view.history.steps:
        return undecided("history-absent", "not evaluated: the image has no history")
    return None


def _judged(custom: Custom, answer: Answer) -> Verdict:
    """Return what an answer means; a cut one never passes."""
    evidence = tuple(_evidence(custom, answer))
    if odd := _incomparable(custom.expect, answer):
        return undecided("no-value", f"not evaluated: the query returned {odd}")
    met = _is_met(custom.expect, answer)
    if met and answer.cut:
        return undecided("query-cut", "not evaluated: the query returned too many rows", *evidence)
    if met:
        return Verdict(Status.PASS, "expected", custom.passed, evidence)
    if answer.cut:
        evidence = (*evidence, more())
    if not evidence:
        evidence = (Evidence("the query returned no row", "config", "no-row"),)
    return Verdict(Status.FAIL, "unexpected", custom.failed, evidence)


def _incomparable(expect: str, answer: Answer) -> str:
    """Return what a query returned instead of what it is compared with; empty when it can be."""
    match = COMPARISON.fullmatch(expect)
    if match is None:
        return ""
    value = answer.rows[0][0] if answer.rows else None
    wanted = "text" if match["text"] is not None else "number"
    found = _kind(value)
    if value is None:
        return f"{'nothing' if answer.rows else 'no row'} to compare"
    return "" if found == wanted else f"a {found}, not a {wanted}"


def _kind(value: Value) -> str:
    return "text" if isinstance(value, str) else "blob" if isinstance(value, bytes) else "number"


def _is_met(expect: str, answer: Answer) -> bool:
    """Tell whether an answer, which can be compared, is as expected."""
    match = COMPARISON.fullmatch(expect)
    if match is None:
        return bool(answer.rows) is (expect == "nonempty")
    wanted = match["text"] if match["text"] is not None else float(match["number"])
    return _COMPARE[match["operator"]](answer.rows[0][0], wanted)


def _evidence(custom: Custom, answer: Answer) -> Iterator[Evidence]:
    for row in answer.rows:
        named = dict(zip(answer.columns, row, strict=True))
        path, pointer = _text(named.get("path")), _text(named.get("pointer"))
        yield Evidence(
            detail=_detail(named),
            kind="file" if path else "config" if pointer else "layer",
            reason="row",
            path=path,
            pointer=pointer,
            layer=_index(named.get("layer")),
            step=_index(named.get("step")),
            state=_state(named.get("state")),
            severity=custom.severity,
            sha256=_text(named.get("sha256")),
        )


def _detail(named: Mapping[str, Value]) -> str:
    """Return the column `detail`, else all that say nothing of a place."""
    if named.get("detail") is not None:
        return _text(named["detail"])
    rest = [f"{name} {_text(x)}" for name, x in named.items() if name not in _PLACES]
    return ", ".join(rest)[: 2 * _SHOWN] or "found by the query"


def _text(value: Value) -> str:
    if value is None:
        return ""
    return (value.hex() if isinstance(value, bytes) else str(value))[: 4 * _SHOWN]


def _index(value: Value) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 1 << 31 else None


def _state(value: Value) -> State:
    return State(str(value)) if value in set(State) else State.VISIBLE
