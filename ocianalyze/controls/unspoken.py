"""Verdicts on build steps as they are written, told in words that hold no secret.

A control judges the words that ran. Of what it says then nothing may be told that the history with
its secrets masked does not tell: such a verdict is taken in the words for the masked history when
they mean the same, else those of its texts that the other has not are replaced by masked lines.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from ocianalyze.controls.aspects.history.add import shown
from ocianalyze.controls.aspects.history.steps import digest
from ocianalyze.controls.saying import shortened
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import unmasked
from ocianalyze.model.finding import Evidence, Verdict
from ocianalyze.model.history import Step

_RUN = 4
"""Characters in a row by which a text is known; no shorter value is masked."""
_MOST = 1 << 18
"""Characters of lines with secrets that are compared; of more nothing is told but masked lines."""
_LINE = 80
_HIDDEN = "a text with a secret in it"


@dataclass(frozen=True, slots=True)
class Unspoken:
    """What the steps of an image say and its masked history does not."""

    steps: dict[int, Step]
    """The masked steps by index."""
    digests: frozenset[str]
    """Of lines with secrets: short ones could be found by trying words."""
    runs: frozenset[str] | None
    """Characters in a row that are in no masked line; None for too many."""
    known: frozenset[str] = frozenset()
    """Texts that hold none: a verdict on the masked steps has them."""

    def is_in(self, text: str) -> bool:
        """Tell a text that may hold a part of a secret."""
        return (
            text not in self.known
            and bool(text)
            and (self.runs is None or not self.runs.isdisjoint(_runs((text,))))
        )


def unspoken(view: ImageView) -> Unspoken:
    """Return what must not be told of a view whose secrets are masked."""
    own = view.once(unmasked)
    pairs = list(zip(own.history.steps, view.history.steps, strict=False))
    differing = [(one, other) for one, other in pairs if one != other]
    triggers = zip_longest(_triggers(own), _triggers(view), fillvalue="")
    own_texts = [text for one, _ in differing for text in _texts(one)]
    told = [text for _, other in differing for text in _texts(other)]
    for one, other in triggers:
        own_texts.append(one)
        told.append(other)
    fits = sum(map(len, own_texts)) <= _MOST
    return Unspoken(
        steps={step.index: step for step in view.history.steps},
        digests=frozenset(digest(one.raw) for one, other in differing if one.raw != other.raw),
        runs=frozenset(_runs(own_texts) - _runs(told)) if fits else None,
    )


def quotable(verdict: Verdict, hidden: Unspoken, again: Callable[[], Verdict]) -> Verdict:
    """Return a verdict whose texts may be told.

    Args:
        verdict: on the steps as they are written.
        hidden: what must not be told.
        again: returns the verdict on the masked steps.

    """
    verdict = replace(verdict, evidence=tuple(_undigested(x, hidden) for x in verdict.evidence))
    if not any(map(hidden.is_in, _said(verdict))):
        return verdict
    masked = again()
    if _meaning(masked) == _meaning(verdict):
        return masked
    hidden = replace(hidden, known=frozenset(_said(masked)))
    evidence = tuple(_told(x, hidden) for x in verdict.evidence)
    summary = verdict.summary
    if hidden.is_in(summary) and (masked.status, masked.reason) == (verdict.status, verdict.reason):
        summary = masked.summary
    elif hidden.is_in(summary):
        changed = (x.detail for x, was in zip(evidence, verdict.evidence, strict=True) if x != was)
        summary = shortened(next(changed, f"{verdict.reason}: see the history"))
    remediation = "" if hidden.is_in(verdict.remediation) else verdict.remediation
    return replace(verdict, summary=summary, evidence=evidence, remediation=remediation)


def _said(verdict: Verdict) -> tuple[str, ...]:
    return verdict.summary, verdict.remediation, *(x.detail for x in verdict.evidence)


def _meaning(verdict: Verdict) -> tuple[object, ...]:
    """Return what a verdict says beside its texts."""
    facts = [(x.kind, x.reason, x.path, x.pointer, x.layer, x.step) for x in verdict.evidence]
    return verdict.status, verdict.reason, facts


def _told(item: Evidence, hidden: Unspoken) -> Evidence:
    if not hidden.is_in(item.detail):
        return item
    step = None if item.step is None else hidden.steps.get(item.step)
    line = shown(f"{step.instruction} {step.text}", _LINE) if step else _HIDDEN
    return replace(item, detail=line)


def _undigested(item: Evidence, hidden: Unspoken) -> Evidence:
    """Return evidence without the digest of a line that holds a secret, but of the masked one."""
    if item.sha256 not in hidden.digests or item.step not in hidden.steps:
        return item
    return replace(item, sha256=digest(hidden.steps[item.step].raw))


def _texts(step: Step) -> Iterator[str]:
    """Yield every text of a step: words of commands are not always parts of its line."""
    yield from (step.raw, step.text, step.created, step.author, step.comment)
    for command in step.commands:
        yield from (command.name, *command.words)
    for pair in step.build_args:
        yield from pair


def _triggers(view: ImageView) -> list[str]:
    return view.config.config.on_build if view.config else []


def _runs(texts: Iterable[str]) -> set[str]:
    """Return what is in some texts, a few characters in a row at each place."""
    found: set[str] = set()
    for text in texts:
        folded = text.casefold()
        found.update(folded[at : at + _RUN] for at in range(len(folded) - _RUN + 1))
    return found
