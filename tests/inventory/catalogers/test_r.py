"""Installed R packages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from ocianalyze.inventory.catalogers.r import CATALOGER
from ocianalyze.inventory.purl import purl
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


BARE = TEXT.replace(b"Repository: CRAN\n", b"")
GITHUB = b"RemoteUsername: u\nRemoteRepo: r\nRemoteSha: 1f2e\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (TEXT, {}),
        (BARE, {}),
        (BARE + b"Repository: RSPM\nRemoteType: standard\nRemoteRepos: https://r.test\n", {}),
        (BARE + b"RemoteType: github\nRemoteHost: api.github.com\n" + GITHUB,
         {"vcs_url": "git+https://github.com/u/r@1f2e"}),
        (BARE + b"biocViews: X\nRemoteType: github\nRemoteHost: git.test/api/v3\n" + GITHUB,
         {"vcs_url": "git+https://git.test/u/r@1f2e"}),
        (BARE + b"RemoteType: gitlab\nRemoteHost: https://gitlab.com\n" + GITHUB,
         {"vcs_url": "git+https://gitlab.com/u/r@1f2e"}),
        (BARE + b"RemoteType: bitbucket\nRemoteHost: api.bitbucket.org/2.0\n" + GITHUB,
         {"vcs_url": "git+https://bitbucket.org/u/r@1f2e"}),
        (BARE + b"GithubRepo: r\nGithubUsername: u\nGithubSHA1: 1f2e\n",
         {"vcs_url": "git+https://github.com/u/r@1f2e"}),
        (BARE + b"RemoteType: xgit\nRemoteUrl: https://t:word@git.test/r.git\nRemoteSha: 1f2e\n",
         {"vcs_url": "git+https://git.test/r.git@1f2e"}),
        (BARE + b"RemoteType: url\nRemoteUrl: https://r.test/x_1.tar.gz?token=word\n",
         {"download_url": "https://r.test/x_1.tar.gz"}),
        (BARE + b"RemoteType: local\nRemoteUrl: /src/x\n", {}),
        (BARE + b"biocViews: X\nRepository: Bioconductor 3.18\n",
         {"repository_url": "https://bioconductor.org"}),
        (BARE + b"biocViews: X\ngit_url: https://git.bioconductor.org/packages/Rcpp\n",
         {"repository_url": "https://bioconductor.org"}),
        (TEXT + b"biocViews: X\n", {}),
        (BARE + b"biocViews:\n", {}),
        (BARE + b"Repository: https://u.r-universe.dev\nRemoteUrl: https://github.com/u/r\n",
         {"repository_url": "https://u.r-universe.dev"}),
    ],
    ids=["cran", "untold", "copy-of-cran", "github", "enterprise", "gitlab", "bitbucket",
         "github-before-remotes", "git", "url", "local", "bioconductor", "bioconductor-git",
         "cran-with-views", "views-alone", "r-universe"],
)  # fmt: skip
def test_a_purl_says_where_a_package_is_from(content: bytes, expected: dict[str, str]) -> None:
    (one,) = found(CATALOGER, {PATH: content})
    told = PackageURL.from_string(purl(one))
    assert (told.type, told.name, told.version) == ("cran", "Rcpp", "1.0.10")
    assert told.qualifiers == expected


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
