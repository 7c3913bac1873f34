"""The secrets of the text report: alike ones take one of the few lines that there are."""

from ocianalyze.model.report import SecretRecord
from ocianalyze.report.secret_blocks import gravest

_PLACE = {
    "where": "content",
    "path": "srv/app/settings.py",
    "inner": None,
    "pointer": None,
    "layer": {"index": 1, "digest": None, "diff_id": None},
    "step": None,
    "offset": 7,
    "coding": "",
    "state": None,
    "origin": "author",
}
SECRET = SecretRecord.model_validate(
    {
        "image": None,
        "rule": "password",
        "id": "0123456789abcdef",
        "provider": "generic",
        "kind": "password",
        "title": "Password in a quoted string",
        "masked": "**** (12)",
        "proven": "well-formed",
        "severity": "medium",
        "detail": "",
        "facts": {},
        "places": [_PLACE],
        "more_places": 0,
        "remediation": "change it",
        "ignored": None,
        "value": None,
    }
)


def test_secrets_that_differ_in_their_value_alone_are_told_once() -> None:
    """Three of the same file would hide what else there is."""
    other = SECRET.model_copy(update={"title": "Google API key", "masked": "AIza****"})
    lines = ["".join(x.text for x in line) for line in gravest([SECRET] * 3 + [other], 80)]
    assert lines == [
        "  4 secrets: 4 medium",
        "  medium    Password in a quoted string  3 times  /srv/app/settings.py  layer 1",
        "  medium    Google API key  AIza****  /srv/app/settings.py  layer 1",
        "  all of them, with every place: ocianalyze secrets IMAGE",
    ]


def test_no_more_than_three_kinds_are_told() -> None:
    """`ocianalyze secrets` has them all."""
    kinds = [SECRET.model_copy(update={"title": f"kind {number}"}) for number in range(5)]
    told = ["".join(x.text for x in line) for line in gravest(kinds, 80)]
    assert sum("kind" in text for text in told) == 3
