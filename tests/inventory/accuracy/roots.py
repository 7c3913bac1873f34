"""Things to take an inventory of, installed by the tools that install them everywhere."""

import json
import subprocess
import sys
from itertools import cycle
from pathlib import Path

from tests.inventory.accuracy.comparison import Absent
from tests.inventory.accuracy.oracles import told, tool

_SECONDS = 400
_RPMS = 300
"""Packages of the made rpm database."""
_COMPOSER = 120
"""Packages of the made Composer application."""
_SPEC = """\
Name: probe
Version: 1.0
Release: 1%{?dist}
Summary: A probe
License: MIT
BuildArch: noarch
%description
A probe.
%files
"""
_PART = """\
%package -n part-{number}
Summary: Part {number}
Version: {version}
{epoch}
%description -n part-{number}
A part.
%files -n part-{number}
"""
_VERSIONS = ("1.0", "2.4~rc1", "3.0^git1", "20230311cvs", "0.9_b", "1.2.3.4.5+dfsg")
_STAGES = ("1.2.3", "v2.0.1", "3.0.0-beta2", "dev-main", "1.0.x-dev", "4.5.6.7", "2.0.0-RC1")


def debian(folder: Path, variant: str, *packages: str) -> Path:
    """Return a Debian root that mmdebstrap made, unpacked below a folder.

    Raises:
        Absent: no mmdebstrap, no root, or no archive within reach.

    """
    root = folder / "debian"
    include = [f"--include={','.join(packages)}"] if packages else []
    options = [f"--variant={variant}", "--dpkgopt=force-unsafe-io", *include]
    command = [tool("mmdebstrap"), *options, "bookworm", str(root)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Absent("the Debian archive is too slow from here") from error
    if done.returncode:
        raise Absent("the Debian archive is not reachable from here, or mmdebstrap needs root")
    return root


def rpm_database(folder: Path) -> Path:
    """Return a root whose database rpm wrote: hundreds of packages that rpmbuild made.

    Raises:
        Absent: no rpm.

    """
    spec = folder / "probe.spec"
    spec.write_text(_SPEC + "".join(map(_part, range(_RPMS))), "utf-8")
    told(tool("rpmbuild"), "-bb", "--define", f"_topdir {folder}/top", str(spec))
    root = folder / "rpm"
    (root / "var/lib/rpm").mkdir(parents=True)
    rpm = (tool("rpm"), "--dbpath", f"{root}/var/lib/rpm", "--define", "_db_backend sqlite")
    told(*rpm, "--initdb")
    made = map(str, folder.glob("top/RPMS/noarch/*.rpm"))
    told(*rpm, "-i", "--justdb", "--nodeps", "--noscripts", *made)
    return root


def _part(number: int) -> str:
    version = _VERSIONS[number % len(_VERSIONS)]
    epoch = f"Epoch: {number % 5}" if number % 3 == 0 else ""
    return _PART.format(number=number, version=version, epoch=epoch)


def python_environment(folder: Path, *requirements: str) -> Path:
    """Return a root with distributions that pip installed from its index.

    Raises:
        Absent: no index within reach.

    """
    target = folder / "python/usr/lib/python3/site-packages"
    pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "install")
    told(*pip, "--no-compile", "--target", str(target), *requirements)
    return folder / "python"


def node_application(folder: Path, *packages: str) -> Path:
    """Return a folder where npm installed packages from its registry.

    Raises:
        Absent: no npm, or no registry within reach.

    """
    root = folder / "node"
    root.mkdir()
    (root / "package.json").write_text(json.dumps({"name": "probe", "version": "1.0.0"}))
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    told(tool("npm"), "install", *options, *packages, where=root)
    return root


def composer_sources(application: Path) -> None:
    """Write an application and the packages that it requires, for Composer to install."""
    stages = cycle(_STAGES)
    named = {f"vendor{number % 9}/part-{number}": next(stages) for number in range(_COMPOSER)}
    for name, version in named.items():
        home = application / "packages" / name
        home.mkdir(parents=True)
        document = {"name": name, "version": version, "license": "MIT", "type": "library"}
        (home / "composer.json").write_text(json.dumps(document))
    path: dict[str, object] = {"type": "path", "url": "packages/*/*", "options": {"symlink": False}}
    wanted: dict[str, object] = {
        "name": "acme/probe",
        "minimum-stability": "dev",
        "repositories": [path, {"packagist": False}],
        # `*` does not take branches; they are asked for by their name.
        "require": {name: x if "dev" in x else "*" for name, x in named.items()},
    }
    (application / "composer.json").write_text(json.dumps(wanted))
