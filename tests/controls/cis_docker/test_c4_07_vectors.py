"""More vectors of the catalogue's section 1.7, "4.7 ... update instructions are not used alone".

Its table stands in `test_c4_07_update_alone.py`; here are its lists of commands and its rules.
"""

from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_07_update_alone import CONTROL, evaluate
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image

ROOTFS = f"/bin/sh -c #(nop) ADD file:{'0' * 64} in / "
ROOT: Layer = {"etc/hostname": b"", "bin/sh": b"", "var/lib/dpkg/status": b"Package: a\n"}
INDEX = [
    *(f"{name} update" for name in ("apt-get", "apt", "aptitude", "apk")),
    "zypper refresh",
    "zypper ref",
    *(
        f"{name} {verb}"
        for name in ("dnf", "yum", "microdnf", "tdnf")
        for verb in ("makecache", "check-update")
    ),
    "pacman -Sy",
]
UPGRADE = [
    *(
        f"{name} {verb}"
        for name in ("yum", "dnf", "microdnf", "tdnf")
        for verb in ("update", "upgrade")
    ),
    "zypper update",
    "zypper up",
]
CLEAN = [
    "update-ca-certificates",
    "update-alternatives --install /a b /c 1",
    "npm update",
    "gem update --system",
    "composer update",
    "git submodule update --init",
    "pip install --upgrade x",
    "pip3 --no-input update",
    "echo 'apt-get update'",
    'echo "apt-get update"',
    "apk add -U curl",
    "apk add --update curl",
    "apk add --no-cache curl",
    "pacman -Syu",
    "pacman -Sy git",
    "apt-get update && apt-get install -y a && apt-get update",
    "apt-get install -y a; apt-get update",
    "apt-get update && apt-get dist-upgrade -y",
    "yum -y update && yum -y install a",
    "zypper ref && zypper in -y a",
    "apt update && apt-get install -y a",
]


def _step(text: str) -> str:
    return f"RUN /bin/sh -c {text} # buildkit"


@pytest.mark.parametrize("text", INDEX)
def test_a_refresh_alone_fails(text: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step(text)]))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "update-without-install")
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize("text", UPGRADE)
def test_an_upgrade_alone_fails_unless_the_profile_accepts_it(text: str) -> None:
    view = image(ROOT, {"x": b""}, history=[ROOTFS, _step(text)])
    verdict = evaluate(view)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "upgrade-alone")
    accepted = evaluate(view, accept_upgrade=True)
    assert accepted.status is Status.PASS
    noted = [(e.reason, e.severity) for e in accepted.evidence]
    assert ("upgrade-alone", "info") in noted


def test_accepted_upgrades_accept_no_refresh() -> None:
    view = image(ROOT, {"x": b""}, history=[ROOTFS, _step("apt-get update")])
    assert evaluate(view, accept_upgrade=True).status is Status.FAIL


@pytest.mark.parametrize("text", CLEAN)
def test_these_are_no_match(text: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step(text)]))
    assert verdict.status is Status.PASS


def test_a_pass_says_that_builder_stages_are_not_seen() -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step("make")]))
    assert [e.reason for e in verdict.evidence] == ["final-stage-only"]


SCRIPT = "#!/bin/sh\nset -e\n"
LONELY = File(f"{SCRIPT}apt-get update\n".encode(), mode=0o755)
WHOLE = File(f"{SCRIPT}apt-get update\napt-get install -y curl\n".encode(), mode=0o755)


@pytest.mark.parametrize(
    "line",
    [
        "RUN /setup.sh # buildkit",
        "RUN /bin/sh -c /setup.sh # buildkit",
        "RUN /bin/sh -c sh /setup.sh # buildkit",
        "RUN /bin/sh -c bash -eux setup.sh # buildkit",
        "RUN /bin/sh -c chmod +x setup.sh && ./setup.sh # buildkit",
        "RUN /bin/sh -c . /setup.sh # buildkit",
    ],
)
def test_a_script_that_is_still_there_is_read(line: str) -> None:
    def judged(script: File) -> tuple[Status, str]:
        view = image(ROOT, {"setup.sh": script}, {"x": b""}, history=[ROOTFS, "COPY a /", line])
        verdict = CONTROL.evaluate(view)
        return verdict.status, verdict.reason

    assert judged(LONELY) == (Status.FAIL, "update-without-install")
    assert judged(WHOLE) == (Status.PASS, "no-update-alone")


