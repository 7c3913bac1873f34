"""The programs that are run: ours, the floor, and the peers that are installed here."""

import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

from tests.benchmarks.measure import Command, run

_PEERS = Path(sys.prefix) / "peers"
"""Where `make bench` puts what is no Python package."""
_FOUND = frozenset({0, 200, 205})
"""Exit statuses of kingfisher: nothing found, something found, something found to be valid."""
_DONE = frozenset({0, 4})
"""Exit statuses of ours: the large image is `/usr` alone, its package database is told as gone."""
_MEMORY = Path("/dev/shm")
"""For the temporary files of peers: they write much, and no disk should decide a ratio."""


def rules(folder: Path) -> Path:
    """Return a folder of a store that holds compiled rules and no facts."""
    made = folder / "rules"
    if not made.exists():
        partial = folder / "rules.partial"
        demo = Path(__file__).resolve().parents[2] / "testdata" / "demo.tar"
        run(Command([_beside("ocianalyze"), *_scan(demo, "--store", str(partial))]))
        made.mkdir(mode=0o700)
        if (partial / "secrets").exists():  # another engine keeps none
            (partial / "secrets").rename(made / "secrets")
        shutil.rmtree(partial)
    return made


def forget(folder: Path) -> None:
    """Drop what earlier benchmarks compiled: the rules may be others now."""
    for name in ("rules", "rules.partial"):
        shutil.rmtree(folder / name, ignore_errors=True)


def ours(folder: Path, image: Path, *more: str) -> Command:
    """Return a scan that finds compiled rules and no facts, as on any image not seen before."""
    store = folder / "store"
    words = [_beside("ocianalyze"), *_scan(image, "--store", str(store), *more)]
    return Command(words, fresh=store, seed=rules(folder), fine=_DONE)


def kept(store: Path, image: Path, *more: str) -> Command:
    """Return a scan that finds what earlier ones kept."""
    words = [_beside("ocianalyze"), *_scan(image, "--store", str(store), *more)]
    return Command(words, fine=_DONE)


def unkept(image: Path, *more: str) -> Command:
    """Return a scan that finds nothing, compiled rules neither."""
    return Command([_beside("ocianalyze"), *_scan(image, "--no-store", *more)], fine=_DONE)


def version() -> Command:
    """Return the shortest of our commands."""
    return Command([_beside("ocianalyze"), "--version"])


def _scan(image: Path, *more: str) -> list[str]:
    return ["scan", str(image), "--fail-on", "never", "--no-progress", *more]


def module(name: str, *arguments: object) -> Command:
    """Return a module of this folder as a command."""
    return Command([sys.executable, "-m", f"tests.benchmarks.{name}", *map(str, arguments)])


def dive(archive: Path) -> Command | None:
    """Return dive over a docker archive of plain layers."""
    found = program("dive")
    words = ["docker-archive://" + str(archive), "--json", os.devnull]
    return Command([found, *words]) if found else None


def syft(archive: Path) -> Command | None:
    """Return syft's SBOM of a docker archive."""
    found = program("syft")
    words = ["scan", f"docker-archive:{archive}", "-o", "json", "-q"]
    quiet = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
    return Command([found, *words], environment=_temporary() | quiet) if found else None


def kingfisher(folder: Path, archive: Path) -> Command | None:
    """Return kingfisher over an archive, its rules compiled, nothing tried against providers."""
    found = program("kingfisher")
    cache = str(folder / "kingfisher")
    words = ["scan", "docker", "--archive", str(archive), "--format", "json", "--quiet"]
    words += ["--no-validate", "--no-update-check", "--no-limits", "--rule-cache-dir", cache]
    return Command([found, *words], fine=_FOUND, environment=_temporary()) if found else None


def trivy(folder: Path, archive: Path, *what: str) -> Command | None:
    """Return trivy over a docker archive, with nothing kept of its layers."""
    found = program("trivy")
    cache = folder / "trivy"
    words = ["image", "--input", str(archive), "--cache-dir", str(cache), "--quiet"]
    words += ["--offline-scan", "--skip-db-update", "--skip-java-db-update", *what]
    if found is None:
        return None
    return Command([found, *words], cache, _java(folder), environment=_temporary())


def _temporary() -> dict[str, str]:
    return {"TMPDIR": str(_MEMORY)} if os.access(_MEMORY, os.W_OK) else {}


def _java(folder: Path) -> Path:
    """Return a folder with an index of Java archives that knows none; trivy starts with one only.

    Archives that name themselves are listed without it.
    """
    made = folder / "trivy-index"
    if not made.exists():
        (made / "java-db").mkdir(parents=True)
        index = sqlite3.connect(made / "java-db" / "trivy-java.db")
        index.execute("CREATE TABLE artifacts (id INTEGER, group_id TEXT, artifact_id TEXT)")
        index.execute(
            "CREATE TABLE indices (artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)"
        )
        index.commit()
        index.close()
        times = dict.fromkeys(("UpdatedAt", "DownloadedAt"), "2026-01-01T00:00:00Z")
        known = {"Version": 1, "NextUpdate": "2099-01-01T00:00:00Z", **times}
        (made / "java-db" / "metadata.json").write_text(json.dumps(known), encoding="utf-8")
    return made


def program(name: str) -> str | None:
    """Return where a peer is installed: beside this Python, with the other peers, or anywhere."""
    beside = Path(_beside(name))
    if beside.exists():
        return str(beside)
    others = _PEERS.glob(f"node_modules/*/*/plugins/{name}/{name}*linux*")
    return next((str(path) for path in sorted(others)), None) or shutil.which(name)


def _beside(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
