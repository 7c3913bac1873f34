"""What a walk is given to find secrets."""

import gzip
from pathlib import Path

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import MIB, Limits
from tests.detectors.secrets.acme import RULE
from tests.images import Bytes, tar


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "acme.toml").write_text(RULE)
    return tmp_path


def test_each_layer_begins_with_its_whole_allowance(rules: Path) -> None:
    limits = Limits(layer_inner_bytes=2 * MIB)
    seeking = Seeking((rules,), None, limits)
    reading = Reading(seeking.observers(), filetype.classify, limits, seeking.sieving())
    packed = gzip.compress(b"acme_0123456789ab" + bytes(MIB * 3 // 2))
    layer = tar({"a.gz": packed, "b.gz": packed})
    for _ in range(2):
        facts = read_layer(Bytes(layer), reading)
        first, second = (inner.unpacked(one.value) for one in facts.observations[inner.NAME])
        assert first.hits
        assert not first.unread
        assert second.unread[0].reason == f"limit layer_inner_bytes ({2 * MIB}) reached"


def test_the_version_is_that_of_the_rules(rules: Path) -> None:
    plain = Seeking((rules,), None, Limits())
    assert plain.version == Seeking((rules,), None, Limits()).version
    assert plain.version != Seeking((SHIPPED,), None, Limits()).version
