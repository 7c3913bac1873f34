"""Edges between packages follow from what is recorded, and name only what is there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory import dependencies as module
from ocianalyze.inventory.dependencies import dependencies
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Found, Package, Presence

SITE = "usr/lib/python3/dist-packages"
LOCAL = "usr/local/lib/python3.11/site-packages"
VENV = "opt/venv/lib/python3.11/site-packages"


def package(found: Found, presence: Presence = Presence.VISIBLE) -> Package:
    """Return a package of an image."""
    return Package(found, purl(found), "x", presence, ("x",), 0)


def edges(
    *found: Found, links: dict[str, str] | None = None, owners: dict[str, str] | None = None
) -> dict[str, list[str]]:
    """Return the needs of packages that are told by name and location."""
    packages = [package(each) for each in found]
    named = [f"{one.name} {one.found.location}".strip() for one in packages]
    owned = {
        path: [one for one in packages if one.name == name] for path, name in (owners or {}).items()
    }
    made = dependencies(
        packages, lambda path: (links or {}).get(path, ""), lambda path: owned.get(path, [])
    )
    assert not made.is_cut
    return {named[one]: [named[other] for other in others] for one, others in made.edges.items()}


def deb(name: str, depends: str = "", provides: str = "", arch: str = "amd64") -> Found:
    """Return a package of dpkg's database."""
    return Found(
        "deb",
        name,
        "1",
        arch=arch,
        depends=(depends,) if depends else (),
        provides=(provides,) if provides else (),
    )


def pypi(name: str, site: str, *depends: str) -> Found:
    """Return an installed distribution."""
    return Found("pypi", name, "1", location=f"{site}/{name}-1.dist-info", depends=depends)


def npm(location: str, *depends: str) -> Found:
    """Return an installed module."""
    _, _, name = location.rpartition("node_modules/")
    scope, _, own = name.rpartition("/")
    return Found("npm", own, "1", namespace=scope, location=location, depends=depends)


def test_the_first_alternative_that_is_there_counts() -> None:
    made = edges(
        deb("app", "libc6 (>= 2.34), exim4 | mta:any (>= 1) | b, absent, b (= 1) [amd64]"),
        deb("b"),
        deb("libc6"),
        deb("postfix", provides="x, mta (= 3), y"),
    )
    assert made == {"app": ["libc6", "postfix", "b"]}


def test_a_package_is_taken_before_what_provides_it_and_never_itself() -> None:
    made = edges(
        deb("a", provides="mta"), deb("mta"), deb("x", "mta, x", provides="z"), deb("z", "z, mta")
    )
    assert made == {"x": ["mta"], "z": ["mta"]}


def test_an_architecture_needs_its_own() -> None:
    there = [replace(deb("c", arch=arch), location="") for arch in ("amd64", "i386")]
    packages = [package(x) for x in (*there, deb("i", "c", arch="i386"), deb("a", "c", arch="all"))]
    made = dependencies(packages, str, lambda _: ())
    assert made.edges == {2: [1], 3: [0]}


def test_apk_names_sonames_and_no_conflicts() -> None:
    made = edges(
        Found("apk", "a", "1", depends=("so:libc.so.1 b>=1 !c /bin/sh d~2",)),
        Found("apk", "b", "1"),
        Found("apk", "c", "1"),
        Found("apk", "d", "2"),
        Found("apk", "musl", "1", provides=("so:libc.so.1=1 cmd:ldd=1",)),
    )
    assert made == {"a": ["musl", "b", "d"]}


def test_rpm_needs_capabilities_and_files() -> None:
    made = edges(
        Found("rpm", "a", "1", depends=("libc.so.6(X)", "/bin/sh", "(b if c)", "/usr/none")),
        Found("rpm", "bash", "1"),
        Found("rpm", "glibc", "1", provides=("glibc", "libc.so.6(X)")),
        links={"bin/sh": "usr/bin/sh"},
        owners={"usr/bin/sh": "bash"},
    )
    assert made == {"a": ["glibc", "bash"]}


def test_python_names_are_normalized_and_extras_are_not_needed() -> None:
    needs = (
        "Zope.Interface (>=1)",
        'tomli>=2; python_version < "3.11"',
        "b[extra]>=1",
        'c; extra == "test"',
        'd ; os_name == "posix" and extra=="x"',
    )
    made = edges(
        pypi("a", VENV, *needs),
        *(pypi(name, VENV) for name in ("zope-interface", "tomli", "b", "c", "d")),
    )
    home = {name: f"{name} {VENV}/{name}-1.dist-info" for name in ("zope-interface", "tomli", "b")}
    assert made == {f"a {VENV}/a-1.dist-info": list(home.values())}


