"""Images on which other tools are known to answer wrongly, what they say, and what is true.

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
_ROOT = b"root:x:0:0:root:/root:/bin/sh\n"
_APP = b"app:x:1000:1000::/home/app:/bin/sh\n"
BASE: Layer = {"etc/passwd": _ROOT + _APP, "etc/group": b"root:x:0:\n", "bin/sh": _SHELL}
FROM = ("/bin/sh -c #(nop) ADD file:0a in / ", '/bin/sh -c #(nop)  CMD ["/bin/sh"]')
_SETUID_ROOT = bytes.fromhex("0100000280000000000000000000000000000000")
"""security.capability, version 2, effective: cap_setuid."""


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
    """Return a default step and a config that name a user."""
    return {"config": {"User": user}, "history": ("COPY rootfs / # buildkit", f"USER {user}")}


_HEALTHY = {"Test": ["CMD", "/app", "--health"]}
_TOOR = _ROOT + b"toor:x:0:0::/root:/bin/sh\n"
_APT = "RUN /bin/sh -c apt-get update; # buildkit"

FIRST = (
    Case(
        image="`USER 0:0`",
        number="4.1",
        truth="uid 0 is root",
        right="fail",
        dockle="pass",
        trivy="fail",
        bench="(running containers only)",
        **runs_as("0:0"),
    ),
    Case(
        image="`USER 00`",
        number="4.1",
        truth="the runtime reads a number: root",
        right="fail",
        dockle="pass",
        trivy="pass",
        bench="(running containers only)",
        **runs_as("00"),
    ),
    Case(
        image="`USER toor`, uid 0 in /etc/passwd",
        number="4.1",
        truth="another name of root",
        right="fail",
        layers=({**BASE, "etc/passwd": _TOOR},),
        dockle="pass",
        trivy="pass",
        bench="(running containers only)",
        **runs_as("toor"),
    ),
    Case(
        image="a line of /etc/passwd without fields",
        number="4.1",
        truth="the line means nothing; `USER 1000` is not root",
        right="pass",
        layers=({**BASE, "etc/passwd": _ROOT + b"broken\n" + _APP},),
        dockle="stops with a panic",
        trivy="pass",
        bench="(running containers only)",
        **runs_as("1000"),
    ),
    Case(
        image="`HEALTHCHECK NONE`",
        number="4.6",
        truth="it switches the base's check off",
        right="fail",
        config={"Healthcheck": {"Test": ["NONE"]}},
        history=("COPY rootfs / # buildkit", 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" \'\\x00\'}'),
        dockle="pass",
        trivy="pass",
        bench="pass",
    ),
    Case(
        image="a health check that came with the base",
        number="4.6",
        truth="the container has it",
        right="pass",
        config={"Healthcheck": _HEALTHY},
        layers=(BASE, {"app": File(b"\x7fELF", mode=0o755)}),
        base=(
            FROM[0],
            '/bin/sh -c #(nop)  HEALTHCHECK &{["CMD" "/app" "--health"] "0s" "0s" "0s" \'\\x00\'}',
            FROM[1],
        ),
        history=("COPY app /app # buildkit", "USER 1000"),
        dockle="pass",
        trivy="fail",
        bench="pass",
    ),
    Case(
        image="`RUN apk update`, nothing installed",
        number="4.7",
        truth="an update alone",
        right="fail",
        layers=(BASE, {"lib/apk/db/scripts.tar": b""}),
        base=FROM,
        history=("RUN /bin/sh -c apk update # buildkit",),
        dockle="pass",
        trivy="fail",
        documented=True,
        bench="fail",
    ),
    Case(
        image="`RUN apt-get update;` with the semicolon glued on",
        number="4.7",
        truth="an update alone",
        right="fail",
        layers=(BASE, {"var/lib/apt/lists/lock": b""}),
        base=FROM,
        history=(_APT,),
        dockle="pass",
        trivy="fail",
        documented=True,
        bench="fail",
    ),
    Case(
        image="`COPY update.sh`",
        number="4.7",
        truth="a file of that name",
        right="pass",
        layers=(BASE, {"update.sh": b"x"}),
        base=FROM,
        history=("COPY update.sh / # buildkit",),
        dockle="pass",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="no history",
        number="4.7",
        truth="nobody can tell",
        right="not-evaluated",
        history=(),
        dockle="pass",
        trivy="pass",
        bench="pass",
    ),
    Case(
        image="a set-id file under an opaque whiteout",
        number="4.8",
        truth="the container does not have it",
        right="pass",
        layers=(
            {**BASE, "opt/old/su": File(b"\x7fELF", mode=0o4755)},
            {"opt/old/.wh..wh..opq": b"", "opt/old/new": b"x"},
        ),
        base=FROM,
        history=("COPY old /opt/old # buildkit",),
        dockle="fail",
    ),
    Case(
        image="no set-id bit, but the capability cap_setuid",
        number="4.8",
        truth="it becomes root as a set-id file does",
        right="fail",
        layers=(
            {
                **BASE,
                "usr/bin/tool": File(
                    b"\x7fELF", mode=0o755, xattrs={"security.capability": _SETUID_ROOT}
                ),
            },
        ),
        dockle="pass",
    ),
    Case(
        image="one `ADD` of a file, base made by COPY",
        number="4.9",
        truth="ADD where COPY would do",
        right="fail",
        layers=(BASE, {"app.py": b"x"}),
        history=("COPY rootfs / # buildkit", "ADD app.py /app.py # buildkit"),
        dockle="pass",
        trivy="fail",
        documented=True,
        bench="fail",
    ),
    Case(
        image="`RUN echo ADD buildkit`",
        number="4.9",
        truth="no ADD",
        right="pass",
        layers=(BASE, {"note": b"x"}),
        base=FROM,
        history=("RUN /bin/sh -c echo ADD buildkit # buildkit",),
        dockle="fail",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`ADD`, as kaniko writes it, without a mark of the builder",
        number="4.9",
        truth="ADD where COPY would do",
        right="fail",
        layers=(BASE, {"app.py": b"x"}),
        history=("COPY rootfs /", "ADD app.py /app.py"),
        dockle="pass",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`ADD`, `CMD`, then `RUN`, all in one stage",
        number="4.9",
        truth="ADD where COPY would do",
        right="fail",
        layers=(BASE, {"app.py": b"x"}, {"app.py": File(b"x", mode=0o755)}),
        history=(
            "COPY rootfs / # buildkit",
            "ADD app.py /app.py # buildkit",
            'CMD ["/app.py"]',
            "RUN /bin/sh -c chmod +x /app.py # buildkit",
            "USER 1000",
        ),
        dockle="pass",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`apk add libcrypto3=3.1.4-r1` in the history",
        number="4.10",
        truth="a version, no secret",
        right="pass",
        layers=(BASE, {"lib/apk/db/scripts.tar": b""}),
        base=FROM,
        history=("RUN /bin/sh -c apk add --no-cache libcrypto3=3.1.4-r1 # buildkit",),
        dockle="fail",
        trivy="pass",
    ),
)
