"""What a builder leaves of a RUN instruction is read as the shell text that does the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.run_form import shell_text
from ocianalyze.model.shell import commands


@pytest.mark.parametrize(
    ("text", "shell"),
    [
        pytest.param("make all", "make all", id="shell-form"),
        pytest.param('["apt-get", "update"]', "apt-get update", id="exec-form"),
        pytest.param('["sh", "-c", "a | b"]', "sh -c 'a | b'", id="exec-form-of-a-shell"),
        pytest.param("[ -f /x ] && make", "[ -f /x ] && make", id="test-command"),
        pytest.param('["a", 1]', '["a", 1]', id="array-of-other-things"),
        pytest.param("[]", "[]", id="array-of-nothing"),
        pytest.param('--mount=type=ssh ["a", "b c"]', "a 'b c'", id="flag"),
        pytest.param("--mount=type=ssh --network=none make", "make", id="flags"),
        pytest.param("<<EOF\nmake\nEOF", "make", id="here-document"),
        pytest.param('<<-"E"\n\tmake\n\tE\n', "\tmake", id="here-document-with-tabs"),
        pytest.param("<<EOF\nmake", "make", id="here-document-without-its-end"),
        pytest.param("<<E\n#!/bin/sh -e\nmake\nE", "#!/bin/sh -e\nmake", id="shell-script"),
        pytest.param(
            "<<E\n#!/usr/bin/python3\nimport x\nE",
            "/usr/bin/python3 <<E\n#!/usr/bin/python3\nimport x\nE",
            id="other-script",
        ),
        pytest.param("sh <<E\nmake\nE", "sh <<E\nmake\nE", id="here-document-of-a-program"),
    ],
)
def test_each_form_becomes_shell_text(text: str, shell: str) -> None:
    assert shell_text(text) == shell


@given(st.lists(st.from_regex(r"[a-z][a-z0-9 ;|$'\"\\&<>]{0,20}\Z"), min_size=2, max_size=5))
def test_words_of_the_exec_form_are_not_expanded_or_split(words: list[str]) -> None:
    words[0] = "tool"
    found = commands(shell_text(json.dumps(words)))
    assert [command.words for command in found] == [tuple(words)]


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "--a " * 200_000, "<<E\n" * 100_000, "-" * 500_000]
)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    assert len(shell_text(text)) <= len(text)
