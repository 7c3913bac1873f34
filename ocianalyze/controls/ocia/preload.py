"""Libraries that every program of a container loads first."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, field_unread
from ocianalyze.controls.saying import judged, of_config, of_entry, shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind
from ocianalyze.model.finding import Evidence, Status, Verdict

_FILE = "etc/ld.so.preload"
_FIRST = frozenset({"LD_PRELOAD", "LD_AUDIT"})
_ALSO = "LD_LIBRARY_PATH"


def evaluate(view: ImageView) -> Verdict:
    """Look for the loader's file and for its variables."""
    found = tuple(_preloaded(view))
    if found:
        return judged(found, "library-preloaded", "library loaded first")
    unread = field_unread(view, "Env")
    if unread is not None:
        return unread
    paths = _set(view, frozenset({_ALSO}), "low")
    return judged(paths, "library-path-set", "library path set", status=Status.NEEDS_REVIEW)


def _preloaded(view: ImageView) -> Iterator[Evidence]:
    entry = view.tree.resolve(_FILE)
    if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK) and entry.size:
        yield of_entry(entry, f"{entry.size} bytes: libraries for every program", severity="high")
    yield from _set(view, _FIRST, "medium")


def _set(view: ImageView, names: frozenset[str], severity: str) -> Iterator[Evidence]:
    for index, variable in enumerate(view.config.config.env if view.config else ()):
        name, _, value = variable.partition("=")
        if name in names and value:
            detail = shortened(f"{name}={value}", 100)
            yield of_config(
                f"/config/Env/{index}", detail, "low" if severity == "low" else "medium"
            )


CONTROL = Control(
    id="ocia-ld-preload",
    short="preloaded libraries",
    automation="full",
    reads="etc/ld.so.preload, and LD_PRELOAD, LD_AUDIT and LD_LIBRARY_PATH of config.Env",
    decides="fails when a library is loaded into every program; a library path needs review",
    limits="variables that an entry script or a runtime sets",
    remediation="link the library into the program that needs it, or set the variable there alone",
    evaluate=evaluate,
    needs=frozenset({"config", "filesystem"}),
    on_windows="meaningless",
)
