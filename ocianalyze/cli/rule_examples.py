"""A folder of rules tried on their own examples, with the line of what does not hold."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import orjson

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import read_rule, tried
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.errors import UsageError
from ocianalyze.report.escape import shown
from ocianalyze.report.words import plural

_SHOWN = 60
_UNTRIED = "has no examples, so that it was read and not tried"
"""As those that another tool wrote: nobody can make up what they find."""


class Tried(NamedTuple):
    """What came of it."""

    lines: tuple[str, ...]
    failed: bool


def examples(folder: Path) -> Tried:
    """Try every rule of a folder.

    Raises:
        UsageError: the folder has none.

    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UsageError("has no rules", place=str(folder), cure="each is a file NAME.toml")
    defects: list[str] = []
    untried: list[str] = []
    for file in files:
        try:
            rule = tried(read_rule(file))
            made = engine((replace(rule, paths="", files=()),))
        except UsageError as error:
            defects.append(str(error))
        else:
            defects += _defects(file, rule, made)
            untried += [f"{file}: {_UNTRIED}"] * (not (rule.matches or rule.misses))
    count = f"{plural(len(files), 'rule')}, {plural(len(defects), 'defect')}"
    without = f", {len(untried)} without examples" if untried else ""
    return Tried((*defects, *untried, count + without), bool(defects))


def _defects(file: Path, rule: Rule, made: Engine) -> Iterator[str]:
    """Yield a line for each thing that is wrong with one rule; what has no example is not tried."""
    if rule.id != file.stem:
        yield f"{_place(file, 'id')}: the id {rule.id} is not the name of the file"
    for name in ("matches", "misses"):
        if not getattr(rule, name) and (rule.matches or rule.misses):
            yield f"{file}: has no {name}; examples show that it works"
    for text in rule.matches:
        if not _finds(made, text):
            yield f"{_place(file, text)}: does not find {_brief(text)}"
    for text in rule.misses:
        if _finds(made, text):
            yield f"{_place(file, text)}: finds {_brief(text)}, which it must miss"


def _finds(made: Engine, text: str) -> bool:
    """Tell whether a rule finds something in a text; its checks are asked."""
    return bool(Search(made).find(text.encode()))


def _place(file: Path, text: str) -> str:
    """Return file and line of an example or a key, as far as it can be found."""
    spelled = (text, orjson.dumps(text)[1:-1].decode(), text.splitlines()[0] if text else text)
    lines = file.read_text("utf-8").splitlines()
    for one in spelled:
        for number, line in enumerate(lines, 1):
            if one in line:
                return f"{file}, line {number}"
    return str(file)


def _brief(text: str) -> str:
    return shown(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
