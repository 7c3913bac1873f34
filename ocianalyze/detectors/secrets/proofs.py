"""How checks say what they found: short constructors, and facts made fit for a report."""

from datetime import UTC, datetime

from ocianalyze.detectors.secrets._base import Proof
from ocianalyze.model.anomaly import Severity

NO_SECRET = Proof("no-secret")
EXAMPLE = Proof("disproved", "a published example")
PLACEHOLDER = Proof("disproved", "a placeholder")
_LONGEST = 200
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z


def verified(detail: str = "", severity: Severity | None = None, /, **facts: object) -> Proof:
    """Return that a checksum or the structure proves it."""
    return Proof("verified-offline", detail, public(facts), severity)


def well_formed(detail: str = "", severity: Severity | None = None, /, **facts: object) -> Proof:
    """Return that only the form speaks for it."""
    return Proof("well-formed", detail, public(facts), severity)


def disproved(detail: str, **facts: object) -> Proof:
    """Return that it is none, or a published one."""
    return Proof("disproved", detail, public(facts))


def checksum(*, is_right: bool) -> Proof:
    """Return what a value's own checksum says of it."""
    return verified("checksum right") if is_right else disproved("checksum wrong")


def public(facts: dict[str, object]) -> dict[str, str]:
    """Return the facts that say something, as short printable text."""
    shown = {name: _text(value) for name, value in facts.items()}
    return {name: value for name, value in shown.items() if value}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value[: 4 * _LONGEST].decode("utf-8", "replace")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and value.bit_length() > 256:
        return ""
    kept = "".join(char for char in str(value)[: 2 * _LONGEST] if char.isprintable())
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


def moment(seconds: object) -> str:
    """Return seconds since 1970 as `2030-01-31T00:00:00Z`; empty for what is no such number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return ""
    if not 0 <= seconds <= _LAST_SECOND:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
