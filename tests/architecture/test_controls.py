"""Every core item of the catalogue has a control or a reason; every control has its samples."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules

import pytest

import ocianalyze.controls as home
from ocianalyze.controls._base import Control
from ocianalyze.controls.catalogue import catalogue, controls, folders
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.model.finding import Status
from tests.controls.samples import Sample, Samples
from tests.images import image

ROOT = Path(__file__).resolve().parents[2]
REASONS = tomllib.loads(Path(__file__).with_name("controls.toml").read_text("utf-8"))
"""`unwritten`: core items without a control; `lacks`: samples that cannot be; both with reasons."""
_SAYS = {
    Status.NOT_APPLICABLE: re.compile(r"NOT_APPLICABLE|windows_image\("),
    Status.NOT_EVALUATED: re.compile(r"NOT_EVALUATED|(undecided|layers_unread|field_unread)\("),
}
"""How the source of a control shows that it gives a status."""


@cache
def written() -> Mapping[str, Control]:
    """Return every control of this project by id."""
    return {control.id: control for control, _ in controls()}


@cache
def homes() -> Mapping[str, tuple[str, ...]]:
    """Return by module the ids of the controls that it exports."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in folders():
        package = import_module(f"{home.__name__}.{folder}")
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            if not module.name.rpartition(".")[2].startswith("_"):
                exported = vars(import_module(module.name))
                several = exported.get("CONTROLS", (exported.get("CONTROL"),))
                found[module.name] = tuple(control.id for control in several)
    return found


@cache
def samples() -> Samples:
    """Return the samples of all test modules of controls."""
    found: dict[str, tuple[Sample, ...]] = {}
    for path in sorted((ROOT / "tests" / "controls").glob("*/test_*.py")):
        if _names_samples(path):
            for name, own in _module(path)["SAMPLES"].items():
                found[name] = (*found.get(name, ()), *own)
    return found


def _names_samples(path: Path) -> bool:
    body = ast.parse(path.read_bytes()).body
    targets = (
        target
        for node in body
        for target in (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
    )
    return any(isinstance(target, ast.Name) and target.id == "SAMPLES" for target in targets)


def _module(path: Path) -> dict[str, Samples]:
    spec = spec_from_file_location(f"sampled_{path.parent.name}_{path.stem}", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def _owned_by_others() -> frozenset[str]:
    rows = catalogue()
    return frozenset(
        row.item.id for row in rows if row.item and row.item.include in ("hint", "out-of-scope")
    )


def _missing() -> Iterator[str]:
    for row in catalogue():
        if row.item and row.item.include == "core" and row.control is None:
            yield row.item.id


def test_every_core_item_has_a_control_or_a_reason() -> None:
    """The list of reasons shrinks: an item that has its control is taken out."""
    assert sorted(_missing()) == sorted(REASONS["unwritten"])
    assert all(REASONS["unwritten"].values())


@pytest.mark.parametrize("name", sorted(written()))
def test_every_control_has_a_passing_and_a_failing_sample(name: str) -> None:
    """Those that decide nothing have one that says so; hints have one out of scope."""
    expected = {Status.PASS, Status.FAIL}
    if name in _owned_by_others():
        expected = {Status.OUT_OF_SCOPE}
    elif written()[name].automation == "none":
        expected = {Status.NOT_EVALUATED}
    lacks = {Status(status) for status in REASONS["lacks"].get(name, {})}
    assert expected - lacks <= {sample.status for sample in samples().get(name, ())}


@pytest.mark.parametrize("module", sorted(homes()))
@pytest.mark.parametrize("status", _SAYS, ids=str)
def test_what_a_module_can_say_one_of_its_samples_shows(module: str, status: Status) -> None:
    """Not applicable and not evaluated, where the source says either."""
    source = Path(import_module(module).__file__ or "").read_text("utf-8")
    if _SAYS[status].search(source):
        shown = {sample.status for name in homes()[module] for sample in samples().get(name, ())}
        assert status in shown


def test_samples_are_of_controls_that_exist() -> None:
    assert samples().keys() <= written().keys()
    assert REASONS["lacks"].keys() <= written().keys()


@pytest.mark.parametrize("os", ["linux", "windows"])
def test_nothing_that_could_be_unread_passes(os: str) -> None:
    """Whatever the catalogue asks of an image of which no layer was read."""
    results = evaluate(image(None, None, os=os, has_config=False), controls())
    said = {result.control.id: result.verdict for result in results}
    assert not [name for name, verdict in said.items() if verdict.status is Status.PASS]
    assert not [name for name, verdict in said.items() if verdict.reason == "control-error"]


def test_every_control_says_something_short_of_itself() -> None:
    for control in written().values():
        assert 0 < len(control.short) <= 24, control.id
        for text in (control.reads, control.decides, control.limits, control.remediation):
            assert text, control.id
            assert text.strip() == text, control.id
