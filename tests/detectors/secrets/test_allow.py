"""Comments that allow a secret are told, and change nothing else."""

import pytest

from ocianalyze.detectors.secrets.allow import NOTE
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.search import Search

KEY = b"acme_0123456789ab"
MARK = b"  # ocianalyze:allow"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a = " + KEY + MARK + b"\n", NOTE),
        (b"/* ocianalyze:allow */ " + KEY, NOTE),
        (b"first\n" + KEY + MARK, NOTE),
        (KEY + b"\n" + MARK + b"\n", ""),
        (MARK + b"\n" + KEY, ""),
        (KEY, ""),
    ],
    ids=["behind", "before", "last line", "next line", "line before", "none"],
)
def test_a_comment_in_the_same_line_is_told(
    text: bytes, expected: str, engines: dict[str, Engine]
) -> None:
    (found,) = Search(engines["hyperscan"]).find(text)
    assert found.detail == expected
    assert found.severity == "high"
