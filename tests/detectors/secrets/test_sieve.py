"""Secrets of a layer: what a folder of the same files tells, an image tells too."""

import gzip
from array import array
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.engine import Engine, Kind, engine
from ocianalyze.detectors.secrets.folder import read_folder
from ocianalyze.detectors.secrets.hits import unpack
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import unpacked
from ocianalyze.detectors.secrets.rule_files import read_rules, shipped
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.detectors.secrets.sieve import NAME, SecretSieve, sieving
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.layers.sieve import Members
from ocianalyze.limits import DEFAULT
from tests.detectors.secrets.acme import RULE
from tests.images import Bytes, tar
from tests.tars import END, header, padded, pax


def _in_layer(made: Engine, files: Mapping[str, bytes]) -> dict[str, set[str]]:
    reading = Reading((), filetype.classify, DEFAULT, sieving(made, "1", bare=True))
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


def _packed() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a.env", "x")
    return packed.getvalue()


WHOLE = _packed()
DISK = bytes(32_768) + b"\1CD001" + bytes(2_042)
UNENTERED = {
    "a.cmd": b"@echo off\r\ngoto :end\r\n" + WHOLE,
    "a.iso": DISK + WHOLE + bytes(4_096),
    "a.php": b"<?php echo 1; __halt_compiler(); ?>\n" + WHOLE,
    "a.pdf": b"%PDF-1.7\n%%EOF\n" + WHOLE,
    "a.class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(40) + WHOLE,
    "a.wasm": b"\0asm\1\0\0\0" + WHOLE,
    "first-is-empty.zip": b"PK\5\6" + bytes(18) + WHOLE,
    "two.zip": WHOLE + WHOLE,
}
ENTERED_OR_NONE = {
    "a.zip": WHOLE,
    "a.sh": b"#!/bin/sh\nexit\n" + WHOLE,
    "a.gz": gzip.compress(WHOLE),
    "a.tar": tar({"a.zip": WHOLE, "b.zip": WHOLE}),
    "empty.cmd": b"rem x\r\nPK\5\6" + bytes(18),
    "names.txt": b"PK\5\6" + bytes(4) + b"text, no directory" * 9,
}


TOKEN = b"acme_0123456789ab"
TEXT = b"key=" + TOKEN + b"\n"
DEFLATED = gzip.compress(b"a text\n" * 9 + TEXT)
LINES = b"".join(b"line %d\n" % n**5 for n in range(999))
DEFLATED_IN = {
    "kernel": b"MZ" + bytes(600) + DEFLATED,
    "program": b"\x7fELF" + bytes(600) + DEFLATED * 3,
    "disk": b"QFI\xfb" + bytes(70_000) + DEFLATED,
    "large": bytes(512) + gzip.compress(LINES * 300 + TEXT),
    "tar": b"x" * 99 + gzip.compress(tar({"etc/x": TEXT})),
    "behind.gz": gzip.compress(b"x") + b"more" + DEFLATED,
    "zip behind": b"\x7fELF" + DEFLATED + WHOLE,
}
UNREAD_IN = {
    "cut": bytes(9) + gzip.compress(LINES + TEXT)[:2_000],
    "cut, and zip behind": b"\x7fELF" + gzip.compress(LINES)[:2_000] + WHOLE,
}
STEPS = (700, 32_771, 100_000)
INFLATED_OR_NONE = {
    "x.gz": DEFLATED,
    "many.gz": DEFLATED * 3,
    "x.tar": tar({"a": b"x", "a.gz": DEFLATED}),
    "gz.tar.gz": gzip.compress(tar({"a.gz": gzip.compress(LINES * 30), "b.gz": DEFLATED})),
    "x.sh": b"#!/bin/sh\nexit\n" + DEFLATED,
    "code": b"MZ" + b"\x1f\x8b\x08\0\0\0\0\0\2\3" * 90 + b"\x1f\x8b\x08",
    "texts": b"see \x1f\x8b\x08, as RFC 1952 says; " * 90,
}


@pytest.fixture
def seeking(tmp_path: Path) -> Seeking:
    (tmp_path / "acme.toml").write_text(RULE)
    return Seeking((tmp_path,), None, DEFAULT)


