"""A text that cannot fail is told from one that can; what is not understood can."""

import subprocess

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
