"""A root filesystem shaped like Debian's: usr-merged, with a dpkg database and set-id programs."""

import hashlib
import struct
from typing import NamedTuple

from testdata.demo.layer import Member, directory, hardlink, symlink

OS_RELEASE = """\
PRETTY_NAME="Demo Linux 1 (made for ocianalyze)"
NAME="Demo Linux"
VERSION_ID="1"
VERSION="1 (one)"
VERSION_CODENAME=one
ID=demolinux
ID_LIKE=debian
"""
ACCOUNTS = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
shop:x:1000:1000:Shop:/app:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
GROUP = """\
root:x:0:
daemon:x:1:
tty:x:5:
man:x:12:
www-data:x:33:
shadow:x:42:
shop:x:1000:
nogroup:x:65534:
"""
SHADOW = """\
root:*:20332:0:99999:7:::
daemon:*:20332:0:99999:7:::
shop:!:20332:0:99999:7:::
nobody:*:20332:0:99999:7:::
"""
PROFILE = """\
# Read by login shells.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
"""
COREUTILS = (
    "cat",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "du",
    "echo",
    "env",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "rmdir",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "sync",
    "tail",
    "tee",
    "touch",
    "tr",
    "true",
    "wc",
    "whoami",
)


class Package(NamedTuple):
    """A package of the demo's dpkg database and the programs that it owns."""

    name: str
    version: str
    summary: str
    programs: tuple[str, ...] = ()
    """Paths of executables, each a hand-made ELF file."""
    setuid: tuple[str, ...] = ()
    setgid_shadow: tuple[str, ...] = ()
    essential: bool = False


PACKAGES = (
    Package(
        "apt", "2.6.1", "package manager", ("usr/bin/apt", "usr/bin/apt-get", "usr/bin/apt-cache")
    ),
    Package("base-files", "12.4", "files of the base system", essential=True),
    Package("bash", "5.2.15-2", "shell", ("usr/bin/bash",), essential=True),
    Package("ca-certificates", "20230311", "certificates", ("usr/sbin/update-ca-certificates",)),
    Package(
        "coreutils",
        "9.1-1",
        "basic programs",
        tuple(f"usr/bin/{name}" for name in COREUTILS),
        essential=True,
    ),
    Package("curl", "7.88.1-10", "transfers over networks", ("usr/bin/curl",)),
    Package("dash", "0.5.12-2", "shell", ("usr/bin/dash",), essential=True),
    Package(
        "dpkg", "1.21.22", "package manager", ("usr/bin/dpkg", "usr/bin/dpkg-deb"), essential=True
    ),
    Package(
        "findutils", "4.9.0-4", "find files", ("usr/bin/find", "usr/bin/xargs"), essential=True
    ),
    Package("grep", "3.8-5", "search in text", ("usr/bin/grep",), essential=True),
    Package("gzip", "1.12-1", "compression", ("usr/bin/gzip",), essential=True),
    Package("hostname", "3.23", "name of the host", ("usr/bin/hostname",), essential=True),
    Package("libc6", "2.36-9", "C library", ("usr/lib/x86_64-linux-gnu/libc.so.6",)),
    Package(
        "login", "4.13", "sessions", ("usr/bin/login",), setuid=("usr/bin/newgrp",), essential=True
    ),
    Package("mount", "2.38.1-5", "mounts", (), setuid=("usr/bin/mount", "usr/bin/umount")),
    Package(
        "passwd",
        "4.13",
        "accounts",
        ("usr/sbin/useradd", "usr/sbin/nologin"),
        setuid=("usr/bin/chfn", "usr/bin/chsh", "usr/bin/gpasswd", "usr/bin/passwd"),
        setgid_shadow=("usr/bin/chage", "usr/bin/expiry"),
    ),
    Package("perl-base", "5.36.0-7", "interpreter", ("usr/bin/perl",), essential=True),
    Package("python3", "3.11.2-1", "interpreter", ("usr/bin/python3.11",)),
    Package("sed", "4.9-1", "edits streams", ("usr/bin/sed",), essential=True),
    Package("tar", "1.34", "archives", ("usr/bin/tar",), essential=True),
    Package(
        "util-linux", "2.38.1-5", "system programs", ("usr/bin/lsblk",), setuid=("usr/bin/su",)
    ),
)


