"""CIS Docker 4.3: tools are found by content and path, and judged by what the image starts."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_03_unneeded_packages import CONTROL
from ocianalyze.detectors import captured, elf, shebang, tools
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly
from ocianalyze.model.finding import Evidence, Status
from tests.images import File, Layer, hardlink, image, symlink

OBSERVERS = (captured.OBSERVER, elf.OBSERVER, shebang.OBSERVER, tools.OBSERVER)
TEXTS = {
    "bash": "GNU bash, version %s",
    "dash": "sh: turning off NDELAY mode\0getopts optstring var [arg...]",
    "apt-get": "Usage: apt-get [options] command",
    "curl": "Usage: curl [options...] <url>",
    "busybox": "BusyBox is a multi-call binary that combines many",
    "sshd": "usage: sshd [-46",
    "gcc": "gcc driver version %s %s",
    "git": "These are common Git commands used in various situations:",
    "nano": "Usage: nano [OPTIONS]",
    "app": "an ordinary program",
}


def program(name: str) -> File:
    """Return an executable with the text of a tool."""
    return File(b"\x7fELF\2\1\1" + bytes(57) + TEXTS[name].encode() + b"\0", mode=0o755)


def script(text: str) -> File:
    """Return an executable script."""
    return File(text.encode(), mode=0o755)


def view(*layers: Layer | None, **config: Any) -> ImageView:
    """Return an image that the detectors have seen."""
    return image(*layers, config=config, observers=OBSERVERS)


def found(view: ImageView) -> dict[str, str]:
    """Return path and reason of each piece of evidence."""
    return {x.path: x.reason for x in CONTROL.evaluate(view).evidence}


def at(view: ImageView, path: str) -> Evidence:
    """Return the evidence about a path."""
    return next(x for x in CONTROL.evaluate(view).evidence if x.path == path)


@pytest.mark.parametrize(
    ("layer", "status", "reason"),
    [
        pytest.param({"app": program("app")}, Status.PASS, "no-tools", id="only-the-app"),
        pytest.param({"bin/bash": program("bash")}, Status.FAIL, "denied-tools-l2", id="shell"),
        pytest.param(
            {"usr/sbin/sshd": program("sshd")}, Status.FAIL, "denied-tools", id="remote-shell"
        ),
        pytest.param(
            {"usr/bin/gcc-12": program("gcc")}, Status.FAIL, "denied-tools", id="compiler"
        ),
        pytest.param(
            {"opt/x": program("curl")}, Status.FAIL, "denied-tools-l2", id="renamed-downloader"
        ),
        pytest.param(
            {"bin/git": program("git"), "bin/nano": program("nano")},
            Status.NEEDS_REVIEW,
            "removable-tools",
            id="other-tools",
        ),
        pytest.param(
            {"usr/bin/nc": program("app")}, Status.NEEDS_REVIEW, "tools-by-name", id="unknown-build"
        ),
        pytest.param(
            {"bin/bash": File(b"abc", mode=0o755)}, Status.PASS, "no-tools", id="name-alone"
        ),
        pytest.param(
            {"usr/share/bash": File(program("bash").content, mode=0o644)},
            Status.PASS,
            "no-tools",
            id="not-executable",
        ),
        pytest.param(
            {"usr/bin/pip3": script("#!/usr/bin/python3\nfrom pip._internal import main\n")},
            Status.FAIL,
            "denied-tools-l2",
            id="script",
        ),
    ],
)
def test_the_tools_decide(layer: Layer, status: Status, reason: str) -> None:
    verdict = CONTROL.evaluate(view(layer, Entrypoint=["/app"]))
    assert (verdict.status, verdict.reason) == (status, reason)


SHELL_IMAGE: Layer = {
    "bin/bash": program("bash"),
    "bin/dash": program("dash"),
    "bin/sh": symlink("dash"),
    "usr/bin/curl": program("curl"),
    "app": program("app"),
    "run": script("#!/bin/bash\nexec /app\n"),
    "by-env": script("#!/usr/bin/env bash\n"),
    "entrypoint.sh": script("#!/bin/sh\nset -e\ncurl -fsS http://localhost/ >/dev/null\n"),
}


@pytest.mark.parametrize(
    ("config", "left"),
    [
        pytest.param({"Entrypoint": ["/app"]}, {"bash", "dash", "curl"}, id="nothing-needed"),
        pytest.param({"Cmd": ["bash"]}, {"dash", "curl"}, id="found-in-path"),
        pytest.param({"Entrypoint": ["/bin/sh", "-c", "/app"]}, {"bash", "curl"}, id="shell-form"),
        pytest.param({"Entrypoint": ["/run"]}, {"dash", "curl"}, id="interpreter"),
        pytest.param({"Entrypoint": ["/by-env"]}, {"dash", "curl"}, id="interpreter-through-env"),
        pytest.param({"Entrypoint": ["./run"], "WorkingDir": "/"}, {"dash", "curl"}, id="relative"),
        pytest.param({"Entrypoint": ["/entrypoint.sh"]}, {"bash"}, id="entry-script-names-it"),
        pytest.param(
            {"Healthcheck": {"Test": ["CMD", "curl", "-f", "localhost"]}},
            {"bash", "dash"},
            id="health-check",
        ),
        pytest.param(
            {"Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost || exit 1"]}},
            {"bash"},
            id="health-check-in-a-shell",
        ),
        pytest.param(
            {"Healthcheck": {"Test": ["CMD-SHELL", "bash -c '</dev/tcp/127.0.0.1/80'"]}},
            {"curl"},
            id="health-check-starts-another-shell",
        ),
        pytest.param(
            {"Healthcheck": {"Test": ["NONE"]}, "Entrypoint": ["/app"]},
            {"bash", "dash", "curl"},
            id="health-check-off",
        ),
        pytest.param(
            {"Cmd": ["curl"], "Env": ["PATH=/nowhere"]}, {"bash", "dash", "curl"}, id="other-path"
        ),
    ],
)
def test_what_the_image_starts_is_not_held_against_it(
    config: Mapping[str, Any], left: set[str]
) -> None:
    paths = found(view(SHELL_IMAGE, **config))
    assert {path.rpartition("/")[2] for path in paths} == left


def test_links_to_a_multi_call_binary_are_the_tools_they_stand_for() -> None:
    """The shell is needed; what the same binary is under other names is not."""
    layer: Layer = {
        "bin/busybox": program("busybox"),
        "bin/sh": symlink("/bin/busybox"),
        "bin/ls": symlink("busybox"),
        "usr/bin/wget": symlink("/bin/busybox"),
        "usr/bin/nc": symlink("../../bin/busybox"),
        "usr/bin/telnet": hardlink("bin/busybox"),
    }
    verdict = CONTROL.evaluate(view(layer, Cmd=["/bin/sh"]))
    assert found(view(layer, Cmd=["/bin/sh"])) == {"bin/busybox": "applet"}
    (told,) = [x for x in verdict.evidence if x.reason == "applet"]
    size = len(program("busybox").content)
    assert told.detail == (
        f"busybox (legacy-client): 3 names of one binary, {size} bytes: telnet, wget, nc"
    )
    assert verdict.reason == "denied-tools"
    assert verdict.summary == "busybox (telnet)"


def test_a_copy_under_another_name_is_told_with_its_content() -> None:
    copy = at(view({"bin/bash": program("bash")}, {"tmp/.x": program("bash")}), "tmp/.x")
    assert (copy.reason, copy.layer, copy.severity) == ("renamed", 1, "medium")
    assert copy.sha256
    assert "bash (shell)" in copy.detail


def test_a_hard_link_keeps_a_tool_whose_first_name_was_deleted() -> None:
    """The whiteout removes a name, not the content."""
    lower: Layer = {"bin/curl": program("curl"), "opt/x": hardlink("bin/curl")}
    assert found(view(lower, {"bin/.wh.curl": b""})) == {"opt/x": "renamed"}


def test_a_tool_deleted_by_a_later_layer_does_not_count() -> None:
    lower: Layer = {"app": program("app"), "usr/bin/curl": program("curl")}
    verdict = CONTROL.evaluate(view(lower, {"usr/bin/.wh.curl": b""}, Cmd=["/app"]))
    assert verdict.status is Status.PASS


def test_the_summary_names_one_tool_of_each_category_first() -> None:
    names = ("apt-get", "bash", "dash", "curl", "git")
    layer: Layer = {f"usr/bin/{name}": program(name) for name in names}
    assert CONTROL.evaluate(view(layer)).summary == "apt, bash, curl (+1) (level 2)"


def test_an_unread_layer_forbids_a_pass_but_not_a_failure() -> None:
    clean, dirty = {"app": program("app")}, {"bin/bash": program("bash")}
    assert CONTROL.evaluate(view(clean, None)).status is Status.NOT_EVALUATED
    assert CONTROL.evaluate(view(dirty, None)).status is Status.FAIL


def test_windows_images_are_not_evaluated() -> None:
    verdict = CONTROL.evaluate(image({"Files/x": b""}, os="windows", observers=OBSERVERS))
    assert verdict.status is Status.NOT_EVALUATED


def test_an_image_without_config_needs_nothing() -> None:
    bare = image({"bin/bash": program("bash")}, has_config=False, observers=OBSERVERS)
    assert CONTROL.evaluate(bare).status is Status.FAIL


def test_interpreters_that_run_each_other_end() -> None:
    loop: Layer = {"a": script("#!/b\n"), "b": script("#!/a\n"), "bin/bash": program("bash")}
    assert set(found(view(loop, Entrypoint=["/a"]))) == {"bin/bash"}


def test_many_hard_links_to_one_tool_are_not_told_one_by_one() -> None:
    layer: dict[str, File | bytes] = {"usr/bin/git": program("git")}
    layer |= {f"usr/lib/git-core/git-part{n}": hardlink("usr/bin/git") for n in range(50)}
    assert len(found(view(layer))) < 10


@pytest.mark.parametrize("home", ["a;id", "$(id)", "a\nRUN id"])
def test_remedy_names_no_path_of_the_image(home: str) -> None:
    hostile = view({f"{home}/bin/gcc": File(b"\x7fELF" + bytes(60), mode=0o755)})
    verdict = CONTROL.evaluate(hostile)
    assert verdict.status is Status.NEEDS_REVIEW
    assert "id" not in verdict.remediation


@pytest.mark.corpus
def test_alpine_is_found_to_carry_apk_and_busybox(corpus: Path) -> None:
    """With its own CMD, /bin/sh, the shell itself is needed."""
    alpine = view(_members(corpus / "images/trivy/alpine-311.tar.gz"), Cmd=["/bin/sh"])
    paths = found(alpine)
    assert paths["sbin/apk"] == "content"
    assert paths["bin/busybox"] == "applet"
    assert "usr/bin/wget" not in paths
    assert CONTROL.evaluate(alpine).status is Status.FAIL


def _members(path: Path) -> Layer:
    """Return the files and links of an image's only layer."""
    members: dict[str, File | bytes] = {}
    with tarfile.open(path) as outer:
        name = next(x for x in outer.getnames() if x.endswith((".tar", ".tar.gz")))
        layer = outer.extractfile(name)
        assert layer
        with tarfile.open(fileobj=io.BytesIO(layer.read())) as inner:
            for member in inner:
                content = inner.extractfile(member) if member.isreg() else None
                if content:
                    members[member.name] = File(content.read(), mode=member.mode)
                elif member.issym():
                    members[member.name] = symlink(member.linkname)
    return members


