"""What 4.3 says of a base, of a multi-call binary, and of what only level 2 denies."""

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.cis_docker import c4_03_unneeded_packages
from ocianalyze.controls.cis_docker.c4_03_unneeded_packages import CONTROL
from ocianalyze.model.finding import Status
from tests.controls.cis_docker.test_c4_03_unneeded_packages import OBSERVERS, program, view
from tests.images import Layer, image, symlink


@pytest.mark.parametrize(
    ("base", "own", "summary", "origin"),
    [
        (("apt-get", "bash"), (), "base: apt, bash (level 2)", "base"),
        (("apt-get", "bash"), ("curl",), "curl; base: 2 (level 2)", "author"),
        (("apt-get",), ("gcc", "sshd", "curl"), "sshd, gcc, curl; base: 1", "author"),
        ((), ("curl",), "curl (level 2)", "author"),
    ],
    ids=["all-of-the-base", "one-own", "level-1", "all-own"],
)
def test_what_the_base_brought_is_said_as_such_and_has_a_remedy_that_is_possible(
    base: tuple[str, ...], own: tuple[str, ...], summary: str, origin: str
) -> None:
    root: Layer = {"etc/x": b"", **{f"usr/bin/{name}": program(name) for name in base}}
    built = image(
        root,
        {"app": program("app"), **{f"usr/local/bin/{name}": program(name) for name in own}},
        config={"Entrypoint": ["/app"]},
        history=["ADD rootfs.tar / # buildkit", "COPY . / # buildkit"],
        observers=OBSERVERS,
    )
    verdict = CONTROL.evaluate(built)
    assert (verdict.summary, verdict.origin) == (summary, origin)
    assert ("came with the base" in verdict.remediation) is (origin == "base")


def test_applets_of_one_binary_are_one_item_of_the_summary() -> None:
    links = {f"usr/bin/{name}": symlink("/bin/busybox") for name in ("wget", "su", "vi")}
    layer: Layer = {"bin/busybox": program("busybox"), "bin/sh": symlink("busybox"), **links}
    verdict = CONTROL.evaluate(view(layer, Cmd=["/bin/sh"]))
    assert verdict.summary == "busybox (wget) (level 2)"


@pytest.mark.parametrize(
    ("profile", "status", "reason"),
    [
        ("l1", Status.NEEDS_REVIEW, "removable-tools"),
        ("l2", Status.FAIL, "denied-tools-l2"),
        ("4.3", Status.FAIL, "denied-tools-l2"),
    ],
)
def test_level_1_leaves_to_people_what_only_level_2_denies(
    profile: str, status: Status, reason: str
) -> None:
    chosen = [one for one, _ in select((profile,)) if one.id == CONTROL.id]
    verdict = chosen[0].evaluate(view({"bin/bash": program("bash")}, Entrypoint=["/app"]))
    assert (verdict.status, verdict.reason) == (status, reason)
    denied = chosen[0].evaluate(view({"bin/gcc": program("gcc")}, Entrypoint=["/app"]))
    assert (denied.status, denied.reason) == (Status.FAIL, "denied-tools")


def test_links_of_another_layer_are_told_apart() -> None:
    """Who added a name is who answers for it."""
    lower: Layer = {"bin/busybox": program("busybox"), "bin/vi": symlink("busybox")}
    verdict = CONTROL.evaluate(view(lower, {"usr/bin/nc": symlink("/bin/busybox")}))
    assert sorted(x.layer or 0 for x in verdict.evidence if "busybox" in x.detail) == [0, 1]


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (49_999, "50.0 kB"),
        (1_000_000, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_no_size_is_rounded_to_nothing(size: int, told: str) -> None:
    assert c4_03_unneeded_packages._size(size) == told
