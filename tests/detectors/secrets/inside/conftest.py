"""Packed files with a made-up token, and a way to look into them."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import zstandard

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.inner import Inside, unpacked
from ocianalyze.detectors.secrets.inside.observer import observer
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from ocianalyze.layers.observer import Seen
from ocianalyze.limits import DEFAULT, Limits

TOKEN = b"acme_0123456789ab"
TEXT = b"key=" + TOKEN + b"\n"
STORES = (
    *("java-keystore-key", "java-jceks-key", "pkcs12-key", "kerberos-keytab"),
    *("pgp-private-key", "der-private-key"),
)

Look = Callable[..., Inside]


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def arred(files: Mapping[str, bytes]) -> bytes:
    """Return an ar archive, as Debian's packages are."""
    out = b"!<arch>\n"
    for name, data in files.items():
        out += b"%-16b%-12d%-6d%-6d%-8o%-10d`\n" % (name.encode(), 0, 0, 0, 0o644, len(data))
        out += data + b"\n" * (len(data) % 2)
    return out


def cpioed(files: Mapping[str, bytes]) -> bytes:
    """Return a cpio archive of the new ASCII format."""
    out = b""
    for name, data in (*files.items(), ("TRAILER!!!", b"")):
        raw = name.encode() + b"\0"
        fields = (0, 0o644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + raw
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def rpm(payload: bytes) -> bytes:
    """Return a package without any tags."""
    header = b"\x8e\xad\xe8\1" + bytes(12)
    return b"\xed\xab\xee\xdb" + bytes(92) + header + header + payload


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


@pytest.fixture(scope="session")
def made() -> Engine:
    rule = Rule(
        id="acme",
        title="Acme token",
        provider="Acme",
        kind="token",
        severity="high",
        remediation="Revoke it",
        pattern=r"\b(?P<secret>acme_[0-9a-f]{12})\b",
        trigger="acme_[0-9a-f]{12}",
    )
    stores = [by_id(shipped())[name] for name in STORES]
    return engine((rule, *stores), "hyperscan")


@pytest.fixture
def look(made: Engine) -> Look:
    """Return a function that looks into a file, given in pieces of `step` bytes."""

    def inside(path: str, data: bytes, *, step: int = 1 << 20, **limits: float) -> Inside:
        bounds: Limits = replace(DEFAULT, **limits)  # type: ignore[arg-type]
        seen = Seen(path.encode(), len(data), 0o644)
        tap = observer(made, Allowance(bounds)).open(seen, memoryview(data[:512]))
        assert tap is not None, "nobody wants it"
        for at in range(0, len(data), step):
            if not tap.feed(memoryview(data)[at : at + step]):
                break
        value = tap.close()
        return unpacked(value) if value else Inside()

    return inside
