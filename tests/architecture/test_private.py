"""What a room's sources are made of stays in the room; `_base` is its contract with others."""

import re
from pathlib import Path

_IMPORT = re.compile(r"^\s*from (ocianalyze\.sources\._[a-z0-9_]+)", re.MULTILINE)


def test_other_rooms_import_of_sources_no_more_than_their_contract(root: Path) -> None:
    found = {
        (str(path.relative_to(root)), name)
        for path in (root / "ocianalyze").rglob("*.py")
        if "sources" not in path.relative_to(root).parts
        for name in _IMPORT.findall(path.read_text("utf-8"))
        if name != "ocianalyze.sources._base"
    }
    assert not found
