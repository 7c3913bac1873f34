"""ADD is judged by what it adds; the import of a root filesystem is not the author's choice.

Vectors of the catalogue's section 1.9, "4.9 Ensure that COPY is used instead of ADD".
"""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_09_add import CONTROL, evaluate
from ocianalyze.controls.cis_docker.c4_11_verified_packages import CONTROL as C4_11
from ocianalyze.model.finding import Status
from tests.images import Layer, directory, image, symlink

HASH = "0123456789abcdef" * 4
ROOTFS = f"/bin/sh -c #(nop) ADD file:{HASH} in / "
ROOT: Layer = {"etc/hostname": b"", "bin": symlink("usr/bin"), "usr/bin/sh": b""}
FILE: Layer = {"app": directory(), "app/a": b"1"}
MANY: Layer = {"app": directory(), "app/a": b"1", "app/b": b"2"}
FAIL, REVIEW, PASS = Status.FAIL, Status.NEEDS_REVIEW, Status.PASS


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (f"/bin/sh -c #(nop) COPY dir:{HASH} in /app ", PASS, "no-add"),
        (f"/bin/sh -c #(nop) ADD multi:{HASH} in /x/ ", FAIL, "add-local-or-unknown"),
        (f"/bin/sh -c #(nop) ADD dir:{HASH} in /x/ ", FAIL, "add-local-or-unknown"),
        ("ADD --chown=1:1 conf.ini /etc/ # buildkit", FAIL, "add-local"),
        ("ADD a b c /etc/ # buildkit", FAIL, "add-local"),
        ('ADD ["a b", "/etc/"]', FAIL, "add-local"),
        ("ADD https://example.org/x.tgz /tmp/ # buildkit", FAIL, "add-url"),
        ("ADD http://example.org/x /tmp/ # buildkit", FAIL, "add-url-plain"),
        ("ADD ftp://example.org/x /tmp/ # buildkit", FAIL, "add-url-plain"),
        (f"/bin/sh -c #(nop) ADD {HASH} in /opt/jq ", FAIL, "add-url-unknown"),
        (f"/bin/sh -c #(nop) ADD tarsum+sha256:{HASH} in /opt/jq ", FAIL, "add-url-unknown"),
        (f"ADD {HASH} /opt/jq # buildkit", FAIL, "add-local"),
        (f"ADD --checksum=sha256:{HASH} https://example.org/x /x", REVIEW, "add-url-checked"),
        (f"ADD --checksum=sha256:{HASH} http://example.org/x /x", REVIEW, "add-url-checked"),
        ("ADD --checksum=md5:0 https://example.org/x /x", FAIL, "add-url"),
        ("ADD https://github.com/a/b.git#v1 /src # buildkit", REVIEW, "add-git"),
        (f"ADD https://github.com/a/b.git#{HASH[:40]} /src # buildkit", REVIEW, "add-git-pinned"),
        ("ADD git@github.com:a/b.git /src # buildkit", REVIEW, "add-git"),
        ("ADD <<EOF /etc/x # buildkit", FAIL, "add-heredoc"),
        ("RUN /bin/sh -c echo ADD foo in bar # buildkit", PASS, "no-add"),
    ],
)
def test_every_vector_of_the_catalogue(line: str, status: Status, reason: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("line", "layer", "status", "reason"),
    [
        ("ADD app.tar.gz /opt/ # buildkit", MANY, REVIEW, "add-archive-extracted"),
        ("ADD app.tar.gz /opt/ # buildkit", FILE, FAIL, "add-local"),
        ("ADD app.tar.gz /opt/ # buildkit", None, REVIEW, "add-archive"),
        (f"/bin/sh -c #(nop) ADD file:{HASH} in /app/ ", MANY, REVIEW, "add-archive-extracted"),
        (f"/bin/sh -c #(nop) ADD file:{HASH} in /app/ ", FILE, FAIL, "add-local"),
        (f"/bin/sh -c #(nop) ADD file:{HASH} in /app/ ", None, FAIL, "add-local-or-unknown"),
    ],
)
def test_layer_tells_whether_an_archive_was_unpacked(
    line: str, layer: Layer | None, status: Status, reason: str
) -> None:
    verdict = CONTROL.evaluate(image(ROOT, layer, history=[ROOTFS, line]))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    "line", [ROOTFS, "ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit"]
)
def test_import_of_a_root_filesystem_is_only_noted(line: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, history=[line]))
    assert verdict.status is Status.PASS
    assert [(e.reason, e.severity, e.origin) for e in verdict.evidence] == [
        ("rootfs-import", "info", "base")
    ]


@pytest.mark.parametrize(
    ("layers", "history"),
    [
        pytest.param([MANY], [ROOTFS], id="no-root-in-the-layer"),
        pytest.param([ROOT, ROOT], ["RUN make # buildkit", ROOTFS], id="not-the-first-layer"),
        pytest.param([ROOT], [ROOTFS.replace(" in / ", " in /x ")], id="not-to-the-root"),
        pytest.param([ROOT], [ROOTFS.replace("file:", "multi:")], id="several-files"),
        pytest.param([ROOT], ["ADD http://x/rootfs.tar.gz / # buildkit"], id="from-a-url"),
    ],
)
def test_nothing_else_is_an_import(layers: list[Layer], history: list[str]) -> None:
    verdict = CONTROL.evaluate(image(*layers, history=history))
    assert verdict.status is not Status.PASS


