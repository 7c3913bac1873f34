"""When general support ends."""

from pathlib import Path

import pytest

from ocianalyze.inventory.end_of_life import Ends, ends_of_support, releases


@pytest.mark.parametrize(
    ("id_", "version", "date"),
    [
        ("sles", "15.7", ""),
        ("sles", "15", "2019-12-31"),
        ("opensuse-leap", "15.9", ""),
        ("rhel", "9.4", "2032-05-31"),
        ("ubuntu", "22.04", "2027-06-01"),
        ("ubuntu", "22", ""),
        ("debian", "", ""),
        ("debian", "trixie/sid", ""),
        ("nothing", "1", ""),
        ("alpine", ".".join("3" * 5000), "2017-11-01"),
        ("debian", "12.5", "2026-07-11"),
    ],
)
def test_the_longest_known_prefix_of_a_version_has_the_date(
    id_: str, version: str, date: str
) -> None:
    assert ends_of_support(id_, version).general == date


@pytest.mark.parametrize(
    ("id_", "version", "date"),
    [
        ("debian", "12", "2028-06-30"),
        ("debian", "4.0", ""),
        ("debian", "14", ""),
        ("ubuntu", "22.04", ""),
        ("rhel", "9", ""),
    ],
)
def test_only_long_term_support_that_is_free_is_known(id_: str, version: str, date: str) -> None:
    assert ends_of_support(id_, version).long_term == date


def test_long_term_support_begins_where_the_general_ends() -> None:
    ends = [x for table in releases().values() for x in table.values() if x.long_term]
    assert len(ends) >= 8
    assert all(x.general < x.long_term for x in ends)


@pytest.mark.oracle
@pytest.mark.parametrize("distro", ["debian", "ubuntu"])
def test_dates_equal_those_of_distro_info(distro: str) -> None:
    path = Path(f"/usr/share/distro-info/{distro}.csv")
    if not path.is_file():
        pytest.skip("no distro-info-data on this machine")
    header, *rows = (line.split(",") for line in path.read_text("utf-8").splitlines())
    named = [dict(zip(header, row, strict=False)) for row in rows]
    theirs = {
        x["version"].removesuffix(" LTS"): Ends(x.get("eol", ""), x.get("eol-lts", ""))
        for x in named
    }
    assert releases()[distro] == {version: theirs[version] for version in releases()[distro]}
