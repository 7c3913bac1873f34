"""Pins of Swift packages in all versions of the format."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.swift import CATALOGER
from tests.inventory.catalogers.walked import found, survives

STATE = {"revision": "0123abcd", "version": "2.40.0"}
SECOND = {
    "pins": [
        {
            "identity": "swift-nio",
            "kind": "remoteSourceControl",
            "location": "https://user:notasecret@example.test/apple/swift-nio.git",
            "state": STATE,
        }
    ],
    "version": 2,
}
FIRST = {
    "object": {
        "pins": [
            {
                "package": "swift-nio",
                "repositoryURL": "git@example.test:apple/swift-nio.git",
                "state": {**STATE, "branch": None},
            }
        ]
    },
    "version": 1,
}


@pytest.mark.parametrize("document", [FIRST, SECOND], ids=["version-1", "version-2"])
def test_a_pin_is_named_by_its_place(document: object) -> None:
    (package,) = found(CATALOGER, {"app/Package.resolved": orjson.dumps(document)})
    assert (package.type, package.namespace, package.name, package.version) == (
        "swift",
        "example.test/apple",
        "swift-nio",
        "2.40.0",
    )
    assert package.confidence == "heuristic"


def test_a_branch_has_its_revision_for_a_version() -> None:
    pin = {"identity": "x", "location": "https://example.test/a/x", "state": {"revision": "ff"}}
    (package,) = found(CATALOGER, {"Package.resolved": orjson.dumps({"pins": [pin]})})
    assert package.version == "ff"


def test_a_pin_of_a_registry_is_named_by_its_scope() -> None:
    pin = {"identity": "mona.linkedlist", "kind": "registry", "state": {"version": "1.0.0"}}
    (package,) = found(CATALOGER, {"Package.resolved": orjson.dumps({"pins": [pin]})})
    assert (package.namespace, package.name) == ("mona", "linkedlist")


@given(st.binary(max_size=200) | st.text().map(lambda x: orjson.dumps({"pins": [{"location": x}]})))
def test_damaged_files_never_raise(content: bytes) -> None:
    survives(CATALOGER, "Package.resolved", content)
