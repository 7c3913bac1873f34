"""Java packages: whatever an archive holds, the walk goes on."""

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.inventory.catalogers.test_java import jar, manifest, pom
from tests.inventory.catalogers.walked import survives

_NESTED = jar(pom("g", "a", "1") | {"l/b.jar": jar(manifest(Bundle_Version="1"), 0)}, 0)


@given(content=st.binary(max_size=200))
def test_any_content_is_survived(content: bytes) -> None:
    survives(CATALOGER, "a.jar", content)
    survives(CATALOGER, "a.jar", b"PK\3\4" + content + b"PK\5\6" + content)
    survives(CATALOGER, "META-INF/maven/g/a/pom.properties", content)


@given(at=st.integers(0, len(_NESTED) - 1), junk=st.binary(min_size=1, max_size=4))
def test_damaged_archives_are_survived(at: int, junk: bytes) -> None:
    survives(CATALOGER, "a.jar", _NESTED[:at] + junk + _NESTED[at + len(junk) :])
