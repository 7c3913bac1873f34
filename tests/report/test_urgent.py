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
        "status": Status.FAIL, "level": 1, "origin": "author", "remediation": "mend it",
        "reason": "r", "confidence": "exact", "evidence": evidence,
    }  # fmt: skip
    return ControlRecord.model_construct(**{**fields, **given})


def _numbers(*records: ControlRecord) -> list[str]:
    rows = ["".join(span.text for span in one) for one in urgent(list(records), 80)]
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
