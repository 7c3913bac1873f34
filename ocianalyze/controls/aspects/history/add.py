"""What an ADD step adds, read from its text alone (catalogue, 4.9)."""

import json
import re
from collections.abc import Mapping
from typing import Literal

from ocianalyze.controls.saying import shortened
from ocianalyze.model.anomaly import Severity

AddKind = Literal[
    "archive",
    "git",
    "heredoc",
    "local",
    "local-or-unknown",
    "url",
    "url-checked",
    "url-plain",
    "url-unknown",
]
SEVERITIES: Mapping[str, Severity] = {
    "url-plain": "high",
    "url": "medium",
    "url-unknown": "medium",
    "url-checked": "low",
    "local": "medium",
    "local-or-unknown": "low",
    "heredoc": "low",
    "git": "medium",
    "git-pinned": "low",
    "archive": "low",
    "archive-extracted": "low",
}
"""Of each kind, and of what the layer of an archive shows, whichever control tells of it."""
HASHED = re.compile(r"(?:file|dir|multi):[0-9a-f]{64}\Z")
"""What a classic builder writes instead of the source's name."""
_DOWNLOADED = re.compile(r"(?:tarsum(?:\.\w{1,8})?\+sha256:)?[0-9a-f]{64} in ")
"""What it writes instead of a URL: no `file:` before it, as files of the context have."""
_CHECKSUM = re.compile(r"--checksum=sha(?:256|384|512):[0-9a-f]{64,128}\Z")
_ARCHIVE = re.compile(r"\.(?:tar(?:\.(?:gz|xz|bz2|zst|lzma))?|tgz|txz|tbz2?|tzst)\Z", re.IGNORECASE)
_FLAGS = re.compile(r"(?:--\S+(?:\s+|\Z))*(?:--\s+)?")
"""As builders read them: a name that begins so can only be told in an array."""
_COPIED = re.compile(r"--(?:chmod|chown|exclude|from|link|parents)(?:=|\Z)")
"""Flags that COPY knows too."""
_GIT = re.compile(
    r"(?:git@|git://|ssh://|https?://[^?#]*\.git/?(?:#|\Z)|github\.com/)", re.IGNORECASE
)
_PINNED = re.compile(r"#[0-9a-f]{40}(?::|\Z)")
_USERINFO = re.compile(r"://[^/@\s]*@")
_LONG_HASH = re.compile(r"\b((?:(?:file|dir|multi):)?[0-9a-f]{8})[0-9a-f]{56}\b")
_WORDS = 10_000
_WORST: tuple[AddKind, ...] = (
    "url-plain",
    "url",
    "local",
    "local-or-unknown",
    "heredoc",
    "git",
    "archive",
)


def sources_and_target(text: str) -> tuple[tuple[str, ...], str]:
    """Return what an ADD or COPY step copies and where to; flags are left out."""
    words = _words(text[_flags_end(text) :])
    if len(words) == 3 and words[1] == "in":  # written by a classic builder
        del words[1]
    return tuple(words[:-1]), words[-1] if words else ""


def flags(text: str) -> tuple[str, ...]:
    """Return the flags of an ADD or COPY step that COPY understands."""
    return tuple(filter(_COPIED.match, text[: _flags_end(text)].split(maxsplit=_WORDS)))


def _flags_end(text: str) -> int:
    found = _FLAGS.match(text)
    return found.end() if found else 0


def _words(text: str) -> list[str]:
    if text.startswith("["):
        try:
            words = json.loads(text)
        except (ValueError, RecursionError):
            words = None
        if isinstance(words, list):
            return [str(word) for word in words[:_WORDS]]
    return text.split(maxsplit=_WORDS)


def is_archive(source: str) -> bool:
    """Tell a name that ADD takes for an archive and unpacks."""
    return bool(_ARCHIVE.search(source))


def kind_of(text: str) -> AddKind:
    """Return the kind of an ADD step."""
    at = _flags_end(text)
    if _DOWNLOADED.match(text, at):
        return "url-unknown"
    kind = add_kind(sources_and_target(text)[0])
    checked = any(map(_CHECKSUM.match, text[:at].split(maxsplit=_WORDS)))
    return "url-checked" if checked and kind in ("url", "url-plain") else kind


def add_kind(sources: tuple[str, ...]) -> AddKind:
    """Return the kind of the worst source."""
    kinds = {_kind(source) for source in sources}
    return next((kind for kind in _WORST if kind in kinds), "local-or-unknown")


def _kind(source: str) -> AddKind:
    lowered = source[:2048].lower()
    if source.startswith("<<"):
        return "heredoc"
    if _GIT.match(source):
        return "git"
    if lowered.startswith("https://"):
        return "url"
    if lowered.startswith(("http://", "ftp://")):
        return "url-plain"
    if HASHED.match(source):
        return "local-or-unknown"
    return "archive" if is_archive(source) else "local"


def is_pinned(source: str) -> bool:
    """Tell a git URL that names a commit."""
    return bool(_PINNED.search(source))


def shown(text: str, length: int = 100) -> str:
    """Return the text of a step without what may be a secret: user information and queries."""
    masked = _USERINFO.sub("://***@", text[: 4 * length])
    masked = re.sub(r"\?\S*", "?...", masked)
    masked = _LONG_HASH.sub(r"\1...", masked)
    return shortened(masked, length)
