"""Files that several controls look for by name alone, found in one pass over the tree."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ocianalyze.detectors.autostart import LOGIN_FILES
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry

ENGINES = frozenset({b"dockerd", b"containerd", b"podman", b"buildkitd", b"kubelet", b"crio"})
CLIENTS = frozenset({b"docker", b"nerdctl", b"crictl", b"ctr"})
LOGIN_SERVERS = frozenset({b"sshd", b"dropbear", b"tinysshd"})
LOGIN_KEYS = frozenset(
    {b"ssh_host_rsa_key", b"ssh_host_ecdsa_key", b"ssh_host_ed25519_key", b"authorized_keys"}
)
AUTHORIZED = frozenset({b"authorized_keys", b"authorized_keys2"})
NEEDY = frozenset(
    {b"tcpdump", b"iptables", b"nft", b"mount.nfs", b"openvpn", b"wg", b"ip", b"arping"}
)
"""Tools that work only with more capabilities than a container has by default."""
MINERS = frozenset(
    b"xmrig xmrig-notls xmr-stak xmr-stak-cpu minerd cpuminer cpuminer-multi cgminer bfgminer "
    b"sgminer ccminer ethminer nbminer nsfminer lolMiner t-rex teamredminer phoenixminer nanominer "
    b"nheqminer srbminer-multi wildrig-multi kinsing kdevtmpfsi".split()
)
REPOSITORIES: Mapping[str, str] = MappingProxyType(
    {".git": "HEAD", ".hg": "requires", ".svn": "wc.db", ".bzr": "branch-format"}
)
"""Directories of repositories, and the file that each of them has."""
_MARKS = frozenset(name.encode() for name in REPOSITORIES.values())
_PROGRAMS = ENGINES | CLIENTS | LOGIN_SERVERS | NEEDY | MINERS
_NAMES = _PROGRAMS | LOGIN_KEYS | AUTHORIZED | LOGIN_FILES | _MARKS
_MOST = 1_000
"""Files of one name."""


def files(view: ImageView, names: frozenset[bytes]) -> Iterator[Entry]:
    """Yield the visible files with one of some names, which are all among those above.

    Of programs only those that can be executed, and of each name no more than anybody reads.
    """
    found = view.once(_found)
    return (entry for name in sorted(names) for entry in found.get(name, ()))


def repositories(view: ImageView) -> Iterator[tuple[str, Entry]]:
    """Yield the directories of repositories with the file that shows them."""
    return ((entry.path.rpartition("/")[0], entry) for entry in files(view, _MARKS))


def _found(view: ImageView) -> Mapping[bytes, list[Entry]]:
    found: dict[bytes, list[Entry]] = {}
    for entry in view.tree.files(names=_NAMES):
        name = entry.path.rpartition("/")[2].encode("utf-8", "surrogateescape")
        known = found.setdefault(name, [])
        if len(known) < _MOST and _counts(name, entry):
            known.append(entry)
    return MappingProxyType(found)


def _counts(name: bytes, entry: Entry) -> bool:
    """Tell what a name promises: a program can be executed, a mark is in its directory."""
    if name in _PROGRAMS:
        return bool(entry.mode & 0o111)
    if name in _MARKS:
        above = entry.path.rpartition("/")[0].rpartition("/")[2]
        return REPOSITORIES.get(above) == name.decode()
    return True
