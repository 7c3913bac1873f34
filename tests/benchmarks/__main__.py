"""`make bench`: measure against the floor and the peers, print a table, write it to docs/."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.groups import GROUPS, Inputs
from tests.benchmarks.table import Row, lines

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "reference" / "benchmarks.md"


def main() -> None:
    """Build inputs, measure, print the table; write it when it is whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=_ROOT / "build" / "bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", type=Path, default=_PAGE)
    parser.add_argument(
        "--only",
        action="append",
        choices=GROUPS,
        help="only these rows, and no page is written; repeatable",
    )
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    given = Inputs(asked.folder.resolve(), max(1, asked.rounds))
    programs.forget(given.folder)
    rows = list(_rows(given, asked.only or list(GROUPS)))
    table = "\n".join(lines(rows))
    sys.stdout.write(table + "\n")
    if not asked.only:
        asked.page.write_text(_page(given, table), encoding="utf-8")


def _rows(given: Inputs, names: list[str]) -> Iterator[Row]:
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        yield from GROUPS[name](given)


def _page(given: Inputs, table: str) -> str:
    cores = len(os.sched_getaffinity(0))
    return f"""# Benchmarks

Written by `make bench`. Medians of whole processes, run in turn, on {cores} cores; the ratio is the
median of the ratios round by round. The memory is that of the largest process of each. The large
image is made of the machine's own `/usr`: {_sizes(given.folder, "large")}. The mixed image has the
machine's own Debian packages, a Python and an npm tree, Go programs and Java archives:
{_sizes(given.folder, "mixed")}.

{table}

Ours finds compiled rules for secrets, and no facts of any layer but in the rows that say so; *what
secrets add* is the difference of two of our runs. The floor inflates each layer (ISA-L, 256 KiB
reads) and computes the sha256 of its stored and of its raw bytes, layers on all cores. `tarfile`
lists the layers with Python's own module and hashes every file. The peers read the same file, keep
their temporary files in memory, and do other work as well or instead (dive: a tree, no sha256;
syft: packages; trivy without its databases and with nothing kept of earlier runs; kingfisher
without asking providers, its rules compiled), so a ratio against them says how long one waits, not
who computes more.
"""


def _sizes(folder: Path, name: str) -> str:
    layers = sorted(folder.glob(f"{name}-*.tar.gz"))
    stored = sum(layer.stat().st_size for layer in layers)
    raw = sum(layer.with_suffix("").stat().st_size for layer in layers)
    return f"{len(layers)} layers, {stored / 1e6:,.0f} MB as gzip, {raw / 1e6:,.0f} MB raw"


if __name__ == "__main__":
    main()
