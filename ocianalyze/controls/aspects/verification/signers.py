"""Who signed rpm packages, as their headers say, against the keys of the image (4.11 C)."""

import binascii
import re
from collections.abc import Iterator

from ocianalyze.controls.aspects.verification.switched_off import Flaw, flaw
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.homes import RPM
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence
from ocianalyze.model.package import Package
from ocianalyze.model.verification import SETTINGS

_DATABASES = tuple(f"{home}/" for home in RPM)
"""Where headers are; documents and lists of packages without a database hold no signatures."""
_HOMES = ("etc/pki/rpm-gpg/", "usr/lib/rpm/gnupg/keys/")
_PUBLIC_KEY, _PUBLIC_SUBKEY = 6, 14
_BEGIN, _END = b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"-----END PGP PUBLIC KEY BLOCK-----"
_BLOCKS = 100
_NAME = re.compile(r"[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT, _LONG = 8, 16
"""Hexadecimal digits of key ids; databases of old releases hold short ones."""
_NAMED = 3
"""Packages of one signer that are named."""


def of_signers(view: ImageView) -> Iterator[Flaw]:
    """Yield packages that nobody signed, and signers whose key the image does not hold.

    Where its keys verify other packages, a stranger's was installed unverified. Where they verify
    none, rpm had its keys from elsewhere, as where a whole root was installed from outside.
    """
    strangers: dict[str, list[Package]] = {}
    keys: frozenset[str] | None = None
    is_used = False
    for package in view.packages():
        if package.type != "rpm" or not any(x.startswith(_DATABASES) for x in package.evidence[:1]):
            continue
        facts = dict(package.found.properties)
        if "signatures" not in facts:
            yield flaw("fail", _told(package, "no signature", "unsigned"))
            continue
        keys = known_keys(view) if keys is None else keys
        signer = facts.get("signed-by", "")
        if not signer or keys.isdisjoint((signer, signer[-_SHORT:])):
            strangers.setdefault(signer, []).append(package)
        else:
            is_used = True
    for signer, signed in sorted(strangers.items()):
        yield flaw("fail" if is_used and signer else "review", _stranger(signer, signed))


def known_keys(view: ImageView) -> frozenset[str]:
    """Return the ids of the keys that rpm holds, and of those in files for it."""
    from ocianalyze.inventory.catalogers.rpm import (  # noqa: PLC0415 - reads layers; rpm alone needs it
        DATABASES,
        trusted_keys,
    )

    found: set[str] = set()
    for observer in DATABASES:
        for entry, value in view.tree.observations(observer):
            if entry.state is State.VISIBLE:
                found.update(map(_id, trusted_keys(value)))
    for entry, value in view.tree.observations(SETTINGS):
        if entry.state is State.VISIBLE and entry.path.startswith(_HOMES):
            found.update(key_ids(value))
    return frozenset(found - {""})


def key_ids(data: bytes) -> Iterator[str]:
    """Yield the ids of the keys in a file, armoured or not (RFC 4880, sections 6.2 and 12.2)."""
    from ocianalyze.detectors.secrets.openpgp import fingerprint, packets  # noqa: PLC0415 - see above

    for block in tuple(_blocks(data)) or (data,):
        for tag, body in packets(block):
            version = body[0] if body else 0
            if tag in (_PUBLIC_KEY, _PUBLIC_SUBKEY) and version in (4, 5, 6):
                digest = fingerprint(version, body)
                yield digest[-_LONG:] if version == 4 else digest[:_LONG]


def _blocks(data: bytes) -> Iterator[bytes]:
    """Yield the contents of armoured blocks."""
    end = 0
    for _ in range(_BLOCKS):
        start = data.find(_BEGIN, end)
        end = data.find(_END, start)
        if start < 0 or end < 0:
            return
        yield _unarmoured(data[start + len(_BEGIN) : end])


def _unarmoured(block: bytes) -> bytes:
    """Return the content of a block: behind its headers, which an empty line ends, to its sum."""
    _, _, text = block.replace(b"\r", b"").partition(b"\n\n")
    text, _, _ = text.partition(b"\n=")
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""


def _id(name: str) -> str:
    """Return a key's id from how a database names it; nothing for the name of its owner."""
    if not _NAME.fullmatch(name):
        return ""
    return name[:_LONG] if len(name) > 40 else name[-_LONG:]


def _stranger(signer: str, signed: list[Package]) -> Evidence:
    named = ", ".join(package.name[:30] for package in signed[:_NAMED])
    more = f" (+{len(signed) - _NAMED})" if len(signed) > _NAMED else ""
    key = f"key {signer} is not in the image" if signer else "the signature names no key"
    return _told(signed[0], f"{named}{more}: {key}", "unknown-signer", is_named=True)


def _told(package: Package, what: str, reason: str, *, is_named: bool = False) -> Evidence:
    detail = what if is_named else f"{package.name[:40]} {package.version[:40]}: {what}"
    return Evidence(detail, "package", reason, path=package.evidence[0], layer=package.introduced)
