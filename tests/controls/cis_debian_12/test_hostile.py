"""Whatever stands in the files of an image, every control gives a verdict in few words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from tests.images import File, image

PATHS = (
    "etc/passwd",
    "etc/group",
    "etc/shadow",
    "etc/shells",
    "etc/sudoers",
    "etc/sudoers.d/x",
    "etc/ssh/sshd_config",
    "etc/ssh/sshd_config.d/x.conf",
    "etc/login.defs",
    "etc/profile",
    "root/.profile",
    "etc/pam.d/common-auth",
    "etc/pam.d/su",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/x.sources",
    "etc/yum.repos.d/x.repo",
    "etc/apk/repositories",
)
PIECES = st.sampled_from(
    [b"root", b":", b"x", b"0", b"\n", b" ", b"+", b"#", b"!", b'"', b"'", b"\\\n", b"\xff", b"\0",
     b"Match", b"Include ", b"/etc/ssh/sshd_config.d/*", b"[", b"]", b"=", b"@includedir ", b"..",
     b"/etc/sudoers.d", b"PATH=", b"$", b"umask ", b"-1", b"9" * 30, b"URIs", b"deb ", b"://", b"@",
     b"auth ", b"pam_unix.so ", b"NOPASSWD:", b"Defaults ", b"\r", b"UID_MIN ", b"MaxStartups "]
)  # fmt: skip
CONTENTS = st.lists(PIECES, max_size=30).map(b"".join)
PROGRAMS = {
    path: File(b"\x7fELF", mode=0o6755)
    for path in ("usr/sbin/sshd", "usr/bin/sudo", "usr/bin/su", "bin/sh", "usr/bin/apt-get")
}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS), CONTENTS, max_size=8))
def test_no_content_breaks_a_control(files: dict[str, bytes]) -> None:
    for result in evaluate(image({**PROGRAMS, **files}), select(["cis_debian_12"])):
        assert result.verdict.reason != "control-error", result.control.id
        assert 0 < len(result.verdict.summary) <= 60
        assert result.verdict.summary.isprintable()
        assert all(x.detail.isprintable() for x in result.verdict.evidence), result.control.id


def test_files_that_are_something_else_break_no_control() -> None:
    for kind in "dplh":
        layer = {path: File(kind=kind, link=path) for path in PATHS}
        for result in evaluate(image(layer), select(["cis_debian_12"])):
            assert result.verdict.reason != "control-error", result.control.id