PACKAGED = (*OBSERVERS, *assembly.observers())
STATUS = """\
Package: {name}
Status: install ok installed
Architecture: amd64
Version: 1
Installed-Size: 2000

"""


def packaged(*layers: Layer, **config: Any) -> ImageView:
    """Return an image with its inventory."""
    return assembly.with_inventory(image(*layers, config=config, observers=PACKAGED))


def database(**packages: list[str]) -> dict[str, File | bytes]:
    """Return a dpkg database: packages and the paths they own."""
    names = {name.replace("_", "-"): paths for name, paths in packages.items()}
    layer: dict[str, File | bytes] = {
        "var/lib/dpkg/status": "".join(STATUS.format(name=name) for name in names).encode()
    }
    for name, paths in names.items():
        listing = "".join(f"/{path}\n" for path in paths)
        layer[f"var/lib/dpkg/info/{name}.list"] = listing.encode()
    return layer


BASE: Layer = {
    **database(
        apt=["usr/bin/apt", "usr/bin/apt-get"],
        bash=["bin/bash"],
        libc6=["lib/libc.so.6"],
        util_linux=["bin/su", "bin/mount"],
        app=["usr/bin/app"],
    ),
    "usr/bin/apt-get": program("apt-get"),
    "bin/bash": program("bash"),
    "lib/libc.so.6": program("app"),
    "usr/bin/app": program("app"),
}


