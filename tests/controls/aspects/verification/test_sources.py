"""Sources that nobody fixed by a digest are told when a step builds them, and only then."""

import pytest

from ocianalyze.controls.aspects.verification.sources import Sources
from ocianalyze.layers.history import read_history
from ocianalyze.model.oci import HistoryEntry

COMMIT = "deadbeef" * 5
CLONE = "RUN /bin/sh -c git clone https://a.example/tool.git # buildkit"
MAKE = "RUN /bin/sh -c make -C tool install # buildkit"


def _told(*lines: str) -> list[str]:
    """Return what is told of the steps, in their order."""
    entries = [HistoryEntry(created_by=line) for line in lines]
    sources = Sources()
    told: list[str] = []
    for step in read_history(entries, len(lines)).steps:
        if step.instruction == "WORKDIR":
            sources.home = step.text
        told += (off.detail for off in sources.built(step, is_checked=False))
    return told


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((CLONE, MAKE), id="named-in-a-later-step"),
        pytest.param((CLONE, "WORKDIR /tool", "RUN make install"), id="working-directory"),
        pytest.param(
            ("WORKDIR /src", "RUN git clone https://a.example/tool .", "RUN make"),
            id="into-the-working-directory",
        ),
        pytest.param((CLONE, "RUN tool/install.sh"), id="run-in-a-later-step"),
        pytest.param(
            (f"RUN |1 OTHER={COMMIT} /bin/sh -c git clone https://a.example/tool; make",),
            id="argument-that-is-not-used",
        ),
    ],
)
def test_what_is_built_from_loose_sources_is_told_once(steps: tuple[str, ...]) -> None:
    (detail,) = _told(*steps)
    assert detail.startswith("git https://a.example/tool")
    assert "built by" in detail


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((CLONE,), id="only-fetched"),
        pytest.param((MAKE,), id="nothing-fetched"),
        pytest.param((CLONE, "RUN npm ci"), id="something-else-in-a-later-step"),
        pytest.param(
            (f"RUN git clone https://a.example/tool && git -C tool checkout {COMMIT}", MAKE),
            id="fixed-when-fetched",
        ),
        pytest.param(
            (CLONE, f"RUN git -C tool reset --hard {COMMIT} && make -C tool"), id="fixed-later"
        ),
        pytest.param(
            (f"RUN |1 S={COMMIT} /bin/sh -c git clone https://a.example/x; git checkout $S; make",),
            id="fixed-by-an-argument",
        ),
    ],
)
def test_fixed_and_unused_sources_are_not_told(steps: tuple[str, ...]) -> None:
    assert _told(*steps) == []


def test_addresses_are_shown_without_what_may_be_secret() -> None:
    line = "RUN git clone https://user:hunter2@a.example/tool && make -C tool"
    assert "hunter2" not in repr(_told(line))


def test_many_directories_cost_no_more_than_those_kept() -> None:
    lines = [f"RUN git clone https://a.example/t{number}" for number in range(500)]
    assert _told(*lines, "RUN make -C t0") == []
    assert len(_told(*lines, "RUN make -C t499")) == 1
