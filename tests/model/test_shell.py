"""Shell text becomes the commands that a shell would start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.limits import Limits
from ocianalyze.model.shell import commands


def _words(text: str) -> list[tuple[str, ...]]:
    return [command.words for command in commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a b && c || d; e | f & g", [("a", "b"), *[(x,) for x in "cdefg"]], id="ends"),
        pytest.param("a \\\n  b\nc", [("a", "b"), ("c",)], id="continued-line"),
        pytest.param(
            "echo 'a; b' \"c && d\" e\\;f", [("echo", "a; b", "c && d", "e;f")], id="quotes"
        ),
        pytest.param('echo "a \\"b\\" \\$c"', [("echo", 'a "b" $c')], id="escapes-in-quotes"),
        pytest.param(
            'x="$(echo "a b; c")"; d', [("echo", "a b; c"), ("d",)], id="quotes-in-substitution"
        ),
        pytest.param('A="$(a | b)" B="`c d`"', [("a",), ("b",), ("c", "d")], id="quoted-assigned"),
        pytest.param("x=$(a b) y=`c`; d", [("a", "b"), ("c",), ("d",)], id="bare-assigned"),
        pytest.param(
            'a "b $(c "$(d)") e" f',
            [("a", 'b $(c "$(d)") e', "f"), ("c", "$(d)"), ("d",)],
            id="substitution-in-substitution",
        ),
        pytest.param(
            'a "${x:-$(b)}" ${y:-$(c)}',
            [("a", "${x:-$(b)}", "${y:-$(c)}"), ("b",), ("c",)],
            id="substitution-in-expansion",
        ),
        pytest.param(
            'X="$(a)" sh -c "b $(c)"', [("b", "$(c)"), ("c",), ("a",)], id="before-a-shell"
        ),
        pytest.param('a > "$(b)"', [("a",), ("b",)], id="substitution-in-redirection"),
        pytest.param(
            'x="$(cat <(a b))"', [("cat", "<(a b)"), ("a", "b")], id="process-substitution"
        ),
        pytest.param(
            'a "\\$(b)" "\\`c\\`" \'$(d)\' "$((1+(2*3)))"',
            [("a", "$(b)", "`c`", "$(d)", "$((1+(2*3)))")],
            id="no-substitution",
        ),
        pytest.param('a "$(b; c', [("a", "$(b; c"), ("b",), ("c",)], id="open-substitution"),
        pytest.param("(cd /x; { make; })", [("cd", "/x"), ("make",)], id="groups"),
        pytest.param(
            "if [ -f x ]; then a; elif b; then c; else d; fi",
            [("[", "-f", "x", "]"), ("a",), ("b",), ("c",), ("d",)],
            id="if",
        ),
        pytest.param("for x in 1 2; do a $x; done", [("a", "$x")], id="for"),
        pytest.param("while read x; do a; done < f", [("read", "x"), ("a",)], id="while"),
        pytest.param(
            "case $x in a|b) c;; *) d;; esac; e", [("c",), ("d",), ("e",)], id="case-patterns"
        ),
        pytest.param(
            "( case x in a) b;; esac; apt-get update )",
            [("b",), ("apt-get", "update")],
            id="case-in-group-hides-nothing",
        ),
        pytest.param("a # b; c\nd", [("a",), ("d",)], id="comment"),
        pytest.param("a b#c", [("a", "b#c")], id="hash-inside-a-word"),
        pytest.param("A=1 B='x y' c d=e", [("c", "d=e")], id="assignments"),
        pytest.param("A=1", [], id="assignment-alone"),
        pytest.param("sudo -u x -E a b", [("a", "b")], id="sudo"),
        pytest.param("exec env -i A=1 B=2 a", [("a",)], id="exec-env"),
        pytest.param("time -p timeout -k 1 30 nice -n 5 a", [("a",)], id="time-timeout-nice"),
        pytest.param("a | xargs -r -n 1 b c", [("a",), ("b", "c")], id="xargs"),
        pytest.param(
            "/usr/bin/env FOO=1 /usr/bin/apt-get update",
            [("/usr/bin/apt-get", "update")],
            id="paths",
        ),
        pytest.param("sudo", [("sudo",)], id="prefix-alone"),
        pytest.param("busybox sh -c 'wget x'; busybox", [("wget", "x"), ("busybox",)], id="applet"),
        pytest.param(
            "busybox --install -s /bin", [("busybox", "--install", "-s", "/bin")], id="no-applet"
        ),
        pytest.param("sh -c 'a && sh -ec \"b c\"'", [("a",), ("b", "c")], id="shell-in-shell"),
        pytest.param("bash -o pipefail -euxc 'a | b'", [("a",), ("b",)], id="shell-options"),
        pytest.param('eval "a; b"', [("a",), ("b",)], id="eval"),
        pytest.param("sh setup.sh", [("sh", "setup.sh")], id="shell-with-script"),
        pytest.param("a > f 2>&1 < g >> h b", [("a", "b")], id="redirections"),
        pytest.param("a <<E\nb; c\nE\nd", [("a",), ("d",)], id="here-document"),
        pytest.param("a <<A <<-'B'\n1\nA\n2\n\tB\nd", [("a",), ("d",)], id="two-here-documents"),
        pytest.param("sh <<E\na; b\nE\nc", [("a",), ("b",), ("c",)], id="here-document-of-a-shell"),
        pytest.param(
            "a $(b c) `d`", [("a", "$(b c)", "$(d)"), ("b", "c"), ("d",)], id="substitutions"
        ),
        pytest.param(
            "a $(b; c) d; e", [("a", "$(b; c)", "d"), ("b",), ("c",), ("e",)], id="word-behind"
        ),
        pytest.param("a x$(b)y`c`z", [("a", "x$(b)y$(c)z"), ("b",), ("c",)], id="within-a-word"),
        pytest.param("$(b)/c d", [("$(b)/c", "d"), ("b",)], id="substituted-program"),
        pytest.param("diff <(a) >(b) c", [("diff", "<(a)", ">(b)", "c"), ("a",), ("b",)], id="fds"),
        pytest.param("x=$(a $((1+(2*3))) b) c", [("c",), ("a", "$((1+(2*3)))", "b")], id="sums"),
        pytest.param(
            "a $(b 'c)' \")\") d",
            [("a", "$(b 'c)' \")\")", "d"), ("b", "c)", ")")],
            id="quoted-end",
        ),
        pytest.param("a $(b; c", [("a", "$(b; c"), ("b",), ("c",)], id="never-closed"),
        pytest.param(
            "a <<E\nx $(b) `c` \\$(d)\nE\ne", [("a",), ("b",), ("c",), ("e",)], id="in-here"
        ),
        pytest.param(
            "a <<E >f\n\"$(b)\" '$(c)'\nE", [("a",), ("b",), ("c",)], id="here-has-no-quotes"
        ),
        pytest.param("a <<'E' \"x\"\n$(b)\nE", [("a", "x")], id="literal-here"),
        pytest.param("a <<\\E\n$(b)\nE", [("a",)], id="escaped-here"),
        pytest.param('a <<E "x" > "y"\n$(b)\nE', [("a", "x"), ("b",)], id="other-words-quoted"),
        pytest.param("a <<E <<'F'\n$(b)\nE\n$(c)\nF", [("a",), ("b",)], id="one-of-two-literal"),
        pytest.param("sh <<E\na $(b)\nE", [("a", "$(b)"), ("b",)], id="here-of-a-shell-once"),
        pytest.param("a ${x:-b;c} $((1+2))", [("a", "${x:-b;c}", "$((1+2))")], id="expansions"),
        pytest.param("! a || exit 0", [("a",), ("exit", "0")], id="negation"),
        pytest.param("f() { a; }", [("f",), ("a",)], id="function"),
        pytest.param("a 'never ends; b", [("a", "never ends; b")], id="open-quote"),
        pytest.param("a <<E\nb", [("a",)], id="open-here-document"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_text_is_split_as_a_shell_reads_it(text: str, expected: list[tuple[str, ...]]) -> None:
    assert _words(text) == expected


def test_name_is_the_base_name() -> None:
    assert commands("/usr/bin/apt-get update")[0].name == "apt-get"


def test_windows_paths_keep_their_backslashes() -> None:
    found = commands('C:\\x\\setup.exe /S && del "C:\\a b"', windows=True)
    assert [(c.name, c.words) for c in found] == [
        ("setup", ("C:\\x\\setup.exe", "/S")),
        ("del", ("del", "C:\\a b")),
    ]


def test_shells_inside_shells_end_at_the_limit() -> None:
    """The innermost shell stays a command, which is then opaque."""
    found = commands("sh -c 'sh -c \"sh -c a\"'", limits=Limits(shell_depth=1))
    assert [c.words for c in found] == [("sh", "-c", "sh -c a")]


def test_substitutions_inside_substitutions_end_at_the_limit() -> None:
    found = commands('x="$(a "$(b "$(c)")")"', limits=Limits(shell_depth=2))
    assert [c.words[0] for c in found] == ["a", "b", "sh"]
    assert found[-1].words == ("sh", "-c", "c")


def test_text_beyond_the_limit_is_not_read() -> None:
    assert len(commands("a;" * 100, limits=Limits(shell_chars=20))) == 10


@given(st.text(alphabet=st.sampled_from("ab -c'\"\\\n$(){}|&;<>#`=sh") | st.characters()))
def test_no_text_breaks_the_splitter(text: str) -> None:
    for windows in (False, True):
        for command in commands(text, windows=windows):
            assert command.words


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "'",
        '"$(',
        "a ",
        "sh -c ",
        "<<A ",
        "\\",
        "|",
        "a)",
        "a#",
        "${",
        "$((",
        "case ",
        "! ",
        "eval ",
        '"`',
        '"$(a)',
        "$(",
        "${x:-$(",
        '"$((',
    ],
)
def test_repetition_costs_no_more_than_its_length(piece: str) -> None:
    """Quadratic work on a million characters would not come back within the test's patience."""
    limits = Limits(shell_chars=100_000)
    assert len(commands(piece * 50_000, limits=limits)) <= 100_000
