"""Documents against their models: bounded first, and refused by their first error."""

import time
from typing import Any

import pytest

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.oci import Index, Manifest
from ocianalyze.model.validated import excesses, validated

_DIGEST = f"sha256:{'a' * 64}"
_BLOB: dict[str, Any] = {"digest": _DIGEST, "size": 1}


def test_a_document_within_its_limits_is_read() -> None:
    value = {"config": _BLOB, "layers": [_BLOB, _BLOB], "annotations": {"a": "b"}}
    assert len(validated(Manifest, value, Limits(document_items=2)).layers) == 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"config": _BLOB, "layers": [_BLOB] * 3}, "/layers has 3 entries, more than 2"),
        ({"config": _BLOB, "annotations": dict.fromkeys("abc", 1)}, "/annotations has 3"),
        ({"config": _BLOB | {"urls": [1, 2, 3]}}, "/config/urls has 3"),
        ({"config": _BLOB, "layers": [_BLOB | {"urls": [1, 2, 3]}]}, "/layers/0/urls has 3"),
    ],
)
def test_the_field_the_number_and_the_limit_are_told(value: dict[str, Any], words: str) -> None:
    with pytest.raises(LimitExceeded, match=words) as caught:
        validated(Manifest, value, Limits(document_items=2))
    assert "--limit document-items=N allows more" in str(caught.value)


def test_what_no_model_names_is_not_counted() -> None:
    value = {"config": _BLOB | {"other": [1, 2, 3]}, "others": [1, 2, 3], "a": 1, "b": 2, "c": 3}
    assert not list(excesses(value, Manifest, Limits(document_items=2)))
    assert not list(excesses(7, Index, DEFAULT))


def test_the_first_error_alone_is_told() -> None:
    with pytest.raises(MalformedImage) as caught:
        validated(Manifest, {"config": _BLOB, "layers": [7, 8]}, DEFAULT, "manifest")
    assert caught.value.message.startswith("manifest is malformed: /layers/0: ")
    with pytest.raises(MalformedImage, match=r"^/config: "):
        validated(Manifest, {"layers": []}, DEFAULT)


def test_a_wrong_layer_ends_the_reading_of_layers() -> None:
    """Each has as many wrong annotations as are allowed."""
    wrong = _BLOB | {"annotations": {str(number): 7 for number in range(250)}}
    began = time.process_time()
    with pytest.raises(MalformedImage, match="/layers/0/annotations/0"):
        validated(Manifest, {"config": _BLOB, "layers": [wrong] * 1000}, DEFAULT)
    assert time.process_time() - began < 1
