"""What several commands say of reading an image is said once."""

from inspect import signature
from pathlib import Path

import pytest

from ocianalyze.cli.commands import files, inspect, owner, packages, sbom, scan, secrets, sql
from ocianalyze.cli.reading import Reading, reads
from ocianalyze.store.directory import default_directory

COMMANDS = (
    files.files,
    inspect.inspect,
    owner.owner,
    packages.packages,
    sbom.sbom,
    scan.scan,
    secrets.secrets,
    sql.sql,
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_command_that_reads_an_image_has_every_option_of_reading(command: object) -> None:
    """With the default of each, in one order and in one piece."""
    assert callable(command)
    taken = list(signature(command).parameters.values())
    at = [parameter.name for parameter in taken].index(Reading._fields[0])
    block = taken[at : at + len(Reading._fields)]
    assert tuple(parameter.name for parameter in block) == Reading._fields
    assert tuple(parameter.default for parameter in block) == Reading()


def test_the_options_reach_the_command_as_one_value() -> None:
    told: list[object] = []

    @reads
    def command(image: str, *, reading: Reading, form: str = "text") -> None:
        """Be told."""
        told.extend((image, reading, form))

    command("a.tar", form="json", **(Reading()._asdict() | {"jobs": 2}))
    assert told == ["a.tar", Reading(jobs=2), "json"]
    assert command.__doc__ == "Be told."


def test_facts_are_kept_where_the_options_say() -> None:
    assert Reading().kept == default_directory()
    assert Reading(store=Path("/s")).kept == Path("/s")
    assert Reading(store=Path("/s"), no_store=True).kept is None
