"""Records that tell no secret."""

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.record import ImageRef, LayerRef
from ocianalyze.model.report import FindingRecord
from ocianalyze.report.secrets import without_secrets

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
