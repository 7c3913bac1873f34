"""Where package databases live is spelled in one module, so that a new place is known to all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.inventory import homes
from ocianalyze.inventory.homes import APK, DPKG, PACMAN, RPM

_ESCAPED = "|".join(map(re.escape, (*DPKG, *APK, *RPM, *PACMAN)))
_HOME = re.compile(rf"(?:\A|[^\w-])(?:{_ESCAPED})(?![\w-])")


def _spelled(source: str) -> Iterator[tuple[int, str]]:
    """Yield lines and literals that spell a home; what has spaces is text for people."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            value = node.value
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if " " not in text and _HOME.search(text.replace("\\", "").replace("(?:usr/)?", "")):
                yield node.lineno, text


def test_only_one_module_spells_homes(root: Path) -> None:
    own = Path(homes.__file__)
    found = [
        f"{path.relative_to(root)}:{line}: {text}"
        for path in sorted((root / "ocianalyze").rglob("*.py"))
        if path != own
        for line, text in _spelled(path.read_text())
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ('X = "var/lib/dpkg/info"', True),
        ('X = b"usr/share/rpm/"', True),
        (r'X = re.compile(r"(?:usr/)?lib/apk/db/installed\Z")', True),
        ('X = f"/var/lib/rpm/{name}"', True),
        ('"""rpm keeps it in var/lib/rpm."""', False),
        ('X = "var/lib/rpmmanifest"', False),
        ('X = "usr/lib/rpm/gnupg/keys"', False),
    ],
)
def test_what_spells_a_home(source: str, *, is_told: bool) -> None:
    assert bool([*_spelled(source)]) is is_told
