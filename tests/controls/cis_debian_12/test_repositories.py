"""Repositories and keys of apt, apk and dnf."""

from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer

APT: Layer = {"usr/bin/apt-get": File(b"\x7fELF", mode=0o755)}
KEY = "usr/share/keyrings/debian-archive-keyring.gpg"
DPKG: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": b"Package: debian-archive-keyring\nStatus: install ok installed\n"
    b"Version: 1\nArchitecture: all\n\n",
    "var/lib/dpkg/info/debian-archive-keyring.list": f"/.\n/{KEY}\n".encode(),
    KEY: b"key",
}
APK: Layer = {"sbin/apk": File(b"\x7fELF", mode=0o755)}
DNF: Layer = {"usr/bin/microdnf": File(b"\x7fELF", mode=0o755)}
LINE = b"deb http://ftp.debian.org/debian bookworm main\n"
OTHER = b"deb [signed-by=/etc/apt/keyrings/x.asc] https://packages.example.com/apt stable main\n"
STANZA = b"""Types: deb
URIs: http://ftp.debian.org/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
REPO = b"""[baseos]
name=Base
metalink=https://mirrors.fedoraproject.org/metalink?repo=x
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-$releasever
"""


def lists(content: bytes) -> Layer:
    return {"etc/apt/sources.list": content}


def stanza(content: bytes) -> Layer:
    return {"etc/apt/sources.list.d/debian.sources": content, KEY: b"key"}


def repo(content: bytes) -> Layer:
    return {"etc/yum.repos.d/x.repo": content}


SAMPLES: Samples = {
    "cis-debian-12-1.2.1.1": (
        passes({**APT, **DPKG}),
        review({**APT, KEY: b"key"}, reason="keys-added"),
        review({**APT, **DPKG, "etc/apt/trusted.gpg.d/extra.asc": b"key"}),
        fails(APT, reason="no-keys"),
        fails({**APT, KEY: b""}, reason="no-keys"),
        fails({**APT, **DPKG, KEY: File(b"key", mode=0o666)}, reason="keys-writable"),
        fails({**APT, **DPKG, KEY: File(b"key", uid=7)}, reason="keys-writable"),
        review({**APK, "etc/apk/keys/alpine.rsa.pub": b"key"}),
        fails(APK, reason="no-keys"),
        review({**DNF, "etc/pki/rpm-gpg/RPM-GPG-KEY-x": b"key"}),
        absent({KEY: b"key"}, reason="no-package-manager"),
        absent(APT, os="windows"),
        unknown({**APT, **DPKG}, None),
    ),
    "cis-debian-12-1.2.1.2": (
        passes(lists(LINE)),
        passes(lists(b"# deb [trusted=yes] http://x.example/ y z\n" + LINE)),
        passes(stanza(STANZA)),
        passes(stanza(b"# x\n\n" + STANZA + b"\n" + STANZA)),
        passes(stanza(b"Enabled: no\nTrusted: yes\n" + STANZA)),
        passes(repo(REPO)),
        passes(repo(REPO.replace(b"enabled=1", b"enabled=0").replace(b"check=1", b"check=0"))),
        passes({"etc/apk/repositories": b"https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n"}),
        review({"etc/apk/repositories": b"@own https://apk.example.com/main\n"}),
        review({**lists(OTHER), "etc/apt/keyrings/x.asc": b"key"}, reason="other-repository"),
        review(lists(OTHER.replace(b"packages.example.com", b"ftp.debian.org"))),
        review(lists(LINE.replace(b"ftp.debian.org", b"ftp.debian.org.example.com"))),
        review(lists(LINE.replace(b"ftp.debian.org", b"user:word@ftp.debian.org.example.com"))),
        review({"etc/apt/sources.list.d/debian.sources": STANZA}),
        fails(lists(LINE.replace(b"deb ", b"deb [arch=amd64 trusted=yes] "))),
        fails(lists(LINE.replace(b"deb ", b"deb-src [ allow-insecure=yes ] "))),
        fails({"etc/apt/sources.list.d/x.list": b"deb [trusted=yes] https://x.example/ ./\n"}),
        fails(stanza(STANZA + b"Trusted: yes\n")),
        fails(repo(REPO.replace(b"gpgcheck=1", b"gpgcheck = 0"))),
        passes({**lists(LINE), "etc/apt/sources.list.d/x.save": b"deb [trusted=yes] file:/x .\n"}),
        absent({"app": b"x"}, reason="no-sources"),
        absent(lists(LINE), os="windows"),
        unknown(lists(b"#" * (1 << 18) + b"#"), reason="file-unread"),
        unknown(lists(LINE), None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    verdict = holds(name, sample)
    assert "word" not in str(verdict.evidence)
