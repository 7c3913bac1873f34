"""Which tool wrote a history entry, by its line, comment and author."""

import re

from ocianalyze.model.oci import HistoryEntry

_SUFFIX = re.compile(r"\|(?:(?:unset|inherit)[A-Za-z]{1,20}|force-mtime|timestamp)=[^\s|]*")
"""What buildah writes behind a line to tell one cached layer from another."""
_SUFFIXES = 8
_ROOTFS_LINES = (
    re.compile(r"# debian\.sh "),
    re.compile(r"apko\b"),
    re.compile(r"KIWI\b"),
    re.compile(r"Created by (?:Image Factory|osbuild)", re.IGNORECASE),
    re.compile(r"(?:Apply image|Install update) [\w.-]{1,64}\Z"),
)
_ROOTFS_COMMENTS = (
    re.compile(r"This is an apko single-layer image"),
    re.compile(r"Imported from"),
    re.compile(r"Created by Image Factory", re.IGNORECASE),
)
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("debuerreotype", re.compile(r"# debian\.sh ")),
    ("buildkit", re.compile(r".*# buildkit\s*\Z", re.DOTALL)),
    ("classic", re.compile(r"[^#]{0,512}#\(nop\) ")),
    ("ko", re.compile(r"ko (?:build|publish) ko://|ko(?: |\Z)")),
    ("apko", re.compile(r"apko(?: |\Z)")),
    ("bazel", re.compile(r"bazel (?:build|run)\b|bazel\Z|@?//\S+:\S+\Z")),
    ("jib", re.compile(r"jib(?:-\w+)*(?:-plugin)?(?::\S*)?\Z")),
    ("buildpacks", re.compile(r".*\bbuildpacks?\b", re.IGNORECASE | re.DOTALL)),
    ("buildpacks", re.compile(r"Application (?:Layer|Slice: \d+)\Z|Software Bill-of-Materials\Z")),
    ("buildpacks", re.compile(r"Layer: '[^']*', Created by extension: ")),
    ("nix", re.compile(r"nix\b|/nix/store/")),
    ("kiwi", re.compile(r"KIWI\b")),
    ("imagefactory", re.compile(r"Created by Image Factory", re.IGNORECASE)),
    ("umoci", re.compile(r"umoci\b")),
)
_COMMENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("buildkit", re.compile(r"buildkit\.")),
    ("debuerreotype", re.compile(r"debuerreotype\b")),
    ("apko", re.compile(r"This is an apko ")),
    ("nix", re.compile(r"store paths:")),
    ("buildah", re.compile(r"FROM \S")),
    ("import", re.compile(r"Imported from")),
    ("squash", re.compile(r"merge sha256:")),
    ("imagefactory", re.compile(r"Created by Image Factory", re.IGNORECASE)),
)
_AUTHORS = {
    "kaniko": "kaniko",
    "apko": "apko",
    "bazel": "bazel",
    "jib": "jib",
    "ko": "ko",
    "github.com/ko-build/ko": "ko",
    "github.com/chainguard-dev/apko": "apko",
}
_TEXT = 1 << 16
"""Characters at either end of a line that are looked at."""


def builder_of(entry: HistoryEntry) -> str:
    """Return the tool's name, or nothing when it left no mark."""
    line = _ends(entry.created_by.strip())
    by_comment = next((name for name, form in _COMMENTS if form.match(entry.comment)), "")
    by_author = _AUTHORS.get(entry.author.strip().lower(), "")
    if by_comment or by_author:
        return by_comment or by_author
    if any(line.startswith(word) for word in ("RUN ", "COPY ", "ADD ")):
        return "buildkit" if line.endswith("# buildkit") else ""
    if without_suffixes(line) != line:
        return "buildah"
    return next((name for name, form in _LINES if form.match(line)), "")


def without_suffixes(line: str) -> str:
    """Return a line without what buildah writes behind it: `|unsetLabel=true|force-mtime=10`."""
    for _ in range(_SUFFIXES):
        text, bar, suffix = line.rpartition("|")
        if not _SUFFIX.fullmatch(bar + suffix):
            break
        line = text.rstrip(" ")
    return line


def is_rootfs(entry: HistoryEntry) -> bool:
    """Tell the import of a whole root filesystem by a tool made for that."""
    line = entry.created_by.strip()
    by_line = any(form.match(line) for form in _ROOTFS_LINES)
    return by_line or (not line and any(form.match(entry.comment) for form in _ROOTFS_COMMENTS))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _TEXT else text[:_TEXT] + text[-_TEXT:]
