"""A text that cannot fail is told from one that can; what is not understood can."""

import subprocess
from itertools import product
from pathlib import Path
from random import Random

import pytest

from ocianalyze.controls.aspects.programs.outcomes import cannot_fail, word_cannot_fail

CONSTANT = (
    "true",
    "exit 0",
    "exit",
    "exit 256",
    ":",
    "/bin/true",
    "exec true",
    "! false",
    "[ 1 ]",
    "[[ 1 ]]",
    "test 1",
    "[ -n x ]",
    "[ -z '' ]",
    "[ 1 -eq 01 ]",
    "[ a != b ]",
    "[ ! 0 = 1 ]",
    "echo $(nothing here)",
    "A=1",
    "sh -c 'exit 0'",
    "printf x%s y",
    "echo x >/dev/null 2>&1",
)
ALWAYS = (
    *CONSTANT,
    "probe & true",
    "probe &",
    "probe >/dev/null 2>&1 &",
    "probe http://localhost/?a=1&b=2 || exit 1",
    "probe || true",
    "probe || exit 0",
    "probe || echo down",
    "probe; exit 0",
    "probe | true",
    "(probe || true)",
    "{ probe; true; }",
    "true || probe",
    "exit 0; probe",
    "false || true",
    "probe # no\nexit 0",
    "if probe; then true; fi; exit 0",
)
FAILING = (
    "false",
    "exit 1",
    "exit 257",
    "false && exit 0 || exit 2",
    "[ 1 = 2 ]",
    "[ ]",
    "(exit 1)",
    "A=$(false)",
    "A=`false`",
    "printf",
    "printf %d x",
    "echo x >&-",
    "echo $((1/0))",
    ": ${NOT_SET:?}",
    "false; (exit)",
    "false; true | exit 1",
    "exit 0 1",
    "env exit 0",
    "timeout 5 exit 0",
    "exec exit 0",
    "sh -ec 'false; true'",
    "bash -o pipefail -c 'false | true'",
    "bash -uc 'echo $NOT_SET'",
    "eval 'exit 1' || true",
    "trap 'exit 1' EXIT; true",
    "true() { false; }; true",
    "function true { false; }; true",
    "echo x | xargs test a =",
    "[[ abc == a* ]] && exit 1; true",
    ": >/no/such/place",
    "true >/no/such/place",
    "(true) >/no/such/place",
    ">/no/such/place",
    "true </no/such/place",
    "false && if true; then true; fi | true; exit 1",
    "! while false; do true; done | true",
)
MAYBE = (
    *FAILING,
    "probe",
    "probe || exit 1",
    "probe && true",
    "true && probe",
    "set -e; probe; true",
    "set -o pipefail; probe | true",
    "if ! probe; then exit 1; fi; true",
    "probe && for i in 1; do true; done | true",
    "A=$(probe)",
    ": >/dev/tcp/localhost/80",
    "set -u; echo $X",
    "! (set -e; false; true)",
    "((0))",
    "case x in a) exit 1;; esac; true",
    "f() { exit 1; }; f; true",
    "while ! probe; do sleep 1; done",
    "probe & wait $!",
    "probe # || true",
    "probe 2>&1 | grep ok",
    "probe '|| true'",
    "exit $?",
    "exec probe; true",
    "[ -f /x ]",
    "[ $X ]",
    "cat <<E\ntrue\nE",
    'echo "open || true',
    "(" * 5_000 + "true",
    "sh -c " * 50 + "true",
    "echo $(" * 9_000,
)


@pytest.mark.parametrize("text", ALWAYS)
def test_a_text_that_always_succeeds_cannot_fail(text: str) -> None:
    assert cannot_fail(text)


@pytest.mark.parametrize("text", MAYBE, ids=lambda text: text[:40])
def test_a_text_that_may_fail_or_is_not_understood_can(text: str) -> None:
    assert not cannot_fail(text)


