"""Fixed texts that are looked for in many contents: by Hyperscan in one pass, else one by one."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import merge
from importlib.util import find_spec
from typing import Any

Note = Callable[[int, int, int, int, object], bool | None]
"""Takes a hit: number of the text, an unused start, the end, flags, an unused context; true ends
the scan."""


class Automaton:
    """Some texts, compiled. Scans may nest and come from several threads."""

    def __init__(self, texts: Sequence[bytes], *, once: bool = False) -> None:
        """Compile the texts (0.1 ms each).

        Args:
            texts: told by their number.
            once: tell each text once a scan.

        """
        one_pass = _Hyperscan if find_spec("hyperscan") else partial(partial, _one_by_one)
        self._scan: Callable[[Any, Note], bool] = one_pass(texts, once)

    def scan(self, data: Any, note: Note) -> bool:
        """Tell every hit in the order of their ends; False when `note` ended the scan."""
        return self._scan(data, note)


class _Hyperscan:
    def __init__(self, texts: Sequence[bytes], once: bool) -> None:  # noqa: FBT001 - as its equal
        import hyperscan  # noqa: PLC0415 - whoever only reads what was found does not need it

        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._scratch, self._ended = hyperscan.Scratch, hyperscan.ScanTerminated
        self._free: list[hyperscan.Scratch] = []
        """Left by scans that ended: making one takes as long as scanning 100 KiB."""
        self._database.compile(
            # As expressions: hyperscan's literals end at the first NUL.
            expressions=[b"".join(b"\\x%02x" % byte for byte in text) for text in texts],
            ids=list(range(len(texts))),
            elements=len(texts),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH if once else 0] * len(texts),
        )

    def __call__(self, data: Any, note: Note) -> bool:
        """Scan; hyperscan's own annotation of `data` forgets views."""
        try:
            scratch = self._free.pop()
        except IndexError:
            scratch = self._scratch(self._database)
        try:
            self._database.scan(data, match_event_handler=note, scratch=scratch)
        except self._ended:
            return False
        finally:
            self._free.append(scratch)
        return True


def _one_by_one(texts: Sequence[bytes], once: bool, data: Any, note: Note) -> bool:  # noqa: FBT001 - as above
    whole = data if isinstance(data, bytes) else bytes(data)
    found = (_ends(number, text, whole, once=once) for number, text in enumerate(texts))
    return not any(note(number, 0, end, 0, None) for end, number in merge(*found))


def _ends(number: int, text: bytes, whole: bytes, *, once: bool) -> Iterator[tuple[int, int]]:
    at = whole.find(text)
    while at >= 0:
        yield at + len(text), number
        at = -1 if once else whole.find(text, at + 1)
