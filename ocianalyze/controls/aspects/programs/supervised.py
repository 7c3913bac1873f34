"""Scripts of the services that an image's init starts: s6-overlay, s6 and runit."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from ocianalyze.controls.aspects.settings.directories import Directories
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry

OVERLAY = ("etc/s6-overlay/s6-rc.d", "etc/services.d")
"""Where s6-overlay has services, of its versions 3 and 2."""
_SCANNERS = frozenset({"s6-svscan", "runsvdir"})
"""Programs that are given the directory."""
_HOMES = {"init": OVERLAY, "my_init": ("etc/service",), "runit": ("etc/service",)}
_DIRECTORIES = 16
_MOST = 64
"""Services of one directory that are looked at."""


def supervised(view: ImageView, commands: Iterable[Sequence[str]]) -> Iterator[Entry]:
    """Yield the scripts that commands start and keep alive."""
    homes = dict.fromkeys(chain.from_iterable(map(_homes, commands)))
    for home in islice(homes, _DIRECTORIES):
        for name in islice(view.once(Directories).names(home), _MOST):
            entry = view.tree.resolve(f"{home}/{name}/run")
            if entry is not None:
                yield entry


def _homes(words: Sequence[str]) -> Sequence[str]:
    name = words[0].rpartition("/")[2] if words else ""
    if name in _SCANNERS:
        return tuple(word for word in words[-1:] if word.startswith("/"))
    return _HOMES.get(name, ())
