"""What counts is never cut off by what does not, and what is cut says so."""

from dataclasses import replace
from datetime import date

import pytest

from ocianalyze.controls.cis_debian_12 import passwords, repositories
from ocianalyze.controls.cis_debian_12 import world_writable as world
from ocianalyze.controls.cis_debian_12._say import judged as of_debian
from ocianalyze.controls.evidence import CUT, MOST, counted, gathered
from ocianalyze.controls.saying import judged as of_ocia
from ocianalyze.engine import observers
from ocianalyze.model.finding import Evidence, Status
from ocianalyze.policy.allowances import apply
from ocianalyze.policy.profile import Allowance
from tests.images import File, Layer, image

NOTE = Evidence("told", path="etc/note", severity="info")
BAD = Evidence("bad", path="etc/bad")
DAY = date(2026, 10, 1)


@pytest.mark.parametrize("notes", [0, 1, MOST - 1, MOST, MOST + 1])
def test_what_is_wrong_comes_first_however_much_is_told_before_it(notes: int) -> None:
    found = gathered([*[NOTE] * notes, BAD])
    assert found[0] == BAD
    assert len(found) == min(notes + 1, MOST)
    assert (found[-1].reason == CUT) is (notes + 1 > MOST)


@pytest.mark.parametrize(("number", "is_cut"), [(MOST - 1, False), (MOST, True), (MOST + 9, True)])
def test_what_is_left_out_has_one_piece_without_a_place(number: int, *, is_cut: bool) -> None:
    found = gathered([BAD] * number)
    last = found[-1]
    assert len(found) == min(number, MOST)
    assert (last.reason == CUT and not last.path and last.severity != "info") is is_cut


@pytest.mark.parametrize("judged", [of_debian, of_ocia], ids=["debian", "ocia"])
def test_a_thousand_notes_hide_no_failure(judged: object) -> None:
    assert callable(judged)
    verdict = judged([*[NOTE] * (MOST + 1), BAD], "bad", "bad things")
    assert verdict.status is Status.FAIL
    assert "etc/bad" in verdict.summary


def test_a_summary_says_that_there_are_more() -> None:
    assert of_debian([BAD] * (MOST + 1), "bad", "bad").summary.endswith(f", {MOST - 1}+ more")
    assert of_debian([BAD] * 3, "bad", "bad").summary.endswith(", 2 more")


def test_an_empty_password_behind_many_others_fails() -> None:
    hashed = b"".join(b"u%d:$6$salt$madeupmadeupmadeup:1::::::\n" % n for n in range(MOST + 1))
    layer: Layer = {
        "etc/passwd": b"root:x:0:0::/root:/bin/sh\nevil:x:1:1::/:/bin/sh\n",
        "etc/shadow": hashed + b"evil::1::::::\n",
    }
    verdict = passwords.not_empty(image(layer, observers=observers()))
    assert verdict.status is Status.FAIL
    assert "evil" in verdict.summary


def test_a_strange_repository_behind_many_in_plain_text_is_told() -> None:
    plain = b"deb http://ftp.debian.org/debian x main\n" * (MOST + 1)
    layer: Layer = {"etc/apt/sources.list": plain + b"deb https://evil.example.org/x y z\n"}
    verdict = repositories.repositories(image(layer, observers=observers()))
    assert verdict.status is not Status.PASS


def test_an_allowed_folder_does_not_pass_what_was_cut() -> None:
    layer: Layer = {f"srv/{n}": File(b"", mode=0o666) for n in range(10_500)}
    view = image({**layer, "zzz": File(b"", mode=0o666)})
    verdict = world.evaluate(view)
    part = Allowance(control="own", path="srv/*", reason="wanted")
    whole = Allowance(control="own", reason="wanted")
    assert apply(verdict, ("own",), (part,), view, DAY).status is Status.FAIL
    assert apply(verdict, ("own",), (whole,), view, DAY).status is Status.PASS


def test_notes_that_were_cut_are_allowed_by_no_path() -> None:
    notes = of_ocia([NOTE] * (MOST + 1), "noted", "notes", status=Status.NEEDS_REVIEW)
    part = Allowance(control="own", path="etc/*", reason="wanted")
    assert apply(notes, ("own",), (part,), image({}), DAY).status is Status.NEEDS_REVIEW
    few = replace(notes, evidence=notes.evidence[:-1])
    assert apply(few, ("own",), (part,), image({}), DAY).status is Status.PASS


@pytest.mark.parametrize(
    ("count", "nouns", "text"),
    [
        (0, ("file",), "0 files"),
        (1, ("file",), "1 file"),
        (2, ("entry", "entries"), "2 entries"),
        (1, ("entry", "entries"), "1 entry"),
    ],
)
def test_one_thing_is_not_several(count: int, nouns: tuple[str, ...], text: str) -> None:
    assert counted(count, *nouns) == text
