"""The sha256 of the full value behind a piece of evidence, where a control gave none.

A text with a password in it has none: its name is told beside it, so that a short password could be
found by trying words.
"""

import hashlib
import re
from dataclasses import replace
from typing import Any

import orjson

from ocianalyze.controls.aspects.secrets.named_values import places_of_values
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence

_INDEX = re.compile("[0-9]{1,9}")
_MOST = 1 << 20
"""Bytes of one value that are hashed; a larger one goes without."""


def proved(view: ImageView, evidence: Evidence) -> Evidence:
    """Return evidence with the digest of what it shortens; as it is where there is none."""
    if evidence.sha256:
        return evidence
    digest = _digest(view, evidence)
    return replace(evidence, sha256=digest) if digest else evidence


def _digest(view: ImageView, evidence: Evidence) -> str:
    place = {"config": evidence.pointer, "history": evidence.step}.get(evidence.kind)
    if place is not None and place in view.once(places_of_values):
        return ""
    if evidence.kind == "config" and evidence.pointer:
        return _of_value(_at(view, evidence.pointer))
    if evidence.kind == "history" and evidence.step is not None:
        raw = (step.raw for step in view.history.steps if step.index == evidence.step)
        return _of_value(next(raw, None))
    if evidence.kind == "file" and evidence.path:
        return next((x.sha256 for x in view.tree.versions(evidence.path)
                     if x.layer == evidence.layer), "")  # fmt: skip
    return ""


def _at(view: ImageView, pointer: str) -> Any:
    """Return the value of the image config at a JSON pointer (RFC 6901); None for nothing."""
    tokens = pointer.split("/")[1:]
    if view.config is None or not tokens:
        return None
    value: Any = view.once(_config)
    for token in tokens:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _config(view: ImageView) -> dict[str, Any]:
    return view.config.model_dump(by_alias=True) if view.config else {}


def _of_value(value: Any) -> str:
    """Return the digest of a text, or of the JSON of anything else; empty values have none."""
    if not value:
        return ""
    try:
        data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else None
        data = orjson.dumps(value) if data is None else data
    except (TypeError, ValueError):
        return ""
    return hashlib.sha256(data).hexdigest() if len(data) <= _MOST else ""
