"""What looks like a secret, and what is one."""

from tests.integration.peers.case import BASE, Case, built
from tests.tokens import ec_key, github_token

_TOKEN = github_token()

CASES = (
    Case(
        image="`apk add libcrypto3=3.1.4-r1` in the history",
        number="4.10",
        truth="a version, no secret",
        right="pass",
        dockle="fail",
        trivy="pass",
        **built(
            "RUN /bin/sh -c apk add --no-cache libcrypto3=3.1.4-r1 # buildkit",
            {"lib/apk/db/scripts.tar": b""},
        ),
    ),
    Case(
        image="`access.log = /dev/stdout` in the history",
        number="4.10",
        truth="a file's name, no secret",
        right="pass",
        dockle="fail",
        trivy="pass",
        **built(
            "RUN /bin/sh -c echo access.log=/dev/stdout >> /etc/app.conf # buildkit",
            {"etc/app.conf": b"access.log = /dev/stdout\n"},
        ),
    ),
    Case(
        image="`ENV GPG_KEY` with a fingerprint",
        number="4.10",
        truth="public",
        right="pass",
        config={"Env": ["GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305"]},
        history=(
            "COPY rootfs / # buildkit",
            "ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
        ),
        dockle="fail",
        trivy="pass",
    ),
    Case(
        image="`.env` without a secret",
        number="4.10",
        truth="settings",
        right="pass",
        dockle="fail",
        trivy="pass",
        **built("COPY .env /app/.env # buildkit", {"app/.env": b"MODE=production\n"}),
    ),
    Case(
        image="a token in Env that the history does not show",
        number="4.10",
        truth="a secret",
        right="fail",
        config={"Env": [f"GH_AUTH={_TOKEN}"]},
        dockle="pass",
        trivy="fail",
    ),
    Case(
        image="a token in a file of the program",
        number="4.10",
        truth="a secret",
        right="fail",
        layers=(BASE, {"app/main.py": f'CLIENT = login("{_TOKEN}")\n'.encode()}),
        history=("COPY rootfs / # buildkit", "COPY app /app # buildkit"),
        dockle="pass",
        trivy="pass",
    ),
    Case(
        image="a private key that a later layer deletes",
        number="4.10",
        truth="whoever has the image has the key",
        right="fail",
        layers=(BASE, {"app/id_ecdsa": ec_key()}, {"app/.wh.id_ecdsa": b""}),
        history=(
            "COPY rootfs / # buildkit",
            "COPY id_ecdsa /app/ # buildkit",
            "RUN /bin/sh -c rm /app/id_ecdsa # buildkit",
        ),
        dockle="pass",
        trivy="pass",
    ),
    Case(
        image="a private key in a file",
        number="4.10",
        truth="a secret",
        right="fail",
        layers=(BASE, {"app/settings.txt": ec_key()}),
        history=("COPY rootfs / # buildkit", "COPY settings.txt /app/ # buildkit"),
        dockle="pass",
        trivy="pass",
    ),
)