def test_a_package_and_its_tools_are_one_finding() -> None:
    evidence = [x for x in CONTROL.evaluate(packaged(BASE)).evidence if x.reason == "package"]
    assert [(x.kind, x.path, x.detail) for x in evidence] == [
        ("package", "usr/bin/apt-get", "deb apt 1 (package-manager), 2.0 MB: /usr/bin/apt-get"),
        ("package", "bin/bash", "deb bash 1 (shell), 2.0 MB: /bin/bash"),
    ]


def test_categories_are_counted_with_size_and_layers() -> None:
    later = {**database(apt=["usr/bin/apt-get"], bash=["bin/bash"], dash=["bin/dash"])}
    later["bin/dash"] = program("dash")
    evidence = CONTROL.evaluate(packaged(BASE, later)).evidence
    assert [x.detail for x in evidence if x.reason == "category"] == [
        "package-manager: 1, 2.0 MB: 1 in layer 0",
        "shell: 2, 4.1 MB: 1 in layer 0, 1 in layer 1",
    ]


def test_the_package_of_what_the_image_starts_is_needed() -> None:
    verdict = CONTROL.evaluate(packaged(BASE, Entrypoint=["/bin/bash"]))
    assert verdict.summary == "apt (level 2)"
    assert verdict.evidence[0].detail == "1 of 5 packages own what the image starts"


