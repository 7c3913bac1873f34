"""Entries of an ignore list that fit no secret."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocianalyze.engine.options import Options

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.ignore import Ignore
    from ocianalyze.model.secret import Secret


def idle(ignores: "tuple[Ignore, ...]", secrets: "Sequence[Secret]") -> "tuple[Ignore, ...]":
    """Return the entries of an ignore list that still name nothing."""
    if not ignores:
        return ()
    from ocianalyze.detectors.secrets import ignore  # noqa: PLC0415 - imports TOML

    return ignore.idle(ignores, secrets)


def say_idle(ignores: "tuple[Ignore, ...]", options: Options) -> None:
    """Tell of entries that named nothing, where secrets were looked for."""
    if options.warn is None or "secrets" in options.skip:
        return
    for entry in ignores:
        some = f"fits {entry.partly} of a secret, which counts as long as one is left"
        options.warn(f"{entry.place}: {some if entry.partly else 'fits no secret that was found'}")
