"""Whether the failure of a check ends a build step (POSIX.1-2017, "Shell Command Language", 2.9.3).

A shell goes on behind `;` and the end of a line whatever a command returned, but for `set -e`.
"""

import re

from ocianalyze.model.history import Step

_TEXT = 65_536
_STRICT = re.compile(
    r"\b(?:set|(?:ba|da|a|z|k|mk)?sh)(?:\s+(?:-o\s+\w+|-\w+)){0,16}?"
    r"\s+(?:-[A-Za-z]*e[A-Za-z]*(?!\w)|-o\s+errexit\b)"
)
"""`set -e`, and a shell that is started so."""
_END = re.compile(r";(?!;|\s*[})])|\n")
"""Of a command whose result is lost, but for a group whose result may not be."""
_CONDITION = re.compile(r"(?:\A|\s)(?:if|elif|while|until|!)\s")
_HEEDED = re.compile(r"&&|\|\|")
_LOST = re.compile(
    r"[^|&]*(?:\|(?!\|)[^|&]*)*\|\|\s*(?:true|:|echo|printf)(?![\w-])"
    r"(?!.*\b(?:exit|return|false|kill)\b)",
    re.DOTALL,
)
"""What stands behind a check of which even `set -e` learns nothing."""


def is_heeded(step: Step, check: re.Pattern[str]) -> bool:
    """Tell whether a step ends, or does otherwise, when what a pattern fits fails in it."""
    text = step.text[:_TEXT].replace("\\\n", " ")
    parts = [part for part in _END.split(text) if part.strip()]
    around = [_around(part, check) for part in parts]
    named = [found for found in around if found]
    if named and all(_LOST.match(after) for _, after in named):
        return False
    first = check.search(text)
    later = text[first.start() :] if first else text
    if "$?" in later or "trap " in text or _is_strict(step.raw[:_TEXT], check):
        return True
    followed = [found for found in around[:-1] if found]
    return not followed or any(
        _HEEDED.search(after) or _CONDITION.search(before) for before, after in followed
    )


def _around(part: str, check: re.Pattern[str]) -> tuple[str, str] | None:
    """Return what stands before and behind the last of the checks in a statement."""
    found = list(check.finditer(part))
    return (part[: found[-1].start()], part[found[-1].end() :]) if found else None


def _is_strict(raw: str, check: re.Pattern[str]) -> bool:
    """Tell whether the shell ends at an error by the time of a check."""
    first = check.search(raw)
    return bool(_STRICT.search(raw[: first.start()] if first else raw))
