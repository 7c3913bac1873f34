"""Formats are found by their module's name."""

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.report.formats import formats, load, names


def test_every_module_is_a_format_of_its_name() -> None:
    """`--format` takes the name of the module."""
    assert names() == ["json", "jsonl", "text"]
    assert [form.name for form in formats()] == names()
    assert [load(name).name for name in names()] == names()


@pytest.mark.parametrize("name", ["yaml", "", "../json", "json.json", "__init__"])
def test_an_unknown_format_is_wrong_usage(name: str) -> None:
    """The error names what there is."""
    with pytest.raises(UsageError, match="text"):
        load(name)
