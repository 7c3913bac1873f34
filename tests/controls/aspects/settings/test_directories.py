"""Directories are listed once, however many settings name them."""

from collections import Counter

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.filesystem.index import MergedTree
from tests.images import File, Layer, image

GLOBS = b"".join(b"files = /etc/supervisor/conf.d/*.%d\n" % number for number in range(16))
LAYER: Layer = {
    "etc/supervisord.conf": b"[include]\n" + GLOBS,
    "etc/supervisor/conf.d/x": b"",
    "run.sh": File(b"#!/bin/sh\nsupervisord\ns6-svscan /etc/supervisor/conf.d\n", mode=0o755),
}


def test_a_directory_is_listed_once_whatever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    listed: Counter[str] = Counter()
    names = MergedTree.names

    def counted(tree: MergedTree, path: str) -> list[str]:
        listed[path] += 1
        return names(tree, path)

    monkeypatch.setattr(MergedTree, "names", counted)
    evaluate(image(LAYER, config={"Cmd": ["/run.sh"]}), select(["all"]))
    assert 1 <= listed["etc/supervisor/conf.d"] <= 2  # as it is, and with what may be quoted
    assert max(listed.values()) <= 2
