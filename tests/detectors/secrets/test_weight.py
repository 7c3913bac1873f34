"""What a package brought weighs less; what an author wrote does not."""

import sys
from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.detectors.secrets import weight
from ocianalyze.detectors.secrets.weight import lies_among_samples, weighed
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS
from ocianalyze.model.entry import State
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.package import Found, Inventory, Ownership, Package, Presence
from ocianalyze.model.secret import Place, Proven, Secret
from ocianalyze.model.verification import Difference, Verification
from tests.images import image

PATH = "opt/shop/a.conf"


def view(
    type_: str,
    *,
    owner: str = "",
    introduced: int = 0,
    changed: bool = False,
    location: str = "",
    direct: bool = False,
) -> ImageView:
    origin = (("direct-url", "file:///src"),) if direct else ()
    found = Found(type_, "shop", "1", location=location, properties=origin)
    purl = f"pkg:{type_}/shop@1"
    one = Package(found, purl, "x", Presence.VISIBLE, (), introduced, owner=owner)
    made = image({PATH: b"x"})
    told = Verification(types={type_: 1})
    if changed:
        told.changed.append(Difference(PATH, made.tree.get(PATH), one, "configuration"))
    inventory = Inventory(packages=(one,), ownership=Ownership(files={PATH: (0,)}))
    return replace(made, inventory=inventory, verify=lambda _: told)


def secret(proven: Proven = "well-formed") -> Secret:
    place = Place("content", path=PATH, layer=0, offset=0, state=State.VISIBLE)
    return Secret(
        rule="acme-token",
        id="0123456789abcdef",
        provider="Acme",
        kind="token",
        title="Acme token",
        masked="acme_**** (40)",
        proven=proven,
        severity="critical",
        form="own",
        places=(place,),
        remediation="Revoke it",
    )


@pytest.mark.parametrize(
    ("package", "severity"),
    [
        pytest.param({"type_": "rpm"}, "medium", id="as-its-package-has-it"),
        pytest.param({"type_": "deb"}, "high", id="digest-not-made"),
        pytest.param({"type_": "deb", "changed": True}, "critical", id="modified"),
        pytest.param({"type_": "rpm", "introduced": 1}, "critical", id="other-layer"),
        pytest.param({"type_": "nix"}, "critical", id="nix"),
        pytest.param({"type_": "maven"}, "critical", id="jar"),
        pytest.param({"type_": "npm"}, "critical", id="node-modules"),
        pytest.param({"type_": "pypi", "owner": "pkg:deb/x"}, "high", id="shipped-by-debian"),
    ],
)
def test_only_what_a_distribution_brought_weighs_less(
    package: dict[str, Any], severity: str
) -> None:
    seen = view(**package)
    assert weighed(secret(), seen).severity == severity
    assert lies_among_samples(secret(), seen) is (severity != "critical")


@pytest.mark.parametrize(
    ("package", "severity"),
    [
        pytest.param({"type_": "rpm"}, "low", id="as-its-package-has-it"),
        pytest.param({"type_": "deb"}, "low", id="digest-not-made"),
        pytest.param({"type_": "deb", "changed": True}, "medium", id="modified"),
        pytest.param({"type_": "npm"}, "medium", id="no-distribution"),
    ],
)
def test_a_sample_that_a_package_brought_weighs_less_twice(
    package: dict[str, Any], severity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PATH", "usr/share/man/man5/acme.conf.5.gz")
    assert weighed(secret(), view(**package)).severity == severity


@pytest.mark.parametrize(
    ("path", "is_sample"),
    [
        ("opt/x-1.0.dist-info/METADATA", True),
        ("opt/x.egg-info/PKG-INFO", True),
        ("opt/a/molecule/default/prepare.yml", True),
        ("opt/apis/s3.examples.json", True),
        ("opt/metadata", False),
        ("opt/moleculer/settings.yml", False),
    ],
)
def test_samples_lie_where_readmes_and_tests_do(
    path: str, *, is_sample: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PATH", path)
    assert lies_among_samples(secret(), view("npm")) is is_sample


PUBLIC = "as its package brings it, so no secret where that is public"


@pytest.mark.parametrize(
    ("package", "is_public"),
    [
        pytest.param({"type_": "rpm"}, True, id="as-its-package-has-it"),
        pytest.param({"type_": "rpm", "changed": True}, False, id="modified"),
        pytest.param({"type_": "rpm", "introduced": 1}, False, id="other-layer"),
        pytest.param({"type_": "deb"}, False, id="digest-not-made"),
        pytest.param({"type_": "pypi", "location": "opt/x.dist-info"}, True, id="recorded"),
        pytest.param({"type_": "pypi", "location": "opt/x.egg-info"}, False, id="no-digests"),
        pytest.param(
            {"type_": "pypi", "location": "opt/x.dist-info", "changed": True}, False, id="differs"
        ),
        pytest.param(
            {"type_": "pypi", "location": "opt/x.dist-info", "direct": True}, False, id="an-own"
        ),
        pytest.param({"type_": "npm"}, False, id="npm-records-nothing"),
    ],
)
def test_what_a_digest_shows_to_be_public_is_beyond_no_doubt_and_for_people_to_look_at(
    package: dict[str, Any], *, is_public: bool
) -> None:
    proved, seen = secret("verified-offline"), view(**package)
    told = weighed(proved, seen)
    assert lies_among_samples(proved, seen) is is_public
    assert told.severity == ("medium" if is_public else "critical")
    assert told.detail == (PUBLIC if is_public else "")


@pytest.mark.parametrize(
    ("needed", "location", "severity"),
    [
        pytest.param(("shop",), "opt/node_modules/shop", "medium", id="a-dependency"),
        pytest.param((), "opt/node_modules/shop", "critical", id="nobody-asks-for-it"),
        pytest.param(("shop",), "opt/packages/shop", "critical", id="a-workspace-of-the-author"),
        pytest.param(("shop",), "", "critical", id="not-installed"),
    ],
)
def test_a_dependency_of_npm_is_public(
    needed: tuple[str, ...], location: str, severity: str
) -> None:
    seen = view("npm")
    found = seen.inventory.packages[0].found
    own = replace(found, location=location, confidence="exact" if location else "heuristic")
    asking = Package(Found("npm", "app", "1", depends=needed), "", "x", Presence.VISIBLE, (), 0)
    packages = (replace(seen.inventory.packages[0], found=own), asking)
    seen = replace(seen, inventory=replace(seen.inventory, packages=packages))
    assert weighed(secret(), seen).severity == severity
    key = replace(secret("verified-offline"), kind="private-key")
    assert weighed(key, seen).severity == severity
    assert weighed(secret("verified-offline"), seen).severity == "critical"


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("opt/passlib/handlers/md5_crypt.py", "medium"),
        ("srv/app.js", "medium"),
        ("etc/shadow", "critical"),
        ("docker-entrypoint-initdb.d/users.sql", "critical"),
    ],
)
def test_no_account_is_in_source_code(path: str, severity: str) -> None:
    place = replace(secret().places[0], path=path)
    found = replace(secret("verified-offline"), kind="password-hash", places=(place,))
    assert weighed(found, view("nix")).severity == severity
    assert lies_among_samples(found, view("nix")) is (severity == "medium")


