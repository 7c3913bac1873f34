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


def is_heeded(step: Step, name: str) -> bool:
    """Tell whether a step ends, or does otherwise, when a program of a name fails in it."""
    text = step.text[:_TEXT].replace("\\\n", " ")
    parts = [part for part in _END.split(text) if part.strip()]
    named = [part.rpartition(name) for part in parts if name in part]
    if named and all(_LOST.match(after) for _, _, after in named):
        return False
    if "$?" in text or _STRICT.search(step.raw[:_TEXT]) or "trap " in text:
        return True
    followed = [part.rpartition(name) for part in parts[:-1] if name in part]
    return not followed or any(
        _HEEDED.search(after) or _CONDITION.search(before) for before, _, after in followed
    )
