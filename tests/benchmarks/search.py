"""The search for secrets alone: `python -m tests.benchmarks.search FILE STORE`.

Reads at most 400 MB in pieces of 1 MiB, as plain files are read, and prints the bytes and the
processor seconds, reading included.
"""

import sys
import time
from pathlib import Path

from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets._rules import SHIPPED
from ocianalyze.detectors.secrets._search import Search

_PIECE = 1 << 20
_MOST = 400_000_000


def searched(path: Path, store: Path) -> tuple[int, float]:
    """Return how many bytes were searched, and the processor seconds that this took."""
    search = Search(load((SHIPPED,), store).engine, None)
    size = 0
    start = time.process_time()
    with path.open("rb", buffering=0) as file:
        while size < _MOST and (piece := file.read(_PIECE)):
            size += len(piece)
            search.feed(piece)
    search.close()
    return size, time.process_time() - start


if __name__ == "__main__":
    sys.stdout.write("{} {}".format(*searched(Path(sys.argv[1]), Path(sys.argv[2]))))
