"""The rules for secrets, compiled before: `python -m tests.benchmarks.loading STORE`.

Prints how many rules were loaded, and the seconds.
"""

import sys
import time
from pathlib import Path

from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.rule_files import SHIPPED


def loaded(store: Path) -> tuple[int, float]:
    """Return how many rules were loaded, and the seconds that this took."""
    start = time.perf_counter()
    made = load((SHIPPED,), store)
    seconds = time.perf_counter() - start
    return len(made.engine.rules) + len(made.small.every.rules), seconds


if __name__ == "__main__":
    sys.stdout.write("{} {}".format(*loaded(Path(sys.argv[1]))))
