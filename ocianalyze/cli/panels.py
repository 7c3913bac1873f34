"""The help of a command that reads an image: its own options first, then those that all have."""

from itertools import groupby
from typing import Any

from typer.core import TyperCommand

from ocianalyze.cli.options import READING, WHICH

_ORDER = ("Arguments", "Options", WHICH, READING)


class Panelled(TyperCommand):
    """A command whose help shows parameters by their panel."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each panel."""
        found = sorted(self.get_params(ctx), key=lambda one: _ORDER.index(_panel(one)))
        for title, parameters in groupby(found, _panel):
            records = (parameter.get_help_record(ctx) for parameter in parameters)
            with formatter.section(title):
                formatter.write_dl([record for record in records if record])


def _panel(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or "Options"