def elf(name: str, *, shared: bool = False) -> bytes:
    """Return a complete x86-64 ELF file of some 160 bytes that does nothing but exit with 0.

    The name follows the code, so that each program has its own digest.
    """
    code = bytes.fromhex("b83c00000031ff0f05")  # mov eax, 60; xor edi, edi; syscall
    size = 64 + 56 + len(code)
    base = 0x400000
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    kind = 3 if shared else 2
    header = struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, base + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000)
    return ident + header + segment + code + b"\0made for ocianalyze: " + name.encode() + b"\0"


def members() -> list[Member]:
    """Return the whole base root."""
    programs = [member for package in PACKAGES for member in _programs(package)]
    gzip = next(member for member in programs if member.path == "usr/bin/gzip")
    return [
        *_skeleton(),
        *_accounts(),
        *programs,
        hardlink("usr/bin/gunzip", gzip),
        symlink("usr/bin/sh", "dash"),
        symlink("usr/bin/python3", "python3.11"),
        *_database(),
    ]


def _skeleton() -> list[Member]:
    return [
        *(symlink(name, f"usr/{name}") for name in ("bin", "lib", "sbin")),
        *(directory(name) for name in ("boot", "dev", "home", "mnt", "opt", "proc", "run", "sys")),
        directory("root", 0o700),
        directory("tmp", 0o1777),
        directory("var/tmp", 0o1777),
        directory("var/mail", 0o2775, gid=8),
        directory("var/cache/apt/archives/partial", 0o700),
        directory("var/lib/apt/lists"),
        Member("usr/lib/os-release", content=OS_RELEASE.encode()),
        symlink("etc/os-release", "../usr/lib/os-release"),
        Member("etc/debian_version", content=b"12.0\n"),
        Member("etc/profile", content=PROFILE.encode()),
        Member("etc/apt/sources.list", content=b"deb https://mirror.example/demo one main\n"),
        Member("etc/hostname", content=b"demo\n"),
        Member("root/.bashrc", content=b"umask 022\n"),
    ]


def _accounts() -> list[Member]:
    return [
        Member("etc/passwd", content=ACCOUNTS.encode()),
        Member("etc/group", content=GROUP.encode()),
        Member("etc/shadow", mode=0o640, gid=42, content=SHADOW.encode()),
    ]


def _programs(package: Package) -> list[Member]:
    return [
        *(_program(path, 0o755) for path in package.programs),
        *(_program(path, 0o4755) for path in package.setuid),
        *(_program(path, 0o2755, gid=42) for path in package.setgid_shadow),
    ]


def _program(path: str, mode: int, gid: int = 0) -> Member:
    return Member(path, mode=mode, gid=gid, content=elf(path, shared=".so" in path))


def _database() -> list[Member]:
    status = "\n".join(_stanza(package) for package in PACKAGES)
    found = [Member("var/lib/dpkg/status", content=status.encode())]
    for package in PACKAGES:
        owned = [_copyright(package), *_programs(package)]
        listing = "".join(f"/{member.path}\n" for member in owned)
        sums = "".join(f"{_md5(member.content)}  {member.path}\n" for member in owned)
        info = f"var/lib/dpkg/info/{package.name}"
        found += [
            _copyright(package),
            Member(f"{info}.list", content=listing.encode()),
            Member(f"{info}.md5sums", content=sums.encode()),
        ]
    return found


def _copyright(package: Package) -> Member:
    text = f"The file {package.name} of the ocianalyze demo image is under Apache-2.0.\n"
    return Member(f"usr/share/doc/{package.name}/copyright", content=text.encode())


def _stanza(package: Package) -> str:
    lines = [
        f"Package: {package.name}",
        *(("Essential: yes",) if package.essential else ()),
        "Status: install ok installed",
        f"Priority: {'required' if package.essential else 'optional'}",
        "Section: admin",
        f"Installed-Size: {1 + len(_programs(package))}",
        "Maintainer: Demo <demo@mirror.example>",
        "Architecture: amd64",
        f"Version: {package.version}",
        f"Description: {package.summary}",
    ]
    return "\n".join(lines) + "\n"


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
