"""Services are found in the directories that commands name, each directory once."""

from ocianalyze.controls.aspects.programs.supervised import supervised
from tests.images import File, Layer, image

_RUN = File(b"#!/bin/sh\n", mode=0o755)


def test_a_directory_that_many_commands_name_is_listed_once() -> None:
    layer: Layer = {f"etc/s6/{name}/run": _RUN for name in "ab"}
    found = supervised(image(layer), [("s6-svscan", "/etc/s6"), ("init",)] * 1_000)
    assert [entry.path for entry in found] == ["etc/s6/a/run", "etc/s6/b/run"]


def test_directories_beyond_the_bound_are_not_listed() -> None:
    layer: Layer = {f"etc/{number:02}/a/run": _RUN for number in range(20)}
    commands = [("runsvdir", f"/etc/{number:02}") for number in range(20)]
    assert len([*supervised(image(layer), commands)]) == 16
