"""RC2 gives what RFC 2268, 5, says, and back what OpenSSL encrypts."""

import shutil
import subprocess

import pytest

from ocianalyze.detectors.rc2 import BLOCK, Rc2

VECTORS = [
    ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
    ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
    ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
]
"""Of those, the ones in which all bits of the key count."""


@pytest.mark.parametrize(("key", "plain", "encrypted"), VECTORS)
def test_a_block_is_what_the_specification_says(key: str, plain: str, encrypted: str) -> None:
    found = Rc2(bytes.fromhex(key)).decrypted(bytes.fromhex(encrypted), bytes(BLOCK))
    assert found.hex() == plain


@pytest.mark.parametrize(
    ("cipher", "size"), [("rc2-40-cbc", 5), ("rc2-64-cbc", 8), ("rc2-cbc", 16)]
)
def test_what_openssl_encrypts_comes_back(cipher: str, size: int) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl on this machine")
    key, start, plain = bytes(range(7, 7 + size)), bytes(range(90, 98)), bytes(range(256)) * 3
    options = ["-K", key.hex(), "-iv", start.hex(), "-nopad"]
    options += ["-provider", "legacy", "-provider", "default"]
    done = subprocess.run(
        [program, "enc", f"-{cipher}", *options], input=plain, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this openssl has no RC2: {done.stderr.decode()[:200]}")
    assert Rc2(key).decrypted(done.stdout, start) == plain


def test_nothing_is_nothing() -> None:
    assert Rc2(b"12345").decrypted(b"", bytes(BLOCK)) == b""
