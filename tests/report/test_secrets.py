"""Records that tell no secret."""

from dataclasses import replace

import pytest

from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.masking import forms, identities
from ocianalyze.detectors.secrets.shown import identities_of
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.record import ImageRef, LayerRef
from ocianalyze.model.report import FindingRecord
from ocianalyze.model.secret import Place, Secret, Where
from ocianalyze.report.secrets import hiding, secret_records, without_secrets
from tests.images import image

LAYER = LayerRef(index=0, digest=None, diff_id=None)
SEVERITY: Severity = "low"


def record(detail: str) -> FindingRecord:
    return FindingRecord(
        image=ImageRef(index=0, digest=None),
        code="tar.duplicate",
        severity=SEVERITY,
        title="t",
        detail=detail,
        path=None,
        pointer=None,
        layer=LAYER,
        step=None,
        input=0,
        offset=None,
        state=None,
        origin="unknown",
    )


def hide(text: str) -> str:
    return text.replace("made-up-secret", "****")


def test_a_record_that_tells_no_secret_stays_the_same_value() -> None:
    clean = record("nothing")
    assert without_secrets([clean], hide)[0] is clean


def test_a_secret_is_hidden_and_everything_else_stays() -> None:
    found = without_secrets([record("a made-up-secret here")], hide)[0]
    assert found == record("a **** here")
    assert found.layer is LAYER


def test_a_text_is_asked_about_once_for_all_records_that_share_its_part() -> None:
    asked: list[str] = []
    image = ImageRef(index=0, digest="sha256:shared")
    records = [record("x").model_copy(update={"image": image}) for _ in range(5)]

    def text(value: str) -> str:
        asked.append(value)
        return value

    without_secrets(records, text)
    assert asked.count("sha256:shared") == 1


def password(value: bytes, title: str, place: Place) -> Secret:
    mask = f"**** ({len(value)})"
    return Secret(
        rule="x",
        id=identity(value),
        provider="x",
        kind="password",
        title=title,
        masked=mask,
        proven="well-formed",
        severity="high",
        places=(place,),
        forms=forms(value, mask),
    )


@pytest.mark.parametrize(
    ("where", "path"),
    [("content", "lib/winappdbg/sql.py"), ("path", "lib/**** (9)/sql.py")],
)
def test_a_path_is_hidden_where_the_secret_is_in_the_path(where: Where, path: str) -> None:
    found = password(b"winappdbg", "x", Place(where, path="lib/winappdbg/sql.py"))
    made = replace(image({}), secrets=(found,)).knowing(identities_of, identities([found]))
    assert secret_records(None, made, (found,))[0].places[0].path == path


def test_titles_of_rules_are_told_whatever_the_passwords_are() -> None:
    title = "MongoDB password in an address"
    found = password(b"MongoDB", title, Place("content", path="a"))
    view = replace(image({}), secrets=(found,)).knowing(identities_of, identities([found]))
    hide = hiding(view)
    assert hide(f"1 secret: {title}") == f"1 secret: {title}"
    assert hide(f"1 secret: {title}; password=MongoDB") == f"1 secret: {title}; password=**** (7)"
