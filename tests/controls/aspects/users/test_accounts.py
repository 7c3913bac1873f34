"""The user of a container, resolved as runtimes resolve it, and lines as they are written."""

import pytest

from ocianalyze.controls.aspects.users.accounts import (
    accounts,
    group_lines,
    number,
    passwd_lines,
    resolve,
    shadow_lines,
)

PASSWD = b"""root:x:0:0:root:/root:/bin/sh
toor:x:0:0::/root:/bin/sh
app:x:1000:1001:App:/app:/bin/false
app:x:0:0:second line of the same name::
broken:x::2000::/:
letters:x:abc:2000::/:
short
zero:x:1002:0::/:
1234:x:7:7::/:
huge:x:4294967296:1::/:
minus:x:-99999999999999999999:5::/:
99999999999999999999:x:0:3::/:
kept:x:-1:7::/:
"""
GROUP = b"""# a comment:x:5:app
root:x:0:
app:x:1001:
extra:x:50:app,other
sudo:x:27:other
badgid:x:what:
"""


@pytest.mark.parametrize(
    ("user", "uid", "gid"),
    [
        ("", 0, 0),
        ("0", 0, 0),
        ("00", 0, 0),
        ("+0", 0, 0),
        ("-0", 0, 0),
        ("root", 0, 0),
        ("0:0", 0, 0),
        ("root:app", 0, 1001),
        (":app", 0, 1001),
        ("toor", 0, 0),
        ("app", 1000, 1001),
        ("1000", 1000, 1001),
        ("1000:0", 1000, 0),
        ("app:50", 1000, 50),
        ("app:extra", 1000, 50),
        ("app:badgid", 1000, 0),
        ("app:extra:more", 1000, 50),
        ("1000:1000:5", 1000, 1000),
        ("broken", 0, 2000),
        ("letters", 0, 2000),
        ("short", 0, 0),
        ("zero", 1002, 0),
        ("1234", 1234, 0),
        ("2147483647", 2147483647, 0),
        ("huge", 0, 1),
        ("4294967296", 0, 1),
        ("minus", 0, 5),
        ("9" * 20, 0, 3),
    ],
)
def test_user_becomes_numbers(user: str, uid: int | None, gid: int | None) -> None:
    """First matching line wins; a number is never a name; an unreadable number is 0."""
    resolved = resolve(user, PASSWD, GROUP)
    if uid is None:
        assert resolved.problem
    else:
        assert (resolved.uid, resolved.gid, resolved.problem) == (uid, gid, "")


@pytest.mark.parametrize(
    ("user", "problem"),
    [
        ("nobody", "unknown-user"),
        ("App", "unknown-user"),
        (" app", "unknown-user"),
        ("1_000", "unknown-user"),
        ("\u0661", "unknown-user"),
        ("app:nothing", "unknown-group"),
        ("-2", "out-of-range"),
        ("2147483648", "out-of-range"),
        ("9" * 40, "unknown-user"),
        ("9" * 5000, "unknown-user"),
        ("1:4294967296", "out-of-range"),
        ("1:99999999999999999999", "unknown-group"),
        ("kept", "out-of-range"),
        ("-1", "out-of-range"),
    ],
)
def test_user_that_no_runtime_accepts(user: str, problem: str) -> None:
    assert resolve(user, PASSWD, GROUP).problem == problem


@pytest.mark.parametrize(("user", "problem"), [("app", "unknown-user"), ("1000", ""), ("", "")])
def test_without_account_files_only_numbers_are_known(user: str, problem: str) -> None:
    assert resolve(user, None, None).problem == problem


_BLANKS = "\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_BLANKS = "\u180e\u200b\u2060\ufeff\x1c\x1f\x00"


