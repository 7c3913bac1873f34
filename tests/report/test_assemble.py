"""The document says what the analysis says, and nothing about the machine."""

from dataclasses import replace

import pytest

from ocianalyze.controls._base import Result
from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.history import History, Step
from ocianalyze.model.package import Distribution, Inventory
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.report.subject import apart
from tests.images import tree
from tests.report.documents import ANALYSIS, IMAGE, RESULTS, SEVERAL, VIEW, digest


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("/home/somebody/images/app.tar", "app.tar"),
        ("app.tar", "app.tar"),
        ("../layout/", "layout"),
        ("oci:/srv/layout:1.4", "oci:layout:1.4"),
        (
            "docker-archive:/srv/app.tar:docker.io/team/app:1",
            "docker-archive:app.tar:docker.io/team/app:1",
        ),
        ("registry-storage:/var/lib/registry!team/app:1", "registry-storage:registry!team/app:1"),
        ("-", "-"),
        (".", "."),
        ("/", "/"),
        ("b\udcff.tar", "b\\xff.tar"),
    ],
)
def test_the_reference_loses_its_directories(given: str, shown: str) -> None:
    """The same image in another place gives the same document."""
    assert assemble(replace(ANALYSIS, reference=given)).input.reference == shown


@pytest.mark.parametrize(
    ("references", "names"),
    [
        (["/srv/a/app.tar", "b/c.tar"], ["app.tar", "c.tar"]),
        (["/srv/a/x/app.tar", "/srv/b/x/app.tar"], ["a/x/app.tar", "b/x/app.tar"]),
        (["dir:a/app", "b/app!x"], ["dir:app", "app!x"]),
        (["app.tar", "app.tar"], ["app.tar", "app.tar"]),
    ],
)
def test_inputs_of_one_name_are_told_apart_by_directories(
    references: list[str], names: list[str]
) -> None:
    """As many as it takes."""
    assert apart(references) == names


def test_controls_are_sorted_by_number_not_by_text() -> None:
    """4.10 follows 4.8."""
    numbers = [control.number for control in assemble(ANALYSIS).controls]
    assert numbers == ["4.1", "4.2", "4.3", "4.4", "4.8", "4.10"]


def test_identifiers_are_the_benchmarks() -> None:
    """People know `CIS-4.8`; programs know the catalogue's id and version."""
    control = assemble(ANALYSIS).controls[4]
    assert (control.id, control.control) == ("CIS-4.8", "cis-docker-4.8")
    assert (control.framework, control.version) == ("CIS Docker Benchmark", "1.8.0")


def test_evidence_names_layer_and_the_step_that_made_it() -> None:
    """The step follows from the layer when the control did not name one."""
    (evidence,) = assemble(ANALYSIS).controls[-1].evidence
    assert evidence.layer is not None
    assert evidence.step is not None
    assert (evidence.layer.index, evidence.layer.digest) == (1, digest("b"))
    assert (evidence.step.index, evidence.step.created_by) == (2, "COPY . /app # buildkit")


def test_evidence_without_a_path_has_no_state() -> None:
    """A config field is neither visible nor deleted."""
    (evidence,) = assemble(ANALYSIS).controls[0].evidence
    assert (evidence.pointer, evidence.path, evidence.state) == ("/config/User", None, None)


def test_history_lines_hide_secrets_and_end() -> None:
    """A build argument is in the layer's step."""
    step = assemble(ANALYSIS).images[0].layers[2].step
    assert step is not None
    assert "not-a-real-one" not in step.created_by
    long = Step(0, "RUN " + "x" * 900, "RUN", "", "", layer=0)
    image = replace(IMAGE, view=replace(VIEW, history=History((long,))), results=())
    found = assemble(Analysis("x", "directory", (image,))).images[0].layers[0].step
    assert found is not None
    assert len(found.created_by) == 200


def test_the_remediation_for_this_image_wins_over_the_controls_own() -> None:
    """The control's text stands in when the verdict has none."""
    controls = {control.number: control for control in assemble(ANALYSIS).controls}
    assert controls["4.10"].remediation == "build with --mount=type=secret; rotate the key"
    assert controls["4.1"].remediation == "RUN useradd -r app\nUSER app"


def test_a_control_of_no_benchmark_has_its_place_at_the_end() -> None:
    """Plug-ins need no recommendation."""
    stray = replace(RESULTS[0].control, id="acme-1", short="acme rule")
    result = Result(stray, None, Verdict(Status.PASS, "ok", "fine"))
    image = replace(IMAGE, results=(result, *RESULTS))
    last = assemble(Analysis("x", "directory", (image,))).controls[-1]
    assert (last.id, last.title, last.level, last.assessment) == ("acme-1", "acme rule", None, None)
    assert last.number == "acme-1"  # else a table would not say what to waive or explain


def test_an_evidence_that_points_to_no_layer_does_not_break_the_document() -> None:
    """A wrong index is a control's defect, not the reader's."""
    evidence = replace(RESULTS[0].verdict.evidence[0], layer=99, step=99)
    result = replace(RESULTS[0], verdict=replace(RESULTS[0].verdict, evidence=(evidence,)))
    image = replace(IMAGE, results=(result,))
    (found,) = assemble(Analysis("x", "directory", (image,))).controls[0].evidence
    assert (found.layer, found.step) == (None, None)


def test_records_of_several_images_name_theirs() -> None:
    """By position and digest."""
    report = assemble(SEVERAL)
    assert {control.image.index for control in report.controls} == {0, 1}
    assert report.images[1].layers[1].status == "absent"
    assert report.images[1].layers[1].detail == "foreign"


def test_the_base_and_the_distribution_are_said_with_their_grounds() -> None:
    """The distribution is the image's own claim, the base a guess with a method."""
    image = assemble(ANALYSIS).images[0]
    assert image.distribution == "Demo Linux 1 \\xff\x1b[2J"
    assert image.base is not None
    assert (image.base.layers, image.base.confidence) == (1, "heuristic")


def test_without_os_release_another_file_names_the_distribution() -> None:
    inventory = Inventory(distribution=Distribution(name="CentOS release 6.10 (Final)"))
    view = replace(VIEW, tree=tree({"etc/redhat-release": b"CentOS"}), inventory=inventory)
    image = replace(IMAGE, view=view, results=())
    assert assemble(replace(ANALYSIS, images=(image,))).images[0].distribution == (
        "CentOS release 6.10 (Final)"
    )
