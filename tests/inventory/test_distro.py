"""Which distribution an image is."""

import json
from pathlib import Path

import pytest

from ocianalyze.detectors.captured import OBSERVER as CAPTURED
from ocianalyze.inventory.distro import OBSERVERS, distribution, distro_qualifier
from ocianalyze.inventory.os_release import assignments
from ocianalyze.model.package import Distribution
from tests.images import Layer, image, symlink

_FIELDS = {
    "name": "NAME",
    "version": "VERSION",
    "identifier": "ID",
    "version_codename": "VERSION_CODENAME",
    "version_id": "VERSION_ID",
    "pretty_name": "PRETTY_NAME",
    "cpe_name": "CPE_NAME",
    "home_url": "HOME_URL",
    "documentation_url": "DOCUMENTATION_URL",
    "support_url": "SUPPORT_URL",
    "bug_report_url": "BUG_REPORT_URL",
    "privacy_policy_url": "PRIVACY_POLICY_URL",
    "build_id": "BUILD_ID",
    "variant": "VARIANT",
    "variant_id": "VARIANT_ID",
    "logo": "LOGO",
}


def read(*layers: Layer) -> Distribution:
    """Return the distribution of an image of these layers."""
    return distribution(image(*layers, observers=(CAPTURED, *OBSERVERS)).tree)


@pytest.mark.corpus
def test_every_os_release_file_reads_as_container_inspector_expects(corpus: Path) -> None:
    compared = 0
    for expected in sorted((corpus / "os-release/container-inspector").rglob("*-expected.json")):
        source = expected.with_name(expected.name.removesuffix("-distro-expected.json"))
        if not source.is_file():
            continue
        wanted = json.loads(expected.read_text("utf-8"))
        text = source.read_bytes()
        fields = assignments(text.decode("utf-8"))
        got = {name: fields.get(field) or None for name, field in _FIELDS.items()}
        # its reader fills in a name and an ID where os-release(5) has defaults
        assert {k: v for k, v in got.items() if v} == {
            k: wanted[k] for k in _FIELDS if wanted[k] and got[k]
        }, source.name
        assert all(got[k] for k in _FIELDS if wanted[k] and k not in {"identifier", "name"})
        found = read({"etc/os-release": text})
        assert found.version == (fields.get("VERSION_ID") or ""), source.name
        assert found.id == fields.get("ID", "").lower(), source.name
        compared += 1
    assert compared == 31  # the corpus has half of each pair of the others


@pytest.mark.corpus
def test_every_os_release_file_names_its_distribution(corpus: Path) -> None:
    files = [
        path
        for path in sorted((corpus / "os-release").rglob("*"))
        if path.is_file() and not path.name.endswith("-expected.json")
    ]
    # ten hold only the target of a link
    texts = {path.name: text for path in files if b"=" in (text := path.read_bytes())}
    nameless = {name for name, text in texts.items() if not read({"etc/os-release": text}).id}
    assert len(texts) == 97
    assert nameless == {"no-id"}


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("file", "id_", "version", "end"),
    [
        ("alma", "almalinux", "9.4", "2032-05-31"),
        ("alpine", "alpine", "3.15.4", "2023-11-01"),
        ("azurelinux-3.0", "azurelinux", "3.0", "2027-08-31"),
        ("centos", "centos", "7", "2024-06-30"),
        ("centos-stream", "centos", "8", "2024-05-31"),
        ("fedora", "fedora", "42", "2026-05-13"),
        ("mariner-2.0", "mariner", "2.0", "2025-07-31"),
        ("no-id", "", "3.15.4", ""),
        ("no-version", "alpine", "", ""),
        ("opensuseleap-15.2.1", "opensuse-leap", "15.2.1", "2022-01-04"),
        ("opensuseleap-42.3", "opensuse", "42.3", "2019-07-01"),
    ],
)
def test_files_of_trivy_are_known(
    corpus: Path, file: str, id_: str, version: str, end: str
) -> None:
    found = read({"etc/os-release": (corpus / "os-release/trivy" / file).read_bytes()})
    assert (found.id, found.version, found.end_of_life) == (id_, version, end)


