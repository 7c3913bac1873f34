"""YAML in flow style, on one line (YAML 1.2, chapter 7), for texts that people copy."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that some readers of YAML take for something else."""


def flow(value: Any) -> str:
    """Return a value of mappings, lists, texts, numbers and truth values as YAML."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {flow(x)}" for key, x in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value)


def _text(text: str) -> str:
    """Return a text as it is where nothing can misread it, else quoted with every escape."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return '"' + "".join(map(_character, text.encode("utf-8", "replace").decode())) + '"'


def _character(one: str) -> str:
    shown = one.isascii() and one.isprintable() and one not in '"\\'
    return one if shown else f"\\U{ord(one):08x}"