@pytest.mark.parametrize(
    ("here", "there", "is_found"),
    [(SITE, SITE, True), (LOCAL, SITE, True), (VENV, SITE, False), (SITE, VENV, False)],
    ids=["same", "beside", "out-of-an-environment", "into-an-environment"],
)
def test_python_needs_what_its_interpreter_reads(here: str, there: str, *, is_found: bool) -> None:
    made = edges(pypi("a", here, "b"), pypi("b", there))
    (needed,) = made.values()
    assert bool(needed) == is_found


def test_python_takes_the_nearest_of_several() -> None:
    made = edges(pypi("b", SITE), pypi("b", LOCAL), pypi("a", LOCAL, "b"))
    assert made == {f"a {LOCAL}/a-1.dist-info": [f"b {LOCAL}/b-1.dist-info"]}


def test_node_finds_the_nearest_module() -> None:
    made = edges(
        npm("app/node_modules/a", "b", "@s/c", "absent"),
        npm("app/node_modules/a/node_modules/b"),
        npm("app/node_modules/b"),
        npm("app/node_modules/@s/c", "b"),
        npm("node_modules/d", "b"),
        Found("npm", "app", "1", location="app", depends=("b",)),
    )
    assert made == {
        "a app/node_modules/a": ["b app/node_modules/a/node_modules/b", "c app/node_modules/@s/c"],
        "c app/node_modules/@s/c": ["b app/node_modules/b"],
        "d node_modules/d": [],
        "app app": ["b app/node_modules/b"],
    }


def test_node_follows_links_as_those_of_pnpm() -> None:
    store = "app/node_modules/.pnpm"
    made = edges(
        npm(f"{store}/a@1/node_modules/a", "b"),
        npm(f"{store}/b@1/node_modules/b"),
        links={
            f"{store}/a@1/node_modules/b/package.json": f"{store}/b@1/node_modules/b/package.json"
        },
    )
    assert list(made.values()) == [[f"b {store}/b@1/node_modules/b"]]


def test_debians_modules_find_each_other() -> None:
    made = edges(
        Found("npm", "a", "1", location="usr/share/nodejs/a", depends=("b",)),
        Found("npm", "b", "1", location="usr/share/nodejs/b"),
    )
    assert made == {"a usr/share/nodejs/a": ["b usr/share/nodejs/b"]}


def test_parts_of_a_program_need_parts_of_the_same_one() -> None:
    made = edges(
        Found("cargo", "a", "1", location="bin/x", depends=("b@2", "b@3")),
        Found("cargo", "b", "1", location="bin/x"),
        Found("cargo", "b", "2", location="bin/x"),
        Found("cargo", "b", "3", location="bin/y"),
        Found("golang", "m", "(devel)", "h", location="bin/g", depends=("h/l@v1", "stdlib@1.2")),
        Found("golang", "l", "v1", "h", location="bin/g"),
        Found("golang", "stdlib", "1.2", location="bin/g"),
    )
    assert made == {"a bin/x": ["b bin/x"], "m bin/g": ["l bin/g", "stdlib bin/g"]}


def test_types_do_not_mix_and_removed_packages_have_no_edges() -> None:
    packages = [package(deb("a", "b")), package(Found("apk", "b", "1"))]
    gone = [package(deb("b"), Presence.REMOVED), package(deb("c", "a"), Presence.REMOVED)]
    assert dependencies([*packages, *gone], str, lambda _: ()).edges == {0: []}


def test_edges_are_bounded_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EDGES", 3)
    monkeypatch.setattr(module, "NEEDS", 2)
    packages = [package(deb(name, "a, b, c")) for name in "abc"]
    made = dependencies(packages, str, lambda _: ())
    assert made.is_cut
    assert sum(map(len, made.edges.values())) <= 3


_TEXT = st.text("ab |,;:()=<>!~@/[]. \n", max_size=30)


@given(st.lists(st.tuples(st.sampled_from(["deb", "apk", "rpm", "pypi", "npm", "cargo"]),
                          st.text("ab@/.", max_size=6), _TEXT, _TEXT)))  # fmt: skip
def test_whatever_is_recorded_edges_lead_to_packages(
    texts: list[tuple[str, str, str, str]],
) -> None:
    packages = [
        package(Found(kind, name, "1", location=name, depends=(needs,), provides=(also,)))
        for kind, name, needs, also in texts
    ]
    made = dependencies(packages, str, lambda _: packages)
    assert all(one not in others for one, others in made.edges.items())
    assert {each for others in made.edges.values() for each in others} <= set(range(len(packages)))
