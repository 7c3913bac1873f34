"""A securityContext for a container, suggested from what an image shows.

It is one that the restricted level of the Pod Security Standards admits, for the user that the
image has or, where that is root, for the one that CIS Docker 4.1 advises.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from ocianalyze.controls.aspects.programs.needed import needed
from ocianalyze.controls.aspects.security_context.flow import flow
from ocianalyze.controls.aspects.security_context.writable import writable
from ocianalyze.controls.aspects.setid.capabilities import XATTR, file_capabilities
from ocianalyze.controls.aspects.users.accounts import resolve
from ocianalyze.controls.aspects.users.advised import ADVISED, advised
from ocianalyze.controls.aspects.users.writers import Runner, runner
from ocianalyze.controls.hint import at, of_entry, ports, volumes
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence

Node: TypeAlias = "str | int | bool | Sequence[Node] | Mapping[str, Node]"

_ADMITTED = "NET_BIND_SERVICE"
"""The only capability that the restricted level lets a container add."""
_LOW_PORTS = 1024
_PORTS = range(1, 65_536)
_MOST = 32


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the container seems to need."""

    uid: int
    gid: int
    binds_low: bool
    """It needs `NET_BIND_SERVICE`."""
    privileged: tuple[tuple[Entry, str], ...]
    """Files that it starts which have rights that this context refuses, and these rights."""
    writable: tuple[str, ...]
    """Directories that need a volume when the root is read-only."""
    is_whole: bool
    """These are all, as far as owners and modes tell; else the root stays writable."""
    ports: tuple[tuple[int, str], ...]

    def text(self) -> str:
        """Return it as one line of YAML: fields of the spec of a pod."""
        names = [f"writable-{number}" for number in range(len(self.writable))]
        pairs = zip(names, self.writable, strict=True)
        mounts = [{"name": name, "mountPath": path} for name, path in pairs]
        opened: list[Node] = [{"containerPort": x, "protocol": name} for x, name in self.ports]
        fields: dict[str, Node] = {"securityContext": self._context()}
        fields |= {"volumeMounts": mounts} if mounts else {}
        fields |= {"ports": opened} if opened else {}
        spec: dict[str, Node] = {"containers": (fields,)}
        spec |= (
            {"volumes": tuple({"name": name, "emptyDir": {}} for name in names)} if names else {}
        )
        return flow(spec)

    def _context(self) -> dict[str, Node]:
        context: dict[str, Node] = {"runAsNonRoot": True, "runAsUser": self.uid}
        context |= {"runAsGroup": self.gid, "allowPrivilegeEscalation": False}
        if self.is_whole:
            context["readOnlyRootFilesystem"] = True
        added: dict[str, Node] = {"add": [_ADMITTED]} if self.binds_low else {}
        context["capabilities"] = {"drop": ["ALL"], **added}
        return context | {"seccompProfile": {"type": "RuntimeDefault"}}


def suggestion(view: ImageView) -> Suggestion:
    """Return what a pod should say of an image for Linux."""
    user = _user(view)
    started = tuple(_started(view))
    opened = tuple(_opened(view))
    low = any(number < _LOW_PORTS for number, _ in opened)
    mounts = tuple(islice(_mounts(view, user), _MOST + 1))
    return Suggestion(
        uid=user.resolved.uid,
        gid=user.resolved.gid,
        binds_low=low or any(_ADMITTED in _granted(entry) for entry in started),
        privileged=tuple((entry, rights) for entry in started if (rights := _rights(entry))),
        writable=tuple(filter(None, mounts[:_MOST])),
        is_whole=not (view.unread or "" in mounts or len(mounts) > _MOST),
        ports=opened,
    )


def suggested(view: ImageView) -> Iterator[Evidence]:
    """Yield what the suggestion refuses, then itself; nothing for Windows or without a config."""
    if view.config is None or view.is_windows:
        return
    made = view.once(suggestion)
    for entry, rights in made.privileged[:_MOST]:
        yield of_entry(entry, f"{at(entry)} is started with rights of its own: {rights}")
    yield Evidence(made.text(), "config", "security-context", pointer="/config", severity="info")


def _user(view: ImageView) -> Runner:
    """Return the image's user; for root the one that 4.1 advises, so that both say the same."""
    user = view.once(runner)
    if not user.is_root:
        return user
    uid, gid = (ADVISED, ADVISED) if user.resolved.problem else advised(view)
    return Runner(resolve(f"{uid}:{gid}", view.read("etc/passwd"), view.read("etc/group")))


def _started(view: ImageView) -> Iterator[Entry]:
    """Yield the files that the image needs to start."""
    for path in sorted(view.once(needed)):
        entry = view.tree.resolve(path)
        if entry is not None:
            yield entry


def _rights(entry: Entry) -> str:
    """Return what a file gives beyond what is admitted, in a few words; empty for nothing."""
    mode = [f"mode {entry.mode:04o}"] if entry.is_setid else []
    return ", ".join((*mode, *(x for x in _granted(entry) if x != _ADMITTED)))


def _granted(entry: Entry) -> tuple[str, ...]:
    """Return the capabilities that a file gives, as pods name them."""
    found = file_capabilities(entry.xattrs.get(XATTR, b""))
    return tuple(sorted(name.upper() for name in found.permitted)) if found else ()


def _opened(view: ImageView) -> Iterator[tuple[int, str]]:
    found = {(number, _protocol(text)) for text, number in ports(view) if number in _PORTS}
    yield from sorted(found)[:_MOST]


def _protocol(text: str) -> str:
    name = text.partition("/")[2].upper()
    return name if name in ("UDP", "SCTP") else "TCP"


def _mounts(view: ImageView, user: Runner) -> Iterator[str]:
    """Yield volumes and directories that the user may write, topmost only; empty for too many."""
    shown = (f"/{x.strip('/')}" for x in volumes(view) if x.strip("/"))
    owned = (path and f"/{path}" for path in writable(view, user))
    above: list[str] = []
    for path in sorted({*shown, *owned}):
        if not any(path.startswith(f"{x}/") for x in above):
            above.extend([path] if path else [])
            yield path
