"""What looking inside may cost: one layer, and one file of it."""

import time
from collections import Counter
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets.inside._flow import SpentError
from ocianalyze.limits import DEFAULT, Limits

_LOOK = 64
"""Charges between two looks at the clock."""


@dataclass(slots=True)
class Allowance:
    """Of one layer at a time."""

    limits: Limits = DEFAULT
    inflated: int = 0
    seconds: float = 0.0
    passwords: Budget = field(default_factory=Budget)
    entered: Counter[bytes] = field(default_factory=Counter)
    """Zip archives among the bytes of files, as they are, that were entered, by path."""
    inflated_in: dict[bytes, int] = field(default_factory=dict)
    """Files by path, with the byte from which on compressed members are looked for in them, one
    after another."""

    def begin(self, limits: Limits) -> None:
        """Begin a layer."""
        self.limits, self.inflated, self.seconds = limits, 0, 0.0
        self.passwords = Budget()
        self.entered.clear()
        self.inflated_in.clear()


@dataclass(slots=True)
class Spending:
    """Of one file; every byte and member inside is charged before it is looked at."""

    allowance: Allowance
    stored: int = 0
    """Bytes of the file that were read."""
    inflated: int = 0
    members: int = 0
    _charges: int = 0
    _began: float = 0.0

    def resume(self) -> None:
        """Start the clock, before a piece is looked at."""
        self._began = time.monotonic()

    def inflate(self, count: int) -> None:
        """Charge bytes that came out of a decompressor.

        Raises:
            SpentError: that is more than may come out.

        """
        limits = self.allowance.limits
        self.inflated += count
        self.allowance.inflated += count
        if self.inflated > limits.inner_bytes:
            raise SpentError(f"limit inner_bytes ({limits.inner_bytes}) reached")
        if self.allowance.inflated > limits.layer_inner_bytes:
            raise SpentError(f"limit layer_inner_bytes ({limits.layer_inner_bytes}) reached")
        is_bomb = self.inflated > limits.inflate_ratio * self.stored
        if is_bomb and self.inflated > limits.inner_free_bytes:
            raise SpentError(f"limit inflate_ratio ({limits.inflate_ratio}) reached")
        self._look()

    def member(self) -> None:
        """Charge a member of an archive.

        Raises:
            SpentError: there are more than are looked at.

        """
        self.members += 1
        limits = self.allowance.limits
        if self.members > limits.inner_members:
            raise SpentError(f"limit inner_members ({limits.inner_members}) reached")
        self._look()

    def members_of(self, members: int, inflated: int) -> None:
        """Charge several small members that were looked at together.

        Raises:
            SpentError: there are more, or more came out of them, than is looked at.

        """
        if members:
            self.members += members - 1
            self.member()
            self.inflate(inflated)

    def _look(self) -> None:
        self._charges += 1
        if self._charges % _LOOK == 0:
            self.clock()

    def clock(self) -> None:
        """Charge the time since `resume` or the last charge.

        Raises:
            SpentError: the layer's time is up.

        """
        now = time.monotonic()
        self.allowance.seconds += now - self._began
        self._began = now
        limit = self.allowance.limits.layer_inner_seconds
        if self.allowance.seconds > limit:
            raise SpentError(f"limit layer_inner_seconds ({limit:g}) reached")
