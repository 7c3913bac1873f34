"""An old version beside a new one fails; one in a lower layer is told."""

import json

from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import Layer

HOME = "usr/lib/python3/dist-packages"


def dpkg(*versions: str, name: str = "tool") -> Layer:
    rows = (
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {x}\n"
        for x in versions
    )
    return {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": "\n".join(rows).encode(),
    }


def pypi(version: str, home: str = HOME) -> Layer:
    metadata = f"Name: acme\nVersion: {version}\n".encode()
    return {f"{home}/acme-{version}.dist-info/METADATA": metadata}


def claimed(wheel: str, version: str) -> Layer:
    """Return what a wheel says of a library that was copied into it."""
    named = [{"purl": f"pkg:deb/debian/tool@{version}"}, {"purl": f"pkg:rpm/x/lib@{version}"}]
    document = {"bomFormat": "CycloneDX", "components": named}
    return {f"{HOME}/{wheel}.dist-info/sboms/auditwheel.cdx.json": json.dumps(document).encode()}


ID = "disa-srg-SRG-APP-000454-CTR-001110"
REPLACED = passes(dpkg("1"), dpkg("2"), reason="one-version-each")
SAMPLES: Samples = {
    ID: (
        passes(dpkg("1")),
        REPLACED,
        passes({**pypi("1"), **pypi("2", "opt/venv/lib/python3/site-packages")}),
        passes(
            {**pypi("1")}, pypi("2"), {"usr/lib/python3/dist-packages/.wh.acme-1.dist-info": b""}
        ),
        passes({**dpkg("1"), **claimed("a", "1"), **claimed("b", "2")}),
        fails({**pypi("1"), **pypi("2")}, reason="old-version-kept"),
        fails(pypi("1"), pypi("2")),
        absent({"x": b""}),
        unknown(dpkg("1"), None),
    )
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_what_a_later_layer_replaced_is_told() -> None:
    verdict = holds(ID, REPLACED)
    assert verdict.summary == "one version of each; 1 older in lower layers"
    assert [(x.detail, x.severity) for x in verdict.evidence] == [
        ("deb tool 1: replaced by 2", "info")
    ]


def test_versions_in_one_place_are_named_with_it() -> None:
    (found,) = holds(ID, SAMPLES[ID][5]).evidence
    assert found.detail == "pypi acme 1: beside 2 in /usr/lib/python3/dist-packages"


def test_many_replaced_packages_are_bounded() -> None:
    def many(version: str) -> Layer:
        rows = (
            f"Package: p{n}\nStatus: install ok installed\nArchitecture: all\nVersion: {version}\n"
            for n in range(300)
        )
        return {**dpkg(), "var/lib/dpkg/status": "\n".join(rows).encode()}

    verdict = holds(ID, passes(many("1"), many("2")))
    assert len(verdict.evidence) == 100
    assert verdict.summary.endswith("; 100+ older in lower layers")
