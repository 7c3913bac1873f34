"""No query shows a secret, wherever in the names of an image it is."""

from pathlib import Path

import pytest

from ocianalyze.cli.main import run
from tests.archives import Image, docker_archive
from tests.images import File, symlink, tar

TOKEN = "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"


@pytest.mark.parametrize("query", ["path, name, link, package FROM files", "* FROM tree",
                                   "* FROM xattrs", "* FROM secrets"])  # fmt: skip
def test_names_are_masked(query: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    layer = tar({f"srv/{TOKEN}/a": File(b"x", xattrs={"user.t": TOKEN.encode()}),
                 "srv/to": symlink(f"/srv/{TOKEN}")})  # fmt: skip
    path = docker_archive(tmp_path / "a.tar", [Image([layer], names=["a:1"])])
    assert run(["sql", str(path), f"SELECT {query}", "--format", "json"]) == 0
    told = capfd.readouterr().out
    assert "srv" in told
    assert TOKEN not in told
    assert TOKEN.encode().hex() not in told
