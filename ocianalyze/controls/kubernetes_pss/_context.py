"""A securityContext for a container, suggested from what an image shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from ocianalyze.controls.capabilities import XATTR, file_capabilities
from ocianalyze.controls.hints._hint import ports, volumes
from ocianalyze.controls.kubernetes_pss._flow import flow
from ocianalyze.controls.kubernetes_pss._writable import writable
from ocianalyze.controls.needed import needed
from ocianalyze.controls.ocia._writers import Runner, runner
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence

Node: TypeAlias = "str | int | bool | Sequence[Node] | Mapping[str, Node]"

SUGGESTED_UID = 10_001
"""For an image that runs as root: no distribution gives it to anybody."""
_LOW_PORTS = 1024
_PORTS = range(1, 65_536)
_MOST = 32


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the container seems to need."""

    uid: int
    gid: int
    capabilities: tuple[str, ...]
    """To be added after all were dropped: `NET_BIND_SERVICE`."""
    escalates: bool
    """A program that starts has rights from its file, which no-new-privileges would take."""
    writable: tuple[str, ...]
    """Directories that need a volume when the root is read-only."""
    is_whole: bool
    """These are all, as far as owners and modes tell; else the root stays writable."""
    ports: tuple[tuple[int, str], ...]

    def text(self) -> str:
        """Return it as one line of YAML: fields of a container of a pod."""
        context: dict[str, Node] = {"runAsNonRoot": True, "runAsUser": self.uid}
        context |= {"runAsGroup": self.gid, "allowPrivilegeEscalation": self.escalates}
        if self.is_whole:
            context["readOnlyRootFilesystem"] = True
        added: dict[str, Node] = {"add": self.capabilities} if self.capabilities else {}
        context["capabilities"] = {"drop": ["ALL"], **added}
        context["seccompProfile"] = {"type": "RuntimeDefault"}
        mounts = [{"name": f"writable-{n}", "mountPath": x} for n, x in enumerate(self.writable)]
        opened = [{"containerPort": number, "protocol": name} for number, name in self.ports]
        fields: dict[str, Node] = {"securityContext": context}
        fields |= {"volumeMounts": mounts} if mounts else {}
        return flow(fields | ({"ports": opened} if opened else {}))


def suggestion(view: ImageView) -> Suggestion:
    """Return what a pod should say of an image for Linux."""
    user = view.once(runner)
    started = tuple(_started(view))
    granted = {name for entry in started for name in _granted(entry)}
    opened = tuple(_opened(view))
    if any(number < _LOW_PORTS for number, _ in opened):
        granted.add("NET_BIND_SERVICE")
    mounts = tuple(islice(_mounts(view, user), _MOST + 1))
    return Suggestion(
        uid=SUGGESTED_UID if user.is_root else user.resolved.uid,
        gid=SUGGESTED_UID if user.is_root else user.resolved.gid,
        capabilities=tuple(sorted(granted)),
        escalates=any(entry.is_setid or _granted(entry) for entry in started),
        writable=tuple(filter(None, mounts[:_MOST])),
        is_whole=not (user.is_root or view.unread or "" in mounts or len(mounts) > _MOST),
        ports=opened,
    )


def suggested(view: ImageView) -> Iterator[Evidence]:
    """Yield the suggestion as evidence; none for Windows or without a config."""
    if view.config is not None and not view.is_windows:
        text = view.once(suggestion).text()
        reason = "security-context"
        yield Evidence(text, "config", reason, pointer="/config", severity="info")


def _started(view: ImageView) -> Iterator[Entry]:
    """Yield the files that the image needs to start."""
    for path in sorted(view.once(needed)):
        entry = view.tree.resolve(path)
        if entry is not None:
            yield entry


def _granted(entry: Entry) -> tuple[str, ...]:
    """Return the capabilities that a file gives, as pods name them."""
    found = file_capabilities(entry.xattrs.get(XATTR, b""))
    return tuple(name.upper() for name in found.permitted) if found else ()


def _opened(view: ImageView) -> Iterator[tuple[int, str]]:
    found = {(number, _protocol(text)) for text, number in ports(view) if number in _PORTS}
    yield from sorted(found)[:_MOST]


def _protocol(text: str) -> str:
    name = text.partition("/")[2].upper()
    return name if name in ("UDP", "SCTP") else "TCP"


def _mounts(view: ImageView, user: Runner) -> Iterator[str]:
    """Yield volumes and directories that the user may write, topmost only; empty for too many."""
    shown = (f"/{x.strip('/')}" for x in volumes(view) if x.strip("/"))
    owned = () if user.is_root else writable(view, user)
    above: list[str] = []
    for path in sorted({*shown, *(path and f"/{path}" for path in owned)}):
        if not any(path.startswith(f"{x}/") for x in above):
            above.extend([path] if path else [])
            yield path
