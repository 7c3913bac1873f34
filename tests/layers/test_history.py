"""Every builder's history lines are read, and joined with layers only when the counts match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.layers.history import read_history
from ocianalyze.limits import Limits
from ocianalyze.model.history import Step
from ocianalyze.model.oci import HistoryEntry


def _step(line: str, comment: str = "", author: str = "") -> Step:
    entry = HistoryEntry(created_by=line, comment=comment, author=author)
    return read_history([entry], 1).steps[0]


@pytest.mark.parametrize(
    ("line", "instruction", "text", "builder"),
    [
        pytest.param("/bin/sh -c make", "RUN", "make", "classic", id="classic-run"),
        pytest.param(
            "/bin/bash -o pipefail -c a | b", "RUN", "a | b", "classic", id="custom-shell"
        ),
        pytest.param('/bin/sh -c #(nop)  CMD ["sh"]', "CMD", '["sh"]', "classic", id="classic-nop"),
        pytest.param(
            "/bin/sh -c #(nop) ADD file:ab in / ",
            "ADD",
            "file:ab in /",
            "classic",
            id="classic-add",
        ),
        pytest.param(
            "/bin/sh -c echo '#(nop) CMD'", "RUN", "echo '#(nop) CMD'", "classic", id="quoted-nop"
        ),
        pytest.param(
            "cmd /S /C #(nop) WORKDIR c:\\", "WORKDIR", "c:\\", "classic", id="windows-nop"
        ),
        pytest.param("cmd /S /C del a.exe", "RUN", "del a.exe", "classic", id="windows-run"),
        pytest.param(
            "powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ENV A=1",
            "ENV",
            "A=1",
            "classic",
            id="powershell-nop",
        ),
        pytest.param(
            "powershell -Command $x = 'Stop'; dir",
            "RUN",
            "$x = 'Stop'; dir",
            "classic",
            id="powershell",
        ),
        pytest.param(
            "RUN /bin/sh -c make # buildkit", "RUN", "make", "buildkit", id="buildkit-run"
        ),
        pytest.param(
            "RUN make all # buildkit", "RUN", "make all", "buildkit", id="buildkit-exec-form"
        ),
        pytest.param(
            "RUN /bin/bash -euxo pipefail -c a # buildkit",
            "RUN",
            "a",
            "buildkit",
            id="buildkit-shell",
        ),
        pytest.param(
            "RUN /bin/sh -c a\nb\n # buildkit", "RUN", "a\nb", "buildkit", id="buildkit-heredoc"
        ),
        pytest.param(
            "COPY --chown=1:1 a b # buildkit",
            "COPY",
            "--chown=1:1 a b",
            "buildkit",
            id="buildkit-copy",
        ),
        pytest.param(
            "RUN cmd /S /C md x # buildkit", "RUN", "md x", "buildkit", id="buildkit-windows"
        ),
        pytest.param('CMD ["sh"]', "CMD", '["sh"]', "", id="plain-cmd"),
        pytest.param(
            "HEALTHCHECK {[CMD x] 30s}", "HEALTHCHECK", "{[CMD x] 30s}", "", id="healthcheck"
        ),
        pytest.param(
            "/bin/sh -c make|unsetLabel=true|force-mtime=10", "RUN", "make", "buildah", id="buildah"
        ),
        pytest.param("ko build ko://x/y", "RAW", "ko build ko://x/y", "ko", id="ko"),
        pytest.param("bazel build ...", "RAW", "bazel build ...", "bazel", id="bazel"),
        pytest.param("jib-maven-plugin:3.4.0", "RAW", "jib-maven-plugin:3.4.0", "jib", id="jib"),
        pytest.param(
            "Buildpacks Launcher Config",
            "RAW",
            "Buildpacks Launcher Config",
            "buildpacks",
            id="buildpacks",
        ),
        *(
            pytest.param(text, "RAW", text, "buildpacks", id=text.replace(" ", "-"))
            for text in (
                "Application Layer",
                "Application Slice: 3",
                "Software Bill-of-Materials",
                "Layer: 'node', Created by extension: samples/curl@1",
            )
        ),
        pytest.param("apko", "ROOTFS", "apko", "apko", id="apko"),
        pytest.param(
            "# debian.sh --arch 'amd64' out/ 'trixie' '@1'",
            "ROOTFS",
            "# debian.sh --arch 'amd64' out/ 'trixie' '@1'",
            "debuerreotype",
            id="debuerreotype",
        ),
        pytest.param("KIWI 9.24.43", "ROOTFS", "KIWI 9.24.43", "kiwi", id="kiwi"),
        pytest.param(
            "ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit",
            "ADD",
            "alpine-minirootfs-3.22.2-x86_64.tar.gz /",
            "buildkit",
            id="alpine",
        ),
        pytest.param('RUN ["make", "a b"]', "RUN", "make 'a b'", "", id="exec-form-as-written"),
        pytest.param("RUN <<E\nmake\nE", "RUN", "make", "", id="here-document-as-written"),
        pytest.param(
            '/bin/sh -c ["make", "all"]|force-mtime=10',
            "RUN",
            "make all",
            "buildah",
            id="buildah-exec-form",
        ),
        pytest.param(
            "/bin/sh -c --mount=type=tmpfs,target=/t make|force-mtime=10",
            "RUN",
            "make",
            "buildah",
            id="buildah-flag",
        ),
        pytest.param(
            "Apply image 10.0.20348.1", "ROOTFS", "Apply image 10.0.20348.1", "", id="windows-base"
        ),
        pytest.param(
            "Install update ltsc2019-amd64",
            "ROOTFS",
            "Install update ltsc2019-amd64",
            "",
            id="windows-update",
        ),
        pytest.param("bash", "RAW", "bash", "", id="docker-commit"),
        pytest.param("apt-get update", "RAW", "apt-get update", "", id="classic-exec-form"),
        pytest.param("RUN", "RUN", "", "", id="run-of-nothing"),
        pytest.param("  ", "EMPTY", "", "", id="stripped"),
    ],
)
def test_form_of_each_builder_is_read(line: str, instruction: str, text: str, builder: str) -> None:
    step = _step(line)
    assert (step.instruction, step.text, step.builder) == (instruction, text, builder)
    assert step.raw == line


@pytest.mark.parametrize(
    ("line", "comment", "author", "instruction", "builder"),
    [
        ("RUN make", "", "kaniko", "RUN", "kaniko"),
        ("ENV A=1", "buildkit.dockerfile.v0", "", "ENV", "buildkit"),
        ("/bin/sh -c make", "FROM docker.io/library/alpine", "", "RUN", "buildah"),
        ("", "Imported from -", "", "ROOTFS", "import"),
        ("", "merge sha256:1 to sha256:2", "", "EMPTY", "squash"),
        ("", "store paths: ['/nix/store/x']", "", "EMPTY", "nix"),
        ("x", "This is an apko single-layer image", "apko", "RAW", "apko"),
        ("", "Created by Image Factory", "", "ROOTFS", "imagefactory"),
    ],
)
def test_comment_and_author_name_the_builder(
    line: str, comment: str, author: str, instruction: str, builder: str
) -> None:
    step = _step(line, comment, author)
    assert (step.instruction, step.builder) == (instruction, builder)


@pytest.mark.parametrize(
    ("line", "arguments", "text", "ambiguous"),
    [
        ("|0 /bin/sh -c a", (), "a", False),
        ("|1 A=1 /bin/sh -c a", (("A", "1"),), "a", False),
        ("|2 A=1 B=two words /bin/sh -c a", (("A", "1"), ("B", "two words")), "a", False),
        ("|1 A=x B=y /bin/sh -c a", (("A", "x B=y"),), "a", False),
        (
            "RUN |2 A=1 TOKEN=x y /bin/sh -c a # buildkit",
            (("A", "1"), ("TOKEN", "x y")),
            "a",
            False,
        ),
        ("RUN |1 A=1 make all # buildkit", (("A", "1"),), "make all", True),
        ("|3 A=1 /bin/sh -c a", (("A", "1"),), "a", True),
        ("|1 A=", (("A", ""),), "", True),
    ],
)
def test_build_arguments_end_where_the_shell_begins(
    line: str, arguments: tuple[tuple[str, str], ...], text: str, *, ambiguous: bool
) -> None:
    step = _step(line)
    assert (step.instruction, step.build_args) == ("RUN", arguments)
    assert (step.text, step.ambiguous) == (text, ambiguous)


@pytest.mark.parametrize(
    ("line", "opaque"),
    [
        ("RUN /dev/pipes/EOF # buildkit", True),
        ("RUN /bin/sh -c /tmp/setup.sh # buildkit", True),
        ("RUN /bin/sh -c sh setup # buildkit", True),
        ("RUN /bin/sh -c curl x | bash # buildkit", True),
        ("RUN /bin/sh -c . ./env.sh # buildkit", True),
        ("RUN /bin/sh -c ./configure # buildkit", True),
        ("RUN /bin/sh -c python3 x && make # buildkit", False),
        ("RUN /bin/sh -c . /etc/os-release && echo $ID # buildkit", False),
        ("RUN /bin/sh -c /usr/local/bin/tool x # buildkit", False),
        ("RUN /bin/sh -c sh -c 'make' # buildkit", False),
        ("bash", True),
        ("/bin/sh", True),
        ("/bin/bash -l", True),
    ],
)
def test_step_is_opaque_when_its_commands_are_elsewhere(line: str, *, opaque: bool) -> None:
    assert _step(line).opaque is opaque


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("RUN /dev/pipes/EOF # buildkit", True),
        ("RUN /bin/sh -c ./configure && make # buildkit", False),
        ("RUN /bin/sh -c curl x | bash # buildkit", False),
        ("bash", False),
    ],
)
def test_text_is_lost_where_a_builder_wrote_a_name_for_it(line: str, *, lost: bool) -> None:
    assert _step(line).lost is lost


def test_commands_come_only_from_what_runs() -> None:
    assert _step('CMD ["apt-get", "update"]').commands == ()
    assert _step("ko build x").commands == ()
    assert [c.name for c in _step("apt-get update").commands] == ["apt-get"]


def test_text_beyond_the_limit_makes_a_step_opaque() -> None:
    entries = [HistoryEntry(created_by="/bin/sh -c true; " + "a;" * 100)] * 2
    steps = read_history(entries, 2, Limits(history_chars=220)).steps
    assert [(step.opaque, step.lost) for step in steps] == [(False, False), (True, True)]


ENTRIES = st.lists(
    st.builds(
        HistoryEntry,
        created_by=st.text()
        | st.sampled_from(["RUN |", "|2 A=", "/bin/sh -c ", "#(nop) ", " # buildkit"]).flatmap(
            lambda head: st.text().map(lambda tail: head + tail)
        ),
        comment=st.text(),
        author=st.text(),
        empty_layer=st.booleans(),
    ),
    max_size=8,
)


@given(ENTRIES, st.integers(0, 8))
def test_layers_join_steps_only_when_the_counts_match(
    entries: list[HistoryEntry], layers: int
) -> None:
    """The n-th step that is not empty made layer n; nothing is guessed otherwise."""
    history = read_history(entries, layers)
    made = [index for index, entry in enumerate(entries) if not entry.empty_layer]
    assert history.reliable is (len(made) == layers)
    expected = {index: layer for layer, index in enumerate(made)} if history.reliable else {}
    assert {s.index: s.layer for s in history.steps if s.layer is not None} == expected
    assert [step.raw for step in history.steps] == [entry.created_by for entry in entries]


@pytest.mark.parametrize(
    "line", [" sh -e" * 100_000, "|9999 " + " A=" * 200_000, "/" * 500_000, "\n" * 500_000]
)
def test_a_long_line_costs_no_more_than_its_length(line: str) -> None:
    assert _step(line).raw == line
