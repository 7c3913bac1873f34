"""CPAN distributions: records of cpanm, the log of MakeMaker, lists of files."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.perl import CATALOGER
from tests.inventory.catalogers.walked import claims, found, kept, survives

LIBRARY = "usr/local/lib/perl5/site_perl/5.38.2/x86_64-linux-gnu"
RECORD_PATH = f"{LIBRARY}/.meta/libwww-perl-6.72/install.json"
RECORD = orjson.dumps(
    {
        "dist": "libwww-perl-6.72",
        "name": "LWP",
        "pathname": "O/OA/OALDERS/libwww-perl-6.72.tar.gz",
        "provides": {"LWP": {"file": "LWP.pm", "version": "6.72"}},
        "target": "LWP::UserAgent",
        "version": "6.72",
    }
)
LOG = b"""=head2 Tue Jan  2 10:00:00 2024: C<Module> L<Try::Tiny|Try::Tiny>

=over 4

=item *

C<installed into: /usr/local/lib/perl5/site_perl/5.38.2>

=item *

C<VERSION: 0.30>

=back

=head2 Wed Jan  3 10:00:00 2024: C<Module> L<Try::Tiny|Try::Tiny>

=item *

C<VERSION: 0.31>
"""
FILES = b"""/usr/local/bin/lwp-download
/usr/local/lib/perl5/site_perl/5.38.2/LWP.pm type=file
/../../etc/passwd
"""


def test_a_record_of_cpanm_names_distribution_and_author() -> None:
    (package,) = found(CATALOGER, {RECORD_PATH: RECORD})
    assert (package.type, package.namespace, package.name, package.version) == (
        "cpan",
        "OALDERS",
        "libwww-perl",
        "6.72",
    )
    assert (package.location, package.confidence) == (LIBRARY, "exact")


def test_the_log_of_makemaker_tells_the_last_version() -> None:
    (package,) = found(CATALOGER, {f"{LIBRARY}/perllocal.pod": LOG})
    assert (package.name, package.version) == ("Try-Tiny", "0.31")
    assert (package.location, package.confidence) == (LIBRARY, "heuristic")


def test_what_cpanm_recorded_is_not_repeated_by_the_log() -> None:
    record = RECORD.replace(b"libwww-perl-6.72", b"Try-Tiny-0.31")
    layer = {
        f"{LIBRARY}/.meta/Try-Tiny-0.31/install.json": record,
        f"{LIBRARY}/perllocal.pod": LOG,
        "opt/other/perllocal.pod": LOG,
    }
    assert CATALOGER.joins
    joined = list(CATALOGER.joins(found(CATALOGER, layer), kept(CATALOGER, layer)))
    assert sorted((x.location, x.confidence) for x in joined) == [
        ("opt/other", "heuristic"),
        (LIBRARY, "exact"),
    ]


def test_a_list_of_files_claims_them_for_its_module() -> None:
    path = f"{LIBRARY}/auto/LWP/.packlist"
    (claim,) = claims(CATALOGER, {path: FILES})
    assert (claim.name, claim.location) == ("LWP", LIBRARY)
    assert claim.paths == (path,)
    assert claim.programs == (
        "usr/local/bin/lwp-download",
        "usr/local/lib/perl5/site_perl/5.38.2/LWP.pm",
    )


@pytest.mark.parametrize(
    ("dist", "name", "version"),
    [
        ("Mojolicious-9.31", "Mojolicious", "9.31"),
        ("App-cpanminus-1.7047", "App-cpanminus", "1.7047"),
        ("Class-DBI-v3.0.17", "Class-DBI", "3.0.17"),
        ("Foo-1.0-TRIAL", "Foo", "1.0-TRIAL"),
    ],
)
def test_distributions_are_split_at_their_version(dist: str, name: str, version: str) -> None:
    record = orjson.dumps({"dist": dist})
    (package,) = found(CATALOGER, {f"{LIBRARY}/.meta/{dist}/install.json": record})
    assert (package.name, package.version) == (name, version)


@given(st.binary(max_size=300), st.integers(0, 200))
def test_damaged_files_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, RECORD_PATH, RECORD[:at] + noise)
    survives(CATALOGER, f"{LIBRARY}/perllocal.pod", LOG[:at] + noise)
    survives(CATALOGER, f"{LIBRARY}/auto/X/.packlist", FILES[:at] + noise)
