"""What starts by itself, and who brought it: where whoever broke in stays.

A file that a package's record names and that has the recorded bytes is the package's. One with the
bytes of a skeleton that a package ships is a copy of it, as `useradd` and packages make them.
`etc/ld.so.preload` is what `ocia-ld-preload` asks about.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.evidence import MOST
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.detectors.autostart import (
    DIRECTORIES,
    FILES,
    HOSTS,
    LOGIN_FILES,
    NAME,
    SERVICE,
    kind_of,
    signs,
)
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.own_bytes import changed_since, has_own_bytes
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.finding import Evidence, Status, Verdict

_SKELETONS = ("etc/skel", "usr/etc/skel", "usr/share/skel", "usr/share/base-files")
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})


def evaluate(view: ImageView) -> Verdict:
    """Look for words of an intruder, then for whatever no package vouches for."""
    words = tuple(islice(_words(view), MOST))
    told = tuple(islice(_unvouched(view), MOST))
    if any(one.severity == "high" for one in words):
        return judged((*words, *told), "suspicious-autostart", "suspicious autostart")
    found = (*words, *told)
    if found and all(one.severity == "info" for one in found):
        return judged(found, "services-alone", "services of the author", status=Status.PASS)
    review = Status.NEEDS_REVIEW
    return judged(found, "unvouched-autostart", "unvouched autostart", status=review)


def _words(view: ImageView) -> Iterator[Evidence]:
    """Yield files with signs, the gravest first; a package's own file may have its reasons."""
    hosts: list[Evidence] = []
    for entry, value in view.tree.observations(NAME):
        if entry.state is not State.VISIBLE or not (found := signs(value)):
            continue
        doubt = _doubt(view, entry)
        detail = f"{kind_of(entry.path)}, line {found[0].line}: {found[0].what}"
        if entry.path == HOSTS:
            hosts.append(_told(view, entry, detail, "medium"))
        elif doubt:
            yield _told(view, entry, f"{detail}; {doubt}", "high")
    yield from hosts


def _unvouched(view: ImageView) -> Iterator[Evidence]:
    """Yield what starts by itself and is of no package, or not as its package brought it."""
    for entry in _started(view):
        if signs(view.tree.observed(NAME, entry)):
            continue
        if doubt := _doubt(view, entry):
            kind = kind_of(entry.path)
            severity: Severity = "info" if kind == SERVICE else "medium"
            yield _told(view, entry, f"{kind}: {doubt}", severity)
    for entry in notable.files(view, notable.AUTHORIZED):
        if entry.size:
            yield _told(view, entry, "login key: lets in whoever holds the other half", "medium")


def _started(view: ImageView) -> Iterator[Entry]:
    seen: set[str] = set()
    within = (x for layer in view.layers for x in view.tree.layer(layer.index, tuple(DIRECTORIES)))
    single = (x for path in FILES if path != HOSTS and (x := view.tree.get(path)))
    for entry in chain(within, single, notable.files(view, LOGIN_FILES)):
        is_there = entry.state is State.VISIBLE and entry.path not in seen
        if is_there and kind_of(entry.path):
            seen.add(entry.path)
            yield entry


def _doubt(view: ImageView, entry: Entry) -> str:
    """Tell why nobody vouches for a file; empty when somebody does, or nothing is started."""
    if entry.kind is Kind.SYMLINK:
        target = view.tree.resolve(entry.path)
        doubt = _doubt(view, target) if target else ""
        return f"leads to {target.path[:60]}, {doubt}" if target and doubt else ""
    if entry.kind not in _FILES or not entry.size:
        return ""
    owners = view.inventory.recorders(entry.path)
    if not owners:
        return "" if entry.sha256 in view.once(_shipped) else "of no package"
    name = owners[0].name[:40]
    proofs = [has_own_bytes(view, entry.path, owner) for owner in owners]
    if True in proofs:
        return ""
    if False in proofs:
        return f"differs from the record of {name}"
    is_later = all(changed_since(view, entry, owner.introduced) for owner in owners)
    return f"changed in layer {entry.layer}, after {name}" if is_later else ""


def _shipped(view: ImageView) -> frozenset[str]:
    """Return the digests of skeletons that are as their packages brought them."""
    found = (entry for home in _SKELETONS for entry in view.tree.listing(home)[:MOST])
    owned = (
        (entry, owner)
        for entry in found
        if entry.kind in _FILES and entry.sha256
        for owner in view.inventory.recorders(entry.path)
    )
    return frozenset(
        entry.sha256
        for entry, owner in owned
        if has_own_bytes(view, entry.path, owner) is not False
        and not changed_since(view, entry, owner.introduced)
    )


def _told(view: ImageView, entry: Entry, detail: str, severity: Severity) -> Evidence:
    told = of_entry(entry, detail, severity)
    return replace(told, origin=boundary(view).of_layer(entry.layer))


CONTROL = Control(
    id="ocia-persistence",
    short="autostart",
    automation="partial",
    reads="cron jobs, login scripts, systemd units, init scripts, services of s6, runit "
    "and supervisord, folders of entry points, udev rules, kernel modules, "
    "etc/hosts and keys for logins; who owns them, and the digests that packages record; words in "
    "them by which a download is run or a shell answers a network",
    decides="what is of no package, or not as its package brought it, needs review, and so do keys "
    "for logins and names that etc/hosts sends elsewhere; services and entry scripts of an author, "
    "who puts them where supervisors and entry points look, are listed and pass; fails where "
    "such a file fetches what a shell runs, opens a shell to a network, or runs what it decodes",
    limits="most of it starts only where an init system, cron or a login does; what is written in "
    "other words, behind 256 KiB, or in a file that these start or include, is not told, nor what "
    "the entry point itself does; etc/ld.so.preload is "
    "ocia-ld-preload's",
    remediation="find out which step brought it; start what the image needs by its ENTRYPOINT",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
    on_windows="meaningless",
)
