"""The names that an expression for paths is about, or none."""

import re

import pytest

from ocianalyze.detectors.secrets._endings import endings


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param(r"\.p12\Z", "*.p12", id="ending"),
        pytest.param(r"\.p(?:12|fx)$", "*.p12 *.pfx", id="several"),
        pytest.param(r"(?i:\.a1\Z)", "*.A1 *.a1", id="whatever-the-case"),
        pytest.param(r"(?:^|/)id_rsa\Z", "id_rsa", id="name"),
        pytest.param(r"\Aetc/(?:g?shadow)\Z", "gshadow shadow", id="path"),
        pytest.param(r"(?:^|/)\.env(?:\.local)?\Z", ".env .env.local", id="optional"),
        pytest.param(r"conf.*\.ya?ml\Z", "*.yaml *.yml", id="something-before"),
        pytest.param(r"\.tar\.gz\Z", "*.gz", id="behind-the-last-dot"),
        pytest.param(r"[.]k[ae]y\Z", "*.kay *.key", id="class"),
        pytest.param(r"\.p12", "", id="no-end"),
        pytest.param(r"\.p12\Z|secret", "", id="one-without-an-end"),
        pytest.param(r"secrets/.*\Z", "", id="any-name"),
        pytest.param(r"id_rsa\Z", "", id="end-of-a-name-without-a-dot"),
        pytest.param(r"\.[a-z]{3}\Z", "", id="many"),
        pytest.param(r"(?i:\.abcdefghij)\Z", "", id="too-many"),
        pytest.param("", "", id="nothing"),
        pytest.param(r"(?(1)a|b)\Z", "", id="not-read"),
    ],
)
def test_every_path_that_matches_has_one_of_the_names(pattern: str, names: str) -> None:
    assert " ".join(endings(pattern)) == names


@pytest.mark.parametrize("path", ["a.p12", "x/a.pfx", "x/.key", ".key", "b/id_rsa", "id_rsa", "a"])
def test_a_path_that_matches_is_asked(path: str) -> None:
    pattern = r"(?:\.p(?:12|fx)|\.key|(?:^|/)id_rsa)\Z"
    base = path.rpartition("/")[2]
    asked = any(
        base.endswith(name[1:]) if name.startswith("*") else base == name
        for name in endings(pattern)
    )
    assert asked is bool(re.search(pattern, path))
