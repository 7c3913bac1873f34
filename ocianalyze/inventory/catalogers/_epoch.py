"""Epochs in front of versions (deb-version(7), vercmp(8))."""

import re

_EPOCH = re.compile(r"([0-9]{1,9}):(.+)", re.DOTALL)


def split_epoch(version: str) -> tuple[str, str]:
    """Return epoch and rest; the epoch is empty when none is written."""
    match = _EPOCH.fullmatch(version)
    return (match[1], match[2]) if match else ("", version)
