"""How much is installed, what documents say of it, and what nobody vouches for."""

import json

from tests.controls.roots import DEBIAN as ROOT
from tests.controls.roots import STATUS
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer

OWN: Layer = {**ROOT, "usr/bin/own": File(b"\x7fELF", mode=0o755)}


def _sbom(*purls: str) -> Layer:
    components = [{"type": "library", "name": "x", "purl": purl} for purl in purls]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    return {**ROOT, "sbom.json": json.dumps(document).encode()}


def _shipped(*purls: str) -> Layer:
    """Return a wheel with a document about what is compiled into it (PEP 770)."""
    home = "usr/lib/python3/dist-packages/a-1.dist-info"
    place = f"{home}/sboms/a.cyclonedx.json"
    files = f"{home}/METADATA,,\n{place.removeprefix('usr/lib/python3/dist-packages/')},,\n"
    return {
        **ROOT,
        f"{home}/METADATA": b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\n",
        f"{home}/RECORD": files.encode(),
        place: _sbom(*purls)["sbom.json"],
    }


def _generic(name: str) -> Layer:
    """Return a program of a vendor with the document that he writes beside it."""
    document = json.loads(_sbom(f"pkg:generic/{name}?os_name=debian&os_version=12")["sbom.json"])  # type: ignore[arg-type]
    text = b"@(#)Bash version 5.2.15(1) release GNU\0"
    program = b"\x7fELF\2\1\1" + bytes(57) + text + bytes(64)
    place = "usr/local/bash.cdx.json"
    return {**ROOT, "usr/local/bin/bash": program, place: json.dumps(document).encode()}


PACKED: Layer = {"app": b"\x7fELF\2\1\1" + bytes(57) + b"UPX!" + bytes(200)}
TRUE = "pkg:deb/debian/base@1?arch=amd64&distro=debian-12"
FALSE = "pkg:deb/debian/base@2?arch=amd64&distro=debian-12"
SAMPLES: Samples = {
    "ocia-sbom-missing": (review(_sbom(TRUE)), unknown(ROOT), unknown(ROOT, None)),
    "ocia-sbom-mismatch": (
        passes(_sbom(TRUE)),
        passes(_generic("bash@5.2.15")),
        fails(_sbom(FALSE)),
        fails({**_shipped(), **_sbom("pkg:pypi/b@1")}),
        review({**_shipped(), **_sbom("pkg:pypi/b@1"), **PACKED}, reason="sbom-unconfirmed"),
        fails(_sbom(FALSE, "pkg:generic/another-spelling@1")),
        review(_generic("bash-shell@5.2.15"), reason="sbom-unconfirmed"),
        review(_generic("bash@5.2.14"), reason="sbom-unconfirmed"),
        review(_sbom("pkg:deb/ubuntu/base@2"), reason="sbom-unconfirmed"),
        review(_sbom("pkg:npm/left-pad@1"), reason="sbom-unconfirmed"),
        review(_sbom("pkg:made-up/x@1"), reason="sbom-unconfirmed"),
        unknown(ROOT, reason="no-sbom"),
        unknown(_shipped("pkg:cargo/x@1", "pkg:deb/debian/base@2"), reason="no-sbom"),
        unknown(_sbom(TRUE), None),
    ),
    "ocia-dependency-sprawl": (
        passes(ROOT, set={"packages": 1}),
        fails(
            {**ROOT, "var/lib/dpkg/status": STATUS + b"\n" + STATUS.replace(b"base", b"more")},
            set={"packages": 1},
        ),
        unknown(ROOT, reason="no-baseline"),
    ),
    "ocia-unpackaged-executable": (
        passes(ROOT),
        fails(OWN),
        review(OWN, config={"Entrypoint": ["own"]}),
        absent({"app": File(b"\x7fELF", mode=0o755)}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
