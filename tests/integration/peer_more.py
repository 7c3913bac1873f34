"""More images on which other tools answer wrongly, or do not look at all."""

from hashlib import md5

from tests.images import File, Layer
from tests.integration.peer_images import BASE, FIRST, FROM, Case, runs_as
from tests.tokens import ec_key, github_token

_PROGRAM = b"\x7fELF program"
_SUM = md5(_PROGRAM, usedforsecurity=False).hexdigest()
_STATUS = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
_RELEASE: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
_RUNNING = "(running containers only)"
_OWN_SHELL = "(its own environment)"


def _package(name: str, path: str, file: File) -> Layer:
    """Return an image of Debian with one package of one file."""
    info = "var/lib/dpkg/info"
    return {
        **BASE,
        **_RELEASE,
        path: file,
        "var/lib/dpkg/status": _STATUS.format(name).encode(),
        f"{info}/{name}.list": f"/{path}\n".encode(),
        f"{info}/{name}.md5sums": f"{_SUM}  {path}\n".encode(),
    }


_SU = File(_PROGRAM, mode=0o4755)
_TOKEN = github_token()

MORE = (
    Case(
        image="`USER root:root`",
        number="4.1",
        truth="root",
        right="fail",
        dockle="pass",
        trivy="fail",
        bench=_RUNNING,
        **runs_as("root:root"),
    ),
    Case(
        image="any image, no policy",
        number="4.2",
        truth="whom to trust is for people to say",
        right="needs-review",
        layers=(BASE, {"app": b"x"}),
        base=FROM,
        history=("COPY app /app # buildkit",),
    ),
    Case(
        image="a compiler that nothing needs",
        number="4.3",
        truth="not needed to run",
        right="fail",
        layers=(_package("gcc-12", "usr/bin/gcc-12", File(_PROGRAM, mode=0o755)),),
    ),
    Case(
        image="any image, no vulnerability database at hand",
        number="4.4",
        truth="nobody can tell",
        right="not-evaluated",
        layers=(_package("base", "usr/bin/base", File(_PROGRAM, mode=0o755)),),
        trivy="pass",
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
        image="a HEALTHCHECK of the history that the config does not have (buildah, OCI)",
        number="4.6",
        truth="the format dropped it: the container has none",
        right="fail",
        history=("COPY rootfs /", "/bin/sh -c #(nop) HEALTHCHECK CMD /app --health"),
        dockle="fail",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`RUN microdnf makecache`, nothing installed",
        number="4.7",
        truth="an update alone",
        right="fail",
        layers=(BASE, {"var/cache/yum/x": b""}),
        base=FROM,
        history=("RUN /bin/sh -c microdnf makecache # buildkit",),
        dockle="pass",
        trivy="pass",
        bench="pass",
    ),
    Case(
        image="`RUN apt-get update` by another shell, `SHELL` of the Dockerfile",
        number="4.7",
        truth="an update alone",
        right="fail",
        layers=(BASE, {"var/lib/apt/lists/lock": b""}),
        base=FROM,
        history=("RUN /bin/bash -o pipefail -c apt-get update # buildkit",),
        dockle="pass",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`apt-get clean && apt list`",
        number="4.7",
        truth="no update",
        right="pass",
        layers=(BASE, {"var/lib/apt/lists/lock": b""}),
        base=FROM,
        history=("RUN /bin/sh -c apt-get clean && apt list # buildkit",),
        dockle="fail",
        trivy="pass",
        bench="pass",
    ),
    Case(
        image="`apt-get update` in a heredoc",
        number="4.7",
        truth="an update alone",
        right="fail",
        layers=(BASE, {"var/lib/apt/lists/lock": b""}),
        base=FROM,
        history=("RUN /bin/sh -c bash <<EOF\napt-get update;\nEOF\n # buildkit",),
        dockle="pass",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="Debian's own `su`, as its package ships it",
        number="4.8",
        truth="set-id, though not the author's doing",
        right="fail",
        layers=(_package("util-linux", "usr/bin/su", _SU),),
        dockle="fail",
    ),
    Case(
        image="`ADD` of an archive, which it unpacks",
        number="4.9",
        truth="COPY alone would not do",
        right="needs-review",
        layers=(BASE, {"opt/app/x": b"x", "opt/app/y": b"y"}),
        base=FROM,
        history=("ADD app.tar.gz /opt/app # buildkit",),
        dockle="fail",
        trivy="pass",
        bench="fail",
    ),
    Case(
        image="`access.log = /dev/stdout` in the history",
        number="4.10",
        truth="a file's name, no secret",
        right="pass",
        layers=(BASE, {"etc/app.conf": b"access.log = /dev/stdout\n"}),
        base=FROM,
        history=("RUN /bin/sh -c echo access.log=/dev/stdout >> /etc/app.conf # buildkit",),
        dockle="fail",
        trivy="pass",
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
        layers=(BASE, {"app/.env": b"MODE=production\n"}),
        base=FROM,
        history=("COPY .env /app/.env # buildkit",),
        dockle="fail",
        trivy="pass",
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
    Case(
        image="a package's program with other bytes",
        number="4.11",
        truth="not what the package brought",
        right="fail",
        layers=(_package("base", "usr/bin/base", File(b"\x7fELF other", mode=0o755)),),
    ),
    Case(
        image="no signature, no attestation",
        number="4.12",
        truth="most ways to save an image drop both: nobody can tell",
        right="not-evaluated",
    ),
    Case(
        image="`apt-get dist-clean` after an installation",
        number="dockle-DKL-DI-0005",
        truth="it deletes the lists",
        right="pass",
        layers=(BASE, {"usr/bin/x": b"x"}),
        base=FROM,
        history=(
            "RUN /bin/sh -c apt-get update && apt-get install x && apt-get dist-clean # buildkit",
        ),
        dockle="fail",
    ),
    Case(
        image="lists of apt in a cache mount",
        number="dockle-DKL-DI-0005",
        truth="no layer has them",
        right="pass",
        layers=(BASE, {"usr/bin/x": b"x"}),
        base=FROM,
        history=("RUN /bin/sh -c apt-get update && apt-get install -y x # buildkit",),
        dockle="fail",
    ),
)
CASES = tuple(sorted((*FIRST, *MORE), key=lambda case: (len(case.number), case.number)))
"""All of them, in the order of their items."""
