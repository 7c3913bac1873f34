"""Accounts, settings and entry scripts are kept whole, everything else is not."""

import pytest

from ocianalyze.detectors.captured import OBSERVER
from tests.images import File, Layer, hardlink, image, symlink


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("etc/passwd", b"root:x:0:0::/:\n"),
        ("etc/group", b""),
        ("etc/shadow", b"x"),
        ("etc/os-release", b"ID=x\n"),
        ("usr/lib/os-release", b"ID=x\n"),
        ("etc/sudoers", b"x"),
        ("etc/sudoers.d/10-app", b"x"),
        ("data/accounts", b"root:x:0:0::/:\n"),
        ("data/groups", b"root:x:0:\n"),
        ("data/passwords", b"root:*:19000:0:99999:7:::\n"),
        ("etc/ssh/sshd_config", b"PermitRootLogin no\n"),
        ("etc/ssh/sshd_config.d/50-cloud.conf", b"x"),
        ("etc/login.defs", b"UMASK 022\n"),
        ("etc/profile.d/x.sh", b"umask 022\n"),
        ("root/.profile", b"x"),
        ("etc/pam.d/common-auth", b"x"),
        ("etc/shells", b"/bin/sh\n"),
        ("etc/doas.conf", b"permit root\n"),
        ("etc/apt/sources.list", b"deb x y z\n"),
        ("etc/apt/sources.list.d/debian.sources", b"Types: deb\n"),
        ("etc/yum.repos.d/x.repo", b"[x]\n"),
        ("etc/apk/repositories", b"https://x/\n"),
        ("etc/nginx/nginx.conf", b"user x;"),
        ("docker-entrypoint.sh", b"#!/bin/sh\n"),
        ("opt/app/entrypoint.sh", b"#!/usr/bin/env bash\n"),
        ("usr/local/bin/start-it", b"#!/bin/dash\n"),
        ("init", b"#!/bin/sh\n"),
        ("tmp/setup.sh", b"#!/bin/sh\napt-get update\n"),
        ("app/scripts/setup.sh", b"apt-get update\n"),
        ("usr/src/app/build.bash", b"#!/bin/bash\n"),
        ("srv/a.sh", b"#!/bin/sh\n" + b"#" * ((16 << 10) - 10)),
    ],
)
def test_content_is_kept(path: str, content: bytes) -> None:
    assert image({path: content}).read(path) == content


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("usr/bin/passwd", b"\x7fELF" + bytes(100)),
        ("sbin/init", b"\x7fELF" + bytes(100)),
        ("usr/local/bin/pip", b"#!/usr/bin/python3\n"),
        ("usr/local/bin/tool", b"text"),
        ("home/app/notes.txt", b"x"),
        ("home/app/.profile", b"x"),
        ("etc/pam.d/login", b"x"),
        ("etc/ssh/ssh_host_rsa_key", b"x"),
        ("etc/apt/trusted.gpg.d/x.gpg", b"x"),
        ("etc/profile", b"x" * (64 << 10) + b"x"),
        ("etc/passwd", b"x" * (1 << 20) + b"x"),
        ("data/accounts", b"root:x:0:0::/:\n" + b"x" * (1 << 20)),
        ("data/notes", b"root: the user\n"),
        ("data/other", b"root\n"),
        ("start.sh", b"#!/bin/sh\n" + b"#" * (64 << 10)),
        ("tmp/setup.sh", b"#!/bin/sh\n" + b"#" * (16 << 10)),
        ("tmp/setup.sh", b"#!/usr/bin/python3\n"),
        ("tmp/setup.sh", b"\x7fELF\0"),
        ("tmp/setup", b"#!/bin/sh\n"),
        ("usr/share/doc/x/setup.sh", b"#!/bin/sh\n"),
        ("usr/lib/x/setup.sh", b"#!/bin/sh\n"),
        ("app/node_modules/x/setup.sh", b"#!/bin/sh\n"),
        ("a/b/c/d/e/f/setup.sh", b"#!/bin/sh\n"),
    ],
)
def test_content_is_not_kept(path: str, content: bytes) -> None:
    """Half an account file would answer wrongly, so what is too large is not kept at all."""
    assert image({path: content}).read(path) is None


def test_content_at_the_bound_is_whole() -> None:
    content = b"x" * (1 << 20)
    assert image({"etc/passwd": content}).read("etc/passwd") == content


def test_versions_below_are_kept_too() -> None:
    layers: tuple[Layer, ...] = ({"etc/passwd": b"1"}, {"etc/passwd": File(b"2")})
    kept = [value for _, value in image(*layers).tree.observations(OBSERVER.name)]
    assert kept == [b"1", b"2"]


@pytest.mark.parametrize("link", [symlink("/data/accounts"), hardlink("data/accounts")])
@pytest.mark.parametrize("name", ["passwd", "group", "shadow"])
def test_account_files_that_are_links_are_kept(name: str, link: File) -> None:
    """Runtimes follow symbolic links inside the root, and hard links are the file."""
    content = b"root:x:0:0::/:\n"
    layer: Layer = {"data/accounts": content, f"etc/{name}": link}
    assert image(layer).read(f"etc/{name}") == content
    assert image({"data/accounts": content}, {f"etc/{name}": link}).read(f"etc/{name}") == content
