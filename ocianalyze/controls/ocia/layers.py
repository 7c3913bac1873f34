"""Layers whose bytes are elsewhere, cannot be read, or hold device nodes."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.ocia._say import MOST, judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_DEVICES = frozenset({"character-device", "block-device"})
_WHITEOUT = ("c", "0:0")
"""overlayfs stores a whiteout as a character device with this number."""


def foreign(view: ImageView) -> Verdict:
    """Find layers that a registry need not hold."""
    return judged(_without(view, "foreign"), "foreign-layer", "layer is elsewhere")


def encrypted(view: ImageView) -> Verdict:
    """Find layers that nobody without a key can read."""
    found = _without(view, "encrypted")
    return judged(found, "encrypted-layer", "layer is encrypted", status=Status.NEEDS_REVIEW)


def devices(view: ImageView) -> Verdict:
    """Find device nodes in any layer, deleted ones too."""
    return judged(view.once(_nodes), "device-node", "device node")


def _without(view: ImageView, why: str) -> Iterator[Evidence]:
    for layer in view.layers:
        if layer.missing == why:
            yield Evidence(f"layer {layer.index} is {why}", "layer", layer=layer.index)


def _nodes(view: ImageView) -> tuple[Evidence, ...]:
    return tuple(_devices(view))


def _devices(view: ImageView) -> Iterator[Evidence]:
    count = 0
    for layer in view.layers:
        kinds = view.tree.table(layer.index, ("kind",))
        if not any(kind in _DEVICES for (kind,) in kinds) or count >= MOST:
            continue
        for entry in view.tree.layer(layer.index):
            if entry.device is not None and entry.kind in "cb":
                number = f"{entry.device[0]}:{entry.device[1]}"
                if (entry.kind, number) != _WHITEOUT and (count := count + 1) <= MOST:
                    yield Evidence(
                        f"{'block' if entry.kind == 'b' else 'character'} device {number}",
                        path=entry.path,
                        layer=entry.layer,
                        state=entry.state,
                        severity="high" if entry.kind == "b" else "medium",
                    )


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
        decides="fails on every character or block device but overlayfs's whiteouts",
        limits="which devices a runtime lets a container use",
        remediation="RUN rm the node in the step that makes it; runtimes make /dev themselves",
        evaluate=devices,
        needs=frozenset({"filesystem"}),
    ),
)
