"""The search for secrets alone: `python -m tests.benchmarks.search STORE FILE...`.

Reads all files in pieces as plain layers are read, and prints the bytes and the processor seconds,
reading included.
"""

import sys
import time
from pathlib import Path

from ocianalyze.blobs.stream import _PLAIN_READ
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.detectors.secrets.search import Search


def searched(paths: list[Path], store: Path) -> tuple[int, float]:
    """Return how many bytes were searched, and the processor seconds that this took."""
    engine = load((SHIPPED,), store).engine
    start = time.process_time()
    size = sum(_one(path, engine) for path in paths)
    return size, time.process_time() - start


def _one(path: Path, engine: Engine) -> int:
    search, size = Search(engine, None), 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PLAIN_READ):
            size += len(piece)
            search.feed(piece)
    search.close()
    return size


if __name__ == "__main__":
    _store, *_paths = map(Path, sys.argv[1:])
    sys.stdout.write("{} {}".format(*searched(_paths, _store)))
