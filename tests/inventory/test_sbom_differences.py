"""Two lists of packages, written by two tools: what differs in fact."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.sbom_differences import Differences, compare, identity
from ocianalyze.inventory.sbom_reader import packages, read_document
from ocianalyze.model.package import Found
from tests.inventory.test_sbom_reader import spdx

LIBC = Found("deb", "libc6", "2.36-9", namespace="debian", epoch="1", arch="amd64")
NAMES = st.sampled_from(["a", "b"])
FOUNDS = st.lists(
    st.builds(
        Found,
        type=st.sampled_from(["deb", "pypi"]),
        name=NAMES,
        version=st.sampled_from(["1", "2"]),
        epoch=st.sampled_from(["", "0", "1"]),
        arch=st.sampled_from(["", "all", "amd64", "arm64"]),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(LIBC, replace(LIBC, arch=""), id="no-architecture"),
        pytest.param(replace(LIBC, epoch="0"), replace(LIBC, epoch=""), id="epoch-0"),
        pytest.param(replace(LIBC, arch="all"), replace(LIBC, arch="amd64"), id="any-arch"),
        pytest.param(Found("pypi", "A_B.c", "1"), Found("pypi", "a-b-c", "1"), id="pypi"),
        pytest.param(
            Found("golang", "example.org/a/b", "v1"),
            Found("golang", "b", "v1", namespace="example.org/a"),
            id="golang",
        ),
        pytest.param(LIBC, replace(LIBC, licenses=("x",), location="y"), id="other-fields"),
    ],
)  # fmt: skip
def test_writing_a_package_otherwise_is_no_difference(one: Found, two: Found) -> None:
    assert compare([one], [two]) == compare([two], [one]) == Differences()


@pytest.mark.parametrize(
    "fields", [{"name": "x"}, {"type": "rpm"}, {"namespace": "ubuntu"}], ids=lambda x: str(*x)
)
def test_another_package_is_on_one_side_only(fields: dict[str, str]) -> None:
    other = replace(LIBC, **fields)  # type: ignore[arg-type]
    assert compare([LIBC], [other]) == Differences((LIBC,), (other,))


@pytest.mark.parametrize("fields", [{"version": "3"}, {"epoch": "2"}], ids=lambda x: str(*x))
def test_another_version_is_told_as_such(fields: dict[str, str]) -> None:
    other = replace(LIBC, **fields)  # type: ignore[arg-type]
    assert compare([LIBC], [other]) == Differences(other_version=((LIBC, other),))


def test_one_more_version_is_on_one_side_only() -> None:
    """Npm trees hold several; those that both name are no difference."""
    one, two, three = (Found("npm", "a", version) for version in "123")
    assert compare([one, two], [two]) == Differences(only_documented=(one,))
    assert compare([one, two], [two, three]) == Differences(other_version=((one, three),))


def test_one_more_architecture_is_found_only() -> None:
    arm = replace(LIBC, arch="arm64")
    assert compare([LIBC], [LIBC, arm]) == Differences(only_found=(arm,))


@given(FOUNDS, FOUNDS)
def test_comparing_is_symmetric_and_sorted(one: list[Found], two: list[Found]) -> None:
    """Turned around, the sides change places; the order of the lists does not matter."""
    there, back = compare(one, two), compare(two, one)
    turned = compare(one[::-1], two[::-1])
    assert [identity(x) for x in turned.only_found] == [identity(x) for x in there.only_found]
    assert [identity(x) for x in there.only_documented] == [identity(x) for x in back.only_found]
    assert [(identity(b), identity(a)) for a, b in there.other_version] == [
        (identity(a), identity(b)) for a, b in back.other_version
    ]
    assert compare(one, one) == Differences()


@pytest.mark.corpus
def test_purls_of_syft_say_what_syft_says_beside_them(corpus: Path) -> None:
    """Its golden lists hold name and version as recorded, and the purl it made of them."""
    golden = json.loads((corpus / "oracle-syft" / "syft-1.18.1-packages.json").read_text())
    listed = [one for image in golden for one in image["packages"] or () if one["purl"]]
    assert len(listed) > 20
    for one in listed:
        document = read_document(spdx(one["purl"]))
        assert document is not None
        (found,) = packages(document, "x")
        version = f"{found.epoch}:{found.version}" if found.epoch else found.version
        assert version == one["version"]
        assert one["name"].lower().replace("_", "-").endswith(found.name.lower().replace("_", "-"))
