"""The interpreter line of a script, however its bytes arrive."""

import pytest

from ocianalyze.detectors.shebang import OBSERVER, words
from ocianalyze.layers.observer import Seen
from tests.taps import fed


def _line(content: bytes, mode: int = 0o755, size: int = 1 << 20) -> bytes | None:
    tap = OBSERVER.open(Seen(b"run", len(content), mode), memoryview(content[:512]))
    return fed(tap, content, size)


@pytest.mark.parametrize("size", [1, 5, 1 << 20])
def test_the_first_line_is_kept(size: int) -> None:
    assert _line(b"#! /usr/bin/env -S python3 -u\nimport os\n", size=size) == (
        b"/usr/bin/env -S python3 -u"
    )


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        pytest.param(b"#!/bin/sh\n", 0o644, id="not-executable"),
        pytest.param(b"#!\n", 0o755, id="empty-line"),
        pytest.param(b"\x7fELF", 0o755, id="no-script"),
    ],
)
def test_what_starts_no_interpreter_is_not_kept(content: bytes, mode: int) -> None:
    assert _line(content, mode) is None


def test_a_line_is_kept_as_far_as_linux_reads_it() -> None:
    line = _line(b"#!/" + b"a" * 10_000)
    assert line is not None
    assert len(line) <= 256


def test_odd_bytes_do_not_break_the_words() -> None:
    assert words(b"/bin/\xff -x") == ("/bin/\\xff", "-x")
