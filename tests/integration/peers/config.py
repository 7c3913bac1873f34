"""What the config of an image says: its user, its base, its health check."""

from tests.images import File
from tests.integration.peers.case import APP, BASE, FROM, ROOT, Case, built, runs_as

_HEALTHY = {"Test": ["CMD", "/app", "--health"]}
_TOOR = ROOT + b"toor:x:0:0::/root:/bin/sh\n"
_OWN_SHELL = "(its own environment)"

CASES = (
    Case(
        image="`USER 0:0`",
        number="4.1",
        truth="uid 0 is root",
        right="fail",
        dockle="pass",
        trivy="fail",
        **runs_as("0:0"),
    ),
    Case(
        image="`USER 00`",
        number="4.1",
        truth="the runtime reads a number: root",
        right="fail",
        dockle="pass",
        trivy="pass",
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
        **runs_as("toor"),
    ),
    Case(
        image="a line of /etc/passwd without fields",
        number="4.1",
        truth="the line means nothing; `USER 1000` is not root",
        right="pass",
        layers=({**BASE, "etc/passwd": ROOT + b"broken\n" + APP},),
        dockle="stops with a panic",
        trivy="pass",
        **runs_as("1000"),
    ),
    Case(
        image="`USER root:root`",
        number="4.1",
        truth="root",
        right="fail",
        dockle="pass",
        trivy="fail",
        **runs_as("root:root"),
    ),
    Case(
        image="any image, no policy",
        number="4.2",
        truth="whom to trust is for people to say",
        right="needs-review",
        **built("COPY app /app # buildkit", {"app": b"x"}),
    ),
    Case(
        image="any image",
        number="4.5",
        truth="a setting of whoever pulls, not of the image",
        right="out-of-scope",
        dockle=_OWN_SHELL,
        bench=_OWN_SHELL,
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
        image="a HEALTHCHECK of the history that the config does not have (buildah, OCI)",
        number="4.6",
        truth="the format dropped it: the container has none",
        right="fail",
        history=("COPY rootfs /", "/bin/sh -c #(nop) HEALTHCHECK CMD /app --health"),
        dockle="fail",
        trivy="pass",
        bench="fail",
    ),
)
