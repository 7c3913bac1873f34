"""Files that hide a text in a coding: archives, compression, git objects, databases."""

import bz2
import gzip
import hashlib
import io
import lzma
import marshal
import sqlite3
import struct
import tarfile
import zipfile
import zlib

import zstandard

_TIME = (2026, 9, 1, 0, 0, 0)
_SYNC = 4
_AR = b"!<arch>\n"


def zipped(name: str, content: bytes, *, stored: bool = False) -> bytes:
    """Return a zip with one member."""
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name, _TIME), content, method)
    return buffer.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    """Return a tar with one member."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        header = tarfile.TarInfo(name)
        header.size = len(content)
        archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


def gz(content: bytes) -> bytes:
    """Return a gzip stream without a time."""
    return gzip.compress(content, mtime=0)


def bz(content: bytes) -> bytes:
    """Return a bzip2 stream."""
    return bz2.compress(content)


def xz(content: bytes) -> bytes:
    """Return an xz stream."""
    return lzma.compress(content)


def zst(content: bytes) -> bytes:
    """Return a zstd frame."""
    return zstandard.compress(content)


def deb(name: str, content: bytes) -> bytes:
    """Return a Debian package (deb(5)) with one file."""
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": gz(tarred("./control", b"Package: acme\nVersion: 1\n")),
        "data.tar.xz": xz(tarred(f"./{name}", content)),
    }
    return _AR + b"".join(_ar_member(key, data) for key, data in members.items())


def _ar_member(name: str, data: bytes) -> bytes:
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
    return head + data + b"\n" * (len(data) % 2)


def apk(name: str, content: bytes) -> bytes:
    """Return a package of Alpine: gzip streams one after another, each a part of a tar."""
    control = tarred(".PKGINFO", b"pkgname = acme\npkgver = 1-r0\n")
    return gz(control[: 2 * 512]) + gz(tarred(name, content))


def git_object(content: bytes) -> tuple[str, bytes]:
    """Return path and bytes of a loose object."""
    whole = b"blob %d\0" % len(content) + content
    name = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    return f"objects/{name[:2]}/{name[2:]}", zlib.compress(whole)


def git_pack(content: bytes) -> bytes:
    """Return a pack with one blob (gitformat-pack)."""
    size = len(content)
    first, rest = 3 << 4 | size & 15, size >> 4
    head = bytearray([first | (0x80 if rest else 0)])
    while rest:
        head.append(rest & 127 | (0x80 if rest >> 7 else 0))
        rest >>= 7
    body = b"PACK" + struct.pack(">II", 2, 1) + bytes(head) + zlib.compress(content)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def sqlite(value: str) -> bytes:
    """Return a database with one row."""
    with sqlite3.connect(":memory:") as database:
        database.execute("create table settings (name text, kind integer, value text)")
        database.execute("insert into settings values ('token', 7, ?)", (value,))
        database.commit()
        return database.serialize()


def class_file(value: str) -> bytes:
    """Return the beginning of a Java class file with one constant (JVMS 4.4.7)."""
    text = value.encode()
    return struct.pack(">IHHHBH", 0xCAFEBABE, 0, 61, 2, 1, len(text)) + text + bytes(16)


def pyc(value: str) -> bytes:
    """Return compiled Python with one constant."""
    code = compile(f"TOKEN = {value!r}\n", "settings.py", "exec", dont_inherit=True)
    return bytes.fromhex("a70d0d0a") + bytes(12) + marshal.dumps(code, _SYNC)


def program(value: str) -> bytes:
    """Return what looks like an ELF program with a text among its data."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(40)
    return head + bytes(range(256)) * 16 + value.encode() + b"\0" + bytes(range(255, -1, -1)) * 8


def skippable(content: bytes) -> bytes:
    """Return a zstd frame that decompresses to nothing (RFC 8878, 3.1.2)."""
    return struct.pack("<II", 0x184D2A50, len(content)) + content
