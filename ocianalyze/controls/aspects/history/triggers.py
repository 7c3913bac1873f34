"""ONBUILD: instructions of the author's Dockerfile that run in every image built on this one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Step
from ocianalyze.model.run_form import shell_text
from ocianalyze.model.shell import commands

REASON = "onbuild"
_LINE = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)


class Trigger(NamedTuple):
    """One instruction that waits for the next build."""

    step: Step
    """As it will run there; no layer of this image is its own."""
    told: Step | None
    """The history step that set it."""
    pointer: str
    """Where the config holds it; empty when the config does not: it ran, or is the base's."""

    def evidence(self, base: Boundary, detail: str) -> Evidence:
        """Return it as evidence; what came with the base is only noted."""
        detail = f"ONBUILD: {detail}"
        if self.told is None:
            return Evidence(detail, "config", REASON, pointer=self.pointer, severity="low")
        found = of_step(self.told, base, detail, reason=REASON, severity="low")
        ran = not self.pointer and found.origin == "base"
        return replace(found, pointer=self.pointer, severity="info" if ran else found.severity)


def triggers(view: ImageView) -> tuple[Trigger, ...]:
    """Return the triggers that the config holds, and those that only the history tells."""
    return view.once(_triggers)


def _triggers(view: ImageView) -> tuple[Trigger, ...]:
    return tuple(_found(view))


def _found(view: ImageView) -> Iterator[Trigger]:
    told = {_key(x.text): x for x in view.history.steps if x.instruction == "ONBUILD"}
    budget = DEFAULT.history_chars
    for number, text in enumerate(view.config.config.on_build if view.config else ()):
        step = told.pop(_key(text), None)
        yield Trigger(_step(text, step, budget), step, f"/config/OnBuild/{number}")
        budget -= min(budget, len(text))
    for step in told.values():
        yield Trigger(_step(step.text, step, budget), step, "")
        budget -= min(budget, len(step.text))


def _key(text: str) -> str:
    return " ".join(text.split())


def _step(text: str, told: Step | None, budget: int) -> Step:
    line = _LINE.fullmatch(text)
    instruction, rest = (line[1].upper(), line[2].strip()) if line else ("RAW", text)
    index = told.index if told else 0
    if instruction != "RUN":
        return Step(index, text, instruction, rest, "")
    rest = shell_text(rest)
    limits = replace(DEFAULT, shell_chars=min(DEFAULT.shell_chars, budget))
    found = commands(rest, limits=limits)
    is_cut = len(rest) > limits.shell_chars
    return Step(index, text, instruction, rest, "", commands=found, opaque=is_cut)