@pytest.mark.parametrize("text", [*CONSTANT, *FAILING])
def test_a_shell_says_the_same_of_constants(text: str) -> None:
    """The oracle is the machine's own bash, which knows `[[`."""
    done = subprocess.run(["/bin/bash", "-c", text], capture_output=True, timeout=10, check=False)
    assert cannot_fail(text) is (done.returncode == 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["true"], True),
        (["/usr/bin/test", "1"], True),
        (["[", "a", "=", "b", "]"], False),
        (["curl", "x", "||", "true"], False),
        (["sh", "-c", "probe || true"], True),
    ],
)
def test_words_are_no_shell_text(words: list[str], expected: bool) -> None:  # noqa: FBT001
    assert word_cannot_fail(words) is expected


@pytest.mark.parametrize(
    "shell",
    [["/bin/bash", "-eo", "pipefail", "-c"], ["/bin/sh", "-ec"], ["/bin/bash", "-o", "errexit"]],
    ids=" ".join,
)
def test_a_stricter_shell_ends_where_a_command_fails(shell: list[str]) -> None:
    """`SHELL` of a Dockerfile, which starts the check too."""
    assert not cannot_fail("probe; true", shell)
    assert cannot_fail("probe || true", shell)
    assert cannot_fail("probe; true", ["/bin/sh", "-c"])


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/dash"])
@pytest.mark.parametrize(
    "text",
    [
        *("[ -e up ] &> /dev/null", "[ -e up ] &>/dev/null || exit 1", "exit 3 &>>/dev/null"),
        *("[ -e up ] &>/dev/null; [ -e up ]", "([ -e up ]) &>/dev/null", "true >&/dev/null"),
        *("[ -e up ] &> no/up", "[ -e up ] |& true", "> /dev/null", "false & >/dev/null true"),
        *("[ -e up ] &>/dev/null && [ -e up ]", "false & 2>&1", "{ false; } &>/dev/null"),
    ],
)
def test_redirections_of_bash_mean_what_the_shell_at_hand_makes_of_them(
    text: str, shell: str, tmp_path: Path
) -> None:
    """To dash `&>` starts the probe in the background; both shells of the machine say so."""
    done = subprocess.run(
        [shell, "-c", text], cwd=tmp_path, capture_output=True, timeout=10, check=False
    )
    assert cannot_fail(text, [shell, "-c"]) is (done.returncode == 0)


@pytest.mark.parametrize("seed", range(8))
def test_no_shell_fails_on_a_text_that_cannot(seed: int, tmp_path: Path) -> None:
    """Both shells of the machine are the oracle; a probe is a file that is there or not."""
    chance = Random(seed)
    texts = (_text(chance, 3) for _ in range(60))
    for text in filter(cannot_fail, texts):
        for there, shell in product((False, True), ("/bin/bash", "/bin/dash")):
            (tmp_path / "up").touch() if there else (tmp_path / "up").unlink(missing_ok=True)
            done = subprocess.run(
                [shell, "-c", text], cwd=tmp_path, capture_output=True, timeout=10, check=False
            )
            assert done.returncode == 0, (shell, there, text)


_PIECES = (
    *("true", "false", ":", "exit", "exit 0", "exit 1", "[ -e up ]", "A=$([ -e up ])", "set -e"),
    *("echo x >no/up", "test a = b", "printf %s x", "exec [ -e up ]", "{ [ -e up ] & }", "! false"),
    *("sh -ec '[ -e up ]; true'", "eval '[ -e up ]'", "if [ -e up ]; then exit 1; fi"),
)
_AROUND = ("({})", "{{ {}; }}", "! {{ {}; }}", "if {}; then true; fi", "{{ {}; }} || exit 0")
_BETWEEN = (" && ", " || ", "; ", " | ", "\n", " || true; ")


def _text(chance: Random, depth: int) -> str:
    if not depth or chance.random() < 0.3:
        return chance.choice(_PIECES)
    one = _text(chance, depth - 1)
    if chance.random() < 0.3:
        return chance.choice(_AROUND).format(one)
    return chance.choice(_BETWEEN).join((one, _text(chance, depth - 1)))
