"""Secrets of a layer: what a folder of the same files tells, an image tells too."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile

from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.hits import unpack
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import unpacked
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.detectors.secrets.search import Search
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
    everything = load().engine
    told = _in_layer(everything, files)
    lost = []
    for path, text in files.items():
        alone = Search(everything, path.encode()).find(text)
        values = {one.secret.decode("utf-8", "backslashreplace") for one in alone}
        if missing := values - told.get(path, set()):
            lost.append((text, missing))
    assert not lost


def _notes(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    small = engine([rule for rule in shipped() if rule.id == "github-pat"])
    reading = Reading((), filetype.classify, DEFAULT, sieving(small, "1"))
    facts = read_layer(Bytes(tar(dict(files))), reading)
    return {
        facts.entries.path(one.entry).decode(): [x.reason for x in unpacked(one.value).unread]
        for one in facts.observations.get(inner.NAME, ())
    }


def test_a_zip_archive_that_nobody_looks_into_is_told() -> None:
    """Behind a text without a first line of a script, and in the image of a disk."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a.env", "x")
    whole, disk = packed.getvalue(), bytes(32_768) + b"\1CD001" + bytes(2_042)
    told = _notes(
        {
            "a.cmd": b"@echo off\r\ngoto :end\r\n" + whole,
            "a.iso": disk + whole + bytes(4_096),
            "a.zip": whole,
            "a.sh": b"#!/bin/sh\nexit\n" + whole,
            "empty.cmd": b"rem x\r\nPK\5\6" + bytes(18),
            "names.txt": b"PK\5\6" + bytes(4) + b"text, no directory" * 9,
        }
    )
    assert told == {"a.cmd": [inner.ARCHIVE_IN], "a.iso": [inner.ARCHIVE_IN]}
