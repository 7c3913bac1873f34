r"""Vectors of the catalogue's section 1.0.1, "Reading history": formats, cutting, splitting.

What `|N` values, shells and heredocs look like is described there by builder; each form is a row.
"""

import pytest

from ocianalyze.layers.history import read_history
from ocianalyze.model.history import Step
from ocianalyze.model.oci import HistoryEntry
from ocianalyze.model.shell import commands

HASH = "0123456789abcdef" * 4


def _step(line: str, comment: str = "", author: str = "") -> Step:
    return read_history([HistoryEntry(created_by=line, comment=comment, author=author)], 1).steps[0]


FORMS = [
    ("/bin/sh -c make", "RUN", "make"),
    ("|2 A=1 B=2 /bin/sh -c make", "RUN", "make"),
    ("apt-get update", "RAW", "apt-get update"),
    ("/bin/bash -o pipefail -c make | tee x", "RUN", "make | tee x"),
    ('/bin/sh -c #(nop)  CMD ["bash"]', "CMD", '["bash"]'),
    (f"/bin/sh -c #(nop) ADD file:{HASH} in / ", "ADD", f"file:{HASH} in /"),
    (f"/bin/sh -c #(nop) COPY dir:{HASH} in /app ", "COPY", f"dir:{HASH} in /app"),
    (f"/bin/sh -c #(nop) ADD multi:{HASH} in /x/ ", "ADD", f"multi:{HASH} in /x/"),
    ("cmd /S /C #(nop) ENV A=1", "ENV", "A=1"),
    ("powershell -Command dir", "RUN", "dir"),
    ("RUN /bin/sh -c make # buildkit", "RUN", "make"),
    ("RUN |2 K=V L=W /bin/sh -c make # buildkit", "RUN", "make"),
    ("ADD a /b # buildkit", "ADD", "a /b"),
    ("COPY a /b # buildkit", "COPY", "a /b"),
    ("ENV A=1", "ENV", "A=1"),
    ("LABEL a=b", "LABEL", "a=b"),
    ("ARG A=1", "ARG", "A=1"),
    ("USER app", "USER", "app"),
    ("WORKDIR /app", "WORKDIR", "/app"),
    ("EXPOSE map[80/tcp:{}]", "EXPOSE", "map[80/tcp:{}]"),
    ("VOLUME [/data]", "VOLUME", "[/data]"),
    ("STOPSIGNAL SIGQUIT", "STOPSIGNAL", "SIGQUIT"),
    ("SHELL [/bin/bash -c]", "SHELL", "[/bin/bash -c]"),
    ('CMD ["sh"]', "CMD", '["sh"]'),
    ('ENTRYPOINT ["/app"]', "ENTRYPOINT", '["/app"]'),
    (
        'HEALTHCHECK &{["CMD-SHELL" "curl x"] "30s" "0s" "0s" "0s" \'\\x00\'}',
        "HEALTHCHECK",
        '&{["CMD-SHELL" "curl x"] "30s" "0s" "0s" "0s" \'\\x00\'}',
    ),
    ("RUN apt-get update # buildkit", "RUN", "apt-get update"),
    (
        "RUN /bin/sh -c apt-get update\napt-get install -y a\n # buildkit",
        "RUN",
        "apt-get update\napt-get install -y a",
    ),
    ("RUN /dev/pipes/EOF # buildkit", "RUN", "/dev/pipes/EOF"),
    (
        "RUN /bin/sh -c cat <<A <<B\n1\nA\n2\nB\n # buildkit",
        "RUN",
        "cat <<A <<B\n1\nA\n2\nB",
    ),
    ("COPY <<EOF /etc/x # buildkit", "COPY", "<<EOF /etc/x"),
    ("ADD <<EOF /etc/x # buildkit", "ADD", "<<EOF /etc/x"),
    ("COPY --parents a b /c # buildkit", "COPY", "--parents a b /c"),
    ("COPY --chown=1:1 a /b # buildkit", "COPY", "--chown=1:1 a /b"),
    ("COPY --chmod=755 a /b # buildkit", "COPY", "--chmod=755 a /b"),
    ("/bin/sh -c make|unsetLabel=true|force-mtime=10", "RUN", "make"),
    ("/bin/sh -c #(nop) HEALTHCHECK NONE|unsetLabel=true|inheritLabels=false", "HEALTHCHECK",
     "NONE"),
    (f"/bin/sh -c #(nop) COPY dir:{HASH} in /f |inheritLabels=false", "COPY",
     f"dir:{HASH} in /f"),
    ("RUN make", "RUN", "make"),
    ("COPY manager .", "COPY", "manager ."),
    ("apko", "ROOTFS", "apko"),
    ("ko build ko://example.org/x", "RAW", "ko build ko://example.org/x"),
    (
        "# debian.sh --arch 'amd64' out/ 'trixie' '@1'",
        "ROOTFS",
        "# debian.sh --arch 'amd64' out/ 'trixie' '@1'",
    ),
    (
        "ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit",
        "ADD",
        "alpine-minirootfs-3.22.2-x86_64.tar.gz /",
    ),
    ("bazel build ...", "RAW", "bazel build ..."),
    ("jib-gradle-plugin:3.4.0", "RAW", "jib-gradle-plugin:3.4.0"),
    ("Buildpacks Launcher", "RAW", "Buildpacks Launcher"),
    ("bash", "RAW", "bash"),
    ("", "EMPTY", ""),
]  # fmt: skip


