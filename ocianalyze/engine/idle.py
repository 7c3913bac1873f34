"""Entries of an ignore list that fit no secret."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocianalyze.engine.options import Options

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.ignore import Ignore
    from ocianalyze.model.secret import Secret


class Idle:
    """The entries that have named nothing so far."""

    def __init__(self, options: Options) -> None:
        """Begin with all."""
        self._options = options
        self._left: tuple[Ignore, ...] = options.ignores

    def see(self, secrets: "Sequence[Secret]") -> None:
        """Leave out those that name one of some secrets."""
        if self._left:
            from ocianalyze.detectors.secrets import ignore  # noqa: PLC0415 - imports TOML

            self._left = ignore.idle(self._left, secrets)

    def say(self) -> None:
        """Tell of those that are left, where secrets were looked for."""
        warn = self._options.warn
        if warn is None or "secrets" in self._options.skip:
            return
        for entry in self._left:
            some = f"fits {entry.partly} of a secret, which counts as long as one is left"
            warn(f"{entry.place}: {some if entry.partly else 'fits no secret that was found'}")
