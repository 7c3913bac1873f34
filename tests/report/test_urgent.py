"""The most urgent verdicts: no two of the same places; places of secrets say whose they are."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord, EvidenceRecord
from ocianalyze.model.secret import Place
from ocianalyze.report.evidence import urgent
from ocianalyze.report.secrets import secret_records
from tests.images import image
from tests.tokens import secret

IMAGE = {"index": 0, "name": "x", "digest": None, "platform": None}


def _fact(path: str, detail: str, severity: str = "high", layer: int = 1) -> dict[str, Any]:
    at = {"index": layer, "digest": None, "diff_id": None}
    told = {"kind": "file", "detail": detail, "reason": "r", "path": path, "pointer": None}
    rest = {"step": None, "state": "visible", "origin": "author", "sha256": None, "allowed": None}
    return {**told, "layer": at, "severity": severity, **rest}


def _record(number: str, *facts: dict[str, Any]) -> ControlRecord:
    evidence = tuple(map(EvidenceRecord.model_validate, facts))
    fields: dict[str, Any] = dict.fromkeys(ControlRecord.model_fields)
    given: dict[str, Any] = {
        "image": IMAGE, "id": f"CIS-{number}", "control": number, "decided_by": number,
        "number": number, "title": number, "short": number, "summary": f"summary of {number}",
        "status": Status.FAIL, "level": 1, "origin": "author", "severity": "medium",
        "remediation": "mend it",
        "reason": "r", "confidence": "exact", "evidence": evidence,
    }  # fmt: skip
    return ControlRecord.model_construct(**{**fields, **given})


def _numbers(*records: ControlRecord) -> list[str]:
    rows = ["".join(span.text for span in one) for one in urgent(list(records), "scan x -v", 80)]
    return [row.split()[1] for row in rows if "summary of" in row]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([_fact("k", "gone")], ["4.10", "9.2"]),
        ([_fact("k", "gone"), _fact("other", "gone")], ["4.10", "9.1", "9.2"]),
        ([_fact("k", "gone", layer=2)], ["4.10", "9.1", "9.2"]),
        ([_fact("k", "gone"), _fact("other", "remark", "info")], ["4.10", "9.2"]),
    ],
    ids=["a-part", "more", "another-layer", "more-in-a-remark"],
)
def test_a_verdict_of_places_that_stand_there_already_takes_no_line(
    second: list[dict[str, Any]], expected: list[str]
) -> None:
    first = _record("4.10", _fact("k", "a key"), _fact("l", "a token"))
    assert _numbers(first, _record("9.1", *second), _record("9.2", _fact("m", "x"))) == expected


LIBRARY = _fact("etc/ld.so.preload", "libraries for every program")
USER = {**_fact("", "User is empty"), "path": None, "pointer": "/config/User", "layer": None}


@pytest.mark.parametrize(
    ("fact", "about"),
    [
        ({**LIBRARY, "severity": "critical"}, {"severity": "low"}),
        (LIBRARY, {"severity": "critical"}),
        (LIBRARY, {"severity": "high"}),
        ({**USER, "pointer": "/config/Env/0"}, {"severity": "critical"}),
    ],
    ids=["graver-fact", "graver-item", "somebody-put-it-there", "graver-item-of-config"],
)
def test_items_without_a_level_are_as_urgent_as_they_are_grave(
    fact: dict[str, Any], about: dict[str, Any]
) -> None:
    user = _record("4.1", USER).model_copy(update={"severity": "high"})
    other = _record("9.9", fact).model_copy(update={"level": None, **about})
    assert _numbers(user, other) == ["9.9", "4.1"]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"origin": "base", "severity": "critical"}, ["4.1", "9.9"]),
        ({"confidence": "heuristic"}, ["4.1", "9.9"]),
        ({"status": Status.NEEDS_REVIEW, "severity": "critical"}, ["4.1", "9.9"]),
        ({"severity": "critical", "confidence": "heuristic"}, ["9.9", "4.1"]),
    ],
    ids=["of-the-base", "less-sure", "no-failure", "graver-before-surer"],
)
def test_what_is_the_authors_and_sure_goes_first_among_equals(
    about: dict[str, Any], expected: list[str]
) -> None:
    other = _record("9.9", LIBRARY).model_copy(update=about)
    assert _numbers(other, _record("4.1", USER)) == expected


@pytest.mark.parametrize(
    ("place", "origin"),
    [
        (Place("content", path="b", layer=0), "base"),
        (Place("content", path="c", layer=1), "author"),
        (Place("history", step=0), "base"),
        (Place("history", step=1), "author"),
        (Place("config", pointer="/config/Env/0"), "unknown"),
        (Place("content", path="c", layer=1, origin="base"), "base"),
    ],
    ids=["layer-of-base", "own-layer", "step-of-base", "own-step", "config", "told"],
)
def test_places_of_secrets_say_who_brought_them(place: Place, origin: str) -> None:
    layers = ({"etc/x": b"", "bin/sh": b"", "b": b""}, {"c": b""})
    view = image(*layers, history=["ADD rootfs.tar / # buildkit", "COPY . / # buildkit"])
    view = replace(view, secrets=(secret(place),))
    (told,) = secret_records(None, view, view.secrets)
    assert [one.origin for one in told.places] == [origin]
