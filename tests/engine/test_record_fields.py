"""A kept record holds every field of what it stands for: one that is forgotten is lost silently."""

from dataclasses import fields

import pytest

from ocianalyze.engine.record import Compared, Differing
from ocianalyze.model.verification import Difference, Verification


def test_every_field_of_a_comparison_is_kept() -> None:
    assert [one.name for one in fields(Compared)] == [one.name for one in fields(Verification)]


@pytest.mark.parametrize("name", Difference._fields)
def test_every_field_of_a_difference_is_kept(name: str) -> None:
    kept = {one.name for one in fields(Differing)}
    assert ("at" if name == "entry" else name) in kept
