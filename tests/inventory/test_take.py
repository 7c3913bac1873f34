"""Packages and their layers: the difference of databases, not whoever wrote last."""

from collections.abc import Iterable

import orjson
import pytest

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.inventory import take as take_module
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers.dpkg import CATALOGER as DPKG
from ocianalyze.inventory.catalogers.python import CATALOGER as PYTHON
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.take import Taken, take
from ocianalyze.layers.observer import Interest, Observer
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import State
from ocianalyze.model.package import Distribution, Found, Package, Presence
from tests.images import Layer, facts, image, tar

Fate = tuple[str, int, int | None]
"""Name with version, layer that introduced it, layer that removed it."""


def status(*packages: str) -> Layer:
    """Return a dpkg status file; `name=2` gives a version other than 1."""
    stanzas = (
        f"Package: {name}\nStatus: install ok installed\nArchitecture: all\n"
        f"Version: {version or 1}\n"
        for name, _, version in (package.partition("=") for package in packages)
    )
    return {"var/lib/dpkg/status": "\n".join(stanzas).encode()}


def taken(*layers: Layer | None, cataloger: Cataloger = DPKG) -> Taken:
    """Return what one cataloger finds."""
    view = image(*layers, observers=cataloger.observers)
    return take(view.tree, (cataloger,), Distribution(id="debian", version="12"))


def fates(packages: Iterable[Package]) -> set[Fate]:
    """Return packages with their layers."""
    return {(f"{one.name}={one.version}", one.introduced, one.removed) for one in packages}


REMOVED: Layer = {"var/lib/dpkg/.wh.status": b""}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param(
            [status("a"), status("a", "b"), status("a", "b", "c"), status("a", "b", "c", "d")],
            {("a=1", 0, None), ("b=1", 1, None), ("c=1", 2, None), ("d=1", 3, None)},
            id="rewritten-in-each-layer",
        ),
        pytest.param(
            [status("a", "b"), {"x": b""}, status("a"), {"y": b""}],
            {("a=1", 0, None), ("b=1", 0, 2)},
            id="removed",
        ),
        pytest.param(
            [status("a", "b"), status("a"), status("a", "b")],
            {("a=1", 0, None), ("b=1", 0, 1), ("b=1", 2, None)},
            id="removed-and-added-again",
        ),
        pytest.param(
            [status("a"), status("a=2"), status("a=2", "b")],
            {("a=1", 0, 1), ("a=2", 1, None), ("b=1", 2, None)},
            id="upgraded",
        ),
        pytest.param(
            [status("a"), status("a=2"), status("a=2", "b"), status("a"), status("a=2")],
            {
                *{("a=1", 0, 1), ("a=2", 1, 3), ("a=1", 3, 4), ("a=2", 4, None)},
                ("b=1", 2, 3),
            },
            id="upgraded-and-put-back",
        ),
        pytest.param(
            [status("a", "b"), REMOVED], {("a=1", 0, 1), ("b=1", 0, 1)}, id="database-deleted"
        ),
        pytest.param(
            [status("a"), REMOVED, status("a", "b")],
            {("a=1", 0, 1), ("a=1", 2, None), ("b=1", 2, None)},
            id="database-deleted-and-made-again",
        ),
        pytest.param(
            [status("a"), {"var/lib/.wh.dpkg": b""}], {("a=1", 0, 1)}, id="directory-deleted"
        ),
        pytest.param(
            [status("a"), {"var/.wh..wh..opq": b"", **status("b")}],
            {("a=1", 0, 1), ("b=1", 1, None)},
            id="directory-emptied",
        ),
        pytest.param([{"x": b""}, None, status("a")], {("a=1", 2, None)}, id="after-a-missing-one"),
        pytest.param(
            [
                {"var/lib/dpkg/status.d/a": b"Package: a\nVersion: 1\n"},
                {"var/lib/dpkg/status.d/b": b"Package: b\nVersion: 1\n"},
                {"var/lib/dpkg/status.d/.wh.a": b""},
            ],
            {("a=1", 0, 2), ("b=1", 1, None)},
            id="one-file-a-package",
        ),
        pytest.param(
            [
                {"var/lib/dpkg/status.d/a": b"Package: a\nVersion: 1\nArchitecture: all\n"},
                status("a"),
            ],
            {("a=1", 0, None)},
            id="in-two-places-of-one-database",
        ),
    ],
)
def test_a_package_is_of_the_first_layer_of_each_run_that_records_it(
    layers: list[Layer | None], expected: set[Fate]
) -> None:
    assert fates(taken(*layers).packages) == expected


def test_each_run_is_as_its_own_evidence_says() -> None:
    again = {"var/lib/dpkg/status.d/b": b"Package: b\nVersion: 1\nSection: x\nDepends: c\n"}
    gone, there = taken(status("b"), REMOVED, again).packages
    assert (gone.evidence, gone.found.depends) == (("var/lib/dpkg/status",), ())
    assert (there.evidence, there.found.depends) == (("var/lib/dpkg/status.d/b",), ("c",))


