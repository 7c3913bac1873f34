"""Tables and documents name bases; what is not well formed names none."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.controls.aspects.base import known_bases
from ocianalyze.errors import UsageError
from ocianalyze.model.base import BaseImage

DIGEST = "sha256:" + "a" * 64
LAYER = "sha256:" + "b" * 64


def test_bundled_bases_have_layers_and_names_of_their_own() -> None:
    found = known_bases.bundled()
    assert found
    assert len({base.diff_ids for base in found}) == len(found)
    assert all(base.name and base.told_by == "table" for base in found)


@given(st.text(max_size=40), st.integers(1, 4), st.none() | st.integers(0, 99))
def test_a_written_table_reads_the_same(name: str, count: int, steps: int | None) -> None:
    base = BaseImage(name, "table", (LAYER,) * count, DIGEST, steps)
    (found,) = known_bases.read(known_bases.written([base]), "x")
    assert found == base


@pytest.mark.parametrize(
    "text",
    [
        "base = 1",
        "[[base]]\nname = 1\ndiff_ids = []",
        f'[[base]]\nname = "x"\ndiff_ids = ["{LAYER}x"]',
        '[[base]]\nname = "x"\ndiff_ids = []',
        '[[base]]\nname = "x"\ndiff_ids = "x"',
        "[[base",
    ],
)
def test_what_is_no_table_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(UsageError, match=r"^x[.]toml: "):
        known_bases.read(text, "x.toml")


def test_an_absent_table_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert known_bases.user_table() == tmp_path / "ocianalyze/bases.toml"
    assert known_bases.of_file(known_bases.user_table()) == ()


def test_annotations_name_a_base() -> None:
    names = "org.opencontainers.image.base."
    manifest = orjson.dumps({"annotations": {f"{names}name": "x:1", f"{names}digest": DIGEST}})
    assert known_bases.of_manifest(manifest) == (BaseImage("x:1", "annotation", digest=DIGEST),)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"annotations": 1}', b"\xff"])
def test_manifests_without_annotations_name_none(manifest: bytes) -> None:
    assert known_bases.of_manifest(manifest) == ()
    assert known_bases.of_provenance(manifest) == ()


@pytest.mark.parametrize("version", ["v0.2", "v1"])
def test_provenance_names_bases(version: str) -> None:
    materials = [
        {"uri": "pkg:docker/debian@12?platform=linux", "digest": {"sha256": "a" * 64}},
        {"uri": "https://example.org/x", "digest": {}},
        1,
    ]
    predicate = (
        {"materials": materials}
        if version == "v0.2"
        else {"buildDefinition": {"resolvedDependencies": materials}}
    )
    found = known_bases.of_provenance(orjson.dumps({"predicate": predicate}))
    assert found == (BaseImage("debian:12", "provenance", digest=DIGEST),)


def test_claims_get_the_layers_of_images_at_hand_and_their_names() -> None:
    """Who writes an annotation chooses the name beside the digest."""
    claim = BaseImage("x", "annotation", digest=DIGEST)
    other = BaseImage("y", "annotation", digest="sha256:" + "c" * 64)
    image = BaseImage("repo:tag", "image", (LAYER,), DIGEST, 3)
    found = known_bases.joined([claim, other], [image])
    assert found == (BaseImage("repo:tag", "annotation", (LAYER,), DIGEST, 3), other, image)
