"""Several digests of one stream are those of its bytes."""

import hashlib

import pytest

from ocianalyze.blobs.hashes import Hashes

PIECES = [b"", b"abc", b"x" * 70_000, b"end"]


@pytest.mark.parametrize(
    "others", [(), ("sha512",), ("sha384", "sha512")], ids=["none", "one", "two"]
)
def test_digests_are_those_of_all_pieces_in_order(others: tuple[str, ...]) -> None:
    hashes = Hashes(others)
    for piece in PIECES:
        hashes.update(piece)
    whole = b"".join(PIECES)
    expected = [f"{name}:{hashlib.new(name, whole).hexdigest()}" for name in ("sha256", *others)]
    assert [*hashes.digests] == expected


def test_sha256_alone_is_the_hash_function_itself() -> None:
    """What every layer goes through costs no call more."""
    assert type(Hashes().update) is type(hashlib.sha256().update)
