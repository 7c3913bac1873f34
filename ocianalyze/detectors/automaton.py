"""Fixed texts that are looked for in many contents, one after the other, by Hyperscan."""

from collections.abc import Callable, Sequence
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

    def scan(self, data: Any, note: Note) -> bool:
        """Tell every hit; False when `note` ended the scan.

        Hyperscan's own annotation of `data` forgets views.
        """
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
