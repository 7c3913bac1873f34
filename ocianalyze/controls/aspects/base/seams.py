"""Where a history shows that one build ended and another one began (catalogue, 1.0.2, method 6).

A build on another image leaves marks: buildah says in a comment what it built FROM, the builder
changes, or a CMD or ENTRYPOINT is followed by steps with layers. The last one proves little alone,
since an author may set it early: it ends a base where builder or time change with it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Literal, NamedTuple

from ocianalyze.model.history import History, Step

Grade = Literal["said", "confirmed", "change", "open", "doubtful"]
"""Told by the builder; a start that builder or time confirm; a change of builders alone; a start of
unknown time; a start that the same build seems to go on after."""
STARTS = frozenset({"CMD", "ENTRYPOINT"})
_BELIEVED: Sequence[frozenset[Grade]] = (
    frozenset({"said", "confirmed"}),
    frozenset({"change", "open"}),
    frozenset({"doubtful"}),
)
"""Which grades are believed before which."""
_GAP_SECONDS = 3_600
"""One build seldom pauses for so long between two steps."""
_STYLES = {"buildah": "classic", "import": "", "squash": ""}
"""Builders whose marks stand beside another one's in one build, by what counts for them."""
_THOROUGH = frozenset({"buildpacks", "jib", "kaniko", "ko", "nix"})
"""Builders that mark each step of theirs: one without a mark below the first is another's."""
_FROM = re.compile(r"FROM (?P<name>[^\s]{1,255})\Z")
_OWN = re.compile(r"scratch|(?:sha256:)?[0-9a-f]{12}|(?:sha256:)?[0-9a-f]{64}")
"""What buildah calls no image, and the images that it makes between two steps."""


class Seam(NamedTuple):
    """A place where a base may end."""

    steps: int
    """History steps below this index are before it."""
    grade: Grade
    method: str
    """How it was found, for people."""


def seam(history: History) -> Seam | None:
    """Return where the base ends most likely.

    That is the last place that the builder tells or something confirms: starts behind it are the
    author's, who may set one early. Without any, it is the last that nothing speaks against.
    """
    found = sorted(_seams(history))
    for grades in _BELIEVED:
        if alike := [one for one in found if one.grade in grades]:
            return alike[-1]
    return None


def claimed_name(history: History) -> str:
    """Return the name of the image that buildah says it built on; empty when it says none."""
    step = _said(history)
    found = _FROM.match(step.comment) if step else None
    return found["name"] if found else ""


def _seams(history: History) -> Iterator[Seam]:
    said = _said(history)
    if said is not None and (first := _first_of_build(history, said)):
        yield Seam(first, "said", f"history step {said.index} says {said.comment[:60]}")
    starts = {step.index: step for step in _starts(history)}
    firsts = _firsts(history)
    change = _change_of_builder(history, firsts)
    if change is not None and change.index not in starts:
        method = f"another builder begins after history step {change.index}"
        yield Seam(change.index + 1, "change", method)
    yield from (_of_start(history, step, firsts) for step in starts.values())


def _said(history: History) -> Step | None:
    """Return the last step whose comment names the image that it was built on."""
    for step in reversed(history.steps):
        found = _FROM.match(step.comment)
        if found and not _OWN.fullmatch(found["name"]):
            return step
    return None


def _first_of_build(history: History, said: Step) -> int:
    """Return the index of the first step of the build that a step tells of.

    Releases before 1.37 that make one layer put the comment on the last step: empty steps right
    before it are of the same build when they are of the same time.
    """
    first = said.index
    for step in reversed(history.steps[:first]):
        if _makes_layer(history, step) or _is_apart(step, said) is not False:
            break
        first = step.index
    return first


def _starts(history: History) -> Iterator[Step]:
    """Yield each CMD or ENTRYPOINT that a step with a layer follows and ends its row of starts."""
    below, after = False, ""
    for step in reversed(history.steps):
        if step.instruction in STARTS and below and after not in STARTS:
            yield step
        after = step.instruction
        below |= _makes_layer(history, step)


def _of_start(history: History, start: Step, firsts: Mapping[str, int]) -> Seam:
    """Return the seam that a CMD or ENTRYPOINT makes, with what the base set behind it."""
    method = f"{start.instruction} in history step {start.index} is not the last"
    is_known = False
    for step in islice(history.steps, start.index + 1, None):
        is_apart = _is_apart(start, step)
        if is_apart or _differ(start, _style(step), firsts):
            return Seam(step.index, "confirmed", method)
        is_known |= is_apart is not None
        if _makes_layer(history, step):
            break
    return Seam(start.index + 1, "doubtful" if is_known else "open", method)


def _style(step: Step) -> str:
    return _STYLES.get(step.builder, step.builder)


def _firsts(history: History) -> Mapping[str, int]:
    """Return where builders begin that mark each step of theirs."""
    found = {_style(step): step.index for step in reversed(history.steps)}
    return {style: index for style, index in found.items() if style in _THOROUGH}


def _differ(below: Step, above: str, firsts: Mapping[str, int]) -> bool:
    """Tell two builders, one of which may have left no mark."""
    style = _style(below)
    if not style:
        return below.index < firsts.get(above, 0)
    return bool(above) and above != style


def _change_of_builder(history: History, firsts: Mapping[str, int]) -> Step | None:
    """Return the last step of one builder before another one's, if those made a layer.

    A jump in time alone is no seam: steps that came from a cache keep the time of their build.
    """
    below, after = False, ""
    for step in reversed(history.steps):
        if below and _differ(step, after, firsts):
            return step
        after = _style(step) or after
        below |= _makes_layer(history, step)
    return None


def _makes_layer(history: History, step: Step) -> bool:
    if history.reliable:
        return step.layer is not None
    return step.instruction in ("RUN", "COPY", "ADD", "ROOTFS")


def _is_apart(one: Step, other: Step) -> bool | None:
    """Tell two steps that one build hardly made; None when a time is unknown."""
    begin, end = _time(one.created), _time(other.created)
    return None if begin is None or end is None else abs(end - begin) >= _GAP_SECONDS


def _time(text: str) -> float | None:
    """Return seconds since 1970 of an RFC 3339 time, cut to microseconds."""
    head, dot, fraction = text.partition(".")
    zone = fraction.lstrip("0123456789") if dot else ""
    try:
        moment = datetime.fromisoformat(head + zone)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def layers_below(history: History, steps: int) -> int:
    """Return how many layers the first steps made."""
    return sum(1 for step in islice(history.steps, steps) if step.layer is not None)