def test_a_script_counts_as_it_was_when_it_ran() -> None:
    """A later step rewrote it; the lower layer still has the version that ran."""
    history = [ROOTFS, "COPY setup.sh /", "RUN /setup.sh # buildkit", "COPY setup.sh /"]
    view = image(ROOT, {"setup.sh": LONELY}, {"x": b""}, {"setup.sh": WHOLE}, history=history)
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.evidence[0].step) == (Status.FAIL, 2)
    assert "in a script that it runs" in verdict.evidence[0].detail
    gone = image(ROOT, {"setup.sh": LONELY}, {".wh.setup.sh": b""}, history=history[:3])
    assert CONTROL.evaluate(gone).status is Status.FAIL


def test_a_relative_script_is_looked_for_in_the_workdir() -> None:
    history: list[str | dict[str, Any]] = [
        ROOTFS,
        "COPY setup.sh /opt/bin/ # buildkit",
        {"created_by": "WORKDIR /opt/bin", "empty_layer": True},
        "RUN /bin/sh -c ./setup.sh # buildkit",
    ]
    view = image(ROOT, {"opt/bin/setup.sh": LONELY}, {"x": b""}, history=history)
    assert CONTROL.evaluate(view).status is Status.FAIL


INDEXES = [
    ("var/lib/apt/lists/deb.example_Packages", "var/lib/dpkg/status"),
    ("var/lib/apt/lists/deb.example_Packages.lz4", "var/lib/dpkg/status.d/a"),
    ("lib/apk/APKINDEX.00.tar.gz", "lib/apk/db/installed"),
    ("var/cache/apk/APKINDEX.00.tar.gz", "lib/apk/db/installed"),
    ("var/cache/dnf/base-1/repodata/repomd.xml", "var/lib/rpm/rpmdb.sqlite"),
    ("var/cache/yum/x86_64/8/base/repodata/a", "var/lib/rpm/Packages"),
    ("var/cache/zypp/raw/oss/x", "usr/lib/sysimage/rpm/Packages.db"),
]


@pytest.mark.parametrize(("index", "database"), INDEXES, ids=[x[0] for x in INDEXES])
@pytest.mark.parametrize("step", ["RUN /dev/pipes/EOF # buildkit", "RUN /bin/sh -c /gone.sh"])
def test_a_layer_speaks_for_an_opaque_step(index: str, database: str, step: str) -> None:
    alone = CONTROL.evaluate(image(ROOT, {index: b"x"}, history=[ROOTFS, step]))
    assert (alone.status, alone.reason) == (Status.FAIL, "index-without-install")
    assert alone.confidence == "strong"
    layer: Layer = {index: b"x", database: b"new"}
    assert CONTROL.evaluate(image(ROOT, layer, history=[ROOTFS, step])).status is Status.PASS


@pytest.mark.parametrize("history", [[], ["", ""]], ids=["stripped", "squashed"])
def test_a_layer_speaks_without_any_history(history: list[str]) -> None:
    lists: Layer = {"var/lib/apt/lists/a_Packages": b"x"}
    assert CONTROL.evaluate(image(ROOT, lists, history=history)).status is Status.FAIL


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("tmp/setup.sh", "RUN /tmp/setup.sh # buildkit"),
        ("tmp/setup.sh", "RUN /bin/sh -c bash /tmp/setup.sh # buildkit"),
        ("tmp/setup.sh", "RUN /bin/sh -c /tmp/setup.sh && rm /tmp/setup.sh # buildkit"),
        ("tmp/setup.sh", "RUN /bin/sh -c cd /tmp && ./setup.sh # buildkit"),
        ("app/setup.sh", "RUN /app/setup.sh # buildkit"),
        ("app/setup.sh", "RUN /bin/sh -c sh -eu /app/setup.sh # buildkit"),
        ("usr/local/bin/setup", "RUN /usr/local/bin/setup # buildkit"),
        ("usr/local/bin/setup", "RUN /bin/sh -c setup now # buildkit"),
    ],
)
def test_scripts_are_read_wherever_steps_run_them(path: str, line: str) -> None:
    for script, status in ((LONELY, Status.FAIL), (WHOLE, Status.PASS)):
        gone: Layer = {"tmp/.wh.setup.sh": b""} if "rm" in line else {"x": b""}
        view = image(ROOT, {path: script}, gone, history=[ROOTFS, f"COPY a /{path}", line])
        assert CONTROL.evaluate(view).status is status


