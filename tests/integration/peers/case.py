"""One image on which other tools answer wrongly or do not look, what they say, and what is true.

The answers of dockle and of docker-bench, and those of trivy with a mark, follow from what their
documentation and code describe; the others of trivy were seen, and a test asks it again where it is
installed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.archives import Image
from tests.images import File, Layer, tar

_SHELL = File(b"#!/bin/busybox\n", mode=0o755)
ROOT = b"root:x:0:0:root:/root:/bin/sh\n"
APP = b"app:x:1000:1000::/home/app:/bin/sh\n"
BASE: Layer = {"etc/passwd": ROOT + APP, "etc/group": b"root:x:0:\n", "bin/sh": _SHELL}
FROM = ("/bin/sh -c #(nop) ADD file:0a in / ", '/bin/sh -c #(nop)  CMD ["/bin/sh"]')


@dataclass(frozen=True)
class Case:
    """One image, one question about it."""

    image: str
    """What is special about it, for people."""
    number: str
    """Of section 4 of the CIS Docker Benchmark, or the id of another item."""
    truth: str
    right: str
    """The status that fits the truth."""
    layers: Sequence[Layer] = (BASE,)
    config: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[str] = ("COPY rootfs / # buildkit",)
    """Steps of the author; empty ones are those that make no layer."""
    base: Sequence[str] = ()
    """Steps below them."""
    dockle: str = "-"
    trivy: str = "-"
    documented: bool = False
    """Whether trivy's answer was not seen, but follows from its documentation."""
    bench: str = "-"

    def archive(self) -> Image:
        """Return the image, to be written in any form."""
        steps = [{"created_by": line, "empty_layer": _is_empty(line)} for line in self.lines]
        config = {
            "os": "linux",
            "architecture": "amd64",
            "config": {"User": "1000", **self.config},
            "history": steps,
        }
        return Image([tar(layer) for layer in self.layers], config, names=["peer/case:1"])

    @property
    def lines(self) -> tuple[str, ...]:
        """All history lines."""
        return (*self.base, *self.history)


def _is_empty(line: str) -> bool:
    words = ("CMD", "USER", "HEALTHCHECK", "ENV", "LABEL", "ENTRYPOINT")
    return line.removeprefix("/bin/sh -c #(nop)").split()[0] in words


def runs_as(user: str) -> dict[str, Any]:
    """Return a default step and a config that name a user; docker-bench looks at no image's."""
    return {
        "config": {"User": user},
        "history": ("COPY rootfs / # buildkit", f"USER {user}"),
        "bench": "(running containers only)",
    }


def built(step: str, layer: Layer) -> dict[str, Any]:
    """Return one step of the author's with its layer, on a base of other people's."""
    return {"layers": (BASE, layer), "base": FROM, "history": (step,)}
