"""OpenSSH's own private keys (PROTOCOL.key): the public half is never encrypted."""

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.checks import _ssh
from ocianalyze.detectors.secrets.checks._keys import Key, of_ssh

MAGIC = b"openssh-key-v1\0"
_MOST = 16


@dataclass(frozen=True, slots=True)
class Container:
    """The keys of one file; nearly always one."""

    key: Key
    cipher: str
    """`none` where nothing is encrypted."""


def read(data: bytes) -> Container | None:
    """Return the first key; None for what is not whole or contradicts itself."""
    if not data.startswith(MAGIC):
        return None
    try:
        return _read(data)
    except ValueError:
        return None


def _read(data: bytes) -> Container | None:
    cipher, at = _ssh.string(data, len(MAGIC))
    _, at = _ssh.string(data, at)
    _, at = _ssh.string(data, at)
    count = int.from_bytes(data[at : at + 4], "big")
    if not 1 <= count <= _MOST:
        return None
    public, at = _ssh.string(data, at + 4)
    for _ in range(count - 1):
        _, at = _ssh.string(data, at)
    private, _ = _ssh.string(data, at)
    name = _ssh.describe(public) or "unknown type"
    if cipher == b"none" and not _consistent(private, public):
        return None
    return Container(of_ssh(name, public), cipher[:40].decode("ascii", "replace"))


def _consistent(private: bytes, public: bytes) -> bool:
    """Tell whether both check numbers are equal and the private key is of the public one's type."""
    kind, _ = _ssh.string(public, 0)
    return private[:4] == private[4:8] and _ssh.string(private, 8)[0] == kind