@pytest.mark.parametrize(
    ("name", "path", "status", "reason"),
    [
        pytest.param("openssh_server", "usr/sbin/x", Status.FAIL, "denied-tools", id="remote"),
        pytest.param("gcc_12", "usr/bin/x", Status.FAIL, "denied-tools", id="compiler"),
        pytest.param("sudo", "usr/bin/x", Status.FAIL, "denied-tools-l2", id="privilege"),
        pytest.param(
            "libssl_dev", "usr/include/x.h", Status.NEEDS_REVIEW, "removable-tools", id="headers"
        ),
        pytest.param("man_db", "usr/bin/x", Status.NEEDS_REVIEW, "removable-tools", id="docs"),
        pytest.param("gcc_12_base", "usr/share/x", Status.PASS, "no-tools", id="not-the-compiler"),
        pytest.param("libcurl4", "usr/lib/x.so", Status.PASS, "no-tools", id="a-library"),
    ],
)
def test_packages_count_by_their_names(name: str, path: str, status: Status, reason: str) -> None:
    layer = {**database(**{name: [path]}), path: b"\x7fELF anything", "app": program("app")}
    verdict = CONTROL.evaluate(packaged(layer, Entrypoint=["/app"]))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_package_whose_files_are_all_gone_does_not_count() -> None:
    """Somebody removed the programs and left the database."""
    layer = {**database(sudo=["usr/bin/sudo"]), "app": program("app")}
    assert CONTROL.evaluate(packaged(layer, Entrypoint=["/app"])).status is Status.PASS


def test_a_package_that_a_later_layer_removed_does_not_count() -> None:
    kept: dict[str, list[str]] = {"base-files": []}
    lower = {**database(sudo=["usr/bin/sudo"], **kept), "usr/bin/sudo": b"x", "app": program("app")}
    upper: Layer = {
        **database(**kept),
        "usr/bin/.wh.sudo": b"",
        "var/lib/dpkg/info/.wh.sudo.list": b"",
    }
    assert CONTROL.evaluate(packaged(lower, upper, Entrypoint=["/app"])).status is Status.PASS


def test_leftover_caches_need_review() -> None:
    layer: Layer = {
        "app": program("app"),
        "var/cache/apt/archives/x.deb": b"!<arch>\n",
        "var/cache/apt/archives/lock": b"",
    }
    verdict = CONTROL.evaluate(packaged(layer, Entrypoint=["/app"]))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "caches")
    assert verdict.summary == "caches: var/cache/apt/archives"


def test_package_data_that_cannot_be_read_is_no_pass() -> None:
    layer: Layer = {"app": program("app"), "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0cut"}
    verdict = CONTROL.evaluate(packaged(layer, Entrypoint=["/app"]))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "package-data-unread")
