"""What lets packages in unverified fails 4.11, or is left to people; silence alone never passes."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.images import File, Layer, image, symlink

ELF = b"\x7fELF\2\1\1" + bytes(57) + b"GLIBC_2.36"
IMPORT = "ADD rootfs.tar / # buildkit"
STATUS = b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


ROOT: Layer = {
    "usr/bin/tool": File(ELF, mode=0o755),
    "usr/share/doc/tool/copyright": b"free",
    "etc/tool.conf": b"a=1\n",
    "var/lib/dpkg/status": STATUS
    + f"Conffiles:\n /etc/tool.conf {_md5(b'a=1' + bytes([10]))}\n".encode(),
    "var/lib/dpkg/info/tool.list": b"/.\n/usr/bin/tool\n/usr/share/doc/tool/copyright\n"
    b"/etc/tool.conf\n",
    "var/lib/dpkg/info/tool.md5sums": f"{_md5(ELF)}  usr/bin/tool\n"
    f"{_md5(b'free')}  usr/share/doc/tool/copyright\n".encode(),
}


def _view(*layers: Layer | None, **about: Any) -> ImageView:
    return with_inventory(image(*layers, observers=observers(), **about))


def _judge(*layers: Layer | None, **about: Any) -> Verdict:
    verdict = evaluate(_view(*layers, **about))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


def _reasons(verdict: Verdict) -> set[str]:
    return {e.reason for e in verdict.evidence} - {"scope"}


def test_clean_image_passes_and_says_how_much_was_compared() -> None:
    verdict = _judge(ROOT, history=[IMPORT])
    assert (verdict.status, verdict.confidence) == (Status.PASS, "strong")
    assert "1 of 3 recorded files (deb 3)" in " ".join(e.detail for e in verdict.evidence)


FAIL, REVIEW, PASS = Status.FAIL, Status.NEEDS_REVIEW, Status.PASS


def test_setting_that_a_later_layer_removed_does_not_count() -> None:
    lower: Layer = {**ROOT, "root/.npmrc": b"strict-ssl=false\n"}
    verdict = _judge(lower, {"root/.wh..npmrc": b""}, history=[IMPORT, "RUN rm x # buildkit"])
    assert verdict.status is PASS


OTHER = File(ELF + b"!", mode=0o755)


@pytest.mark.parametrize(
    ("history", "status", "reason"),
    [
        ([IMPORT, "RUN strip /usr/bin/tool # buildkit"], REVIEW, "changed-later"),
        ([IMPORT, "COPY tool /usr/bin/tool # buildkit"], REVIEW, "changed-later"),
        ([IMPORT, ""], FAIL, "tampered"),
        ([IMPORT, "bash"], FAIL, "tampered"),
        ([], FAIL, "tampered"),
    ],
)
def test_later_change_needs_a_step_that_explains_it(
    history: list[str], status: Status, reason: str
) -> None:
    verdict = _judge(ROOT, {"usr/bin/tool": OTHER}, history=history)
    assert (verdict.status, verdict.reason) == (status, reason)
    assert verdict.evidence[0].layer == 1


@pytest.mark.parametrize(
    ("lines", "status", "reason"),
    [
        (["COPY a /srv/a # buildkit"], FAIL, "tampered"),
        (["COPY a /usr/bin-other # buildkit"], FAIL, "tampered"),
        (["COPY dir:x in /usr/bin "], REVIEW, "changed-later"),
        (["COPY . / # buildkit"], REVIEW, "changed-later"),
        (["COPY a ${HOME}/a # buildkit"], REVIEW, "changed-later"),
        (["COPY a /bin/ # buildkit"], REVIEW, "changed-later"),
        (["WORKDIR /usr", "COPY tool bin/ # buildkit"], REVIEW, "changed-later"),
        (["WORKDIR /usr", "WORKDIR lib", "COPY tool bin/ # buildkit"], FAIL, "tampered"),
        (['ADD ["tool", "/usr/bin/"] # buildkit'], REVIEW, "changed-later"),
    ],
)
def test_copy_explains_only_what_lies_below_its_destination(
    lines: list[str], status: Status, reason: str
) -> None:
    empty = [{"created_by": line, "empty_layer": True} for line in lines[:-1]]
    root: Layer = {**ROOT, "bin": symlink("usr/bin")}
    verdict = _judge(
        root, {"usr/bin/tool": OTHER}, history=[{"created_by": IMPORT}, *empty,
                                                {"created_by": lines[-1]}]
    )  # fmt: skip
    assert (verdict.status, verdict.reason) == (status, reason)


def _sums(program: bytes) -> Layer:
    sums = ROOT["var/lib/dpkg/info/tool.md5sums"]
    assert isinstance(sums, bytes)
    made = sums.replace(_md5(ELF).encode(), _md5(program).encode())
    return {"var/lib/dpkg/info/tool.md5sums": made}


@pytest.mark.parametrize(
    ("upper", "status"),
    [
        ({"usr/bin/tool": OTHER, **_sums(OTHER.content)}, REVIEW),
        ({"var/lib/dpkg/status": STATUS, "usr/bin/tool": OTHER, **_sums(OTHER.content)}, REVIEW),
        (
            {
                "var/lib/dpkg/status": STATUS.replace(b"Version: 1", b"Version: 2"),
                "usr/bin/tool": OTHER,
                **_sums(OTHER.content),
            },
            PASS,
        ),
        ({"usr/bin/tool": File(ELF, mode=0o755), **_sums(ELF)}, PASS),
    ],
    ids=["record-and-program", "status-copied", "upgraded", "installed-again"],
)
def test_record_that_changes_without_its_version_is_no_pass(upper: Layer, status: Status) -> None:
    verdict = _judge(ROOT, upper, history=[IMPORT, "RUN make # buildkit"])
    assert verdict.status is status
    assert ("record-rewritten" in _reasons(verdict)) is (status is REVIEW)
    assert verdict.confidence == "strong"


def test_program_that_became_a_link_is_named_by_its_own_path() -> None:
    root: Layer = {**ROOT, "usr/bin/other": OTHER}
    upper: Layer = {"usr/bin/tool": symlink("other")}
    verdict = _judge(root, upper, history=[IMPORT, "RUN ln -sf other /usr/bin/tool # buildkit"])
    assert (verdict.status, verdict.reason) == (REVIEW, "changed-later")
    assert (verdict.evidence[0].path, verdict.evidence[0].layer) == ("usr/bin/tool", 1)
    assert _judge(root, upper, history=[IMPORT, ""]).status is FAIL


def test_records_of_absent_files_are_said_to_be_of_absent_files() -> None:
    lost = {path: file for path, file in ROOT.items() if not path.startswith(("usr", "etc"))}
    verdict = _judge(lost, history=[IMPORT])
    assert verdict.reason == "no-records"
    assert verdict.summary == "not evaluated: none of 3 recorded files is there"


def test_records_of_files_that_nothing_runs_ask_for_the_full_comparison() -> None:
    """As in an image of base files, time zones and certificates alone."""
    text = b"some words\n"
    sums = f"{hashlib.md5(text, usedforsecurity=False).hexdigest()}  usr/share/a/motd\n".encode()
    home = "var/lib/dpkg/status.d/"
    root: Layer = {f"{home}a": STATUS, f"{home}a.md5sums": sums, "usr/share/a/motd": text}
    verdict = _judge(root, history=[IMPORT])
    assert verdict.summary == "not evaluated: none of 1 recorded files could be compared"
    assert "--verify full" in verdict.remediation


def test_change_in_the_layer_of_the_package_is_tampering() -> None:
    verdict = _judge({**ROOT, "usr/bin/tool": OTHER}, history=[IMPORT])
    assert (verdict.status, verdict.reason) == (FAIL, "tampered")
    assert verdict.evidence[0].path == "usr/bin/tool"


CAUSES: Mapping[str, Layer] = {
    "missing": {"usr/bin/.wh.tool": b""},
    "documentation-left-out": {"usr/share/doc/.wh.tool": b""},
}


@pytest.mark.parametrize(("reason", "upper"), CAUSES.items(), ids=CAUSES)
def test_what_is_missing_is_only_noted(reason: str, upper: Layer) -> None:
    root: Layer = {**ROOT, "usr/bin/other": ROOT["usr/bin/tool"]}
    sums = ROOT["var/lib/dpkg/info/tool.md5sums"]
    assert isinstance(sums, bytes)
    more = {"var/lib/dpkg/info/tool.md5sums": sums + f"{_md5(ELF)}  usr/bin/other\n".encode()}
    verdict = _judge({**root, **more}, upper, history=[IMPORT, "RUN rm x # buildkit"])
    assert verdict.status is PASS
    assert _reasons(verdict) == {reason}


def test_unowned_trusted_key_needs_review() -> None:
    verdict = _judge({**ROOT, "etc/apt/trusted.gpg.d/x.gpg": b"key"}, history=[IMPORT])
    assert (verdict.status, verdict.reason) == (REVIEW, "unknown-key")


def test_in_place_upgrade_is_told_from_tampering() -> None:
    module, site = b"x = 2\n", "usr/lib/python3/dist-packages"
    digest = "sha256=" + _urlsafe(module)
    root: Layer = {
        **ROOT,
        f"{site}/x.py": b"x = 1\n",
        "var/lib/dpkg/info/tool.md5sums": f"{_md5(b'x = 1' + bytes([10]))}  {site}/x.py\n".encode(),
    }
    upgraded: Layer = {
        f"{site}/x.py": module,
        f"{site}/x-2.dist-info/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 2\n",
        f"{site}/x-2.dist-info/RECORD": f"x.py,{digest},6\nx-2.dist-info/RECORD,,\n".encode(),
    }
    verdict = _judge(root, upgraded, history=[IMPORT, ""])
    assert (verdict.status, verdict.reason) == (REVIEW, "in-place-upgrade")
    assert "pkg:pypi/x@2" in verdict.evidence[0].detail


SITE = "usr/lib/python3/dist-packages"


def _distribution(*rows: str) -> Layer:
    home = f"{SITE}/x-1.dist-info"
    return {
        f"{home}/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 1\n",
        f"{home}/RECORD": "".join(f"{row}\n" for row in rows).encode(),
    }


@pytest.mark.parametrize(
    ("layer", "status", "reason"),
    [
        ({f"{SITE}/x.py": b"x"}, FAIL, "tampered"),
        ({f"{SITE}/x.py": symlink("/etc/tool.conf")}, REVIEW, "replaced-by-link"),
        ({f"{SITE}/x.py": b"x", "var/lib/dpkg/info/tool.list": b""}, FAIL, "tampered"),
        (
            {f"{SITE}/x.py": b"x", "var/lib/dpkg/info/tool.list": f"/{SITE}/x.py\n".encode()},
            PASS,
            "repackaged",
        ),
        ({"usr/bin/x": File(b"#!/other\n", mode=0o755)}, REVIEW, "program-rewritten"),
    ],
)
def test_records_of_languages_are_weighed_by_who_installed(
    layer: Layer, status: Status, reason: str
) -> None:
    rows = [f"{name},sha256={_urlsafe(b'old')},3" for name in ("x.py", "../../../bin/x")]
    verdict = _judge({**ROOT, **_distribution(*rows), **layer}, history=[IMPORT])
    assert verdict.status is status
    assert reason in _reasons(verdict)


def _urlsafe(content: bytes) -> str:
    import base64  # noqa: PLC0415 - used here alone

    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("layers", "history", "reason"),
    [
        ((ROOT, None), [IMPORT, "RUN make # buildkit"], "layers-unread"),
        ((ROOT,), [], "history-absent"),
        ((ROOT, {"x": b""}), [IMPORT, ""], "history-incomplete"),
        (({"var/lib/dpkg/status": STATUS},), [IMPORT], "no-records"),
        (
            ({"var/lib/dpkg/status": STATUS, "bin/x": ELF}, {"var/lib/.wh.dpkg": b""}),
            [IMPORT, "RUN rm -rf /var/lib/dpkg # buildkit"],
            "database-removed",
        ),
        (
            (
                {
                    "var/lib/dpkg/status": STATUS + b"\n" + STATUS.replace(b"tool", b"x"),
                    "var/lib/dpkg/info/x.list": b"/bin/x\n",
                    "bin/x": ELF,
                },
                {"var/lib/dpkg/status": STATUS},
            ),
            [IMPORT, "RUN sed -i /x/d /var/lib/dpkg/status # buildkit"],
            "record-removed",
        ),
    ],
)
def test_missing_evidence_is_no_pass(
    layers: tuple[Layer | None, ...], history: list[str], reason: str
) -> None:
    verdict = _judge(*layers, history=history)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, reason)


def test_image_without_packages_has_nothing_to_verify() -> None:
    verdict = _judge({"app": b"x"}, history=["COPY app /app # buildkit"])
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "no-packages")
    everything = {".wh..wh..opq": b"", "app": b"x"}
    verdict = _judge(ROOT, everything, history=[IMPORT, "COPY app /app # buildkit"])
    assert verdict.reason == "no-packages"
    assert _judge({}, os="windows").reason == "windows-image"


def test_file_behind_a_link_is_followed() -> None:
    root: Layer = {
        **{path: file for path, file in ROOT.items() if path != "usr/bin/tool"},
        "usr/bin/real": File(ELF, mode=0o755),
        "usr/bin/tool": symlink("real"),
    }
    assert _judge(root, history=[IMPORT]).status is PASS
