"""Programs without the digest that is recorded, judged by what other layers have at their paths.

A layer that shows one package manager's files has the digests of that manager's records alone
(`ocianalyze.inventory.verify_digests`), so files of another one's packages lack theirs there.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS, digests

_FIELDS = ("path", "kind", "member", "sha256")


class Content(NamedTuple):
    """What is known of a content."""

    sha256: str | None
    value: bytes | None
    """Of the observer of other digests."""


def of_length(value: bytes | None, length: int) -> bytes | None:
    """Return the digest of a length that an observer made, None when it made none."""
    if value is None:
        return None
    md5, sha1 = digests(value)
    return (md5 if length == len(md5) else sha1 if length == len(sha1) else None) or None


def values(view: ImageView, layer: int) -> Mapping[int, bytes]:
    """Return what the observers of digests made of a layer's members."""
    tree = view.tree
    return {**tree.observed_in(layer, PROGRAMS), **tree.observed_in(layer, CONTENTS)}


def contents(view: ImageView, paths: Collection[str]) -> Mapping[str, Sequence[Content]]:
    """Return all contents that any layer has at some paths, lowest layer first."""
    found: dict[str, list[Content]] = {path: [] for path in paths}
    for layer in view.layers if found else ():
        made = values(view, layer.index)
        for row in view.tree.table(layer.index, _FIELDS):
            path, kind, member, sha256 = cast("tuple[str, str, int, str | None]", row)
            if kind == "file" and path in found:
                found[path].append(Content(sha256, made.get(member)))
    return found


def is_as_recorded(sha256: str | None, others: Sequence[Content], expected: bytes) -> bool | None:
    """Tell whether a content is as recorded, by others of the same path; None: nobody knows."""
    for other in others:
        digest = of_length(other.value, len(expected))
        if digest is not None and other.sha256 == sha256:
            return digest == expected
        if digest == expected:
            return False
    return None
