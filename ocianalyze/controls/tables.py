"""The tables of what controls say, for SQL; controls run when a query names one of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ocianalyze.controls._base import Result, identifier
from ocianalyze.controls.catalogue import shown_id
from ocianalyze.filesystem.sql._base import Column, Masks, Table, of_records
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict, Waived, Waiver

_VERDICTS = (
    Column("id", "TEXT COLLATE NOCASE", "cis-docker-4.8",
           lambda r: identifier(r.control, r.recommendation)),
    Column("name", "TEXT COLLATE NOCASE", "CIS-4.8: the same as people name it",
           lambda r: shown_id(r.control, r.recommendation)),
    Column("framework", "TEXT", "benchmark; empty for a control of none",
           lambda r: r.recommendation.framework if r.recommendation else ""),
    Column("number", "TEXT", "in the framework",
           lambda r: r.recommendation.number if r.recommendation else ""),
    Column("title", "TEXT", "of the item",
           lambda r: r.recommendation.title if r.recommendation else r.control.short),
    Column("level", "ANY", "1 or 2; a word where the framework has words",
           lambda r: r.recommendation.level if r.recommendation else None),
    Column("severity", "TEXT", "critical, high, medium, low, info",
           lambda r: r.recommendation.severity if r.recommendation else "medium"),
    Column("owner", "TEXT", "who can meet it: image, runtime, node, platform",
           lambda r: r.recommendation.owner if r.recommendation else "image"),
    Column("status", "TEXT", "pass, fail, needs-review, not-applicable, not-evaluated, "
           "out-of-scope", lambda r: r.verdict.status),
    Column("waived", "INTEGER", "1 for a pass by the profile's allowances alone",
           lambda r: r.verdict.waived is not None),
    Column("reason", "TEXT", "machine word", lambda r: r.verdict.reason),
    Column("summary", "TEXT", "one line", lambda r: r.verdict.summary),
    Column("confidence", "TEXT", "exact, strong or heuristic", lambda r: r.verdict.confidence),
    Column("origin", "TEXT", "author, base or unknown", lambda r: r.verdict.origin),
)  # fmt: skip
_EVIDENCE = (
    Column("control", "TEXT COLLATE NOCASE", "id in the table controls", lambda e: e[0]),
    Column("kind", "TEXT", "file, config, history, layer, manifest, package", lambda e: e[1].kind),
    Column("detail", "TEXT", "the fact", lambda e: e[1].detail),
    Column("reason", "TEXT", "machine word", lambda e: e[1].reason),
    Column("path", "TEXT", "in the image; null for none", lambda e: e[1].path or None),
    Column("pointer", "TEXT", "JSON pointer; null for none", lambda e: e[1].pointer or None),
    Column("layer", "INTEGER", "layer", lambda e: e[1].layer),
    Column("step", "INTEGER", "history step", lambda e: e[1].step),
    Column("state", "TEXT", "what became of the path; null without one",
           lambda e: e[1].state if e[1].path else None),
    Column("origin", "TEXT", "author, base or unknown", lambda e: e[1].origin),
    Column("severity", "TEXT", "critical, high, medium, low, info", lambda e: e[1].severity),
    Column("sha256", "TEXT", "of the content, or of the full value; null for none",
           lambda e: e[1].sha256 or None),
    Column("allowed", "TEXT", "why a profile lets it stay; null when none does",
           lambda e: e[1].allowed or None),
)  # fmt: skip
_WAIVERS = (
    Column("control", "TEXT COLLATE NOCASE", "id in the table controls", lambda w: w.control),
    Column("status", "TEXT", "what the verdict were without the profile: fail, needs-review",
           lambda w: w.of.status),
    Column("reason", "TEXT", "the same: machine word", lambda w: w.of.reason),
    Column("why", "TEXT", "what the profile gives as its reason", lambda w: w.by.reason),
    Column("expires", "TEXT", "last day on which it holds; null for good",
           lambda w: w.by.expires or None),
    Column("rule", "TEXT", "control or glob that the profile names", lambda w: w.by.control),
    Column("path", "TEXT", "glob of the profile; null for none", lambda w: w.by.path or None),
    Column("sha256", "TEXT", "of the profile; null for none", lambda w: w.by.sha256 or None),
    Column("package", "TEXT", "glob of the profile; null for none", lambda w: w.by.package or None),
)  # fmt: skip


class _Waiver(NamedTuple):
    """One allowance that one verdict rests on."""

    control: str
    of: Waived
    by: Waiver


def verdict_tables(results: Callable[[], Sequence[Result]]) -> tuple[Table, ...]:
    """Return the tables of verdicts, their evidence, and the allowances that they rest on.

    Args:
        results: asked when a query names one of the tables, possibly for each of them.

    """

    def named() -> list[tuple[str, Verdict]]:
        """Run the controls at once: their time is not that of the query."""
        return [(identifier(x.control, x.recommendation), x.verdict) for x in results()]

    def evidence(_view: ImageView, _masks: Masks) -> Iterator[tuple[str, Evidence]]:
        return ((name, item) for name, verdict in named() for item in verdict.evidence)

    def waivers(_view: ImageView, _masks: Masks) -> Iterator[_Waiver]:
        waived = ((name, verdict.waived) for name, verdict in named() if verdict.waived)
        return (_Waiver(name, one, by) for name, one in waived for by in one.by)

    return (
        of_records(
            "controls",
            "What each control of the profile says.",
            "anything",
            _VERDICTS,
            lambda _view, _masks: results(),
        ),
        of_records("evidence", "The evidence of these verdicts.", "anything", _EVIDENCE, evidence),
        of_records(
            "waivers",
            "The allowances of the profile that waived verdicts rest on, one a row.",
            "anything",
            _WAIVERS,
            waivers,
        ),
    )