def metadata(version: str = "1") -> bytes:
    """Return what describes a Python distribution."""
    return f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n".encode()


SITE = "usr/lib/python3/dist-packages"


def test_an_installation_deleted_by_a_whiteout_is_removed_by_its_layer() -> None:
    lower = {f"{SITE}/demo-1.dist-info/METADATA": metadata()}
    upper = {f"{SITE}/.wh.demo-1.dist-info": b""}
    (package,) = taken(lower, {"x": b""}, upper, cataloger=PYTHON).packages
    assert (package.presence, package.introduced, package.removed) == (Presence.REMOVED, 0, 2)
    assert package.evidence == (f"{SITE}/demo-1.dist-info/METADATA",)


def test_two_installations_of_one_package_are_two() -> None:
    lower = {"a/demo-1.dist-info/METADATA": metadata()}
    upper = {"b/demo-1.dist-info/METADATA": metadata()}
    assert [x.introduced for x in taken(lower, upper, cataloger=PYTHON).packages] == [0, 1]


def test_the_state_of_each_time_completes_a_package() -> None:
    """Reasons at the end count; apt's record may be written by another layer than dpkg's."""
    reasons = {
        "var/lib/apt/extended_states": b"Package: a\nArchitecture: amd64\nAuto-Installed: 1\n"
    }
    packages = taken(status("a", "b"), reasons).packages
    assert {x.name: x.found.reason for x in packages} == {"a": "automatic", "b": "manual"}
    (gone,) = taken(status("a"), REMOVED, reasons).packages
    assert gone.found.reason == ""


def test_damaged_values_and_values_cut_by_a_limit_become_problems() -> None:
    """What was read before the damage stays."""
    found = taken({"a.value": b"x", "b.value": b"damaged", "c.value": b"y"}, cataloger=FRAGILE)
    assert {package.name for package in found.packages} == {"x", "first", "y"}
    ((piece, detail),) = found.problems
    assert (piece.kept.path, piece.start, detail) == ("b.value", 0, "no package here")


def test_a_value_of_a_file_that_was_cut_is_a_problem() -> None:
    """The layer ends inside the file; what was seen of it counts."""
    blob = tar({"a.value": b"x" * 900})
    read = facts(blob[: blob.index(b"xxx") + 600], FRAGILE.observers)
    tree = MergedTree([read], filetype.TYPES, DEFAULT)
    found = take(tree, (FRAGILE,), Distribution())
    assert [problem.detail for problem in found.problems] == ["only a part was read"]
    assert [package.name for package in found.packages] == ["x" * 600]


def test_problems_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_module, "PROBLEMS", 3)
    found = taken({f"{n}.value": b"damaged" for n in range(10)}, cataloger=FRAGILE)
    assert (len(found.problems), found.unnamed) == (3, 7)


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    if kept.value == b"damaged":
        yield Found("generic", "first", "1")
        raise ValueError("no package here")
    yield Found("generic", kept.value.decode(), "1")


FRAGILE = Cataloger(
    name="fragile",
    types=("generic",),
    observers=(
        Observer(
            name="fragile",
            version=1,
            interest=Interest(suffixes=frozenset({b".value"})),
            open=lambda _seen, _head: Content(1_000),
        ),
    ),
    summary="",
    read=_read,
)


def _joins(found: Iterable[Found], beside: Iterable[Kept]) -> Iterable[Found]:
    """Take away what a log in the same directory names."""
    gone = {kept.value.decode() for kept in beside if kept.path.endswith(".log")}
    return [one for one in found if one.name not in gone]


def test_a_log_written_later_removes_a_package_from_its_layer_on() -> None:
    """The database's own file is untouched; the log beside it says what changed."""
    logged = Cataloger(
        name="logged",
        types=("generic",),
        observers=(
            Observer(
                name="logged",
                version=1,
                interest=Interest(suffixes=frozenset({b".db", b".log"})),
                open=lambda _seen, _head: Content(100),
            ),
        ),
        summary="",
        read=lambda kept, _: [
            Found("generic", name, "1")
            for name in (orjson.loads(kept.value) if kept.path.endswith(".db") else ())
        ],
        joins=_joins,
    )
    layers: list[Layer] = [{"x.db": b'["a","b"]'}, {"y": b""}, {"x.log": b"b"}]
    assert fates(taken(*layers, cataloger=logged).packages) == {("a=1", 0, None), ("b=1", 0, 2)}


def test_the_state_of_the_evidence_is_kept_with_a_problem() -> None:
    lower: Layer = {"b.value": b"damaged"}
    (problem,) = taken(lower, {".wh.b.value": b""}, cataloger=FRAGILE).problems
    assert problem.evidence.state is State.DELETED
