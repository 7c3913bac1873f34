"""Layers whose bytes are elsewhere, cannot be read, or hold device nodes."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.evidence import MOST
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence, Status, Verdict

_DEVICES = frozenset({"character-device", "block-device"})
_WHITEOUT = ("c", "0:0")
"""overlayfs stores a whiteout as a character device with this number."""
_USUAL = frozenset(
    {
        ("dev/null", "1:3"),
        ("dev/zero", "1:5"),
        ("dev/full", "1:7"),
        ("dev/random", "1:8"),
        ("dev/urandom", "1:9"),
        ("dev/tty", "5:0"),
        ("dev/console", "5:1"),
        ("dev/ptmx", "5:2"),
    }
)
"""Character devices that every runtime makes (runtime-spec, config-linux, default devices)."""


def foreign(view: ImageView) -> Verdict:
    """Find layers that a registry need not hold."""
    return judged(_without(view, "foreign"), "foreign-layer", "layer is elsewhere")


def encrypted(view: ImageView) -> Verdict:
    """Find layers that nobody without a key can read."""
    found = _without(view, "encrypted")
    return judged(found, "encrypted-layer", "layer is encrypted", status=Status.NEEDS_REVIEW)


def devices(view: ImageView) -> Verdict:
    """Find device nodes in any layer, deleted ones too."""
    nodes = view.once(_nodes)
    odd = [node for node in nodes if node.severity != "info"]
    if nodes and not odd:
        summary = "only device nodes that every runtime makes"
        return Verdict(Status.PASS, "usual-device-nodes", summary, nodes)
    return judged(odd, "device-node", "device node")


def _without(view: ImageView, why: str) -> Iterator[Evidence]:
    for layer in view.layers:
        if layer.missing == why:
            yield Evidence(f"layer {layer.index} is {why}", "layer", layer=layer.index)


def _nodes(view: ImageView) -> tuple[Evidence, ...]:
    return tuple(_devices(view))


def _devices(view: ImageView) -> Iterator[Evidence]:
    count = {True: 0, False: 0}
    for layer in view.layers:
        kinds = view.tree.table(layer.index, ("kind",))
        if not any(kind in _DEVICES for (kind,) in kinds) or count[False] >= MOST:
            continue
        for entry in view.tree.layer(layer.index):
            if entry.device is not None and entry.kind in "cb":
                number = f"{entry.device[0]}:{entry.device[1]}"
                if (entry.kind, number) == _WHITEOUT:
                    continue
                node = _node(entry, number)
                is_usual = node.severity == "info"
                count[is_usual] += 1
                if count[is_usual] <= MOST:
                    yield node


def _node(entry: Entry, number: str) -> Evidence:
    block = entry.kind == "b"
    usual = not block and (entry.path, number) in _USUAL
    severity: Severity = "high" if block else "info" if usual else "medium"
    detail = f"{'block' if block else 'character'} device {number}"
    return of_entry(entry, detail, reason="made-by-runtimes" if usual else "", severity=severity)


CONTROLS = (
    Control(
        id="ocia-foreign-layer",
        short="foreign layers",
        automation="full",
        reads="media types and addresses of the layers in the manifest",
        decides="fails on a layer that is not distributable and not in the input",
        limits="a format without media types (docker save) does not tell such layers",
        remediation="build on a base whose layers a registry may hold",
        evaluate=foreign,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="ocia-encrypted-layer",
        short="encrypted layers",
        automation="full",
        reads="media types of the layers in the manifest",
        decides="a layer that is encrypted needs review: nothing in it was looked at",
        limits="what an encrypted layer holds",
        remediation="analyse the image before it is encrypted",
        evaluate=encrypted,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="ocia-device-node",
        short="device nodes",
        automation="full",
        reads="kinds of the members of every layer",
        decides="fails on every character or block device but overlayfs's whiteouts and the eight "
        "character devices that every runtime makes (null, zero, full, random, urandom, tty, "
        "console, ptmx with their own numbers)",
        limits="which devices a runtime lets a container use",
        remediation="RUN rm the node in the step that makes it; runtimes make /dev themselves",
        evaluate=devices,
        needs=frozenset({"filesystem"}),
        on_windows="meaningless",
    ),
)
