"""The text report: 80 columns, no character of an image that a terminal would obey."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from ocianalyze.model.finding import Finding
from ocianalyze.report._base import Analysis, Style
from ocianalyze.report.assemble import assemble
from ocianalyze.report.formats import load
from ocianalyze.report.gate import gate
from ocianalyze.report.threshold import FailOn
from tests.report.documents import ANALYSIS, HOSTILE, IMAGE, RESULTS, SEVERAL, VIEW

GOLDEN = Path(__file__).parent / "golden"


def rendered(analysis: Analysis, fail_on: FailOn = "fail", style: Style | None = None) -> str:
    """Return the text report."""
    report = assemble(analysis)
    style = replace(style or Style(), gate=gate(report, fail_on))
    return b"".join(load("text").render(report, style)).decode()


@pytest.mark.parametrize(
    ("name", "analysis", "verbose"),
    [
        pytest.param("one", ANALYSIS, False, id="one"),
        pytest.param("one-verbose", ANALYSIS, True, id="one-verbose"),
        pytest.param("several", SEVERAL, False, id="several"),
    ],
)
def test_the_report_is_the_golden_one(name: str, analysis: Analysis, *, verbose: bool) -> None:
    """Set OCIANALYZE_UPDATE_GOLDEN to write what is made now, and look at the difference."""
    text = rendered(analysis, style=Style(verbose=verbose))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("OCIANALYZE_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def hostile() -> Analysis:
    """Return an analysis in which everything that can come from an image is hostile and long."""
    nasty = HOSTILE * 4 + "日本" * 60 + "[bold red]:smile:[/]"
    verdicts = [
        replace(
            result,
            verdict=replace(
                result.verdict,
                summary=nasty,
                remediation=f"{nasty}\n{nasty}",
                evidence=tuple(
                    replace(e, detail=nasty, path=nasty) for e in result.verdict.evidence
                ),
            ),
        )
        for result in RESULTS
    ]
    steps = tuple(replace(step, raw=nasty, builder=nasty) for step in VIEW.history.steps)
    findings = tuple(replace(f, detail=nasty, path=nasty, title=nasty) for f in VIEW.findings)
    view = replace(VIEW, history=replace(VIEW.history, steps=steps), findings=findings)
    image = replace(IMAGE, names=(nasty, nasty), view=view, results=tuple(verdicts))
    return replace(SEVERAL, reference=nasty, images=(image, *SEVERAL.images))


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
def test_no_line_is_wider_than_asked_and_no_character_is_obeyed(
    width: int, *, verbose: bool
) -> None:
    """Names of an image are neither markup, nor emoji, nor escape sequences, nor lines."""
    text = rendered(hostile(), style=Style(verbose=verbose, width=width))
    for line in text.split("\n"):
        assert cell_len(line) <= width, line
        assert line.isprintable()
        assert line == line.rstrip()
    assert "[boldred]:smile:[/]" in text.replace("\n", "").replace(" ", "")


def test_colour_comes_from_the_report_alone() -> None:
    """Escape sequences appear when asked for, and they only set colours."""
    plain = rendered(hostile())
    coloured = rendered(hostile(), style=Style(colour=True))
    assert "\x1b" not in plain
    sequences = set(re.findall(r"\x1b[^m]*m", coloured))
    assert sequences
    assert all(re.fullmatch(r"\x1b\[[0-9;]*m", sequence) for sequence in sequences)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(
    ("fail_on", "line"),
    [
        ("fail", "gate: failed (--fail-on fail): 3 verdicts"),
        ("never", "gate: passed (--fail-on never)"),
    ],
)
def test_the_last_line_is_the_gate(fail_on: FailOn, line: str) -> None:
    """So that the end of a log tells the outcome."""
    assert rendered(ANALYSIS, fail_on).splitlines()[-1] == line


def test_bytes_unlike_their_digests_are_not_to_be_overlooked() -> None:
    """In the image's block and at the gate."""
    text = rendered(replace(ANALYSIS, images=(replace(IMAGE, integrity="failed"),)))
    assert "integrity FAILED" in text
    assert "3 verdicts, integrity" in text


def test_a_named_base_that_does_not_fit_is_told_where_the_base_is() -> None:
    """In the image's block, above what was found instead."""
    misfit = Finding("image.base-differs", "medium", "named base", detail="other:1: no layer \x1b")
    view = replace(VIEW, findings=(*VIEW.findings, misfit))
    lines = rendered(replace(ANALYSIS, images=(replace(IMAGE, view=view),))).splitlines()
    at = next(n for n, line in enumerate(lines) if "does not fit" in line)
    assert lines[at].startswith("  base: the named one does not fit: other:1: no layer ")
    assert lines[at + 1].startswith("  base: layer 0")
    assert "does not fit" not in rendered(ANALYSIS)


def test_what_no_step_made_does_not_stand_below_a_step() -> None:
    """With all evidence, what a step made is indented under it, and nothing else is."""
    result = next(one for one in RESULTS if len(one.verdict.evidence) > 1)
    made, *_ = result.verdict.evidence
    alone = replace(made, path="of-no-step", step=None, layer=None)
    verdict = replace(result.verdict, evidence=(made, alone))
    images = (replace(IMAGE, results=(replace(result, verdict=verdict),)),)
    text = rendered(replace(ANALYSIS, images=images), style=Style(verbose=True))
    assert re.search(r"\n {10}step \d.*\n {12}- .*\n {10}- /of-no-step", text)


def test_what_was_not_read_is_said() -> None:
    """A foreign layer leaves part of the image unknown."""
    assert "not read to the end: layer 1 (foreign)" in rendered(SEVERAL)


def test_nothing_to_verify_and_no_history_are_said() -> None:
    """A root filesystem promises no digests and has no steps that could mismatch."""
    history = replace(VIEW.history, steps=(), reliable=False)
    bare = replace(
        IMAGE, digests_verified=0, diff_ids_verified=0, view=replace(VIEW, history=history)
    )
    text = rendered(replace(ANALYSIS, images=(bare,)))
    assert "  integrity: nothing to verify, the format promises no digests\n" in text
    assert "  no history\n" in text
    assert "does not match" not in text


@pytest.mark.parametrize(
    ("builders", "line"),
    [
        (("jib", "jib", "jib", "jib"), "history: 4 steps by jib"),
        (("", "", "ko", "jib"), "history: 4 steps, 2 by jib, ko"),
        (("", "", "", ""), "history: 4 steps"),
    ],
    ids=["all", "some", "none"],
)
def test_only_the_steps_that_a_builder_marked_are_its(builders: tuple[str, ...], line: str) -> None:
    found = zip(VIEW.history.steps, builders, strict=True)
    steps = tuple(replace(step, builder=builder) for step, builder in found)
    view = replace(VIEW, history=replace(VIEW.history, steps=steps))
    text = rendered(replace(ANALYSIS, images=(replace(IMAGE, view=view),)))
    assert re.search(rf"^  {line}(?:  |$)", text, re.MULTILINE)


def test_an_image_without_verdicts_or_history_is_shown_all_the_same() -> None:
    """A root filesystem has neither."""
    bare = replace(IMAGE, names=(), results=(), config_digest=None)
    assert "(no name)" in rendered(replace(ANALYSIS, images=(bare,)))
    assert "0 images" in rendered(replace(ANALYSIS, images=()))
