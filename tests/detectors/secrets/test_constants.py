"""Constants of compiled programs are found without a reader for their formats."""

import pytest

from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.search import Search

KEY = "acme_0123456789ab"
CLASS = b"\xca\xfe\xba\xbe\0\0\0\x3d\0\2\1" + len(KEY).to_bytes(2, "big") + KEY.encode() + b"\0\x21"
"""The head of a Java class: its constants are modified UTF-8."""
DOTNET = b"\0" + bytes((len(KEY) * 2 + 1,)) + KEY.encode("utf-16-le") + b"\0"
"""A heap of user strings (ECMA-335, II.24.2.4)."""


@pytest.mark.parametrize("data", [CLASS, DOTNET], ids=["java", "dotnet"])
def test_a_constant_is_found(data: bytes, engines: dict[str, Engine]) -> None:
    found = Search(engines["hyperscan"]).find(data)
    assert [one.secret for one in found] == [KEY.encode()]
