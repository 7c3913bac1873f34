"""Capabilities of files are shown as getcap(8) shows them."""

import struct

import pytest

from ocianalyze.controls.aspects.setid.capabilities import file_capabilities


def _value(permitted: int, inheritable: int = 0, *, effective: bool = False) -> bytes:
    low, high = (1 << 32) - 1, 32
    return struct.pack(
        "<IIIII",
        2 << 24 | effective,
        permitted & low,
        inheritable & low,
        permitted >> high,
        inheritable >> high,
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (_value(1 << 13, effective=True), "cap_net_raw=ep"),
        (_value(1 << 13), "cap_net_raw=p"),
        (_value(0, 1 << 18), "cap_sys_chroot=i"),
        (_value(0, 1 << 39), "cap_bpf=i"),
        (_value(1 << 13, 1 << 13, effective=True), "cap_net_raw=eip"),
        (_value(1 << 10 | 1 << 13, 1 << 18), "cap_net_bind_service,cap_net_raw=p cap_sys_chroot=i"),
        (_value(0), "="),
        (struct.pack("<III", 1 << 24, 0, 1 << 7), "cap_setuid=i"),
    ],
)
def test_flags_tell_permitted_from_inheritable(value: bytes, shown: str) -> None:
    assert str(file_capabilities(value)) == shown


def test_inheritable_ones_alone_do_not_lead_to_root() -> None:
    found = file_capabilities(_value(0, 1 << 21))
    assert found is not None
    assert not found.like_root
    assert found.inheritable == ("sys_admin",)
