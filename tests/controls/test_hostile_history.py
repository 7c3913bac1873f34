"""A history of a megabyte is judged in time that grows with it, whatever stands in it."""

import time
from itertools import islice, product
from typing import Any

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from tests.images import image

_RUN = "RUN /bin/sh -c "
_LETTERS = map("".join, product("abcdefghij", repeat=5))
HISTORIES: dict[str, list[Any]] = {
    "adds": [{"created_by": f"ADD http://a/{x} /x", "empty_layer": x > 0} for x in range(9_000)],
    "refreshes": [_RUN + "apt-get update && make && " * 38_000 + "true"],
    "kinds-of-refreshes": [
        _RUN + " && ".join(f"pacman -Sy{x}" for x in islice(_LETTERS, 50_000)) + " && make"
    ],
    "kinds-of-checks": [
        _RUN
        + "curl -o x http://a/x; "
        + "; ".join(f"sha256sum -c{x} y" for x in islice(_LETTERS, 40_000))
    ],
    "escaped-quotes": [_RUN + "echo " + '\\"' * 450_000],
    "open-quotes": [_RUN + "echo " + '"\\' * 450_000],
    "both-quotes": [_RUN + "echo " + "\"'\\" * 300_000],
}
"""About a megabyte each: hits that are compared with each other take ten seconds and more."""


@pytest.mark.parametrize("name", HISTORIES)
def test_time_grows_with_the_history_alone(name: str) -> None:
    view = image({"x": b""}, history=HISTORIES[name])
    before = time.process_time()
    evaluate(view, select(["cis_docker", "trivy"]))
    assert time.process_time() - before < 4


def test_what_a_step_does_again_and_again_is_told_once() -> None:
    view = image({"x": b""}, history=[_RUN + "apt-get update; " * 100 + "yum update"])
    (result,) = evaluate(view, select(["cis-docker-4.7"]))
    alone = [x.detail for x in result.verdict.evidence if x.reason.endswith(("install", "alone"))]
    assert alone == ["apt-get update", "yum update"]