def _told(seeking: Seeking, files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return what is not looked at of a layer, which is read as an analysis reads it."""
    reading = Reading(seeking.observers(), filetype.classify, DEFAULT, seeking.sieving())
    facts = read_layer(Bytes(tar(dict(files))), reading)
    return {
        facts.entries.path(one.entry).decode(): [x.reason for x in unpacked(one.value).unread]
        for name in inner.UNREAD
        for one in facts.observations.get(name, ())
    }


def test_a_zip_archive_that_nobody_enters_is_told_whatever_it_is_in(seeking: Seeking) -> None:
    told = _told(seeking, UNENTERED | ENTERED_OR_NONE)
    assert told == {name: [inner.ARCHIVE_IN] for name in UNENTERED}


def test_a_secret_inside_and_an_archive_behind_are_both_told(seeking: Seeking) -> None:
    token = b"acme_0123456789ab\n"
    with ZipFile(packed := BytesIO(), "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.env", token * 20)
    data = packed.getvalue() + WHOLE
    reading = Reading(seeking.observers(), filetype.classify, DEFAULT, seeking.sieving())
    facts = read_layer(Bytes(tar({"a.zip": data})), reading)
    (inside,) = facts.observations[inner.NAME]
    (closed,) = facts.observations[inner.CLOSED]
    assert unpacked(inside.value).hits
    assert unpacked(closed.value).unread[0].reason == inner.ARCHIVE_IN


def test_a_folder_tells_the_same(seeking: Seeking, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    told = UNENTERED | UNREAD_IN
    for name, data in (told | DEFLATED_IN | ENTERED_OR_NONE | INFLATED_OR_NONE).items():
        (root / name).write_bytes(data)
    found = read_folder(root, seeking)
    assert sorted(one.path for one in found.unread) == sorted(told)
    (secret,) = found.secrets
    inside = {place.path: place.inner for place in secret.places}
    assert inside.keys() - INFLATED_OR_NONE.keys() == DEFLATED_IN.keys()
    assert inside["tar"] == "gzip at 99!/etc/x"


def test_each_layer_counts_for_itself(seeking: Seeking) -> None:
    assert not _told(seeking, {"a": WHOLE})
    assert _told(seeking, {"a": UNENTERED["a.php"]}) == {"a": [inner.ARCHIVE_IN]}


def _inside(seeking: Seeking, files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Return where in its files a layer holds the token."""
    reading = Reading(seeking.observers(), filetype.classify, DEFAULT, seeking.sieving())
    facts = read_layer(Bytes(tar(dict(files))), reading)
    found: dict[str, set[str]] = {}
    for one in facts.observations[NAME]:
        path = facts.entries.path(one.entry).decode()
        found[path] = {hit.inner for hit in unpack(one.value)}
    return found


def test_gzip_in_the_middle_of_a_file_is_looked_into(seeking: Seeking) -> None:
    found = _inside(seeking, DEFLATED_IN)
    assert found == {
        "kernel": {"gzip at 602"},
        "program": {f"gzip at {604 + number * len(DEFLATED)}" for number in range(3)},
        "disk": {"gzip at 70004"},
        "large": {"gzip at 512"},
        "tar": {"gzip at 99!/etc/x"},
        "behind.gz": {f"gzip at {len(gzip.compress(b'x')) + 4}"},
        "zip behind": {"gzip at 4"},
    }


@pytest.mark.parametrize("kind", ["hyperscan", "re2", "re"])
def test_any_pieces_of_a_layer_and_any_engine_give_the_same(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(RULE)
    rules = tuple(read_rules(tmp_path))
    layer = tar(DEFLATED_IN | UNREAD_IN | UNENTERED | INFLATED_OR_NONE) + DEFLATED
    facts = read_layer(Bytes(layer), Reading((), filetype.classify, DEFAULT))
    begins = array("q", (at + 512 for at in facts.entries.offset))
    sifted = []
    for made, step in ((engine(rules), len(layer)), *((engine(rules, kind), n) for n in STEPS)):
        sieve = SecretSieve(made, DEFAULT)
        for at in range(0, len(layer), step):
            sieve.feed(layer[at : at + step])
        sifted.append(sieve.close(Members(facts.entries, begins)))
    assert len(sifted[0].found) > len(DEFLATED_IN)
    assert sifted[0].outside
    assert sifted[1:] == sifted[:1] * len(STEPS)


def test_what_begins_like_a_file_is_left_to_those_who_look_into_files(seeking: Seeking) -> None:
    assert not _inside(seeking, {"x.gz": DEFLATED, "x.tar": tar({"a": b"x", "a.gz": DEFLATED})})
    hidden = b"GIF8" + bytes(508) + tar({"a.gz": DEFLATED})
    assert _told(seeking, {"x": hidden}) == {"x": [inner.GZIP_IN]}


def test_gzip_in_the_middle_that_is_not_read_to_its_end_is_told(seeking: Seeking) -> None:
    told = _told(seeking, DEFLATED_IN | UNREAD_IN | INFLATED_OR_NONE)
    assert {name for name, reasons in told.items() if reasons} == UNREAD_IN.keys()
    assert all(told[name][0] in {"is damaged", "is cut off"} for name in UNREAD_IN)


def test_gzip_outside_of_all_files_is_looked_into(seeking: Seeking) -> None:
    reading = Reading(seeking.observers(), filetype.classify, DEFAULT, seeking.sieving())
    facts = read_layer(Bytes(tar({"a": b"x"}) + DEFLATED), reading)
    (found,) = unpack(facts.outside[NAME])
    assert (found.where, found.inner[:8]) == ("slack", "gzip at ")


def test_gzip_outside_of_all_files_that_is_not_read_to_its_end_is_told(seeking: Seeking) -> None:
    reading = Reading(seeking.observers(), filetype.classify, DEFAULT, seeking.sieving())
    facts = read_layer(Bytes(tar({"a": b"x"}) + gzip.compress(LINES)[:2_000]), reading)
    assert facts.unsearched == "a gzip member outside of all files was not looked at to its end"


def test_a_secret_of_a_sparse_file_is_where_its_content_has_it(tmp_path: Path) -> None:
    """Bytes of the file, as those see it that read it, not of what the layer stores."""
    (tmp_path / "acme.toml").write_text(RULE)
    rules = tuple(read_rules(tmp_path))
    text = b"acme_0123456789ab"
    stored = b"-" * 512 + text
    records = {b"GNU.sparse.size": b"9000", b"GNU.sparse.map": b"0,512,8192,%d" % len(text)}
    layer = pax(records) + header(b"a", size=len(stored)) + padded(stored) + END
    reading = Reading((), filetype.classify, DEFAULT, sieving(engine(rules), "1"))
    (seen,) = read_layer(Bytes(layer), reading).observations[NAME]
    assert [hit.offset for hit in unpack(seen.value)] == [8192]
