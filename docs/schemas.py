"""The versions of what is published as JSON, each beside a digest of its shape.

A shape is all that a reader can rely on: fields, their types, values and codes, but no texts. One
that changed without its version is not written, so a version cannot be forgotten.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import listings
from pydantic import TypeAdapter

import ocianalyze.model.report
import ocianalyze.policy.profile
from ocianalyze.model.anomaly import CODES

RECORDED = Path(__file__).parent / "reference" / "schemas.json"
_TEXTS = ("title", "description", "$comment")
Recorded = dict[str, dict[str, str]]


def files() -> dict[str, str]:
    """Return every schema and the record of their versions, by file name.

    Raises:
        SystemExit: a shape is another one, and its version is not.

    """
    before: Recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    now = current()
    if forgotten := unraised(before, now):
        raise SystemExit(
            f"the JSON of {', '.join(forgotten)} changed: raise its SCHEMA_VERSION; what only adds "
            "raises the minor number"
        )
    written = {
        "profile.schema.json": ocianalyze.policy.profile.schema(),
        "report.schema.json": ocianalyze.model.report.schema(),
        RECORDED.name: now,
    }
    return {name: json.dumps(x, indent=2, sort_keys=True) + "\n" for name, x in written.items()}


def unraised(written: Recorded, now: Recorded) -> list[str]:
    """Return what changed while its version did not rise."""
    return [
        name
        for name, made in now.items()
        if name in written
        and made["sha256"] != written[name]["sha256"]
        and _number(made) <= _number(written[name])
    ]


def current() -> Recorded:
    """Return the versions and digests of the shapes as the code has them."""
    report, profile = ocianalyze.model.report, ocianalyze.policy.profile
    shapes = {
        "report": (report.SCHEMA_VERSION, [report.schema(), sorted(CODES), [*_listings()]]),
        "profile": (profile.SCHEMA_VERSION, profile.schema()),
    }
    return {
        name: {"version": version, "sha256": digest(shape)}
        for name, (version, shape) in shapes.items()
    }


def digest(shape: Any) -> str:
    """Return the digest of a shape, its version left out."""
    told = json.dumps(_without_texts(shape), sort_keys=True)
    return sha256(told.encode()).hexdigest()


def _listings() -> list[Any]:
    """Return the shapes of what the commands list."""
    return [
        [
            *(one.commands, one.once, one.name, one.record, sorted(one.without)),
            *(TypeAdapter(of).json_schema(mode="serialization") for of in (one.of, one.more) if of),
        ]
        for one in listings.LISTINGS
    ]


def _without_texts(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {
            key: _without_texts(value)
            for key, value in shape.items()
            if key != "schema_version" and not (key in _TEXTS and isinstance(value, str))
        }
    return [*map(_without_texts, shape)] if isinstance(shape, (list, tuple)) else shape


def _number(recorded: dict[str, str]) -> tuple[int, ...]:
    return tuple(map(int, recorded["version"].split(".")))
