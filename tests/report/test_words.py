"""History lines read nearly as the Dockerfile had them; fates are sentences."""

import pytest

from ocianalyze.model.entry import State
from ocianalyze.report.words import brief, fate, joined, undecorated


@pytest.mark.parametrize(
    ("created_by", "line"),
    [
        ("RUN |1 CHANNEL=stable /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ('/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("COPY . /app # buildkit", "COPY . /app"),
        ("apt-get update", "apt-get update"),
        (f"/bin/sh -c #(nop) ADD file:{'0a' * 32} in / ", f"ADD file:{'0a' * 32} in /"),
        ("EXPOSE [80/tcp 443/tcp]", "EXPOSE 80/tcp 443/tcp"),
        ("EXPOSE map[80/tcp:{} 53/udp:{}]", "EXPOSE 80/tcp 53/udp"),
        ("/bin/sh -c #(nop)  VOLUME [/data]", "VOLUME /data"),
        ('VOLUME ["/data"]', 'VOLUME ["/data"]'),
        (
            'HEALTHCHECK &{["CMD" "curl" "-f" "a\\"b"] "30s" "3s" "0s" "0s" \'\\x03\'} # buildkit',
            'HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD ["curl", "-f", "a\\"b"]',
        ),
        (
            'HEALTHCHECK &{["CMD-SHELL" "test \\"$A\\" || exit 1"] "0s" "0s" "1m0s" \'\\n\'}',
            'HEALTHCHECK --start-period=1m0s --retries=10 CMD test "$A" || exit 1',
        ),
        ('HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}', "HEALTHCHECK NONE"),
        ('HEALTHCHECK &{["CMD" "x"] "30s" "3', 'HEALTHCHECK &{["CMD" "x"] "30s" "3'),
        ("", ""),
    ],
)
def test_what_builders_add_is_left_out(created_by: str, line: str) -> None:
    """For people alone; documents keep the line."""
    assert undecorated(created_by) == line


@pytest.mark.parametrize("after", ["", "..."])
def test_a_digest_that_is_cut_says_so(after: str) -> None:
    assert brief(f"ENV SHA={'0a' * 20}{after}") == "ENV SHA=0a0a0a0a0a0a..."
    assert brief("ENV SHA=0a0a0a0a0a0a") == "ENV SHA=0a0a0a0a0a0a"


def test_indentation_is_one_blank() -> None:
    assert joined("RUN set -eux; \t\tapt-get  update") == "RUN set -eux; apt-get update"


@pytest.mark.parametrize(
    ("state", "layer", "text"),
    [
        (State.VISIBLE, 3, "layer 3"),
        (State.DELETED, 3, "layer 3, deleted by a later layer"),
        (State.OVERWRITTEN, None, "overwritten by a later layer"),
        (None, None, ""),
    ],
)
def test_a_fate_says_where_and_what(state: State | None, layer: int | None, text: str) -> None:
    """Nothing is said of what is simply there."""
    assert fate(state, layer) == text