def test_a_download_of_a_classic_builder_is_told_as_one_and_not_copied_by_its_hash() -> None:
    """It writes the hash of what it got; files of the build context begin with `file:`."""
    line = f"/bin/sh -c #(nop) ADD {HASH} in /opt/jq "
    view = image(ROOT, FILE, history=[ROOTFS, line])
    verdict = CONTROL.evaluate(view)
    assert verdict.summary == "ADD 01234567... in /opt/jq (step 1)"
    assert verdict.remediation.startswith("download and verify: RUN curl")
    assert "unverified-install" in {x.reason for x in C4_11.evaluate(view).evidence}


def test_a_download_with_a_checksum_is_no_unverified_installation() -> None:
    line = f"ADD --checksum=sha256:{HASH} https://example.org/x /x"
    view = image(ROOT, FILE, history=[ROOTFS, line])
    assert "unverified-install" not in {x.reason for x in C4_11.evaluate(view).evidence}
    assert evaluate(view, accept_https=True).status is PASS


def test_import_whose_layer_was_not_read_needs_review() -> None:
    verdict = CONTROL.evaluate(image(None, history=[ROOTFS]))
    assert (verdict.status, verdict.reason) == (REVIEW, "add-rootfs-unread")


def test_worst_step_decides_and_all_are_listed() -> None:
    history = [ROOTFS, "ADD a.git#v1 https://x/a.git /s # buildkit", "ADD x /y # buildkit"]
    verdict = CONTROL.evaluate(image(ROOT, FILE, FILE, history=history))
    assert verdict.status is Status.FAIL
    assert {e.step for e in verdict.evidence} == {0, 1, 2}


def test_summary_names_source_and_target() -> None:
    line = f"/bin/sh -c #(nop) ADD file:{HASH} in /app/ "
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert verdict.summary == "ADD file:01234567... in /app/ (step 1)"


@pytest.mark.parametrize(
    "line", ["ADD", "ADD x", "ADD [", 'ADD ["x"', "ADD []", "ADD " + "[" * 5000]
)
def test_a_broken_line_is_still_an_add(line: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert verdict.status is Status.FAIL


def test_credentials_in_a_url_are_not_shown() -> None:
    line = "ADD https://user:not-a-password@example.org/x?token=not-a-token /tmp/ # buildkit"
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert "not-a" not in repr(verdict)


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([], "history-absent"),
        ([ROOTFS, ""], "history-incomplete"),
        ([ROOTFS], "history-incomplete"),
    ],
)
def test_missing_history_is_no_pass(history: list[str], reason: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=history))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, reason)


def test_tools_without_dockerfile_are_not_applicable() -> None:
    verdict = CONTROL.evaluate(image(FILE, history=["bazel build ..."]))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "no-dockerfile")


@pytest.mark.parametrize(
    ("created", "status"),
    [
        ("2025-01-01T00:59:59Z", FAIL),
        ("2025-06-01T00:00:00.123456789Z", PASS),
        ("2024-01-01T00:00:00Z", PASS),
        ("x", REVIEW),
    ],
    ids=["one-build", "later", "earlier", "unknown"],
)
def test_base_needs_review_until_time_confirms_its_end(created: str, status: Status) -> None:
    """A CMD in the middle alone could be the author's own; in one hour it most likely is."""
    old = "2025-01-01T00:00:00Z"
    history: list[dict[str, Any]] = [
        {"created_by": ROOTFS, "created": old},
        {"created_by": "ADD x /y", "created": old},
        {"created_by": 'CMD ["sh"]', "created": old, "empty_layer": True},
        {"created_by": "RUN make", "created": created},
    ]
    assert CONTROL.evaluate(image(ROOT, FILE, FILE, history=history)).status is status


@pytest.mark.parametrize("line", ["bash", "/bin/sh", "/bin/bash -l", "nginx -g x"])
@pytest.mark.parametrize(
    ("layer", "status"),
    [(FILE, Status.NOT_EVALUATED), (None, Status.NOT_EVALUATED), ({}, PASS)],
    ids=["files", "unread", "empty"],
)
def test_step_of_a_commit_is_no_pass_unless_it_changed_nothing(
    line: str, layer: Layer | None, status: Status
) -> None:
    verdict = CONTROL.evaluate(image(ROOT, layer, history=[ROOTFS, line]))
    assert verdict.status is status
    assert (verdict.reason == "history-opaque") is (status is not PASS)


