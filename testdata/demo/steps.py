"""The build of the demo image: what a Dockerfile with the usual mistakes leaves behind.

FROM scratch
ADD rootfs.tar.xz /
CMD ["bash"]
LABEL org.opencontainers.image.source=...
ARG CHANNEL=stable
RUN apt-get update
COPY . /app
ADD settings.ini /etc/shop/
RUN chmod 4755 ... && rm /app/deploy/id_ed25519 ...
ENV ...  EXPOSE ...  HEALTHCHECK ...  USER root  CMD ...
"""

import base64
import struct
from dataclasses import dataclass

from testdata.demo import rootfs
from testdata.demo.layer import Member, directory, opaque, symlink, whiteout

BUILD_TIME = 1_788_220_800
"""2026-09-01T00:00:00Z; each step takes a minute."""

_SHOP_UID = 1000
_CLEANUP = (
    "RUN |1 CHANNEL=stable /bin/sh -c chmod 4755 /app/bin/report "
    "&& setcap cap_net_bind_service,cap_net_admin=ep /app/bin/shopd "
    "&& ln -s report /app/bin/report-daily "
    "&& rm /app/deploy/id_ed25519 "
    "&& rm -rf /var/lib/apt/lists && mkdir -p /var/lib/apt/lists # buildkit"
)
_HEALTHCHECK = (
    'HEALTHCHECK &{["CMD" "curl" "-f" "http://localhost:8080/"] '
    """"30s" "3s" "0s" "0s" '\\x03'}"""
)
_SHOP_PY = """\
\"\"\"The shop of the demo image: answers every request with its version.\"\"\"

VERSION = "1.4"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"shop {VERSION}\\n".encode()]
"""
_REPORT = """\
#!/bin/sh
# Prints the number of orders of a day.
exec /app/bin/shopd --report "$@"
"""
_SETTINGS = """\
[shop]
port = 8080
workers = 2
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the image's history, with its layer unless it only changes the config."""

    created_by: str
    members: tuple[Member, ...] | None = None


def steps() -> tuple[Step, ...]:
    """Return the build, in order."""
    return (
        Step("ADD rootfs.tar.xz / # buildkit", tuple(rootfs.members())),
        Step('CMD ["bash"]'),
        Step("LABEL org.opencontainers.image.title=shop"),
        Step("ARG CHANNEL=stable"),
        Step(
            "RUN |1 CHANNEL=stable /bin/sh -c apt-get update # buildkit",
            tuple(_package_lists()),
        ),
        Step("COPY . /app # buildkit", tuple(_application())),
        Step(
            "ADD settings.ini /etc/shop/ # buildkit", (_text("etc/shop/settings.ini", _SETTINGS),)
        ),
        Step(_CLEANUP, tuple(_cleanup())),
        Step("ENV SHOP_MODE=production"),
        Step("WORKDIR /app"),
        Step("EXPOSE [8080/tcp]"),
        Step(_HEALTHCHECK),
        Step("USER root"),
        Step('CMD ["/app/bin/shopd","--listen","0.0.0.0:8080"]'),
    )


def run_config() -> dict[str, object]:
    """Return the `config` object of the image config."""
    return {
        "User": "root",
        "ExposedPorts": {"8080/tcp": {}},
        "Env": [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SHOP_MODE=production",
        ],
        "Cmd": ["/app/bin/shopd", "--listen", "0.0.0.0:8080"],
        "WorkingDir": "/app",
        "Labels": {"org.opencontainers.image.title": "shop"},
        "Healthcheck": {
            "Test": ["CMD", "curl", "-f", "http://localhost:8080/"],
            "Interval": 30_000_000_000,
            "Timeout": 3_000_000_000,
            "Retries": 3,
        },
    }


def _text(path: str, content: str, mode: int = 0o644) -> Member:
    return Member(path, mode=mode, content=content.encode())


def _package_lists() -> list[Member]:
    lists = "var/lib/apt/lists"
    stanzas = (
        f"Package: demo-{number:04d}\nVersion: 1.{number % 17}-1\nArchitecture: amd64\n"
        f"Filename: pool/main/d/demo-{number:04d}.deb\nSize: {number * 37}\n\n"
        for number in range(2_000)
    )
    return [
        directory(f"{lists}/partial", 0o700),
        _text(f"{lists}/mirror.example_demo_dists_one_InRelease", "Origin: Demo\nSuite: one\n"),
        _text(f"{lists}/mirror.example_demo_dists_one_main_Packages", "".join(stanzas)),
        Member(f"{lists}/lock", mode=0o640),
    ]


def _application() -> list[Member]:
    return [
        directory("app", uid=_SHOP_UID, gid=_SHOP_UID),
        _text("app/shop.py", _SHOP_PY),
        _text("app/README.md", "# shop\n\nThe application of the ocianalyze demo image.\n"),
        Member("app/bin/shopd", mode=0o755, content=rootfs.elf("app/bin/shopd")),
        Member("app/bin/report", mode=0o755, content=rootfs.elf("app/bin/report")),
        _text("app/bin/report.sh", _REPORT, 0o755),
        _text("app/deploy/hosts", "shop-1.example\nshop-2.example\n"),
        Member("app/deploy/id_ed25519", mode=0o600, content=_not_a_key()),
    ]


def _cleanup() -> list[Member]:
    """Return what the last RUN changed; a chmod or setcap copies the whole file up."""
    return [
        Member("app/bin/report", mode=0o4755, content=rootfs.elf("app/bin/report")),
        Member(
            "app/bin/shopd",
            mode=0o755,
            content=rootfs.elf("app/bin/shopd"),
            xattrs={"security.capability": _capabilities(10, 12)},
        ),
        directory("app", uid=_SHOP_UID, gid=_SHOP_UID),
        symlink("app/bin/report-daily", "report"),
        whiteout("app/deploy/id_ed25519"),
        directory("var/lib/apt/lists"),
        opaque("var/lib/apt/lists"),
    ]


def _capabilities(*numbers: int) -> str:
    """Return `struct vfs_cap_data` revision 2, effective, with these permitted capabilities."""
    permitted = sum(1 << number for number in numbers)
    return struct.pack("<5I", 0x02000001, permitted, 0, 0, 0).decode("ascii")


def _not_a_key() -> bytes:
    """Return text in the armour of a private key that says what it is."""
    words = b"not a key: made up for the demo image of ocianalyze, opens nothing. " * 4
    body = base64.encodebytes(words)
    edge = b"OPENSSH PRIVATE KEY-----\n"
    return b"-----BEGIN " + edge + body + b"-----END " + edge
