"""The settings files of miners of crypto currencies (XMRig, xmr-stak), told by what is in them."""

import re
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB

NAME = "mining"
FILES = frozenset({b"config.json", b"xmrig.json", b".xmrig.json", b"pools.txt"})
"""What miners look for when they are not told a file."""
_SIGNS = (
    ("mining protocol", (re.compile(rb"stratum\d?\+(?:tcps?|ssl|tls|udp)://", re.IGNORECASE),)),
    (
        "settings of a miner",
        (
            re.compile(rb"\"pools\"\s{0,99}:"),
            re.compile(rb"\"(?:donate-(?:level|over-proxy)|randomx|rig-id|nicehash)\"\s{0,99}:"),
        ),
    ),
    ("settings of a miner", (re.compile(rb"\"pool_list\""), re.compile(rb"\"wallet_address\""))),
)
"""What is told, and the patterns that all have to fit."""
_BYTES = 256 * KIB


@dataclass(slots=True)
class _Settings:
    """Looks for signs when a content has ended."""

    pieces: list[bytes] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        self.pieces.append(bytes(piece))
        return True

    def close(self) -> bytes | None:
        """Return the first sign; None without any."""
        data = b"".join(self.pieces)
        found = (what for what, signs in _SIGNS if all(sign.search(data) for sign in signs))
        return next((what.encode() for what in found), None)


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    is_one = seen.path.rpartition(b"/")[2] in FILES
    return _Settings() if is_one and seen.size <= _BYTES else None


OBSERVER = Observer(
    name=NAME,
    version=1,
    interest=Interest(names=FILES),
    open=_open,
    summary="settings files of miners: whether pools and switches of a miner are in them",
)