def test_a_program_of_the_author_that_was_not_read_is_no_exact_pass() -> None:
    big = File(b"#!/bin/sh\n" + b"#" * (64 << 10), mode=0o755)
    line = "RUN /usr/local/bin/setup # buildkit"
    view = image(ROOT, {"usr/local/bin/setup": big}, {"x": b""}, history=[ROOTFS, "COPY a /", line])
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.confidence) == (Status.PASS, "strong")


CHANGED: Layer = {"var/lib/dpkg/status": b"Package: a\nPackage: b\n"}


@pytest.mark.parametrize(
    ("text", "layer", "status"),
    [
        ("apt-get update && /tmp/install.sh", CHANGED, Status.NEEDS_REVIEW),
        ("apt-get update && npx playwright install-deps", CHANGED, Status.NEEDS_REVIEW),
        ("apt-get update && npx playwright install-deps", {"x": b""}, Status.FAIL),
        ("apt-get update && /tmp/install.sh", {"x": b""}, Status.FAIL),
        ("apt-get update && /tmp/install.sh", None, Status.NEEDS_REVIEW),
        ("apt-get update && rm -rf /x", CHANGED, Status.FAIL),
        ("apt-get update", CHANGED, Status.FAIL),
        ("yum -y update && ./x.sh", CHANGED, Status.FAIL),
    ],
)
def test_another_program_may_have_installed(text: str, layer: Layer | None, status: Status) -> None:
    verdict = CONTROL.evaluate(image(ROOT, layer, history=[ROOTFS, _step(text)]))
    assert verdict.status is status
    assert len(verdict.summary) <= 60
    if status is Status.NEEDS_REVIEW:
        assert (verdict.reason, verdict.confidence) == ("installed-otherwise", "heuristic")


@pytest.mark.parametrize(
    "text",
    [
        "apt-get update && apt-get -s install curl",
        "apt-get update && apt-get install --dry-run curl",
        "apt-get update && apt-get -yd install curl",
        "apt-get update && apt-get download curl",
        "apt-get update && apt-get install",
        "apt-get update && apt-get install -y",
        "apk update && apk add -s curl",
        "apk update && apk fetch curl",
        "zypper ref && zypper in --dry-run vim",
        "dnf makecache && dnf install --downloadonly x",
        "apt-get -d update",
    ],
)
def test_what_installs_nothing_is_no_install(text: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step(text)]))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "update-without-install")


@pytest.mark.parametrize(
    "text",
    [
        "apt-get update && apt-get install -y $(cat packages)",
        "apt-get update && apt-get install -y `cat packages`",
        "apt-get update && apt-get install -y $PACKAGES",
        "apt-get update && xargs -a packages apt-get install -y",
        "apt-get update && apt-get install -f",
        "apt-get update && apt-get -o Debug::x=1 -t stable install -y curl",
    ],
)
def test_names_may_come_from_elsewhere(text: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step(text)]))
    assert verdict.status is Status.PASS


def test_a_manager_that_a_variable_names_is_no_exact_pass() -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, _step("$APT update")]))
    assert (verdict.status, verdict.confidence) == (Status.PASS, "strong")


def test_the_summary_is_not_cut_in_a_word() -> None:
    lists: Layer = {"var/lib/apt/lists/deb_Packages": b"Package: b\n"}
    verdict = CONTROL.evaluate(image(ROOT, lists, history=[ROOTFS, ""]))
    assert verdict.summary == "apt index, no package change (layer 1)"
