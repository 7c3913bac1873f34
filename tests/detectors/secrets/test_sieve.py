"""Secrets of a layer: what a folder of the same files tells, an image tells too."""

from collections.abc import Mapping

from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets._engine import Engine
from ocianalyze.detectors.secrets._rules import shipped
from ocianalyze.detectors.secrets._search import Search
from ocianalyze.detectors.secrets.hits import unpack
from ocianalyze.detectors.secrets.sieve import NAME, sieving
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT
from tests.images import Bytes, tar


def _in_layer(engine: Engine, files: Mapping[str, bytes]) -> dict[str, set[str]]:
    reading = Reading((), filetype.classify, DEFAULT, sieving(engine, "1", bare=True))
    facts = read_layer(Bytes(tar(dict(files))), reading)
    found: dict[str, set[str]] = {}
    for one in facts.observations[NAME]:
        path = facts.entries.path(one.entry).decode()
        found[path] = {hit.value for hit in unpack(one.value) if hit.where == "content"}
    return found


def test_every_example_is_found_in_a_layer_as_in_a_file() -> None:
    """A rule for some paths takes nothing from the others."""
    rules = [rule for rule in shipped() if not rule.files]
    texts = [text.encode() for rule in rules for text in rule.matches]
    files = {f"srv/{number}.txt": text for number, text in enumerate(texts)}
    engine = load().engine
    told = _in_layer(engine, files)
    lost = []
    for path, text in files.items():
        alone = Search(engine, path.encode()).find(text)
        values = {one.secret.decode("utf-8", "backslashreplace") for one in alone}
        if missing := values - told.get(path, set()):
            lost.append((text, missing))
    assert not lost