@pytest.mark.parametrize("note", [".package-lock.json", ".yarn-integrity", ".modules.yaml"])
def test_what_npm_noted_is_installed(note: str, monkeypatch: pytest.MonkeyPatch) -> None:
    location = "app/node_modules/shop"
    monkeypatch.setattr(sys.modules[__name__], "PATH", f"{location}/lib/index.js")
    seen = view("npm", location=location)
    assert weighed(secret(), seen).severity == "critical"
    noted = image({f"{location}/lib/index.js": b"x", f"app/node_modules/{note}": b"{}"})
    assert weighed(secret(), replace(seen, tree=noted.tree)).severity == "medium"


def test_what_python_compiled_is_as_public_as_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PATH", "opt/a.py")
    seen = view("pypi", location="opt/x.dist-info")
    for path, severity in (
        ("opt/__pycache__/a.cpython-311.pyc", "medium"),
        ("opt/__pycache__/a.cpython-311.opt-1.pyc", "medium"),
        ("opt/__pycache__/b.cpython-311.pyc", "critical"),
        ("opt/a.pyc", "critical"),
    ):
        place = replace(secret().places[0], path=path)
        assert weighed(replace(secret(), places=(place,)), seen).severity == severity


def test_one_place_of_the_author_is_enough() -> None:
    own = Place("content", path="srv/settings.py", layer=0, offset=0, state=State.VISIBLE)
    both = replace(secret(), places=(*secret().places, own))
    told = weighed(both, view("rpm"))
    assert (told.severity, told.detail) == ("critical", "")
    assert not lies_among_samples(both, view("rpm"))


def test_digests_are_those_of_the_inventory() -> None:
    assert set(weight._DIGESTS) == {PROGRAMS, CONTENTS}


@pytest.mark.parametrize(
    ("expires", "created", "severity"),
    [
        pytest.param("2020-01-31T00:00:00Z", "2024-05-01T10:00:00Z", "high", id="before"),
        pytest.param("2024-05-01T09:00:00Z", "2024-05-01T10:00:00Z", "critical", id="that-day"),
        pytest.param("2030-01-31T00:00:00Z", "2024-05-01T10:00:00Z", "critical", id="after"),
        pytest.param("never", "2024-05-01T10:00:00Z", "critical", id="never"),
        pytest.param("2020-01-31T00:00:00Z", "", "critical", id="no-date"),
        pytest.param("2020-01-31T00:00:00Z", "soon", "critical", id="no-day"),
    ],
)
def test_what_had_expired_when_the_image_was_made_weighs_less(
    expires: str, created: str, severity: str
) -> None:
    seen = replace(view("nix"), config=ImageConfig(created=created))
    told = weighed(replace(secret("verified-offline"), facts={"expires": expires}), seen)
    assert told.severity == severity
    assert told.detail == ("expired before the image was made" if severity == "high" else "")


def test_what_has_no_image_is_compared_with_no_day() -> None:
    seen = replace(view("nix"), config=None)
    old = replace(secret(), facts={"expires": "2020-01-31T00:00:00Z"})
    assert weighed(old, seen).severity == "critical"


def test_what_only_words_call_a_secret_is_never_critical() -> None:
    """People must look at it."""
    words = replace(secret(), form="words")
    seen = view(type_="npm")
    assert weighed(words, seen).severity == "high"
    assert weighed(replace(words, proven="verified-offline"), seen).severity == "critical"


@pytest.mark.parametrize(
    ("inner", "severity"),
    [
        pytest.param("data.tar.xz!/./usr/share/man/man5/x.5.gz", "medium", id="manual"),
        pytest.param("etc/app.conf", "critical", id="configuration"),
    ],
)
def test_a_sample_in_an_archive_is_one(inner: str, severity: str) -> None:
    found = secret()
    places = (replace(found.places[0], path="opt/c.zip", inner=inner),)
    assert weighed(replace(found, places=places), view("npm")).severity == severity
