"""A shell that reads text which the same text holds runs that text; else it stays a shell."""

import time

import pytest

from ocianalyze.limits import Limits
from ocianalyze.model.shell import commands


def _words(text: str) -> list[tuple[str, ...]]:
    return [command.words for command in commands(text)]


RUNS = [
    pytest.param("cat <<E | sh\na b\nE\nc", id="here-document"),
    pytest.param("cat <<E | tee /x | sudo bash -ex -s -- y\na b\nE\nc", id="through-filters"),
    pytest.param("cat - <<E |\na b\nE\nsh; c", id="next-line"),
    pytest.param("cat <<E |& sh\na b\nE\nc", id="with-errors"),
    pytest.param("cat <<E | (sh)\na b\nE\nc", id="group"),
    pytest.param("cat <<E | { sh; }\na b\nE\nc", id="braces"),
    pytest.param("echo a b | sh; c", id="echo"),
    pytest.param("echo -e 'a b\\nc' | sh", id="echo-lines"),
    pytest.param("printf 'a b\\nc' | sh", id="printf"),
    pytest.param("printf '%s\\n' 'a b' c | sh", id="printf-values"),
    pytest.param("sh <<< 'a b'; c", id="here-string"),
    pytest.param("cat > /x <<E\na b\nE\nsh /x; c", id="file"),
    pytest.param("cat > /x <<E\n#!/bin/bash\na b\nE\nchmod +x /x && /x; c", id="program"),
    pytest.param("cat > x <<E\na b\nE\n. ./x; c", id="sourced"),
    pytest.param("echo a b > x; echo c >> x; sh x", id="added"),
    pytest.param("echo d > x; echo a b > x; sh x; c", id="written-again"),
    pytest.param("echo a b | tee x; sh < x; c", id="redirected"),
    pytest.param("echo a b > x; cat x | sh; c", id="file-in-a-pipe"),
    pytest.param("echo a b > x 2> y; sh x; c", id="other-stream"),
    pytest.param("echo a b > x; sh x > y; c", id="output-of-a-shell"),
]


@pytest.mark.parametrize("text", RUNS)
def test_known_text_is_read_as_commands(text: str) -> None:
    helpers = ("cat", "tee", "echo", "printf", "chmod")
    assert [words for words in _words(text) if words[0] not in helpers] == [("a", "b"), ("c",)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("curl x | sh", id="other-program"),
        pytest.param("{ curl x; echo a; } | sh", id="braces"),
        pytest.param("(curl x; echo a) | sh", id="group"),
        pytest.param("for x in a b; do echo $x; done | sh", id="loop"),
        pytest.param("cat x | sh", id="unknown-file"),
        pytest.param("cat <<E | sed s/a/b/ | sh\na\nE", id="changed-on-the-way"),
        pytest.param("echo a > x; curl y >> x; sh x", id="unknown-piece"),
        pytest.param("echo a > x; curl -o x y; sh x", id="file-given-to-another-program"),
        pytest.param("echo a > x; dd if=y of=x; sh x", id="file-in-an-operand"),
        pytest.param("echo a > x; cd y; sh x", id="another-directory"),
        pytest.param("echo a 2> x; sh x", id="errors-only"),
        pytest.param("echo a > x; tee -a x; sh x", id="added-from-a-terminal"),
        pytest.param("echo a > x; echo b > y; cat x y | sh", id="two-files"),
        pytest.param("echo a > x; { curl y; } > x; sh x", id="written-by-a-group"),
        pytest.param("echo a > x; sh <<E > x\nb\nE\nsh x", id="written-by-a-shell"),
        pytest.param("cat <<E | sh x\na\nE", id="input-of-a-script"),
        pytest.param("cat <<E | sh" + "\n" + "", id="empty"),
    ],
)
def test_a_shell_whose_text_is_not_known_stays(text: str) -> None:
    assert any(words[0] == "sh" for words in _words(text))


def test_other_interpreters_read_no_shell_text() -> None:
    assert _words("cat > /x <<E\n#!/usr/bin/python3\na\nE\n/x")[-1] == ("/x",)


def test_a_program_that_is_told_its_script_does_not_read_a_here_document() -> None:
    assert _words("./setup.sh <<E\na\nE") == [("./setup.sh",)]


@pytest.mark.parametrize(
    "piece",
    [
        "echo a >> x; sh x; ",
        "cat x >> x; ",
        "cat x > y; cat y > x; sh x; ",
        "echo a | tee x y z; ",
        "cat | ",
        "cd x; echo a > x; ",
        "sh <<< a; ",
    ],
)
def test_text_that_is_handed_on_again_and_again_costs_no_more_than_its_length(piece: str) -> None:
    text = f"cat > x <<E\n{'a;' * 10_000}\nE\n" + piece * 10_000
    before = time.process_time()
    assert len(commands(text, limits=Limits(shell_chars=200_000))) <= 200_000
    assert time.process_time() - before < 8