@pytest.mark.parametrize(("line", "instruction", "text"), FORMS, ids=[x[0] for x in FORMS])
def test_form_is_read(line: str, instruction: str, text: str) -> None:
    step = _step(line)
    assert (step.instruction, step.text) == (instruction, text)


@pytest.mark.parametrize(
    ("comment", "author", "builder"),
    [
        ("buildkit.dockerfile.v0", "", "buildkit"),
        ("", "kaniko", "kaniko"),
        ("This is an apko single-layer image", "apko", "apko"),
        ("debuerreotype 0.15", "", "debuerreotype"),
        ("merge sha256:a to sha256:b", "", "squash"),
    ],
)
def test_comment_or_author_tells_the_builder(comment: str, author: str, builder: str) -> None:
    assert _step("ENV A=1", comment, author).builder == builder


@pytest.mark.parametrize(
    "line",
    [
        "/bin/sh -c make|unsetLabel=true|force-mtime=10",
        "/bin/sh -c make|inheritLabels=false",
        "/bin/sh -c #(nop) HEALTHCHECK NONE|unsetLabel=true|inheritLabels=false|force-mtime=10",
    ],
)
def test_suffixes_tell_buildah(line: str) -> None:
    assert _step(line).builder == "buildah"


@pytest.mark.parametrize(
    "text", ["make|tee=x y", "make|cat", "make|unsetLabel", "make|FOO=bar", "a|force-mtime=1|sh"]
)
def test_a_pipe_of_the_command_is_no_suffix(text: str) -> None:
    step = _step(f"/bin/sh -c {text}")
    assert (step.text, step.builder) == (text, "classic")


@pytest.mark.parametrize("count", [9, 100_000])
def test_many_suffixes_cost_no_more_than_their_length(count: int) -> None:
    assert _step("/bin/sh -c make" + "|force-mtime=1" * count).instruction == "RUN"


@pytest.mark.parametrize(
    ("line", "values", "ambiguous"),
    [
        ("|1 FOO=bar /bin/sh -c a", (("FOO", "bar"),), False),
        ("RUN |2 A=1 TOKEN=x y /bin/sh -c a # buildkit", (("A", "1"), ("TOKEN", "x y")), False),
        ("|1 A=x y z /bin/bash -c a", (("A", "x y z"),), False),
        ("|1 A=x a", (("A", "x"),), True),
    ],
)
def test_values_are_cut_at_the_next_key_and_the_shell(
    line: str, values: tuple[tuple[str, str], ...], *, ambiguous: bool
) -> None:
    step = _step(line)
    assert (step.build_args, step.ambiguous, step.text) == (values, ambiguous, "a")


@pytest.mark.parametrize(("empty", "layers", "joined"), [
    ((False, True, False), 2, [0, None, 1]),
    ((False, True, False), 3, [None, None, None]),
    ((True, True), 0, [None, None]),
])  # fmt: skip
def test_the_nth_step_with_a_layer_made_layer_n(
    empty: tuple[bool, ...], layers: int, joined: list[int | None]
) -> None:
    """Where the counts differ text remains, and no layer is named."""
    entries = [HistoryEntry(created_by="RUN a # buildkit", empty_layer=x) for x in empty]
    history = read_history(entries, layers)
    assert [step.layer for step in history.steps] == joined
    assert history.reliable is (joined != [None, None, None])
    assert all(step.commands for step in history.steps)


@pytest.mark.parametrize(
    "separator", ["&&", "||", ";", "|", "\n", "(", ")", "; {", "; }\n", "; then", "; do", "; else"]
)
def test_text_is_split_at(separator: str) -> None:
    text = f"x y {separator} apt-get update"
    assert ("apt-get", "update") in [command.words for command in commands(text)]


@pytest.mark.parametrize("quoted", ["'a && b'", '"a; b"', '"a | b"', "a\\;b", "a\\&\\&b"])
def test_text_is_not_split_inside_quotes(quoted: str) -> None:
    assert len(commands(f"echo {quoted}")) == 1


@pytest.mark.parametrize("prefix", ["A=x", "sudo", "exec", "env", "time", "A=x B=y sudo env C=z"])
def test_what_only_starts_another_program_is_dropped(prefix: str) -> None:
    assert [c.words for c in commands(f"{prefix} /usr/bin/apt-get update")] == [
        ("/usr/bin/apt-get", "update")
    ]
    assert commands(f"{prefix} /usr/bin/apt-get update")[0].name == "apt-get"


def test_a_continued_line_is_one_line() -> None:
    assert [c.words for c in commands("apt-get \\\n  update")] == [("apt-get", "update")]
