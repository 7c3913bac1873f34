"""Records of conda packages as the library of pixi and rattler-build itself writes them."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocianalyze.inventory.catalogers.conda import CATALOGER
from tests.inventory.catalogers.walked import claims, found

pytestmark = pytest.mark.oracle

_SECONDS = 120
_WRITER = """
import sys
from pathlib import Path
from rattler import PackageRecord, PrefixPaths, PrefixPathsEntry, PrefixPathType
from rattler import PrefixRecord, RepoDataRecord
from rattler.package.build_string import BuildString

def write(name, version, build, asked, *depends):
    told = {"depends": list(depends), "license": "MIT"}
    package = PackageRecord(name, version, BuildString(build), 0, "linux-64", **told)
    archive = f"{name}-{version}-{build}.conda"
    channel = "https://conda.example/t/secret-token/team"
    record = RepoDataRecord(package, archive, f"{channel}/linux-64/{archive}", channel)
    paths = PrefixPaths()
    paths.paths = [PrefixPathsEntry(Path(f"lib/{name}.so"), PrefixPathType("hardlink"))]
    files = [Path(f"lib/{name}.so")]
    whole = PrefixRecord(record, paths, requested_specs=asked, files=files)
    whole.write_to_path(Path(sys.argv[1]) / f"{name}-{version}-{build}.json", True)

write("numpy", "1.26.4", "py311_0", ["numpy >=1.26"], "python >=3.11,<3.12.0a0", "libz")
write("python", "3.11.9", "hb_1", [])
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return an environment with two records."""
    work = tmp_path_factory.mktemp("conda")
    meta = work / "conda-meta"
    meta.mkdir()
    pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "install")
    try:
        command = [*pip, "--no-deps", "--target", str(work / "lib"), "py-rattler"]
        subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        writer = [sys.executable, "-c", _WRITER, str(meta)]
        environment = {"PYTHONPATH": str(work / "lib")}
        subprocess.run(writer, env=environment, capture_output=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("py-rattler cannot be installed here, or has another interface")
    return {f"opt/env/conda-meta/{path.name}": path.read_bytes() for path in sorted(meta.iterdir())}


def test_records_are_read_as_written(records: dict[str, bytes]) -> None:
    numpy, python = found(CATALOGER, {**records})
    assert (numpy.name, numpy.version, numpy.licenses) == ("numpy", "1.26.4", ("MIT",))
    assert numpy.depends == ("python >=3.11,<3.12.0a0", "libz")
    assert (numpy.reason, python.reason) == ("manual", "automatic")
    assert dict(numpy.qualifiers) == {
        "build": "py311_0",
        "channel": "team",
        "subdir": "linux-64",
        "type": "conda",
    }


def test_files_are_claimed_as_written(records: dict[str, bytes]) -> None:
    numpy, _ = claims(CATALOGER, {**records})
    assert numpy.paths[0] == "opt/env/lib/numpy.so"


def test_every_record_is_named_after_its_package(records: dict[str, bytes]) -> None:
    names = [f"{one.name}-{one.version}" for one in found(CATALOGER, {**records})]
    stems = [Path(path).name.rpartition("-")[0] for path in records]
    assert names == stems
