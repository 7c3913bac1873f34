"""An SBOM of 5,000 components that need four others each: `python -m tests.benchmarks.bill FORMAT`.

Prints the bytes of the document, and the seconds that writing it took.
"""

import gc
import sys
import time

from ocianalyze.model.package import Found, Inventory
from ocianalyze.report.sbom import load
from ocianalyze.report.sbom._base import Bill
from tests.report.sbom.bills import DATED, package

COMPONENTS = 5_000
_PAUSE = 100_000
"""Objects between two looks for cycles, as the command line sets it (`ocianalyze.__main__`)."""


def _needs(number: int) -> str:
    near = (f"package-{(number * step + 7) % COMPONENTS} (>= 1.2)" for step in (1, 3, 5, 7))
    return ", ".join(near)


def written(form: str) -> tuple[int, float]:
    """Return the size of a document, and the seconds that writing it took."""
    found = (
        Found(
            "deb",
            f"package-{number}",
            f"1.{number}-2",
            namespace="debian",
            arch="amd64",
            source=f"source-{number // 3}",
            qualifiers=(("distro", "debian-12"),),
            licenses=("MIT OR ISC", "Expat, says the author"),
            supplier="Nobody <nobody@images.example>",
            depends=(_needs(number),),
        )
        for number in range(COMPONENTS)
    )
    bill = Bill(DATED, Inventory(packages=tuple(map(package, found))))
    chosen = load(form)
    start = time.perf_counter()
    size = sum(map(len, chosen.render(bill)))
    return size, time.perf_counter() - start


if __name__ == "__main__":
    gc.set_threshold(_PAUSE, 50, 100)
    sys.stdout.write("{} {}".format(*written(sys.argv[1])))
