"""The floor: inflate each layer and sha256 its stored and its raw bytes, layers on all cores.

Run as `python -m tests.benchmarks.floor LAYER...`; nothing that must read the bytes can be faster.
"""

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from isal import isal_zlib

_READ = 1 << 18


def floor(path: str) -> tuple[str, str]:
    """Return the digests of the stored and of the raw bytes of one gzip or plain layer."""
    stored, raw = hashlib.sha256(), hashlib.sha256()
    with Path(path).open("rb", buffering=0) as file:
        inflate = isal_zlib.decompressobj(wbits=31)
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        while chunk := file.read(_READ):
            stored.update(chunk)
            if compressed:
                raw.update(inflate.decompress(chunk))
    return stored.hexdigest(), raw.hexdigest()


if __name__ == "__main__":
    layers = sorted(sys.argv[1:], key=lambda path: -Path(path).stat().st_size)
    with ProcessPoolExecutor() as pool:
        list(pool.map(floor, layers))
