"""A number that is not zero is compatible; a name is so when the pod names its number."""

from typing import Any

import pytest
import yaml

from ocianalyze.controls.cis_docker import c4_01_user
from ocianalyze.model.finding import Status
from tests.controls.samples import (
    Sample,
    Samples,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer

ROOT: Layer = {
    "etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/app:/bin/sh\n",
    "etc/group": b"root:x:0:\napp:x:1001:\nsudo:x:27:app\n",
}
PLAIN: Layer = {"etc/passwd": ROOT["etc/passwd"], "etc/group": b"app:x:1001:\n"}
SAMPLES: Samples = {
    "k8s-pss-running-as-non-root": (
        passes(PLAIN, config={"User": "1000"}, reason="compatible"),
        passes({"app": b"x"}, config={"User": "10001:10001"}),
        review(PLAIN, config={"User": "app"}, reason="compatible-if-runasuser-set"),
        review(ROOT, config={"User": "1000"}, reason="privileged-group"),
        fails(PLAIN, config={"User": "root"}),
        fails(PLAIN),
        fails(PLAIN, config={"User": "nobody-here"}, reason="unresolvable-user"),
        fails(PLAIN, os="windows", config={"User": "ContainerAdministrator"}),
        unknown(PLAIN, has_config=False),
        unknown(PLAIN, None, config={"User": "app"}),
    ),
    "k8s-pss-running-as-non-root-user": (
        passes(PLAIN, config={"User": "1000"}),
        passes(PLAIN, config={"User": "app"}),
        fails(PLAIN, config={"User": "0:1000"}),
        unknown(PLAIN, has_config=False),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    "user",
    ["", "0", "00", "+0", "-0", "root", "0:0", "root:app", "1000", "app", "app:app", "nobody-here",
     "2147483648"],
)  # fmt: skip
def test_both_agree_with_4_1_about_root(user: str) -> None:
    """Vectors of CIS Docker 4.1."""
    sample = Sample(Status.PASS, (PLAIN,), {"config": {"User": user}})
    view = sample.view()
    failed = c4_01_user.CONTROL.evaluate(view).status is Status.FAIL
    for name in SAMPLES:
        status = Status.FAIL if failed else Status.PASS
        by_name = user.partition(":")[0] == "app" and name.endswith("root")
        expected = Status.NEEDS_REVIEW if by_name and not failed else status
        holds(name, Sample(expected, (PLAIN,), {"config": {"User": user}}))


def _pod(sample: Sample) -> Any:
    said = holds("k8s-pss-running-as-non-root-user", sample)
    (text,) = [x.detail for x in said.evidence if x.reason == "security-context"]
    assert text in said.remediation
    return yaml.safe_load(text)["containers"][0]


def test_the_suggestion_is_in_evidence_and_remediation() -> None:
    pod = _pod(passes(PLAIN, config={"User": "app"}))
    assert pod == {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "runAsGroup": 1001,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    }


def test_a_name_is_answered_with_its_number() -> None:
    said = holds("k8s-pss-running-as-non-root", SAMPLES["k8s-pss-running-as-non-root"][2])
    assert said.summary == "compatible if runAsUser is set to 1000"
    assert said.remediation.startswith("USER 1000:1001; ")


def test_root_images_get_one_user_for_the_image_and_the_pod() -> None:
    sample = fails(PLAIN, config={"User": ""})
    context = _pod(sample)["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (1000, 1001)
    assert context["readOnlyRootFilesystem"] is True
    said = holds("k8s-pss-running-as-non-root-user", sample)
    assert said.remediation.startswith("USER 1000:1001; in the pod: ")


def test_files_with_rights_of_their_own_are_named_in_the_remediation() -> None:
    layer: Layer = {**PLAIN, "app": File(b"\x7fELF", mode=0o4755)}
    said = holds(
        "k8s-pss-running-as-non-root", passes(layer, config={"User": "5", "Entrypoint": ["/app"]})
    )
    assert "allowPrivilegeEscalation: false" in said.remediation
    assert "as long as these files" in said.remediation
    assert "/app (mode 4755)" in said.remediation
