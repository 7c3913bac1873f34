"""Layers that are elsewhere or encrypted, and device nodes in any layer."""

from dataclasses import replace

from ocianalyze.model.finding import Status
from tests.controls.samples import (
    Sample,
    Samples,
    fails,
    holds,
    listed,
    obeys,
    passes,
    unknown,
)
from tests.images import File, Layer, image

ROOT: Layer = {"etc/hostname": b"box"}
NODE = File(kind="b", mode=0o660)

SAMPLES: Samples = {
    "ocia-foreign-layer": (passes(ROOT), unknown(ROOT, None)),
    "ocia-encrypted-layer": (passes(ROOT),),
    "ocia-device-node": (passes(ROOT), fails({**ROOT, "dev/sda": NODE}), unknown(ROOT, None)),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_a_layer_is_told_by_why_it_is_missing() -> None:
    """Foreign ones fail; of encrypted ones nobody knows what they hold."""
    view = image(ROOT, None)
    for why, name, status in (
        ("foreign", "ocia-foreign-layer", Status.FAIL),
        ("encrypted", "ocia-encrypted-layer", Status.NEEDS_REVIEW),
    ):
        layers = (view.layers[0], replace(view.layers[1], missing=why))
        verdict = listed(name)[0].evaluate(replace(view, layers=layers))
        assert verdict.status is status
        assert [x.layer for x in verdict.evidence] == [1]


def test_a_node_that_a_later_layer_removed_is_told() -> None:
    """Whoever has the layer has the node; a whiteout of overlayfs is none."""
    verdict = listed("ocia-device-node")[0].evaluate(
        image({"dev/sda": NODE, "x": File(kind="c")}, {"dev/.wh.sda": b""})
    )
    assert verdict.status is Status.FAIL
    assert {x.state.value for x in verdict.evidence if x.path == "dev/sda"} == {"deleted"}


def test_nodes_that_every_runtime_makes_are_no_fault() -> None:
    """Debian's tools make them; another number or place is another device."""
    usual = {"dev/null": File(kind="c", device=(1, 3)), "dev/tty": File(kind="c", device=(5, 0))}
    evaluate = listed("ocia-device-node")[0].evaluate
    assert evaluate(image(usual)).status is Status.PASS
    for path, node in (
        ("dev/null", File(kind="c", device=(1, 1))),
        ("dev/mem", File(kind="c", device=(1, 1))),
        ("srv/null", File(kind="c", device=(1, 3))),
        ("dev/zero", File(kind="b", device=(1, 5))),
    ):
        verdict = evaluate(image({**usual, path: node}))
        assert verdict.status is Status.FAIL
        assert path in verdict.summary