DEBIAN = b'PRETTY_NAME="Debian GNU/Linux forky/sid"\nNAME="Debian GNU/Linux"\nID=debian\n'


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        pytest.param(
            {"usr/lib/os-release": b'ID=debian\nVERSION_ID="12"\nVERSION="12 (bookworm)"\n'},
            Distribution(
                "debian",
                "12",
                codename="bookworm",
                path="usr/lib/os-release",
                end_of_life="2026-07-11",
                end_of_lts="2028-06-30",
            ),
            id="the-second-place",
        ),
        pytest.param(
            {
                "etc/os-release": symlink("../usr/lib/os-release"),
                "usr/lib/os-release": symlink("os.release.d/os-release-container"),
                "usr/lib/os.release.d/os-release-container": b"ID=fedora\nVERSION_ID=30\n",
            },
            Distribution("fedora", "30", path="etc/os-release", end_of_life="2020-05-26"),
            id="links-of-an-edition",
        ),
        pytest.param(
            {"etc/os-release": DEBIAN, "etc/debian_version": b"forky/sid\n"},
            Distribution(
                "debian",
                "forky/sid",
                "Debian GNU/Linux forky/sid",
                codename="forky",
                path="etc/os-release",
            ),
            id="testing-and-sid",
        ),
        pytest.param(
            {"etc/os-release": b"ID=alpine\nVERSION_ID=3.24_alpha20260127\n"},
            Distribution("alpine", "3.24_alpha20260127", codename="edge", path="etc/os-release"),
            id="alpine-edge",
        ),
        pytest.param(
            {"etc/alpine-release": b"3.1.4\n"},
            Distribution(
                "alpine",
                "3.1.4",
                "Alpine Linux 3.1.4",
                path="etc/alpine-release",
                end_of_life="2016-11-01",
            ),
            id="alpine-without-os-release",
        ),
        pytest.param(
            {"etc/debian_version": b"6.0.10\n"},
            Distribution(
                "debian",
                "6.0.10",
                "Debian GNU/Linux 6.0.10",
                path="etc/debian_version",
                end_of_life="2014-05-31",
                end_of_lts="2016-02-29",
            ),
            id="debian-without-os-release",
        ),
        pytest.param(
            {
                "etc/debian_version": b"jessie/sid\n",
                "etc/lsb-release": b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\n"
                b'DISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION="Ubuntu 14.04.5 LTS"\n',
            },
            Distribution(
                "ubuntu",
                "14.04",
                "Ubuntu 14.04.5 LTS",
                codename="trusty",
                path="etc/lsb-release",
                end_of_life="2019-04-25",
            ),
            id="ubuntu-is-not-debian",
        ),
        pytest.param(
            {
                "etc/centos-release": b"CentOS release 6.10 (Final)\n",
                "etc/redhat-release": symlink("centos-release"),
                "etc/system-release": symlink("centos-release"),
            },
            Distribution(
                "centos",
                "6.10",
                "CentOS release 6.10 (Final)",
                path="etc/centos-release",
                end_of_life="2020-11-30",
            ),
            id="centos-6",
        ),
        pytest.param(
            {
                "etc/oracle-release": b"Oracle Linux Server release 6.10\n",
                "etc/redhat-release": b"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
            },
            Distribution(
                "ol",
                "6.10",
                "Oracle Linux Server release 6.10",
                path="etc/oracle-release",
                end_of_life="2021-03-31",
            ),
            id="oracle-carries-red-hats-file",
        ),
        pytest.param(
            {"etc/redhat-release": b"Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n"},
            Distribution(
                "rhel",
                "5.11",
                "Red Hat Enterprise Linux Server release 5.11 (Tikanga)",
                path="etc/redhat-release",
                end_of_life="2017-03-31",
            ),
            id="rhel-5",
        ),
        pytest.param(
            {"etc/system-release": b"Amazon Linux AMI release 2018.03\n"},
            Distribution(
                "amzn",
                "2018.03",
                "Amazon Linux AMI release 2018.03",
                path="etc/system-release",
                end_of_life="2023-12-31",
            ),
            id="amazon-ami",
        ),
        pytest.param(
            {
                "etc/SuSE-release": b"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\n"
                b"PATCHLEVEL = 4\n"
            },
            Distribution(
                "sles",
                "11.4",
                "SUSE Linux Enterprise Server 11 (x86_64)",
                path="etc/SuSE-release",
                end_of_life="2019-03-31",
            ),
            id="suse-service-pack",
        ),
        pytest.param(
            {"etc/photon-release": b"VMware Photon Linux 1.0\nPHOTON_BUILD_NUMBER=62c543d\n"},
            Distribution(
                "photon",
                "1.0",
                "VMware Photon Linux 1.0",
                path="etc/photon-release",
                end_of_life="2022-02-28",
            ),
            id="photon",
        ),
        pytest.param(
            {"etc/mariner-release": b"CBL-Mariner 2.0.20220617\nMARINER_BUILD_NUMBER=1\n"},
            Distribution(
                "mariner",
                "2.0.20220617",
                "CBL-Mariner 2.0.20220617",
                path="etc/mariner-release",
                end_of_life="2025-07-31",
            ),
            id="mariner",
        ),
        pytest.param(
            {"etc/arch-release": b""},
            Distribution("arch", "", "Arch Linux", path="etc/arch-release"),
            id="an-empty-file-is-arch",
        ),
        pytest.param(
            {
                "etc/os-release": b'NAME="Fruit"\nPRETTY_NAME="Fruit OS"\n',
                "etc/redhat-release": b"Rocky Linux release 8.5 (Green Obsidian)\n",
            },
            Distribution(
                "rocky", "8.5", "Fruit OS", path="etc/os-release", end_of_life="2029-05-31"
            ),
            id="no-id-is-made-good-by-another-file",
        ),
        pytest.param(
            {"etc/os-release": b'PRETTY_NAME="Distroless"\nID="debian"\nVERSION_ID="11"\n'},
            Distribution(
                "debian",
                "11",
                "Distroless",
                variant="distroless",
                path="etc/os-release",
                end_of_life="2024-08-14",
                end_of_lts="2026-08-31",
            ),
            id="distroless",
        ),
        pytest.param(
            {"etc/os-release": b"ID=wolfi\nVERSION_ID=20230201\nID_LIKE='A  B'\n"},
            Distribution("wolfi", "20230201", like=("a", "b"), path="etc/os-release"),
            id="wolfi-never-ends",
        ),
        pytest.param(
            {"etc/os-release": b"ID=fruit\nVERSION_ID=9\nSUPPORT_END=2031-02-03\n"},
            Distribution("fruit", "9", path="etc/os-release", end_of_life="2031-02-03"),
            id="its-own-word-where-nothing-is-known",
        ),
        pytest.param(
            {"etc/os-release": b"ID=debian\nVERSION_ID=8\nSUPPORT_END=2999-01-01\n"},
            Distribution(
                "debian",
                "8",
                path="etc/os-release",
                end_of_life="2018-06-17",
                end_of_lts="2020-06-30",
            ),
            id="an-image-cannot-prolong-its-support",
        ),
        pytest.param({"etc/hostname": b"x\n"}, Distribution(), id="nothing"),
        pytest.param({"etc/os-release": b"\xff\x00\n"}, Distribution(), id="no-text"),
        pytest.param(
            {"srv/etc/redhat-release": b"Red Hat Enterprise Linux release 9.1\n"},
            Distribution(),
            id="elsewhere",
        ),
    ],
)
def test_the_image_says_what_it_is(layer: Layer, expected: Distribution) -> None:
    assert read(layer) == expected


def test_the_final_tree_decides() -> None:
    old, new = b"ID=debian\nVERSION_ID=11\n", b"ID=debian\nVERSION_ID=12\n"
    assert read({"etc/os-release": old}, {"etc/os-release": new}).version == "12"


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (Distribution("debian", "12"), "debian-12"),
        (Distribution("debian", "forky/sid"), "debian-forky"),
        (Distribution("arch"), "arch"),
    ],
)
def test_the_purl_qualifier_names_the_release(found: Distribution, value: str) -> None:
    assert distro_qualifier(found) == (("distro", value),)


def test_no_id_has_no_qualifier() -> None:
    assert distro_qualifier(Distribution(name="Fruit")) == ()
