"""Git's objects, made by git itself where it is installed."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.detectors.secrets.inside.conftest import TEXT, TOKEN, Look

OTHER = b"acme_ba9876543210"


def packed(objects: list[bytes], count: int | None = None) -> bytes:
    header = b"PACK" + (2).to_bytes(4, "big")
    body = (
        header + (len(objects) if count is None else count).to_bytes(4, "big") + b"".join(objects)
    )
    return body + hashlib.sha1(body).digest()


def blob(data: bytes, kind: int = 3, base: bytes = b"") -> bytes:
    size, out = len(data), b""
    byte, size = kind << 4 | size & 15, size >> 4
    while size:
        out += bytes((byte | 0x80,))
        byte, size = size & 0x7F, size >> 7
    return out + bytes((byte,)) + base + zlib.compress(data)


def path_of(data: bytes) -> str:
    name = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return f"objects/{name[:2]}/{name[2:]} (blob)"


@pytest.fixture
def git(tool: Callable[[str], str], tmp_path: Path) -> Callable[..., bytes]:
    program = tool("git")
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}

    def run(*args: str) -> bytes:
        command = [program, "-c", "user.name=a", "-c", "user.email=a@b.test", *args]
        return subprocess.run(
            command, cwd=tmp_path, env=home, check=True, capture_output=True
        ).stdout

    run("init", "-q")
    return run


def test_a_loose_object_is_inflated_and_called_by_its_type(
    git: Callable[..., bytes], tmp_path: Path, look: Look
) -> None:
    (tmp_path / "env").write_bytes(TEXT)
    name = git("hash-object", "-w", "env").decode().strip()
    path = f".git/objects/{name[:2]}/{name[2:]}"
    (found,) = look(f"app/{path}", (tmp_path / path).read_bytes()).hits
    assert (found.inner, found.offset) == ("blob", 4)


def test_every_version_in_a_pack_is_found(
    git: Callable[..., bytes], tmp_path: Path, look: Look
) -> None:
    base = b"".join(b"line %d\n" % number for number in range(2_000))
    versions = [base + TEXT, base + b"changed\n", base + b"key=" + OTHER + b"\n" + base[:50]]
    for version in versions:
        (tmp_path / "env").write_bytes(version)
        git("add", "env")
        git("commit", "-q", "-m", "a version")
    git("gc", "-q", "--aggressive")
    (pack,) = (tmp_path / ".git/objects/pack").glob("*.pack")
    found = look("app/.git/objects/pack/pack-1.pack", pack.read_bytes(), step=777)
    told = {one.inner: one.offset for one in found.hits}
    assert told == {path_of(versions[0]): len(base) + 4, path_of(versions[2]): len(base) + 4}
    assert not found.unread


def test_a_difference_without_its_base_is_searched_and_told(look: Look) -> None:
    delta = bytes((0, len(TEXT), len(TEXT))) + TEXT
    found = look("x.pack", packed([blob(delta, 7, bytes(20))]))
    assert [one.masked for one in found.hits]
    assert [x.reason for x in found.unread] == [
        "is a difference from an object that is not at hand"
    ]


def test_a_bundle_is_a_pack_behind_its_references(
    git: Callable[..., bytes], tmp_path: Path, look: Look
) -> None:
    """The second begins where the first ends, and lacks what its difference is from."""
    base = b"".join(b"line %d\n" % number for number in range(2_000))
    for version in (base + TEXT, base + b"key=" + OTHER + b"\n"):
        (tmp_path / "env").write_bytes(version)
        git("add", "env")
        git("commit", "-q", "-m", "a version")
    whole, thin = (
        look("x.bundle", git("bundle", "create", f"--version={n}", "-q", "-", *revisions))
        for n, revisions in ((2, ["--all"]), (3, ["HEAD~1..HEAD"]))
    )
    assert len({one.id for one in whole.hits}) == 2
    assert not whole.unread
    assert {x.reason for x in thin.unread} == {"is a difference from an object that is not at hand"}


@pytest.mark.parametrize("text", [b"", b"0" * 40 + b" HEAD\n\n", b"\n\nno pack but text"])
def test_a_bundle_without_its_pack_is_told(text: bytes, look: Look) -> None:
    found = look("x.bundle", b"# v2 git bundle\n" + text)
    assert [one.reason for one in found.unread] == ["holds no pack where one belongs"] * bool(text)


@pytest.mark.parametrize(
    "delta",
    [
        b"",
        b"\xff" * 40,
        b"\x80" * 12,
        bytes((16, 0xFF, 0xFF, 0xFF, 3)) + b"\xff\0\0\0\0\xff\xff\xff" * 400,
        bytes((200, 1, 5)) + b"\x7f",
    ],
    ids=["empty", "ones", "length without end", "copies without end", "cut"],
)
def test_hostile_differences_do_no_harm(delta: bytes, look: Look) -> None:
    first = blob(b"nothing" * 9)
    found = look("x.pack", packed([first, blob(delta, 6, bytes((len(first),)))]))
    assert not found.hits


def test_a_pack_that_claims_more_objects_is_cut_off(look: Look) -> None:
    found = look("x.pack", packed([blob(TEXT)], count=0xFFFFFFFF))
    assert [one.inner for one in found.hits] == [path_of(TEXT)]
    assert found.unread


def test_an_object_too_large_to_hold_is_searched_as_it_passes(look: Look) -> None:
    data = b" " * (9 << 20) + TOKEN
    found = look("x.pack", packed([blob(data)]))
    assert [(one.inner, one.offset) for one in found.hits] == [("object at 12", 9 << 20)]
