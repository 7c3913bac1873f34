"""Whatever config and history say, no control of other catalogues than CIS Docker fails itself."""

import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.controls.catalogue import Listed, select
from ocianalyze.controls.evaluate import evaluate
from tests.controls.samples import unknown
from tests.images import File, Layer

FRAMEWORKS = (
    "nist_800_190",
    "kubernetes_pss",
    "cis_kubernetes",
    "disa_srg",
    "disa_stig",
    "slsa",
    "s2c2f",
    "cis_ssc",
    "owasp_docker",
    "dockle",
    "trivy",
)
OWN = File(kind="d", mode=0o777, uid=1000)
ROOT: Layer = {"app": OWN, "app/\u202e\n": OWN, "app/{a: b}": OWN, "etc/os-release": b"ID=debian\n"}
_WORDS = st.sampled_from(
    [
        *("RUN", "/bin/sh -c", "pip", "install", "-m", "apt-get", "sudo", "cd", "npm", "python3"),
        *("WORKDIR", "CMD", "ENTRYPOINT", "MAINTAINER", "&&", "\n", "yarn global", "-qq"),
        *("@", "=", "-", "'"),
    ]
)
_TEXTS = st.text(max_size=8) | st.lists(_WORDS, max_size=12).map(" ".join)
_KEYS = st.dictionaries(_TEXTS, st.builds(dict[str, str]), max_size=3)
_CONFIGS = st.fixed_dictionaries(
    {
        "User": _TEXTS,
        "Env": st.lists(_TEXTS, max_size=3),
        "Labels": st.dictionaries(
            st.sampled_from(["run", "org.opencontainers.image.base.name"]) | _TEXTS, _TEXTS
        ),
        "Volumes": _KEYS,
        "ExposedPorts": _KEYS,
        "Cmd": st.lists(_TEXTS, max_size=3),
    }
)


def _chosen() -> tuple[Listed, ...]:
    return select(FRAMEWORKS)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=_CONFIGS, history=st.lists(_TEXTS, max_size=4))
def test_no_control_fails_itself(config: dict[str, Any], history: list[str]) -> None:
    view = unknown(ROOT, config=config, history=history).view()
    results = evaluate(view, _chosen())
    assert not [x.control.id for x in results if x.verdict.reason == "control-error"]
    assert not [x.control.id for x in results if len(x.verdict.summary) > 100]


def test_endless_configs_take_bounded_time() -> None:
    many: dict[str, dict[str, str]] = {f"/v{n}/{'x' * 50}": {} for n in range(2_000)}
    config = {"Volumes": many, "ExposedPorts": many, "User": "1000", "Labels": {"run": "-v " * 99}}
    history = [f"RUN /bin/sh -c {'pip install a ' * 5_000}", *["WORKDIR a"] * 5_000]
    view = unknown(ROOT, config=config, history=history).view()
    start = time.perf_counter()
    results = evaluate(view, _chosen())
    assert time.perf_counter() - start < 10
    assert not [x.control.id for x in results if x.verdict.reason == "control-error"]
