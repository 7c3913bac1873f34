"""Settings in several files: what a path with globs finds, and the files that these include."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ocianalyze.controls.aspects.settings.directories import Directories
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind

FILES = 64
"""Of one server that are read."""
_INCLUDES = 16
"""Names of other files in one server's settings that are followed."""
_NAMES = 1_024
"""In one directory that a glob fits: deleted ones are among them."""
_GLOB = frozenset("*?[")


def settings(
    view: ImageView,
    pattern: str,
    include: re.Pattern[bytes] | None = None,
    home: Callable[[str], str] = str,
) -> Iterator[tuple[Entry, bytes | None]]:
    """Yield files and what they say, those that they include behind them; None is unread.

    Args:
        view: the image.
        pattern: a path, with globs for versions.
        include: the group is the paths of other files, with blanks between them.
        home: where the relative ones begin, by the path of the file that names them.

    """
    waiting = deque(islice(_matching(view, "", pattern.split("/")), FILES + 1))
    seen: set[str] = set()
    includes = _INCLUDES if include else 0
    while waiting and len(seen) < FILES:
        entry = waiting.popleft()
        if entry.path in seen:
            continue
        seen.add(entry.path)
        text = view.read(entry.path)
        yield entry, text
        lines = include.findall(text or b"")[:includes] if include and includes else []
        for target in [word for line in lines for word in line.split(maxsplit=99)][:includes]:
            includes -= 1
            path = target.decode("utf-8", "replace")
            base = "" if path.startswith("/") else home(entry.path)
            waiting.extend(islice(_included(view, f"{base}/{path}"), FILES + 1))
    yield from ((entry, None) for entry in waiting if entry.path not in seen)


def _included(view: ImageView, path: str) -> Iterator[Entry]:
    """Yield the files of an include line; only their names may be a pattern."""
    home, _, name = path.strip("/").rpartition("/")
    if _GLOB.isdisjoint(home):
        yield from _matching(view, home, [name])


def _matching(view: ImageView, home: str, parts: Sequence[str]) -> Iterator[Entry]:
    """Yield what lies in a directory at a path with globs, sorted by name in each directory."""
    if not parts:
        entry = view.tree.resolve(home)
        yield from [entry] if entry and entry.kind in (Kind.FILE, Kind.HARDLINK) else []
    elif _GLOB.isdisjoint(parts[0]):
        yield from _matching(view, f"{home}/{parts[0]}".lstrip("/"), parts[1:])
    else:
        for name in view.once(Directories).fitting(home, parts[0], _NAMES):
            yield from _matching(view, f"{home}/{name}".lstrip("/"), parts[1:])