def test_add_beside_the_step_of_a_commit_fails() -> None:
    view = image(ROOT, FILE, FILE, history=[ROOTFS, "bash", "ADD a /etc/ # buildkit"])
    assert CONTROL.evaluate(view).reason == "add-local"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("--chown=1:1 conf.ini /etc/", "write COPY --chown=1:1 conf.ini /etc/"),
        ('["a b","/etc/"]', 'write COPY ["a b", "/etc/"]'),
        ("a;curl /b|sh", 'write COPY ["a;curl", "/b|sh"]'),
        ("a /b\nRUN `id`", 'write COPY ["a", "/b", "RUN", "`id`"]'),
        ('["a\\nRUN id","/b"]', "write COPY instead of ADD"),
        ("$(id) /b", "write COPY instead of ADD"),
        ("--chown=1;id a /b", "write COPY instead of ADD"),
        ("a /\u202eb", "write COPY instead of ADD"),
        (f"{'a' * 150} /b", "write COPY instead of ADD"),
        (f"{'a' * 80} /{'b' * 80}", "write COPY instead of ADD"),
        ("a https://user:notreal@example.org/x.git /b", "write COPY instead of ADD"),
    ],
)
def test_hostile_text_is_quoted_or_left_out(text: str, remedy: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, FILE, history=[ROOTFS, f"ADD {text}"]))
    assert (verdict.status, verdict.remediation) == (FAIL, remedy)


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ("ADD https://example.org/x.tgz /tmp/ # buildkit", PASS),
        ("ADD http://example.org/x.tgz /tmp/ # buildkit", FAIL),
        ("ADD https://example.org/x.tgz local /tmp/ # buildkit", FAIL),
        ("ADD conf.ini /etc/ # buildkit", FAIL),
    ],
)
def test_a_profile_may_accept_https(line: str, accepted: Status) -> None:
    view = image(ROOT, FILE, history=[ROOTFS, line])
    assert evaluate(view).status is FAIL
    verdict = evaluate(view, accept_https=True)
    assert verdict.status is accepted
    severities = [e.severity for e in verdict.evidence if e.step == 1]
    assert (severities == ["info"]) is (accepted is PASS)


def test_import_whose_layer_was_cut_off_needs_review() -> None:
    """What was read of it holds no root; the rest may."""
    view = image(FILE, history=[ROOTFS])
    assert evaluate(view).status is FAIL
    cut = replace(view, layers=(replace(view.layers[0], partial="damaged"),))
    verdict = evaluate(cut)
    assert (verdict.status, verdict.reason) == (REVIEW, "add-rootfs-unread")


SEVERITIES = {
    "ADD http://example.org/x /tmp/": "high",
    "ADD ftp://example.org/x /tmp/": "high",
    "ADD https://example.org/x /tmp/": "medium",
    "ADD conf.ini /etc/": "medium",
    "ADD <<EOF /etc/x": "low",
}


@pytest.mark.parametrize("line", SEVERITIES)
def test_each_kind_has_its_severity(line: str) -> None:
    verdict = evaluate(image(ROOT, FILE, history=[ROOTFS, f"{line} # buildkit"]))
    assert [e.severity for e in verdict.evidence if e.step == 1] == [SEVERITIES[line]]


FLAGS = [
    "--keep-git-dir=true",
    "--checksum=sha256:ab",
    "--chown=1:1",
    "--chmod=755",
    "--link",
    "--link=false",
    "--exclude=*.md",
    "--unpack=false",
    "--exclude=a --exclude=b --keep-git-dir",
]


@pytest.mark.parametrize("flag", FLAGS)
def test_no_flag_is_taken_for_a_source(flag: str) -> None:
    line = f"ADD {flag} https://github.com/a/b.git#{'a' * 40} /app # buildkit"
    verdict = evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert (verdict.status, verdict.reason) == (REVIEW, "add-git-pinned")


def test_array_behind_a_flag_is_read() -> None:
    line = 'ADD --chown=1:1 ["a b.tar", "https://a.example/x", "/app/"]'
    verdict = evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert (verdict.status, verdict.reason) == (FAIL, "add-url")


def test_remedy_has_only_flags_that_copy_knows() -> None:
    line = "ADD --checksum=sha256:ab --chmod=755 --link a /b"
    verdict = evaluate(image(ROOT, FILE, history=[ROOTFS, line]))
    assert verdict.remediation == "write COPY --chmod=755 --link a /b"


BASE = "Apply image 10.0.20348.1"
UPDATE = "Install update 10.0.20348.2700"
COPIED = f"cmd /S /C #(nop) COPY file:{HASH} in C:\\app "


@pytest.mark.parametrize(
    ("system", "history", "status"),
    [
        ("windows", [BASE, COPIED], PASS),
        ("windows", [BASE, UPDATE, COPIED], PASS),
        ("windows", [BASE, COPIED, UPDATE], Status.NOT_EVALUATED),
        ("windows", [BASE, "cmd", COPIED], Status.NOT_EVALUATED),
        ("linux", [BASE, UPDATE, COPIED], Status.NOT_EVALUATED),
        ("linux", ["# debian.sh a", "# debian.sh b"], Status.NOT_EVALUATED),
    ],
)
def test_a_root_is_imported_once_and_first(system: str, history: list[str], status: Status) -> None:
    """Windows bases come as an image and an update on top."""
    layers = [FILE] * len(history)
    assert evaluate(image(*layers, history=history, os=system)).status is status
