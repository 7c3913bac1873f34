"""What an image tells of the rights that its container needs, or can do without."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ocianalyze.controls.aspects.history.days import created
from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.aspects.users.writers import runner
from ocianalyze.controls.hint import (
    MOST,
    at,
    hint,
    of_config,
    of_entry,
    pointer_to,
    programs,
    volumes,
)
from ocianalyze.controls.ocia.layers import devices as device_nodes
from ocianalyze.controls.ocia.tools import SHELLS
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Status

_CAPABILITY = "security.capability"
_SETID = 0o6000
_LARGEST = 65_535
_TOP = 2_000


def capabilities(view: ImageView) -> Iterator[Evidence]:
    """Yield files with capabilities, and tools that work only with some."""
    yield from (of_entry(x, f"file with capabilities: {at(x)}") for x in view.once(_capable))
    yield from programs(view, notable.NEEDY, "works only with more capabilities than the default")


def read_only(view: ImageView) -> Iterator[Evidence]:
    """Yield volumes, and directories at the top that the image's user may write."""
    for volume in volumes(view):
        yield of_config(pointer_to("config", "Volumes", volume), f"needs a volume at {volume}")
    user = view.once(runner)
    for entry in view.tree.listing("")[:_TOP]:
        if entry.kind is Kind.DIRECTORY and not user.is_root and (why := user.may_write(entry)):
            yield of_entry(entry, f"{at(entry)} may have to be a volume: {why}")


def devices(view: ImageView) -> Iterator[Evidence]:
    """Yield device nodes in any layer, and a volume at /dev."""
    yield from device_nodes(view).evidence
    for volume in volumes(view):
        if volume.rstrip("/") == "/dev":
            yield of_config(pointer_to("config", "Volumes", volume), "volume at /dev")


def shells(view: ImageView) -> Iterator[Evidence]:
    """Yield the shells of `ocia-shell-present`, sure or not, or say that there is none."""
    said = SHELLS.evaluate(view)
    for found in said.evidence:
        yield replace(found, detail=f"a shell that exec can start: {found.detail}", severity="info")
    if said.status is Status.PASS and not view.unread and not view.is_windows:
        yield Evidence("no shell: exec can start little", severity="info")


def no_new_privileges(view: ImageView) -> Iterator[Evidence]:
    """Yield what no-new-privileges would take away, or say that there is nothing."""
    setid = (x for x in view.tree.files(mode=_SETID) if x.mode & _SETID)
    found = (*islice(setid, MOST), *view.once(_capable))
    yield from (of_entry(x, f"{at(x)} would lose its rights: {_rights(x)}") for x in found)
    if not found and not view.unread and not view.is_windows:
        yield Evidence("no set-id file: no-new-privileges takes nothing away", severity="info")


def _rights(entry: Entry) -> str:
    return f"mode {entry.mode:04o}" if entry.mode & _SETID else "capabilities"


def _capable(view: ImageView) -> tuple[Entry, ...]:
    files = (x for x in view.tree.files(xattrs=True) if _CAPABILITY in x.xattrs)
    return tuple(islice(files, MOST))


def owners(view: ImageView) -> Iterator[Evidence]:
    """Yield files of owners that a remapped user namespace does not have."""
    for layer in view.layers:
        numbers = view.tree.table(layer.index, ("uid", "gid"), visible=True)
        if not any(_is_outside(uid) or _is_outside(gid) for uid, gid in numbers):
            continue
        fields = ("path", "uid", "gid")
        for path, uid, gid in view.tree.table(layer.index, fields, visible=True):
            if _is_outside(uid) or _is_outside(gid):
                detail = f"uid {uid}, gid {gid}: outside 0 to {_LARGEST}"
                yield Evidence(detail, path=str(path), layer=layer.index, severity="info")


def _is_outside(number: str | int | None) -> bool:
    return isinstance(number, int) and number > _LARGEST


def health(view: ImageView) -> Iterator[Evidence]:
    """Yield the health check that a runtime can use."""
    check = view.config.config.healthcheck if view.config else None
    if check is not None and check.test and check.test[0] != "NONE":
        yield of_config("/config/Healthcheck", "has a health check to run")


def age(view: ImageView) -> Iterator[Evidence]:
    """Yield the day when the image was made."""
    made = created(view)
    if made is not None:
        yield of_config("/created", f"made on {made}")


CONTROLS = (
    hint(
        "cis-docker-5.4",
        "capabilities",
        capabilities,
        "file capabilities, and tools that need some",
        "drop all capabilities and add those that the start needs",
    ),
    hint(
        "cis-docker-5.13",
        "read-only root",
        read_only,
        "config.Volumes, and directories that the image's user may write",
        "run it with --read-only and a volume for what it writes",
    ),
    hint(
        "cis-docker-5.18",
        "host devices",
        devices,
        "device nodes in every layer, config.Volumes",
        "give the container no device of the host",
    ),
    hint(
        "cis-docker-5.23",
        "exec privileged",
        shells,
        "shells in the final filesystem",
        "never exec with --privileged",
    ),
    hint(
        "cis-docker-5.24",
        "exec as root",
        shells,
        "shells in the final filesystem",
        "never exec with --user root",
    ),
    hint(
        "cis-docker-5.26",
        "no new privileges",
        no_new_privileges,
        "set-id bits and file capabilities of the final filesystem",
        "run it with --security-opt no-new-privileges",
    ),
    hint(
        "cis-docker-5.27",
        "health at run time",
        health,
        "config.Healthcheck",
        "let the runtime probe it",
    ),
    hint(
        "cis-docker-5.28",
        "latest image",
        age,
        "created of the image config and of its history",
        "run the newest build, by its digest",
    ),
    hint(
        "cis-docker-5.31",
        "user namespaces",
        owners,
        "owners of every file of the final filesystem",
        "run it in a user namespace of its own",
    ),
)
