"""Which steps explain that a packaged program changed (catalogue, 4.11 C)."""

from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status
from tests.controls.cis_docker.test_c4_11_verified_packages import IMPORT, OTHER, ROOT
from tests.images import File, Layer, image, symlink

FAIL, REVIEW = Status.FAIL, Status.NEEDS_REVIEW


def _status(history: list[Any], **changed: Any) -> Status:
    upper: Layer = changed or {"usr/bin/tool": OTHER}
    return evaluate(
        with_inventory(image(ROOT, upper, observers=observers(), history=history))
    ).status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("apk add --no-cache curl", FAIL),
        ("set -eux; apk add curl >/dev/null 2>&1 && rm -rf /var/cache/apk/*", FAIL),
        ("apt-get update && DEBIAN_FRONTEND=x /usr/bin/apt-get install -y $P; adduser app", FAIL),
        ("if true; then dnf install -y a && dnf clean all; fi", FAIL),
        ("apk add curl && make install", REVIEW),
        ("apk add curl && echo x > /usr/bin/tool", REVIEW),
        ("apk add $(wget -O /usr/bin/tool https://a.example/tool)", REVIEW),
        ("apk add curl && $INSTALL", REVIEW),
        ("apk add curl && ./setup", REVIEW),
        ("/srv/apk add curl", REVIEW),
        ("apk add curl && . /srv/setup.sh", REVIEW),
        ("apk add curl <<EOF\nx\nEOF", REVIEW),
        ("apt-get install -y /tmp/own.deb", REVIEW),
        ("apt-get install -y -o DPkg::Post-Invoke::='cp /x /usr/bin/tool' curl", REVIEW),
    ],
)
def test_package_managers_explain_no_program_that_their_record_does_not_know(
    text: str, status: Status
) -> None:
    """They write the records of what they write; anything else in the step may have done it."""
    history = [IMPORT, f"RUN /bin/sh -c {text} # buildkit"]
    assert _status(history) is status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["RUN /bin/sh -c make install", "RUN /bin/sh -c apk add curl"], REVIEW),
        (["COPY a /usr/bin/", "ENV A=1", "/bin/sh"], REVIEW),
        (["COPY a /srv/", "ENV A=1", "/bin/sh"], FAIL),
        (["ENV A=1", "RUN /bin/sh -c apk add curl"], FAIL),
    ],
)
def test_steps_that_a_builder_writes_without_a_layer_wrote_into_the_next_one(
    lines: list[str], status: Status
) -> None:
    empty = [{"created_by": line, "empty_layer": True} for line in lines[:-1]]
    history = [{"created_by": IMPORT}, *empty, {"created_by": lines[-1]}]
    assert _status(history) is status


def test_installing_explains_what_is_no_program() -> None:
    """Alternatives and triggers of packages replace links and caches; no record tells of them."""
    history = [IMPORT, "RUN /bin/sh -c apt-get install -y x # buildkit"]
    assert _status(history, **{"usr/bin/tool": symlink("other"), "usr/bin/other": OTHER}) is REVIEW
    assert _status(history, **{"usr/bin/tool": File(OTHER.content, mode=0o644)}) is REVIEW
