"""The types of contents, against contents that independent writers made."""

import bz2
import gzip
import io
import lzma
import marshal
import sqlite3
import struct
import tarfile
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.filetype import CODES, TYPES, classify


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"b")
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("name"), None)
    return buffer.getvalue()


def _sqlite() -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute("create table t (a)")
    data: bytes = database.serialize()
    database.close()
    return data


def _pyc() -> bytes:
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(compile("1", "a", "exec"))


MADE = {
    "application/gzip": gzip.compress(b"text"),
    "application/x-xz": lzma.compress(b"text"),
    "application/x-bzip2": bz2.compress(b"text"),
    "application/zstd": zstandard.compress(b"text"),
    "application/zip": _zip(),
    "application/x-tar": _tar(),
    "application/vnd.sqlite3": _sqlite(),
    "application/x-bytecode.python": _pyc(),
    "application/wasm": b"\0asm\1\0\0\0",
    "application/java-vm": b"\xca\xfe\xba\xbe\0\0\0\x34\0\x10",
    "application/x-mach-binary": b"\xca\xfe\xba\xbe\0\0\0\x02\0\0\0\x07",
    "application/vnd.microsoft.portable-executable": b"MZ\x90\0\x03\0\0\0",
    "application/x-archive": b"!<arch>\nfile.o/         0",
    "application/vnd.debian.binary-package": b"!<arch>\ndebian-binary   1",
    "application/x-pem-file": b"-----BEGIN CERTIFICATE-----\nMII",
    "application/x-der": b"\x30\x82\x03\x41\x30\x82\x02\x29",
    "application/json": b'{\n  "a": 1\n}',
    "text/xml": b'<?xml version="1.0"?>',
    "text/html": b"<!DOCTYPE html>",
    "application/pdf": b"%PDF-1.7",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/webp": b"RIFF\0\0\0\0WEBPVP8 ",
    "application/x-dbm": bytes(12) + struct.pack("<I", 0x00061561) + bytes(8),
    "inode/x-empty": b"",
}


@pytest.mark.parametrize(("name", "content"), MADE.items(), ids=MADE.keys())
def test_a_content_is_known_by_its_beginning(name: str, content: bytes) -> None:
    assert TYPES[classify(content[:512])] == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"#!/bin/sh\n", "text/x-shellscript"),
        (b"#! /usr/bin/env bash\n", "text/x-shellscript"),
        (b"#!/usr/bin/env -S FOO=1 python3 -u\n", "text/x-python"),
        (b"#!/usr/bin/python3.11\n", "text/x-python"),
        (b"#!/usr/bin/perl -w\n", "text/x-perl"),
        (b"#!/usr/bin/env node\n", "text/javascript"),
        (b"#!/usr/bin/awk -f\n", "text/x-script"),
        (b"#!/no/newline", "text/x-script"),
        (b"#!\n", "text/plain"),
    ],
    ids=lambda value: value.decode().strip() if isinstance(value, bytes) else "",
)
def test_a_script_is_named_by_its_interpreter(line: bytes, name: str) -> None:
    assert TYPES[classify(line)] == name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"plain words\n", "text/plain", id="ascii"),
        pytest.param("grün\n".encode(), "text/plain", id="utf-8"),
        pytest.param("gr\xfcn\n".encode("latin-1"), "text/plain", id="latin-1"),
        pytest.param("words\n".encode("utf-16"), "text/plain", id="utf-16"),
        pytest.param(b"[section]\nkey=1\n", "text/plain", id="ini-is-no-json"),
        pytest.param(b"PACKAGES\n", "text/plain", id="a-word-like-a-pack"),
        pytest.param(b"MZ is a country code\n", "text/plain", id="a-word-like-a-program"),
        pytest.param(b"0\x82 odd", "text/plain", id="short-of-der"),
        pytest.param(b"abc\0def", "application/octet-stream", id="nul"),
        pytest.param(b"\x80\x01\x02\x03", "application/octet-stream", id="control-characters"),
    ],
)
def test_what_has_no_mark_is_text_or_data(content: bytes, name: str) -> None:
    assert TYPES[classify(content)] == name


def test_codes_fit_a_byte_and_name_each_type_once() -> None:
    assert TYPES[0] == ""
    assert len(TYPES) <= 255
    assert len(CODES) == len(TYPES)


@given(st.binary(max_size=512))
def test_every_content_has_a_type(head: bytes) -> None:
    """And never the code of what has no content."""
    assert 0 < classify(head) < len(TYPES)


@given(st.sampled_from(sorted(MADE.values())), st.binary(max_size=300))
def test_a_mark_followed_by_anything_has_a_type(mark: bytes, rest: bytes) -> None:
    assert 0 < classify((mark[:16] + rest)[:512]) < len(TYPES)


def test_a_program_of_this_machine_is_elf() -> None:
    head = Path("/proc/self/exe").read_bytes()[:512]
    assert TYPES[classify(head)] == "application/x-elf"
