"""What clean roots fail is what docs/explanation/clean-roots.md lists: nothing that is wrong."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import engine
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from tests.archives import Image, docker_archive
from tests.images import File, Layer, directory, tar

pytestmark = pytest.mark.oracle

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "clean-roots.md"
BEGIN, END = "<!-- table -->\n", "<!-- /table -->"
HEAD = ("Debian", "Alpine", "distroless-like")
ADDED = f"/bin/sh -c #(nop) ADD file:{'0a' * 32} in / "
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

STATUS = b"""Package: libdemo1
Status: install ok installed
Architecture: amd64
Version: 1.0-1
Maintainer: Nobody <nobody@example.com>
Description: a library
"""
LIBRARY = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(44)
DISTROLESS: Layer = {
    "etc/passwd": b"root:x:0:0:root:/root:/sbin/nologin\n"
    b"nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n"
    b"nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
    "etc/group": b"root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n",
    "etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Distroless"\n',
    "etc/ssl/certs/ca-certificates.crt": b"",
    "home/nonroot": File(kind="d", mode=0o700, uid=65532, gid=65532),
    "root": directory(0o700),
    "tmp": directory(0o1777),
    "usr/lib/x86_64-linux-gnu/libdemo.so.1": LIBRARY,
    "usr/share/zoneinfo/UTC": b"TZif",
    "var/lib/dpkg/status.d/libdemo1": STATUS,
}

EXPECTED_BY_RIGHT = {
    "cis-docker-4.1", "cis-docker-4.3", "cis-docker-4.6", "cis-docker-4.8",
    "ocia-package-manager-present", "ocia-shell-present", "ocia-network-tool-present",
    "cis-ssc-2.4.4", "cis-ssc-4.4.1", "disa-srg-SRG-APP-000342-CTR-000775", "disa-stig-V-235830",
    "k8s-pss-running-as-non-root", "k8s-pss-running-as-non-root-user", "nist-800-190-4.1.2",
    "owasp-docker-9",
}  # fmt: skip
"""Controls whose failure a maintainer would agree with: of the config, or of what is installed."""


def _config(user: str = "", *commands: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"created_by": ADDED}]
    if commands:
        steps.append(
            {"created_by": f"/bin/sh -c #(nop)  CMD {list(commands)}", "empty_layer": True}
        )
    config = {"Env": [PATH], "User": user, "Cmd": list(commands)}
    return {"os": "linux", "architecture": "amd64", "config": config, "history": steps}


def _failing(path: Path) -> Mapping[str, ControlRecord]:
    report = engine.scan(str(path), engine.Options(jobs=1), engine.chosen("all"))
    return {row.control: row for row in report.controls if row.status is Status.FAIL}


def _part(name: str) -> str:
    table = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    return table.partition(f"## {name}\n")[2].partition("\n## ")[0]


def _lines(failing: Mapping[str, ControlRecord]) -> Iterator[str]:
    yield "| control | title | what is said |"
    yield "| --- | --- | --- |"
    for name, row in failing.items():
        yield f"| `{name}` | {row.title} | {row.summary.replace('|', chr(92) + '|')} |"


def _compare(name: str, failing: Mapping[str, ControlRecord]) -> None:
    """Compare with the page; OCIANALYZE_UPDATE_GOLDEN writes what is said now."""
    if os.environ.get("OCIANALYZE_UPDATE_GOLDEN"):
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        now = {each: _part(each).strip() for each in HEAD} | {name: "\n".join(_lines(failing))}
        parts = "\n".join(f"## {each}\n\n{now[each]}\n" for each in HEAD)
        PAGE.write_text(f"{before}{BEGIN}\n{parts}\n{END}{after}", encoding="utf-8")
    assert _part(name).strip().split("\n") == list(_lines(failing))
    assert {row.decided_by for row in failing.values()} <= EXPECTED_BY_RIGHT


def test_a_debian_minbase_fails_what_the_page_lists(minbase: Path, tmp_path: Path) -> None:
    """Made from the archive, by Debian's own tool."""
    image = Image([minbase.read_bytes()], _config("", "bash"))
    _compare("Debian", _failing(docker_archive(tmp_path / "debian.tar", [image])))


def test_an_alpine_image_fails_what_the_page_lists(corpus: Path) -> None:
    """As published."""
    _compare("Alpine", _failing(corpus / "images" / "trivy" / "alpine-311.tar.gz"))


def test_a_distroless_like_image_fails_what_the_page_lists(tmp_path: Path) -> None:
    """Nothing but the health check and labels is left to want."""
    image = Image([tar(DISTROLESS)], _config("65532"))
    failing = _failing(docker_archive(tmp_path / "x.tar", [image]))
    _compare("distroless-like", failing)
    assert "cis-docker-4.1" not in failing
    assert "cis-docker-4.8" not in failing
