"""Proofs that need no network, one module for each name that rules may list under `checks`.

A module is loaded when a rule first asks for it.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from ocianalyze.detectors.secrets._base import Check


@cache
def names() -> frozenset[str]:
    """Return the names that rules may list under `checks`."""
    folder = Path(__path__[0])
    return frozenset(file.stem.replace("_", "-") for file in folder.glob("[a-z]*.py"))


@cache
def named(name: str) -> Check:
    """Return the check of a name.

    Raises:
        KeyError: there is none.

    """
    if name not in names():
        raise KeyError(name)
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    found: Check = module.CHECK
    return found
