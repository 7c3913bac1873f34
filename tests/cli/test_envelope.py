"""The laws that hold for every command: the form of JSON, the environment, one line of error."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ocianalyze.cli.main import application
from ocianalyze.model.report import SCHEMA_VERSION
from tests.cli.conftest import Command, FakeEngine

SAYING = {
    "scan": (["scan", "x"], "controls"),
    "inspect": (["inspect", "x"], "layers"),
    "files": (["files", "x"], "files"),
    "files-none": (["files", "x", "nothing"], "files"),
    "packages": (["packages", "x"], "packages"),
    "owner": (["owner", "x", "/app"], "owners"),
    "secrets": (["secrets", "x"], "secrets"),
    "controls": (["controls"], "controls"),
    "explain": (["explain", "4.1"], "controls"),
    "sql": (["sql", "x", "SELECT path FROM files"], "rows"),
    "bases-list": (["bases", "list"], "bases"),
    "store-info": (["store", "info"], "stores"),
    "store-prune": (["store", "prune"], "removals"),
}
"""Command lines and the list that each is about."""

OTHERS = {
    *(("completion",), ("sbom",), ("store",), ("bases",), ("bases", "add"), ("profile",)),
    *(("profile", name) for name in ("init", "show", "validate")),
}
"""A script, documents of other standards, groups, what writes files, profiles."""

FREE = {"--help", "--version"}


@pytest.fixture(autouse=True)
def _nowhere(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert fake.asked == []
    monkeypatch.setenv("OCIANALYZE_STORE", str(tmp_path / "none"))


@pytest.mark.parametrize("name", SAYING)
def test_json_is_one_object_with_the_schema_version_and_a_named_list(
    name: str, command: Command
) -> None:
    """Whatever the command is about."""
    words, about = SAYING[name]
    document = json.loads(command(*words, "--format", "json").out)
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["tool"]["name"] == "ocianalyze"
    assert isinstance(document[about], list)
    assert bool(document[about]) is (name not in ("files-none", "packages", "secrets", "sql"))


@pytest.mark.parametrize("name", SAYING)
def test_jsonl_is_one_record_a_line_of_the_same_content(name: str, command: Command) -> None:
    """Each line says what it is."""
    words, about = SAYING[name]
    document = json.loads(command(*words, "--format", "json").out)
    lines = [json.loads(x) for x in command(*words, "--format", "jsonl").out.splitlines()]
    assert all(line.pop("record") for line in lines)
    assert all(record in lines for record in document[about])


def test_every_command_of_the_program_is_tried_here() -> None:
    """A new command obeys the same laws."""
    groups = ("store", "bases")
    lines = [words for words, _ in SAYING.values()]
    tried = {tuple(words[:2] if words[0] in groups else words[:1]) for words in lines}
    assert tried == {words for words, _ in _commands() if words} - OTHERS


def _commands(*typed: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), get_command(application([*typed])))]
    while waiting:
        words, found = waiting.pop()
        yield words, found
        inner = getattr(found, "commands", {})
        waiting.extend(((*words, name), command) for name, command in inner.items())


def _options() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each option of each command with the command's words."""
    for words, found in (*_commands(), *_commands("secrets", "rules")):
        for parameter in found.params:
            if parameter.param_type_name == "option" and not FREE & {*parameter.opts}:
                yield words, parameter


def test_every_option_has_its_variable_in_the_environment_and_none_is_shown() -> None:
    """The help says so once; the name follows from the option, or from the command and it.

    An environment is inherited, so it never shows secrets.
    """
    options = list(_options())
    assert len(options) > 40
    for words, option in options:
        word = max(option.opts, key=len).removeprefix("--").replace("-", "_")
        own = "_".join((*words[:1], word))
        if word == "show_secrets":
            assert option.envvar is None
            continue
        assert option.envvar in {f"OCIANALYZE_{name}".upper() for name in (word, own)}
        assert not option.show_envvar


