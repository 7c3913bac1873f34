"""What lies in an image: packages, set-id files, what signs it."""

from hashlib import md5

from tests.images import File, Layer
from tests.integration.peers.case import BASE, FROM, Case

_SETUID_ROOT = bytes.fromhex("0100000280000000000000000000000000000000")
"""security.capability, version 2, effective: cap_setuid."""
_PROGRAM = b"\x7fELF program"
_SUM = md5(_PROGRAM, usedforsecurity=False).hexdigest()
_STATUS = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
_RELEASE: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}


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

CASES = (
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
        image="Debian's own `su`, as its package ships it",
        number="4.8",
        truth="set-id, though not the author's doing",
        right="fail",
        layers=(_package("util-linux", "usr/bin/su", _SU),),
        dockle="fail",
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
)
