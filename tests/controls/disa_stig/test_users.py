"""DISA and OWASP ask what CIS Docker 4.1 asks."""

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import Layer

ROOT: Layer = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n"}
SAMPLES: Samples = {
    "disa-stig-V-235830": (
        passes(ROOT, config={"User": "1000"}),
        fails(ROOT, config={"User": "root"}, reason="runs-as-root"),
        unknown(ROOT, has_config=False),
    ),
}
SAME = ("4.1", "disa-stig-V-235830", "owasp-docker-2", "cis-kubernetes-5.2.7")


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_all_who_ask_get_one_answer() -> None:
    results = evaluate(SAMPLES["disa-stig-V-235830"][1].view(), select(SAME))
    assert len(results) == len(SAME)
    assert len({(x.verdict.status, x.verdict.reason, x.verdict.summary) for x in results}) == 1
