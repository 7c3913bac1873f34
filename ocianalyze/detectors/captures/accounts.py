"""Accounts and the release.

They may be links to files of any name, of which the walk cannot know yet that something leads to
them: so what begins as an account file is kept wherever it lies. `etc/shadow` is kept because who
has a password is evidence; nothing ever prints it.
"""

import re

from ocianalyze.detectors.captures._base import Capture, files
from ocianalyze.layers.observer import Interest, Seen
from ocianalyze.limits import MIB

_NAMES = ("passwd", "group", "shadow", "os-release")
_ROOT_LINE = re.compile(rb"root:[^:\n]{0,512}:[0-9]{1,10}:")
"""How files of accounts, groups and passwords begin, but for few."""


def _begins_as_one(seen: Seen, head: memoryview) -> bool:
    return seen.size <= MIB and _ROOT_LINE.match(head) is not None


CAPTURES = (
    files(names=_NAMES, most=MIB),
    Capture(Interest(magics=frozenset({b"root"})), _begins_as_one),
)
