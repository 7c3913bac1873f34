"""A control that another distribution brings: found by its entry point, listed, run, contained."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONTROLS = """\
from ocianalyze.controls._base import Control, Recommendation
from ocianalyze.model.finding import Evidence, Status, Verdict


def shells(view):
    found = [Evidence(path=entry.path, layer=entry.layer, detail="shell")
             for entry in view.tree.files(names=frozenset({b"bash", b"dash"}))]
    status = Status.FAIL if found else Status.PASS
    return Verdict(status, "shells", f"{len(found)} shells", tuple(found))


def crash(view):
    raise RuntimeError("secret detail of the defect")


def config(view):
    return Verdict(Status.PASS, "fine", "always passes")


TEXTS = dict(automation="full", reads="files", decides="names", limits="none", remediation="none")
SHELLS = Control(
    id="acme-1", short="no shells", evaluate=shells, needs=frozenset({"filesystem"}), **TEXTS,
    recommendation=Recommendation(framework="Acme Baseline", version="3", number="1.2",
                                  title="Images hold no shell", level=1, assessment="automated"))
CRASH = Control(id="acme-crash", short="crashes", evaluate=crash, **TEXTS)
NEEDS = Control(id="acme-needs", short="needs a config", evaluate=config,
                needs=frozenset({"config"}), **TEXTS)
WRONG = "no control"
SAME = Control(id="cis-docker-4.1", short="the same id", evaluate=crash, **TEXTS)
"""


def install(folder: Path, points: dict[str, str]) -> dict[str, str]:
    """Write a distribution as an installer leaves it; return an environment that finds it."""
    (folder / "acme_controls.py").write_text(CONTROLS)
    info = folder / "acme_controls-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-controls\nVersion: 1.0\n")
    lines = "".join(f"{name} = acme_controls:{value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[ocianalyze.controls.v1]\n{lines}")
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ocianalyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def _scan(environment: dict[str, str], image: Path, *more: str) -> dict[str, Any]:
    options = ("-f", "json", "--no-store", "--fail-on", "never", *more)
    ended = _run(environment, "scan", str(image), *options)
    assert ended.returncode in {0, 4}, ended.stderr
    report = json.loads(ended.stdout)
    return {control["control"]: control for control in report["controls"]}


def test_a_control_from_outside_is_listed_and_explained(tmp_path: Path) -> None:
    environment = install(tmp_path, {"shells": "SHELLS"})
    listed = json.loads(_run(environment, "controls", "-f", "json").stdout)["controls"]
    assert len(listed) == 429
    assert (listed[-1]["id"], listed[-1]["framework"]) == ("acme-1", "Acme Baseline")
    assert "acme-1" in _run(environment, "controls", "-v").stdout
    assert "Images hold no shell" in _run(environment, "explain", "acme-1").stdout


def test_a_control_from_outside_is_run(tmp_path: Path, demo: Path) -> None:
    """Its evidence gets layer, step and origin like any other's."""
    said = _scan(install(tmp_path, {"shells": "SHELLS"}), demo)
    assert len(said) == 13
    own = said["acme-1"]
    assert (own["status"], own["number"], own["level"]) == ("fail", "1.2", 1)
    found = own["evidence"][0]
    assert found["path"].endswith("bin/bash")
    assert found["layer"]["diff_id"].startswith("sha256:")
    assert found["step"]["index"] == 0
    assert found["origin"] == "base"


def test_its_defect_is_contained(tmp_path: Path, demo: Path) -> None:
    """Not evaluated, with the kind of the error; the others are judged as ever."""
    environment = install(tmp_path, {"crash": "CRASH", "shells": "SHELLS"})
    said = _scan(environment, demo)
    crashed = said.pop("acme-crash")
    assert (crashed["status"], crashed["reason"]) == ("not-evaluated", "control-error")
    assert "RuntimeError" in crashed["summary"]
    assert "secret detail" not in json.dumps(crashed)
    assert said == _scan(install_again(tmp_path), demo)


def install_again(folder: Path) -> dict[str, str]:
    """Return an environment with the shells control alone."""
    other = folder / "other"
    other.mkdir()
    return install(other, {"shells": "SHELLS"})


def test_what_it_needs_is_seen_to(tmp_path: Path, demo: Path) -> None:
    """A pass without the evidence that it declares is taken back."""
    environment = install(tmp_path, {"needs": "NEEDS"})
    assert _scan(environment, demo)["acme-needs"]["status"] == "pass"
    with tarfile.open(demo) as outer:
        layer = max(outer.getmembers(), key=lambda member: member.size)
        file = outer.extractfile(layer)
        assert file is not None
        (tmp_path / "rootfs.tar").write_bytes(file.read())
    own = _scan(environment, tmp_path / "rootfs.tar")["acme-needs"]
    assert (own["status"], own["reason"]) == ("not-evaluated", "config-absent")


@pytest.mark.parametrize("value", ["WRONG", "SAME", "NOTHING"])
def test_a_broken_plugin_is_named_in_one_line(value: str, tmp_path: Path, demo: Path) -> None:
    """No report is better than one that silently lacks a control."""
    ended = _run(install(tmp_path, {"broken": value}), "scan", str(demo), "--no-store")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("ocianalyze: ")
    assert "internal error" not in ended.stderr


def test_the_example_of_the_documentation_works(tmp_path: Path, demo: Path) -> None:
    """It is judged with the usual profile, and left out of one that names other controls."""
    page = (ROOT / "docs/how-to/add-a-control.md").read_text()
    blocks = dict(re.findall(r"^```[a-z]+\n# (\S+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    group = "ocianalyze.controls.v1"
    points = tomllib.loads(blocks["pyproject.toml"])["project"]["entry-points"][group]
    named = {name: value.partition(":")[2] for name, value in points.items()}
    environment = install(tmp_path, named)
    (tmp_path / "acme_controls.py").write_text(blocks["acme_controls.py"])
    own = _scan(environment, demo)["acme-1.2"]
    assert (own["status"], own["number"], own["framework"]) == ("fail", "1.2", "Acme Baseline")
    named_alone = _scan(environment, demo, "--profile", "CIS-4.1")
    assert list(named_alone) == ["cis-docker-4.1"]
