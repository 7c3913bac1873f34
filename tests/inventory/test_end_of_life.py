"""When general support ends."""

from pathlib import Path

import pytest

from ocianalyze.inventory.end_of_life import end_of_life, releases


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
    ],
)
def test_the_longest_known_prefix_of_a_version_has_the_date(
    id_: str, version: str, date: str
) -> None:
    assert end_of_life(id_, version) == date


@pytest.mark.oracle
@pytest.mark.parametrize("distro", ["debian", "ubuntu"])
def test_dates_equal_those_of_distro_info(distro: str) -> None:
    path = Path(f"/usr/share/distro-info/{distro}.csv")
    if not path.is_file():
        pytest.skip("no distro-info-data on this machine")
    rows = (line.split(",") for line in path.read_text("utf-8").splitlines()[1:])
    theirs = {row[0].removesuffix(" LTS"): row[5] for row in rows if len(row) > 5}
    ours = {version: day.isoformat() for version, day in releases()[distro].items()}
    assert ours == {version: theirs[version] for version in ours}
