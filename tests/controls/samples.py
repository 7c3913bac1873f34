"""Samples: small images with the status that a control must give them.

A test module of a control keeps them as `SAMPLES`, by control id, and runs them with `obeys`;
`tests/architecture/test_controls.py` reads the same to see that none is missing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from ocianalyze.controls.catalogue import Listed, controls
from ocianalyze.controls.combined import settled
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.images import Layer, image

_OF_VIEW = ("bases", "secrets", "digests", "names", "provenances")
"""What a view is given after its layers were read."""


@dataclass(frozen=True)
class Sample:
    """One image, made when it is looked at, and what a control must say of it."""

    status: Status
    layers: Sequence[Layer | None]
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else `tests.images.image` is given: config, history, findings, os ...; `bases`,
    `secrets`, `digests`, `names` and `provenances` are the view's, `set` holds parameters."""
    reason: str = ""
    """The verdict's reason where it matters."""

    def view(self) -> ImageView:
        """Return the image as every observer and cataloger sees it."""
        later = (*_OF_VIEW, "set")
        about = {name: x for name, x in self.about.items() if name not in later}
        view = with_inventory(image(*self.layers, observers=observers(), **about))
        return replace(view, **{name: x for name, x in self.about.items() if name in _OF_VIEW})


Samples = Mapping[str, Sequence[Sample]]
"""By control id: the control's own, not the ids of the items that it answers."""


def passes(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image that a control passes."""
    return Sample(Status.PASS, layers, about, reason)


def fails(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image that a control fails."""
    return Sample(Status.FAIL, layers, about, reason)


def review(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image that a control leaves to people."""
    return Sample(Status.NEEDS_REVIEW, layers, about, reason)


def absent(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image to which a control does not apply."""
    return Sample(Status.NOT_APPLICABLE, layers, about, reason)


def unknown(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image whose evidence is missing."""
    return Sample(Status.NOT_EVALUATED, layers, about, reason)


def hints(*layers: Layer | None, reason: str = "", **about: Any) -> Sample:
    """Return an image that hints at what another party owns."""
    return Sample(Status.OUT_OF_SCOPE, layers, about, reason)


def obeys(samples: Samples) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Parametrize a test with `name` and `sample`; its body calls `holds(name, sample)`."""
    pairs = [
        pytest.param(name, sample, id=f"{name}-{number}-{sample.status}")
        for name, found in samples.items()
        for number, sample in enumerate(found)
    ]
    return pytest.mark.parametrize(("name", "sample"), pairs)


def holds(name: str, sample: Sample) -> Verdict:
    """Assert what a control says of a sample, as a scan would say it; return it for more."""
    control, item = listed(name)
    given = sample.about.get("set", {})
    name = control.id
    control = settled(control, lambda one: given if one.id == name else {})
    (result,) = evaluate(sample.view(), [(control, item)])
    said = result.verdict
    assert said.status is sample.status, f"{said.reason}: {said.summary}"
    assert said.reason == (sample.reason or said.reason)
    assert 0 < len(said.summary) <= 60, said.summary
    assert said.status is not Status.FAIL or said.evidence
    return said


def listed(name: str) -> Listed:
    """Return the control of an id."""
    return _by_id()[name]


@cache
def _by_id() -> Mapping[str, Listed]:
    return dict(_pairs())


def _pairs() -> Iterator[tuple[str, Listed]]:
    for control, item in controls():
        if item is None or item.id == control.id:
            yield control.id, (control, item)
