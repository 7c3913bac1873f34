"""`make bench`: measure against the floor and the peers, print a table, write it to docs/."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks import inputs
from tests.benchmarks.measure import Run, ratio, rounds, run, typical

_ROOT = Path(__file__).resolve().parents[2]
_DOCS = _ROOT / "docs" / "reference" / "benchmarks.md"
_MIB = 1 << 20


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    seconds: float
    peak: int
    against: str
    ratio: float | None
    bar: str


def main() -> None:
    """Build inputs, measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=_ROOT / "build" / "bench")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(asked.folder, asked.rounds))
    table = "\n".join(_lines(rows))
    sys.stdout.write(table + "\n")
    _DOCS.write_text(_page(asked.folder, table), encoding="utf-8")


def _rows(folder: Path, times: int) -> Iterator[Row]:
    with ProcessPoolExecutor(1) as apart:
        # A child begins with its parent's peak memory, so the parent stays small.
        layers = apart.submit(inputs.large, folder).result()
    plain = [layer.with_suffix("") for layer in layers]
    oci = inputs.oci_archive(folder / "large-oci.tar", layers)
    docker = inputs.docker_archive(folder / "large-docker.tar", plain)
    many = inputs.docker_archive(folder / "many-docker.tar", [inputs.many(folder)])
    yield from _large(oci, docker, layers, times)
    yield from _one_layer(folder, layers[0], times)
    yield from _many(many, times)
    yield from _kept(oci, times)
    yield _catalogue(oci, times)
    yield from _start(times)


def _large(oci: Path, docker: Path, layers: Sequence[Path], times: int) -> Iterator[Row]:
    commands = {
        "ours": _scan(oci),
        "floor": [sys.executable, "-m", "tests.benchmarks.floor", *map(str, layers)],
        "tarfile": [sys.executable, "-m", "tests.benchmarks.stdlib", *map(str, layers)],
    }
    taken = rounds(commands, times)
    work = "large image, gzip layers, OCI archive, packages included"
    yield _row(work, taken, "floor", "at most 1.7 (1.3 without packages)")
    yield _row(work, taken, "tarfile")
    yield from _against_peers("large image, plain layers, docker archive", docker, 1, {})


def _one_layer(folder: Path, layer: Path, times: int) -> Iterator[Row]:
    single = inputs.oci_archive(folder / "single-oci.tar", [layer])
    commands = {
        "ours": _scan(single),
        "floor": [sys.executable, "-m", "tests.benchmarks.floor", str(layer)],
    }
    yield _row("one large gzip layer", rounds(commands, times), "floor", "at most 1.7")


def _many(many: Path, times: int) -> Iterator[Row]:
    bars = {"dive": "at most 1.2", "syft": "at most 0.17"}
    work = f"one layer of {inputs.MANY:,} tiny files"
    yield from _against_peers(work, many, times, bars)
    tarfile = [sys.executable, "-m", "tests.benchmarks.stdlib", str(many.with_name("many.tar"))]
    yield _row(work, rounds({"ours": _scan(many), "tarfile": tarfile}, 1), "tarfile")


def _against_peers(work: str, archive: Path, times: int, bars: Mapping[str, str]) -> Iterator[Row]:
    commands = {"ours": _scan(archive)}
    if dive := _program("dive"):
        commands["dive"] = [dive, f"docker-archive://{archive}", "--json", os.devnull]
    if syft := _program("syft"):
        commands["syft"] = [syft, "scan", f"docker-archive:{archive}", "-o", "json", "-q"]
    taken = rounds(commands, times)
    for peer in commands.keys() - {"ours"}:
        yield _row(work, taken, peer, bars.get(peer, ""))


def _kept(oci: Path, times: int) -> Iterator[Row]:
    store = tempfile.mkdtemp()
    command = _scan(oci, "--store", store)
    run(command)
    whole = [*command, "--profile", "all"]
    taken = rounds({"again": command, "whole": whole}, times)
    shutil.rmtree(store)
    bars = {"again": ("second analysis, facts kept", "0.4 s"),
            "whole": ("the whole catalogue, facts kept", "0.5 s")}  # fmt: skip
    for name, (work, bar) in bars.items():
        middle = typical(taken[name])
        yield Row(work, middle.wall, middle.peak, bar, None, f"at most {bar}")


def _catalogue(oci: Path, times: int) -> Row:
    """Compare all controls with those of a default scan: the difference is what they cost."""
    taken = rounds({"ours": _scan(oci, "--profile", "all"), "level 2": _scan(oci)}, times)
    pairs = zip(taken["ours"], taken["level 2"], strict=True)
    added = median(ours.wall - theirs.wall for ours, theirs in pairs)
    middle, plain = typical(taken["ours"]), typical(taken["level 2"])
    against = f"level 2 ({plain.wall:.2f} s): {added:+.2f} s"
    work = "large image, the whole catalogue"
    return Row(work, middle.wall, middle.peak, against, None, "at most 0.3 s more")


def _start(times: int) -> Iterator[Row]:
    command = [_ocianalyze(), "--version"]
    taken = typical(rounds({"ours": command}, 2 * times)["ours"])
    yield Row("--version", taken.wall, taken.peak, "0.12 s", None, "at most 0.12 s")


def _row(work: str, taken: Mapping[str, list[Run]], against: str, bar: str = "") -> Row:
    ours, theirs = taken["ours"], taken[against]
    middle, other = typical(ours), typical(theirs)
    named = f"{against} ({other.wall:.2f} s, {other.peak // _MIB} MiB)"
    return Row(work, middle.wall, middle.peak, named, ratio(ours, theirs), bar)


def _scan(image: Path, *more: str) -> list[str]:
    keep = [] if "--store" in more else ["--no-store"]
    return [_ocianalyze(), "scan", str(image), "--fail-on", "never", "--no-progress", *keep, *more]


def _ocianalyze() -> str:
    return str(Path(sys.executable).with_name("ocianalyze"))


def _program(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield "| work | ours | peak memory | against | ratio | bar |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        ratio_ = "" if row.ratio is None else f"{row.ratio:.2f}"
        cells = (
            row.work,
            f"{row.seconds:.2f} s",
            f"{row.peak // _MIB} MiB",
            row.against,
            ratio_,
            row.bar,
        )
        yield f"| {' | '.join(cells)} |"


def _page(folder: Path, table: str) -> str:
    layers = sorted(folder.glob("large-?.tar.gz"))
    stored = sum(layer.stat().st_size for layer in layers)
    raw = sum(layer.with_suffix("").stat().st_size for layer in layers)
    cores = len(os.sched_getaffinity(0))
    return f"""# Benchmarks

Written by `make bench`. Medians of whole processes, run in turn, on {cores} cores; the ratio is the
median of the ratios round by round. The large image is made of the machine's own `/usr`:
{len(layers)} layers, {stored / 1e6:,.0f} MB as gzip, {raw / 1e6:,.0f} MB raw.

{table}

The floor inflates each layer (ISA-L, 256 KiB reads) and computes the sha256 of its stored and of
its raw bytes, layers on all cores. `tarfile` lists the layers with Python's own module and hashes
every file. The peers do other work as well or instead (dive: a tree, no sha256; syft: packages), so
a ratio against them says how long one waits, not who computes more.
"""


if __name__ == "__main__":
    main()
