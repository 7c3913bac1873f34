"""The risks of images are what other catalogues' controls decide together.

What SP 800-190 itself names fails its 4.1.2; what it only means by best practices needs review.
"""

import pytest

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.combined import settled
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.model.finding import Finding, Status
from tests.controls.samples import (
    Sample,
    Samples,
    fails,
    holds,
    listed,
    obeys,
    review,
    unknown,
)
from tests.images import File, Layer

ELF = b"\x7fELF\2\1\1" + bytes(57)
ROOT: Layer = {"app": File(ELF, mode=0o755)}
STEP = "COPY app /app # buildkit"
SOUND = {
    "User": "1000",
    "Entrypoint": ["/app"],
    "Healthcheck": {"Test": ["CMD", "/app", "check"]},
}
BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)
SSHD: Layer = {**ROOT, "sshd": File(ELF + b"Dropbear server v%s\0", mode=0o755)}
SAMPLES: Samples = {
    "nist-800-190-4.1.1": (
        fails({"etc/os-release": b"ID=debian\nVERSION_ID=8\n"}, set={"now": "2024-01-01"}),
        unknown(ROOT, reason="no-database"),
    ),
    "nist-800-190-4.1.2": (
        review(ROOT, history=[STEP], config=SOUND, reason="no-policy"),
        fails(ROOT, history=[STEP], config=SOUND | {"User": ""}),
        review(ROOT, history=[STEP], config=SOUND | {"Healthcheck": None}),
        fails(SSHD, history=[STEP], config=SOUND),
        review(ROOT, None, history=[STEP, STEP], config=SOUND, reason="no-policy"),
    ),
    "nist-800-190-4.1.3": (
        fails({**ROOT, "tmp/xmrig": File(ELF, mode=0o755)}, history=[STEP]),
        unknown(ROOT, history=[STEP], reason="no-malware-rules"),
        unknown(ROOT, None, history=[STEP, STEP]),
    ),
    "nist-800-190-4.1.4": (unknown(None),),
    "nist-800-190-4.1.5": (
        fails(ROOT, findings=(BROKEN,)),
        review(ROOT, history=[STEP], reason="no-policy"),
        review(ROOT, None, reason="no-policy"),
    ),
}
PARTS = {
    "nist-800-190-4.1.2": {f"cis-docker-4.{n}" for n in (1, 2, 3, 8)}
    | {f"cis-docker-4.{n}-advised" for n in (6, 7, 9)}
    | {"disa-stig-V-235803"},
    "nist-800-190-4.1.3": {
        "ocia-crypto-miner-indicator",
        "ocia-ld-preload",
        "nist-800-190-4.1.3-contents",
    },
    "nist-800-190-4.1.4": {"cis-docker-4.10"},
    "nist-800-190-4.1.5": {"cis-docker-4.2", "cis-docker-4.12"},
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_each_risk_has_its_parts(name: str) -> None:
    control, _ = listed(name)
    assert {part.id for part in control.evaluate.parts} == PARTS[name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("part", "others"),
    [
        (
            "4.4",
            """nist-800-190-4.1.1 s2c2f-SCA-1 cis-ssc-3.2.2 disa-srg-SRG-APP-000456-CTR-001130
            disa-srg-SRG-APP-000516-CTR-001335""",
        ),
        ("4.10", "nist-800-190-4.1.4"),
        (
            "4.12",
            """cis-ssc-2.4.1 cis-ssc-4.1.1 cis-ssc-4.3.1 disa-srg-SRG-APP-000131-CTR-000285
            disa-stig-V-235839""",
        ),
        ("4.11", "cis-ssc-3.1.1 s2c2f-AUD-3"),
        ("s2c2f-ENF-1", "cis-ssc-3.1.5"),
    ],
)
def test_who_asks_the_same_gets_the_same_answer(part: str, others: str) -> None:
    names = (part, *others.split())
    results = evaluate(unknown(ROOT, findings=(BROKEN,)).view(), select(names))
    assert len(results) == len(names)
    assert len({(x.verdict.status, x.verdict.reason) for x in results}) == 1


ALONE = "RUN /bin/sh -c apk update # buildkit"
SETID: Layer = {**ROOT, "x": File(ELF, mode=0o4755)}


@pytest.mark.parametrize(
    ("layer", "history", "config", "status"),
    [
        (ROOT, [STEP], SOUND | {"User": "root"}, Status.FAIL),
        (SSHD, [STEP], SOUND, Status.FAIL),
        (SETID, [STEP], SOUND, Status.FAIL),
        (ROOT, [STEP], SOUND | {"Healthcheck": {"Test": ["NONE"]}}, Status.NEEDS_REVIEW),
        (ROOT, ["ADD app /app # buildkit"], SOUND, Status.NEEDS_REVIEW),
        (ROOT, [ALONE], SOUND, Status.NEEDS_REVIEW),
        (ROOT, [STEP], SOUND, Status.PASS),
    ],
    ids=["user", "remote-shell", "set-id", "health-check", "add", "update", "sound"],
)
def test_a_defect_fails_and_a_practice_needs_review(
    layer: Layer, history: list[str], config: dict[str, object], status: Status
) -> None:
    """The profile names trusted bases: without that no image passes CIS Docker 4.2."""
    view = Sample(status, (layer,), {"history": history, "config": config}).view()
    control, item = listed("nist-800-190-4.1.2")
    trusted = {"trusted": ("docker.io/library/*",)}
    trusting = settled(control, lambda one: trusted if one.id == "cis-docker-4.2" else {})
    (result,) = evaluate(view, [(trusting, item)])
    assert result.verdict.status is status, result.verdict.summary
