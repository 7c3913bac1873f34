"""File capabilities: the value of the xattr `security.capability` (Linux `vfs_cap_data`)."""

import struct
from typing import NamedTuple

XATTR = "security.capability"
_IN_ORDER = (
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable "
    "net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio "
    "sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time "
    "sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog "
    "wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
)
"""Names by bit number (Linux `uapi/linux/capability.h`)."""
_NAMES = _IN_ORDER.split()
_LIKE_ROOT = (
    "chown dac_override dac_read_search fowner setgid setuid net_admin sys_module sys_rawio "
    "sys_ptrace sys_admin setfcap bpf"
)
_AS_ROOT = frozenset(_LIKE_ROOT.split())
_LENGTHS = {1: 12, 2: 20, 3: 24}
"""Bytes of each revision."""


class FileCapabilities(NamedTuple):
    """What a file's capabilities give to whoever starts it."""

    permitted: tuple[str, ...]
    """Names without `cap_`, in the kernel's order."""
    effective: bool
    """They are in force from the start."""
    root_id: int = 0
    """User namespace root that they are for, revision 3."""
    inheritable: tuple[str, ...] = ()
    """In force only where the process that starts the file has them inheritable, too."""

    @property
    def like_root(self) -> bool:
        """Tell capabilities that lead to everything root may do."""
        return any(name in _AS_ROOT for name in self.permitted)

    @property
    def has_unknown(self) -> bool:
        """Tell bits without a name: what they give depends on the kernel that knows them."""
        return any(name.isdecimal() for name in self.permitted)

    def __str__(self) -> str:
        """Return them as getcap shows them."""
        by_flags: dict[str, list[str]] = {}
        for name in dict.fromkeys((*self.permitted, *self.inheritable)):
            by_flags.setdefault(self._flags(name), []).append(f"cap_{name}")
        return " ".join(f"{','.join(names)}={x}" for x, names in by_flags.items()) or "="

    def _flags(self, name: str) -> str:
        parts = {"e": self.effective, "i": name in self.inheritable, "p": name in self.permitted}
        return "".join(flag for flag, holds in parts.items() if holds)


def file_capabilities(value: bytes) -> FileCapabilities | None:
    """Read the attribute's value; None when the kernel would not understand it."""
    if len(value) < 4:
        return None
    magic = int.from_bytes(value[:4], "little")
    revision = magic >> 24
    if _LENGTHS.get(revision) != len(value):
        return None
    words = struct.unpack(f"<{(len(value) - 4) // 4}I", value[4:])
    high = (words[2] << 32, words[3] << 32) if revision > 1 else (0, 0)
    return FileCapabilities(
        _named(words[0] | high[0]),
        bool(magic & 1),
        words[4] if revision == 3 else 0,
        _named(words[1] | high[1]),
    )


def _named(bits: int) -> tuple[str, ...]:
    return tuple(
        _NAMES[bit] if bit < len(_NAMES) else str(bit) for bit in range(64) if bits >> bit & 1
    )
