"""The syntax of os-release."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.os_release import assignments


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param("12", "12", id="bare"),
        pytest.param('"a b"', "a b", id="double-quotes"),
        pytest.param("'a $b \\ c'", "a $b \\ c", id="single-quotes-escape-nothing"),
        pytest.param(r'"a \"b\" \$c \` \\ \n"', r'a "b" $c ` \ \n', id="escapes"),
        pytest.param("a\\ b", "a b", id="escaped-blank"),
        pytest.param("bare \t", "bare", id="blanks-after"),
        pytest.param("'a'\"b\"c", "abc", id="joined-pieces"),
        pytest.param('"two\nlines"', "two\nlines", id="newline-in-quotes"),
        pytest.param('"one \\\nline"', "one line", id="continued"),
        pytest.param("", "", id="empty"),
        pytest.param('"never closed', '"never closed', id="unclosed"),
        pytest.param("$(reboot)", "$(reboot)", id="nothing-is-run"),
    ],
)
def test_values_are_read_as_systemd_does(raw: str, value: str) -> None:
    assert assignments(f"# X=1\n;Y=2\nKEY={raw}\nNEXT=1\r\n") == {"KEY": value, "NEXT": "1"}


@given(st.text(alphabet="AB='\"\\ \n\r\t#x"))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    assert all(name in text for name in assignments(text))


def test_the_last_assignment_counts() -> None:
    assert assignments("ID=a\nID=b\n") == {"ID": "b"}