def test_a_variable_means_the_same_in_every_command_that_reads_it() -> None:
    """What a pipeline exports for its scans must not end its other steps."""
    values: dict[str, set[tuple[Any, ...]]] = {}
    for _, option in _options():
        taken = (option.metavar, str(option.type_descriptor.annotation), option.multiple)
        values.setdefault(option.envvar, set()).add(taken)
    assert {name: found for name, found in values.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", [*SAYING, "secrets-rules"])
def test_what_a_gate_exports_is_of_scan_alone(
    name: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thresholds and its files are no words of other commands."""
    monkeypatch.setenv("OCIANALYZE_FAIL_ON", "needs-review")
    monkeypatch.setenv("OCIANALYZE_FORMAT", "text")
    words, _ = SAYING.get(name, (["secrets", "rules", "explain", "github-pat"], ""))
    assert command(*words).status == (1 if name == "scan" else 0)
    monkeypatch.setenv("OCIANALYZE_FORMAT", "nothing")
    assert command(*words).status == (2 if name == "scan" else 0)


def test_an_own_variable_has_the_name_of_its_command(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it reaches no other."""
    monkeypatch.setenv("OCIANALYZE_FILES_FORMAT", "jsonl")
    assert json.loads(command("files", "x").out.splitlines()[0])["record"] == "file"
    monkeypatch.setenv("OCIANALYZE_SECRETS_FAIL_ON", "needs-review")
    assert command("secrets", "x").status == 2


def test_all_that_read_an_image_say_quiet_alike_and_show_what_they_share_last() -> None:
    """Own options come first: one looks for those."""
    reading = [found for _, found in _commands() if {"jobs", "platform"} <= _names(found)]
    assert len(reading) == 9
    for found in reading:
        quiet = next(one for one in found.params if one.name == "quiet")
        assert (quiet.help, quiet.opts) == (
            "No progress bar and no closing line.",
            ["--quiet", "-q"],
        )
        told = _help(found)
        heads = [told.index(f"\n{name}:\n") for name in ("Options", "Which image", "Reading")]
        assert heads == sorted(heads)
        assert told.index("  --image ") > heads[1]
        assert min(told.index("  --store "), told.index("--quiet")) > heads[2]


def _names(found: Any) -> set[str]:
    return {one.name for one in found.params}


def _help(found: Any) -> str:
    """Return the help of a command."""
    return str(found.get_help(found.make_context("x", [], resilient_parsing=True)))


def test_limits_come_from_the_environment(
    command: Command, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several, between blanks; a wrong one is refused as on the command line."""
    monkeypatch.setenv("OCIANALYZE_LIMIT", "layer-bytes=8G layer-entries=7")
    command("scan", "x")
    assert fake.options
    assert (fake.options.limits.layer_bytes, fake.options.limits.layer_entries) == (8 << 30, 7)
    monkeypatch.setenv("OCIANALYZE_LIMIT", "nothing=1")
    assert command("scan", "x").status == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        pytest.param(
            ["scan", "x", "--fail-on", "foo"],
            "--fail-on: 'foo' is not one of fail, needs-review, not-evaluated, never; "
            "fail:author and fail:base count one side",
            id="choice",
        ),
        pytest.param(
            ["controls", "-f", "yaml"],
            "--format: 'yaml' is not one of text, json, jsonl",
            id="format",
        ),
        pytest.param(["scan"], "missing argument 'IMAGE'; see --help", id="missing"),
        pytest.param(
            ["packages", "x", "y"],
            "unexpected extra argument 'y'; packages reads one image, scan reads several",
            id="second",
        ),
        pytest.param(["explain", "x", "y"], "unexpected extra argument 'y'; see --help", id="two"),
        pytest.param(
            ["scan", "x", "-j", "9999"],
            "--jobs: input should be less than or equal to 1024",
            id="range",
        ),
        pytest.param(
            ["files", "x", "--layer", "y"],
            "--layer: input should be a whole number",
            id="number",
        ),
        pytest.param(
            ["secrets", "x", "--rules", "nope"],
            "--rules: directory 'nope' does not exist",
            id="directory",
        ),
        pytest.param(
            ["scan", "x", "--skip", "y"],
            "--skip: no part 'y'; take some of packages, secrets",
            id="skip",
        ),
        pytest.param(
            ["sbom", "x", "--format", "y"],
            "--format: no SBOM format 'y'; take one of cyclonedx, spdx",
            id="sbom",
        ),
        pytest.param(
            ["scan", "x", "--limit", "image=1"],
            "--limit: no limit 'image'; take one of images",
            id="limit",
        ),
        pytest.param(["scna"], "no such command 'scna'. Did you mean 'scan'?", id="typo"),
        pytest.param(["explode"], "no such command 'explode'; see --help", id="command"),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], line: str, command: Command) -> None:
    """What is wrong, where, and what would be right."""
    shown = command(*words)
    assert (shown.status, shown.out, shown.err) == (2, "", f"ocianalyze: {line}\n")


def test_no_path_that_matches_is_said(command: Command) -> None:
    """On standard error alone: the list is empty and the status 0."""
    shown = command("files", "x", "nothing-matches")
    assert (shown.status, shown.out, shown.err) == (0, "", "ocianalyze: no path matches\n")
    assert command("files", "x").err == ""


@pytest.mark.parametrize(
    "words",
    [words for words, _ in SAYING.values() if "x" in words],
    ids=[name for name, (words, _) in SAYING.items() if "x" in words],
)
def test_an_image_is_named_alike_in_every_record(
    words: list[str], command: Command, demo: Path
) -> None:
    """The field is an `ImageRef`, or null where a record is about no image."""
    asked = [str(demo) if word == "x" else word for word in words]
    lines = command(*asked, "-f", "jsonl", "--no-store").out.splitlines()
    named = [row["image"] for row in map(json.loads, lines) if "image" in row]
    for one in filter(None, named):
        assert (one["index"], one["digest"][:7]) == (0, "sha256:")
        assert one.keys() == {"index", "digest"}
