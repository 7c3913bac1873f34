"""Which of several rules speaks for bytes that all of them matched."""

from collections.abc import Iterable, Iterator, Sequence

from ocianalyze.detectors.secrets.candidate import Proved

GENERIC = frozenset({"", "generic", "any"})
"""Providers of rules that know a secret only by the words before it."""
_STRENGTH = {"verified-offline": 2, "well-formed": 1, "disproved": 0}


def clusters(found: Iterable[Proved]) -> Iterator[list[Proved]]:
    """Yield groups of secrets that overlap, one way or another, in the order of the content."""
    group: list[Proved] = []
    end = -1
    for one in sorted(found, key=lambda one: (one.start, one.end, one.rule.id)):
        if group and one.start >= end:
            yield group
            group = []
        end = max(end, one.end) if group else one.end
        group.append(one)
    if group:
        yield group


def preferred(group: Sequence[Proved]) -> list[Proved]:
    """Return those of a cluster that no better one contains or is contained in.

    A provider's rule is better than a generic one, then the better proof, then the longer.
    """
    if len(group) == 1:
        return list(group)
    kept: list[Proved] = []
    for one in sorted(group, key=_rank):
        if not any(_nested(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _rank(one: Proved) -> tuple[bool, int, int, int, str]:
    """Return what sorts the best first."""
    generic = one.rule.provider.lower() in GENERIC
    return generic, -_STRENGTH[one.proven], one.start - one.end, one.start, one.rule.id


def _nested(one: Proved, other: Proved) -> bool:
    return (one.start <= other.start and other.end <= one.end) or (
        other.start <= one.start and one.end <= other.end
    )
