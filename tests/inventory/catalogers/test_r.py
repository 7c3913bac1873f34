"""Installed R packages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.r import CATALOGER
from tests.inventory.catalogers.walked import claims, found, kept, survives

PATH = "usr/local/lib/R/site-library/Rcpp/DESCRIPTION"
TEXT = b"""Package: Rcpp
Title: Seamless R and C++
 Integration
Version: 1.0.10
Maintainer: A Person <person@example.test>
License: GPL (>= 2)
Repository: CRAN
Built: R 4.2.2; x86_64-pc-linux-gnu; 2023-01-22 10:59:11 UTC; unix
"""


def test_an_installed_package_is_found() -> None:
    (package,) = found(CATALOGER, {PATH: TEXT})
    assert (package.type, package.name, package.version) == ("cran", "Rcpp", "1.0.10")
    assert package.licenses == ("GPL (>= 2)",)
    assert package.supplier == "A Person <person@example.test>"
    assert package.location == "usr/local/lib/R/site-library/Rcpp"
    assert package.properties == (("repository", "CRAN"),)


def test_it_owns_its_directory() -> None:
    (claim,) = claims(CATALOGER, {PATH: TEXT})
    assert claim.trees == ("usr/local/lib/R/site-library/Rcpp",)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.replace(b"Built:", b"Packaged:"), id="source"),
        pytest.param(b"This program does a thing.\n", id="text"),
        pytest.param(b"Package: x\n", id="no-version"),
    ],
)
def test_other_descriptions_are_none(content: bytes) -> None:
    assert kept(CATALOGER, {PATH: content}) == []


@given(st.binary(max_size=300))
def test_damaged_files_never_raise(noise: bytes) -> None:
    survives(CATALOGER, PATH, TEXT[: len(noise)] + noise)
    survives(CATALOGER, PATH, noise + TEXT)


def test_needs_go_on_over_lines_and_r_itself_is_none() -> None:
    text = (
        TEXT
        + b"Depends: R (>= 3.5.0), methods\n"
        + b"Imports: utils,\n        cli (>= 1.0),\n\tdata.table\nSuggests: no\n"
    )
    (one,) = found(CATALOGER, {PATH: text})
    assert set(one.depends) >= {"methods", "utils", "cli", "data.table"}
    assert not {"R", "no"} & set(one.depends)
