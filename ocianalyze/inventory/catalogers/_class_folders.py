"""The Maven group that the folders of an archive's classes tell beside the artifact's name.

Projects put the classes of `log4j-core` below `org/apache/logging/log4j/core` and publish it in the
group `org.apache.logging.log4j`: the folder repeats the artifact's words, the first of which ends
the group. Other projects moved either, so what is not spelled word for word tells nothing. Measured
on archives of Maven Central whose group nothing else tells, nine of ten answers are right.
"""

import re
from collections.abc import Iterable
from itertools import islice

_CLASS = ".class"
_LAUNCHED = ("META-INF/", "BOOT-INF/", "WEB-INF/")
"""Where classes are of other releases of Java, or of an application."""
_MEMBERS = 100_000
"""Looked at in one archive."""
_SEPARATOR = re.compile(r"[\W_]")
_SHORT = 2
"""Words of an artifact whose folder cannot be parted in several ways."""


def group(artifact: str, module: str, members: Iterable[str]) -> str:
    """Return the group that the folders of classes prove; empty for none.

    Args:
        artifact: name of the package.
        module: `Automatic-Module-Name`; where an artifact has more than two words, it must agree.
        members: names of what is in the archive.

    """
    first, *more = _SEPARATOR.split(artifact.lower())
    if not first or not more:
        return ""
    folders = _common(members)
    words = [folder.lower() for folder in folders]
    end = words.index(first) + 1 if first in words[1:] else 0
    if not end or words[0] == first or words[end:] not in ([], more):
        return ""
    told = ".".join(folders[:end])
    is_agreed = f"{module}.".startswith(f"{told}.")
    return told if is_agreed or len(more) < _SHORT else ""


def _common(members: Iterable[str]) -> list[str]:
    """Return the folder that all classes are below, part by part."""
    taken = islice(members, _MEMBERS)
    classes = (name for name in taken if name.endswith(_CLASS) and not name.startswith(_LAUNCHED))
    # What the first and the last in order share, slash included, all between them share too.
    paths = [one[: one.rindex("/") + 1] for one in classes if "/" in one]
    if not paths:
        return []
    low, high = min(paths).split("/")[:-1], max(paths).split("/")[:-1]
    shared = 0
    for one, other in zip(low, high, strict=False):
        if one != other:
            break
        shared += 1
    return low[:shared]
