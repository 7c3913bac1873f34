"""The shipped image as layers and config, and what two reports of one image must share."""

import json
import tarfile
from pathlib import Path
from typing import Any

from ocianalyze.model.report import Report
from tests.archives import Image

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "testdata" / "demo.tar"
NAME = "team/shop:1.4"

OF_THE_FORM = frozenset(
    {
        "names",
        "manifest_digest",
        "size",
        "compression",
        "flavour",
        "digests_verified",
        "attestations",
    }
)
"""Fields that tell how an image is stored, not what it is."""


def demo() -> Image:
    """Return the shipped image taken apart by another tar reader."""
    with tarfile.open(DEMO) as outer:
        members = {
            member.name: file.read() for member in outer if (file := outer.extractfile(member))
        }
    (listed,) = json.loads(members["manifest.json"])
    layers = [members[name] for name in listed["Layers"]]
    return Image(layers, json.loads(members[listed["Config"]]), [NAME])


def document(report: Report) -> dict[str, Any]:
    """Return a report as its JSON says it."""
    found: dict[str, Any] = json.loads(report.model_dump_json())
    return found


def essence(report: Report | dict[str, Any], *, also: frozenset[str] = frozenset()) -> Any:
    """Return a report without the input and what tells how the image is stored.

    Digests of stored bytes go too; diff_ids, paths, steps, verdicts and findings stay.

    Args:
        report: of one image.
        also: more fields to leave out.

    """
    whole = document(report) if isinstance(report, Report) else report
    return _without(
        {name: value for name, value in whole.items() if name not in {"input", "inputs"}},
        OF_THE_FORM | also,
    )


def _without(value: Any, dropped: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without(item, dropped) for item in value]
    if not isinstance(value, dict):
        return value
    stored = {"digest"} if "digest" in value and ("diff_id" in value or len(value) == 2) else set()
    return {
        name: _without(item, dropped)
        for name, item in value.items()
        if name not in dropped and name not in stored
    }