@pytest.mark.parametrize("blank", [*_BLANKS, "\xa0\t\u2003 "], ids=ascii)
def test_blanks_of_unicode_around_a_line_are_none_of_its_name(blank: str) -> None:
    """Go trims them: the line before the one that an eye finds is another user."""
    passwd = f"{blank}app:x:0:0::/:\napp:x:1000:1000::/:\n".encode()
    assert resolve("app", passwd, None).uid == 0
    group = f"{blank}wheel:x:10:app{blank}\n".encode()
    assert [one.gid for one in resolve("app", passwd, group).groups] == [10]


@pytest.mark.parametrize("sign", [*_NO_BLANKS, "\udc85"], ids=ascii)
def test_what_go_takes_for_no_blank_is_part_of_the_name(sign: str) -> None:
    passwd = f"{sign}app:x:0:0::/:\napp:x:1000:1000::/:\n".encode("utf-8", "surrogateescape")
    assert resolve("app", passwd, None).uid == 1000


def test_groups_have_the_numbers_that_a_process_gets() -> None:
    passwd, group = b"app:x:1000:1000::/:\n", b"wheel:x:4294967296:app\n"
    assert [one.gid for one in resolve("app", passwd, group).groups] == [0]
    assert resolve("app:wheel", passwd, group).gid == 0
    assert resolve("app:4294967296", passwd, group).gid == 0


@pytest.mark.parametrize("user", ["", "app", "1000", "nobody"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nlast:x:9:9:::\n"])
def test_a_passwd_line_that_is_too_long_ends_every_search(user: str, end: bytes) -> None:
    """Wherever it is: runtimes read the file to its end, lines of at most 65,535 bytes."""
    first = b"app:x:1000:1000:::\nroot:x:0:0:::\n"
    assert resolve(user, first + b"#" * 65_536 + end, None).problem == "long-line"
    assert resolve(user, first + b"#" * 65_535 + end, None).problem != "long-line"


def test_a_long_line_of_the_group_file_is_read() -> None:
    group = b"a:x:5:" + b"b," * 40_000 + b"app\n"
    assert [one.gid for one in resolve("app", b"app:x:1:1:::\n", group).groups] == [5]


def test_groups_come_from_the_first_matching_account() -> None:
    assert [g.name for g in resolve("app", PASSWD, GROUP).groups] == [b"app", b"extra"]
    assert [g.name for g in resolve("app:sudo", PASSWD, GROUP).groups] == [b"sudo"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"0007", 7), (b"+7", 7), (b"-7", -7), (b"", None), (b"7 ", None), (b"0x7", None),
        (b"1" + b"0" * 30, 2**63 - 1), (b"-1" + b"0" * 30, -(2**63)), (b"0" * 30 + b"7", 7),
    ],
)  # fmt: skip
def test_numbers_are_read_as_go_reads_them(text: bytes, expected: int | None) -> None:
    assert number(text) == expected


def test_lines_are_numbered_and_comments_left_out() -> None:
    lines = list(passwd_lines(b"# x\n\n root:x:0:0::/root:/bin/sh\r\nshort\n+@net::::::\n"))
    assert [(x.at, x.name, x.uid, x.fields, x.is_nis) for x in lines] == [
        (3, b"root", 0, 7, False),
        (4, b"short", None, 1, False),
        (5, b"+@net", None, 7, True),
    ]
    assert lines[0].shell == b"/bin/sh"


def test_a_number_that_is_none_is_not_taken_for_root() -> None:
    """Runtimes take it for 0, and who judges the file must be able to tell."""
    line = b"letters:x:abc:7::/:\n"
    assert [x.uid for x in passwd_lines(line)] == [None]
    assert [x.uid for x in accounts(line)] == [0]


def test_members_of_groups_are_names() -> None:
    assert [x.members for x in group_lines(b"a:x:1:\nb:x:2:x, y,\nc\n")] == [(), (b"x", b"y"), ()]


def test_a_shadow_line_has_a_password_field() -> None:
    lines = shadow_lines(b"root:*:1\napp:\nshort\n#x:y\n")
    assert [(x.name, x.password) for x in lines] == [(b"root", b"*"), (b"app", b"")]
