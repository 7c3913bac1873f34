"""Vectors of the catalogue's section 1.1, "4.1 Ensure that a user ... has been created".

Each row of its table and each rule of its resolution (as moby/sys `GetExecUser` has them).
"""

from typing import Any

import pytest

from ocianalyze.controls.aspects.users.accounts import resolve
from ocianalyze.controls.cis_docker.c4_01_user import CONTROL
from ocianalyze.limits import DEFAULT
from ocianalyze.model.document import read_config
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image

PASSWD = (
    b"root:x:0:0::/root:/bin/sh\n"
    b"toor:x:0:0::/:\n"
    b"empty:x::5::/:\n"
    b"words:x:abc:def::/:\n"
    b"short\n"
    b"app:x:1000:1001::/home/app:/bin/sh\n"
    b"app:x:0:0::/:\n"
    b"second:x:1000:7::/:\n"
    b"zero:x:1500:0::/:\n"
)
GROUP = b"root:x:0:\napp:x:1001:\nbad:x:abc:\n"
ACCOUNTS: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP}
FAIL, PASS, REVIEW = Status.FAIL, Status.PASS, Status.NEEDS_REVIEW

RESOLVED = [
    ("", (0, 0)),
    ("0", (0, 0)),
    ("00", (0, 0)),
    ("+0", (0, 0)),
    ("-0", (0, 0)),
    ("1000", (1000, 1001)),
    ("+1000", (1000, 1001)),
    ("1234", (1234, 0)),
    ("app", (1000, 1001)),
    ("app:", (1000, 1001)),
    ("app:0", (1000, 0)),
    ("app:4321", (1000, 4321)),
    ("1000:app", (1000, 1001)),
    ("app:bad", (1000, 0)),
    ("toor", (0, 0)),
    ("empty", (0, 5)),
    ("words", (0, 0)),
    ("short", (0, 0)),
    ("second", (1000, 7)),
    ("zero", (1500, 0)),
    ("2147483647", (2147483647, 0)),
]


@pytest.mark.parametrize(("user", "numbers"), RESOLVED, ids=[x[0] or "empty" for x in RESOLVED])
def test_user_is_resolved_as_runtimes_do(user: str, numbers: tuple[int, int]) -> None:
    resolved = resolve(user, PASSWD, GROUP)
    assert (resolved.uid, resolved.gid, resolved.problem) == (*numbers, "")


@pytest.mark.parametrize(
    ("user", "problem"),
    [
        ("nobody", "unknown-user"),
        ("App", "unknown-user"),
        ("app:nothing", "unknown-group"),
        ("1000:nothing", "unknown-group"),
        ("-1", "out-of-range"),
        ("2147483648", "out-of-range"),
        ("99999999999999999999", "unknown-user"),
        ("app:2147483648", "out-of-range"),
    ],
)
def test_user_for_whom_a_runtime_refuses_to_start(user: str, problem: str) -> None:
    assert resolve(user, PASSWD, GROUP).problem == problem


def test_a_number_is_never_a_name() -> None:
    resolved = resolve("1000", b"1000:x:0:0::/:\n", b"")
    assert (resolved.uid, resolved.gid) == (1000, 0)


TABLE: list[tuple[Any, Layer, Status, str, set[str]]] = [
    (None, ACCOUNTS, FAIL, "runs-as-root", set()),
    ("", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("0", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("root", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("0:0", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("root:app", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("00", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("+0", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("toor", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("words", ACCOUNTS, FAIL, "runs-as-root", set()),
    ("app", ACCOUNTS, PASS, "not-root", {"kubelet-cannot-verify"}),
    ("1000", ACCOUNTS, PASS, "not-root", set()),
    ("1234", ACCOUNTS, PASS, "not-root", {"no-passwd-entry", "gid-0"}),
    ("65532", {"app": b"x"}, PASS, "not-root", {"no-passwd-entry", "gid-0"}),
    ("1000:0", ACCOUNTS, PASS, "not-root", {"gid-0"}),
    ("nobody", ACCOUNTS, FAIL, "unresolvable-user", set()),
    ("app", {"x": b""}, FAIL, "unresolvable-user", set()),
    ("app:nothing", ACCOUNTS, FAIL, "unresolvable-user", set()),
    ("-1", ACCOUNTS, FAIL, "unresolvable-user", set()),
]


@pytest.mark.parametrize(
    ("user", "layer", "status", "reason", "notes"), TABLE, ids=[str(row[0]) for row in TABLE]
)
def test_every_row_of_the_table(
    user: str | None, layer: Layer, status: Status, reason: str, notes: set[str]
) -> None:
    config = {} if user is None else {"User": user}
    verdict = CONTROL.evaluate(image(layer, config=config))
    assert (verdict.status, verdict.reason) == (status, reason)
    told = {e.reason for e in verdict.evidence if e.kind == "config"} - {""}
    assert told - {"unknown-user", "unknown-group", "out-of-range"} == notes
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize("problem", ["x" * 90, "app:" + "y" * 90, "9" * 90])
def test_a_long_name_leaves_the_summary_short(problem: str) -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, config={"User": problem}))
    assert verdict.reason == "unresolvable-user"
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    "document",
    [
        b'{"config":null,"container_config":{"User":"app"}}',
        b'{"config":{},"container_config":{"User":"app"}}',
        b'{"container_config":{"User":"app"}}',
        b'{"config":{"User":null},"container_config":{"User":"app"}}',
    ],
    ids=["null", "empty", "absent", "user-null"],
)
def test_config_that_sets_nothing_runs_as_root_whatever_the_old_field_says(
    document: bytes,
) -> None:
    """Runtimes are written in Go: null is the empty value there, and `container_config` unread."""
    config, anomalies = read_config(document, DEFAULT)
    assert config is not None
    assert not anomalies
    view = image(ACCOUNTS, config=config.config.model_dump(by_alias=True))
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (FAIL, "runs-as-root")


@pytest.mark.parametrize("document", [b"null", b"[]", b"1", b"", b"\xff"])
def test_what_is_no_config_decides_nothing(document: bytes) -> None:
    config, _ = read_config(document, DEFAULT)
    assert config is None
    verdict = CONTROL.evaluate(image(ACCOUNTS, has_config=False))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "no-image-config")


def test_opaque_directory_takes_the_accounts_away() -> None:
    upper: Layer = {"etc/.wh..wh..opq": b"", "etc/hostname": b""}
    verdict = CONTROL.evaluate(image(ACCOUNTS, upper, config={"User": "app"}))
    assert verdict.reason == "unresolvable-user"


@pytest.mark.parametrize("path", ["etc/passwd", "etc/group"])
def test_an_account_file_beyond_the_cap_decides_nothing(path: str) -> None:
    layer: Layer = {**ACCOUNTS, path: b"# padding\n" * 120_000 + PASSWD}
    verdict = CONTROL.evaluate(image(layer, config={"User": "app"}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "accounts-unread")


@pytest.mark.parametrize("helper", ["gosu", "su-exec", "setpriv", "runuser", "s6-setuidgid", "su"])
def test_a_dropper_that_is_not_there_drops_nothing(helper: str) -> None:
    script = f"#!/bin/sh\nexec {helper} app serve\n".encode()
    layer: Layer = {**ACCOUNTS, "entrypoint.sh": File(script, 0o755)}
    verdict = CONTROL.evaluate(image(layer, config={"Entrypoint": ["/entrypoint.sh"]}))
    assert (verdict.status, verdict.reason) == (FAIL, "runs-as-root")
