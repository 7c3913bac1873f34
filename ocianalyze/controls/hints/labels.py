"""Labels that tell how an image is meant to be run: `run`, `install`, `io.containers...`."""

import re
from collections.abc import Callable, Iterator

from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.hint import MOST, hint, of_config, pointer_to, programs, starts, volumes
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence

_INIT = frozenset({b"systemd", b"init"})
_SENSITIVE = re.compile(r"/(?:(?:boot|dev|etc|lib|proc|sys|usr)(?:/.*)?)?")
_TEXT = 1 << 14
_RUNS = re.compile(
    r"run|install|uninstall|io\.containers\..*|.*\.docker\.(?:cmd|run).*", re.IGNORECASE
)


def _labels(view: ImageView, pattern: re.Pattern[str], detail: str) -> Iterator[Evidence]:
    labels = view.config.config.labels if view.config else {}
    for name, value in list(labels.items())[:MOST]:
        if _RUNS.fullmatch(name[:_TEXT]) and pattern.search(value[:_TEXT]):
            yield of_config(pointer_to("config", "Labels", name), detail)


def _only_labels(words: str, detail: str) -> Callable[[ImageView], Iterator[Evidence]]:
    pattern = re.compile(words)
    return lambda view: _labels(view, pattern, detail)


def privileged(view: ImageView) -> Iterator[Evidence]:
    """Yield engines and init systems that need privileges, and labels that ask for them."""
    yield from _labels(view, re.compile(r"--privileged\b"), "a label runs it privileged")
    yield from programs(view, notable.ENGINES, "a container engine")
    yield from starts(view, notable.ENGINES | _INIT, "starts an engine or an init system")


def mounts(view: ImageView) -> Iterator[Evidence]:
    """Yield volumes at directories of the system, and labels that mount the host's."""
    for volume in volumes(view):
        if _SENSITIVE.fullmatch(volume):
            yield of_config(pointer_to("config", "Volumes", volume), f"volume at {volume}")
    pattern = re.compile(r"(?:-v|--volume|--mount)[= ]\S*/")
    yield from _labels(view, pattern, "a label mounts directories of the host")


_READS = "labels that hold commands to run the image"
CONTROLS = (
    hint(
        "cis-docker-5.5",
        "not privileged",
        privileged,
        f"{_READS}, engines among the executables, the start command",
        "run it without --privileged",
    ),
    hint(
        "cis-docker-5.6",
        "host directories",
        mounts,
        f"{_READS}, config.Volumes",
        "mount no directory of the host that belongs to its system",
    ),
    hint(
        "cis-docker-5.10",
        "host network",
        _only_labels(r"--net(?:work)?[= ]host\b", "a label shares the host's network"),
        _READS,
        "run it without --network host",
    ),
    hint(
        "cis-docker-5.16",
        "host processes",
        _only_labels(r"--pid[= ]host\b", "a label shares the host's processes"),
        _READS,
        "run it without --pid host",
    ),
    hint(
        "cis-docker-5.17",
        "host IPC",
        _only_labels(r"--ipc[= ]host\b", "a label shares the host's IPC"),
        _READS,
        "run it without --ipc host",
    ),
)
