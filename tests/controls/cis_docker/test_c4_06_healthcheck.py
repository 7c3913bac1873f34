"""A health check that is there, can start and can fail passes 4.6."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_06_healthcheck import CONTROL, evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.limits import DEFAULT
from ocianalyze.model.document import read_config
from ocianalyze.model.finding import Status
from tests.images import File, Layer, image, symlink

PROGRAM = File(b"\x7fELF", mode=0o755)
ROOT: Layer = {
    "bin": symlink("usr/bin"),
    "etc/hostname": b"",
    "usr/bin/sh": PROGRAM,
    "usr/bin/curl": PROGRAM,
    "usr/bin/data": File(b"text"),
}
ROOTFS = "ADD rootfs.tar / # buildkit"


def _config(*test: str, **more: Any) -> dict[str, Any]:
    return {"Healthcheck": {"Test": list(test), **more}}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "healthcheck-absent"),
        ({"Healthcheck": None}, "healthcheck-absent"),
        ({"Healthcheck": {}}, "healthcheck-absent"),
        (_config(), "healthcheck-absent"),
        (_config("NONE"), "explicitly-disabled"),
        (_config("curl", "x"), "unknown-type"),
    ],
)
def test_no_check_fails(config: dict[str, Any], reason: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, config=config))
    assert (verdict.status, verdict.reason) == (Status.FAIL, reason)
    assert verdict.origin == (
        "unknown" if "Healthcheck" in config and config["Healthcheck"] is not None else "author"
    )
    assert "curl" in verdict.remediation


@pytest.mark.parametrize(
    "test",
    [
        ("CMD", "curl", "-f", "http://localhost/"),
        ("CMD", "/usr/bin/curl", "x"),
        ("CMD-SHELL", "curl -f localhost || exit 1"),
        ("CMD-SHELL", "curl -f localhost || wget localhost"),
        ("CMD-SHELL", "[ -f /tmp/ok ] && curl x"),
        ("CMD-SHELL", "test -f /tmp/ok"),
        ("CMD-SHELL", "$PROBE x"),
        ("CMD", "/bin/sh", "-c", "curl x"),
        ("CMD-SHELL", "true && curl x"),
    ],
)
def test_check_that_can_start_and_fail_passes(test: tuple[str, ...]) -> None:
    verdict = CONTROL.evaluate(image(ROOT, config=_config(*test)))
    assert (verdict.status, verdict.reason) == (Status.PASS, "healthcheck-present")


@pytest.mark.parametrize(
    "test",
    [
        ("CMD",),
        ("CMD", ""),
        ("CMD", "true"),
        ("CMD", "/bin/true"),
        ("CMD", "echo", "ok"),
        ("CMD-SHELL", ":"),
        ("CMD-SHELL", "exit 0"),
        ("CMD-SHELL", "echo ok; true"),
        ("CMD-SHELL", "curl x || true"),
        ("CMD-SHELL", "curl x || exit 0"),
        ("CMD-SHELL", "curl x; exit 0"),
        ("CMD-SHELL", "curl x || echo down"),
        ("CMD", "sh", "-c", "exit 0"),
        ("CMD", "wget", "x"),
        ("CMD", "data"),
        ("CMD", "./curl"),
        ("CMD-SHELL", "wget x || exit 1"),
        ("CMD-SHELL", "curl x | jq ."),
    ],
)
def test_check_that_tells_nothing_needs_review(test: tuple[str, ...]) -> None:
    verdict = CONTROL.evaluate(image(ROOT, config=_config(*test)))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "ineffective")
    assert verdict.evidence[0].pointer == "/config/Healthcheck/Test"


@pytest.mark.parametrize(
    ("shell", "status"), [(None, Status.NEEDS_REVIEW), (["/busybox/sh", "-c"], Status.PASS)]
)
def test_shell_form_needs_its_shell(shell: list[str] | None, status: Status) -> None:
    layer: Layer = {"app": PROGRAM, "busybox/sh": PROGRAM}
    config = {**_config("CMD-SHELL", "/app ping"), "Shell": shell}
    assert CONTROL.evaluate(image(layer, config=config)).status is status


def test_path_of_the_image_is_searched() -> None:
    config = {**_config("CMD", "probe"), "Env": ["PATH=/x", "PATH=/opt/bin:/bin"]}
    assert CONTROL.evaluate(image({"opt/bin/probe": PROGRAM}, config=config)).status == "pass"
    assert CONTROL.evaluate(image({"x/probe": PROGRAM}, config=config)).status == "needs-review"


@pytest.mark.parametrize("program", ["somewhere", "curl"])
def test_unread_layers_are_no_pass(program: str) -> None:
    """They may bring the program, or take it away."""
    verdict = CONTROL.evaluate(image(ROOT, None, config=_config("CMD", program)))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "layers-unread")


def test_what_fails_by_the_config_alone_fails_while_layers_are_unread() -> None:
    assert CONTROL.evaluate(image(None)).status is Status.FAIL
    trivial = CONTROL.evaluate(image(None, config=_config("CMD", "true")))
    assert (trivial.status, trivial.reason) == (Status.NEEDS_REVIEW, "ineffective")


def test_programs_of_windows_are_not_looked_up() -> None:
    config = _config("CMD", "somewhere")
    assert CONTROL.evaluate(image(None, config=config, os="windows")).status is Status.PASS


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, {"default-interval", "default-retries"}),
        ({"Interval": 30 * 10**9, "Retries": 2}, set()),
        ({"Interval": 3600 * 10**9, "Retries": 2}, {"long-interval"}),
    ],
)
def test_timing_is_noted(more: dict[str, int], reasons: set[str]) -> None:
    verdict = CONTROL.evaluate(image(ROOT, config=_config("CMD", "curl", **more)))
    assert {e.reason for e in verdict.evidence if e.reason} == reasons


def test_words_after_the_program_are_not_shown() -> None:
    config = _config("CMD-SHELL", "curl -u user:not-a-password x || exit 1")
    assert "not-a-password" not in repr(CONTROL.evaluate(image(ROOT, config=config)))


def _entries(*lines: str) -> list[dict[str, Any]]:
    return [{"created_by": x, "empty_layer": not x.startswith(("ADD", "RUN"))} for x in lines]


def test_check_of_the_base_passes_until_the_author_starts_something_else() -> None:
    base = (ROOTFS, "HEALTHCHECK {[CMD curl] 0s}", 'CMD ["sh"]', "RUN make # buildkit")
    config = _config("CMD", "curl")
    inherited = CONTROL.evaluate(image(ROOT, {}, config=config, history=_entries(*base)))
    assert (inherited.status, inherited.origin) == (Status.PASS, "base")
    lines = (*base, 'ENTRYPOINT ["/x"]')
    changed = CONTROL.evaluate(image(ROOT, {}, config=config, history=_entries(*lines)))
    assert (changed.status, changed.reason) == (Status.NEEDS_REVIEW, "inherited-but-changed")


def test_disabled_check_of_the_base_is_shown() -> None:
    lines = (ROOTFS, "HEALTHCHECK {[CMD curl] 0s}", "HEALTHCHECK {[NONE] 0s}")
    verdict = CONTROL.evaluate(image(ROOT, config=_config("NONE"), history=_entries(*lines)))
    assert [e.step for e in verdict.evidence if e.reason == "disabled-later"] == [1]


def test_buildah_may_have_dropped_it() -> None:
    entry = {"created_by": "/bin/sh -c make", "comment": "FROM docker.io/library/alpine:3"}
    verdict = CONTROL.evaluate(image(ROOT, history=[entry]))
    assert "oci-format-drops-healthcheck" in {e.reason for e in verdict.evidence}


def _with(*programs: str) -> Layer:
    return {**ROOT, **{f"usr/local/bin/{name}": PROGRAM for name in programs}}


@pytest.mark.parametrize(
    ("layer", "ports", "words"),
    [
        (ROOT, {"8080/tcp": {}}, "curl -fsS http://localhost:8080/"),
        ({"bin/sh": PROGRAM, "usr/bin/wget": PROGRAM}, {}, "wget -qO /dev/null"),
        ({"bin/sh": PROGRAM}, {}, "PROGRAM-THAT-ASKS"),
        (ROOT, {}, "curl -fsS http://localhost:PORT/ ||"),
        (ROOT, {"22/tcp": {}, "8080/tcp": {}}, "curl -fsS http://localhost:8080/"),
        (ROOT, {"443/tcp": {}, "80/tcp": {}}, "curl -fsS http://localhost:80/"),
        (ROOT, {"443/tcp": {}}, "curl -fsSk https://localhost:443/"),
        (ROOT, {"50000/tcp": {}, "8080/tcp": {}}, "curl -fsS http://localhost:8080/"),
        (ROOT, {"53/udp": {}}, "PROGRAM-THAT-ASKS"),
        (ROOT, {"8080/udp": {}}, "PROGRAM-THAT-ASKS"),
        (ROOT, {"5432/tcp": {}}, "PROGRAM-THAT-ASKS"),
        (_with("pg_isready"), {"5432/tcp": {}}, "CMD pg_isready -h 127.0.0.1 || exit 1"),
        (_with("redis-cli"), {"6379/tcp": {}}, "CMD redis-cli ping ||"),
        (_with("mysqladmin"), {"3306/tcp": {}, "33060/tcp": {}}, "CMD mysqladmin ping"),
        (_with("mariadb-admin", "mysqladmin"), {"3306": {}}, "CMD mariadb-admin ping"),
        (_with("php-fpm"), {"9000/tcp": {}}, "PROGRAM-THAT-ASKS"),
        ({}, {}, "no shell"),
    ],
)
def test_remedy_fits_the_image(layer: Layer, ports: dict[str, Any], words: str) -> None:
    verdict = CONTROL.evaluate(image(layer, config={"ExposedPorts": ports}))
    assert words in verdict.remediation


def test_windows_gets_its_own_remedy() -> None:
    assert "curl.exe" in CONTROL.evaluate(image({}, os="windows")).remediation


def test_without_a_config_nothing_is_decided() -> None:
    verdict = CONTROL.evaluate(image(ROOT, has_config=False))
    assert verdict.status is Status.NOT_EVALUATED


@pytest.mark.parametrize(
    "document",
    [
        b'{"config":{"Healthcheck":5}}',
        b'{"config":{"Healthcheck":{"Test":[1]}}}',
        b'{"config":{"Healthcheck":{"Test":["CMD","curl"],"Interval":"1s"}}}',
        b'{"config":[1]}',
    ],
)
def test_check_of_the_wrong_type_is_not_judged(document: bytes) -> None:
    config, _ = read_config(document, DEFAULT)
    verdict = CONTROL.evaluate(replace(image(ROOT), config=config))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "config-field-unread")


def test_other_fields_of_the_wrong_type_do_not_hide_it() -> None:
    many = ",".join(f'"{n}":1' for n in range(2_000))
    document = f'{{"config":{{"Labels":{{{many}}},"Healthcheck":5}}}}'
    config, _ = read_config(document.encode(), replace(DEFAULT, anomalies=1))
    verdict = CONTROL.evaluate(replace(image(ROOT), config=config))
    assert verdict.reason == "config-field-unread"


@pytest.mark.parametrize(
    ("test", "noun"), [(["CMD", "/nope"], "program"), (["CMD-SHELL", "curl x"], "shell")]
)
def test_what_cannot_start_is_called_what_it_is(test: list[str], noun: str) -> None:
    verdict = CONTROL.evaluate(image({}, config=_config(*test)))
    assert f"needs the {noun} /" in verdict.summary


@pytest.mark.parametrize("port", ["`id`", ";id;#", "1\nRUN", "80x/tcp", "123456"])
def test_hostile_port_is_left_out(port: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, config={"ExposedPorts": {port: {}}}))
    assert "http://localhost:PORT/ " in verdict.remediation


def test_kubernetes_ignores_the_check() -> None:
    """A missing check is nobody's failure there; a present one stays what it is."""
    verdict = evaluate(image({}), orchestrator="kubernetes")
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "kubelet-ignores-it")
    assert evaluate(image({}), orchestrator="").status is Status.FAIL


def _masked(written_as: dict[str, Any], shown_as: dict[str, Any]) -> ImageView:
    view = image(ROOT, config=written_as)
    return image(ROOT, config=shown_as).knowing(written, view.config)


@pytest.mark.parametrize(
    "command",
    ["curl -fu monitor:{} localhost", "PGPASSWORD={} curl localhost", "curl -p{}", "X={};curl y"],
)
def test_a_mask_in_the_command_is_no_command(command: str) -> None:
    test = [_config("CMD-SHELL", command.format(x)) for x in ("Plainly/Made:Up1", "**** (16)")]
    verdict = evaluate(_masked(*test))
    assert verdict.status is Status.PASS
    assert "Plainly" not in repr(verdict)


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (_config("CMD-SHELL", "Plainly1 x"), _config("CMD-SHELL", "**** (8) x")),
        (_config("CMD", "Plainly1"), _config("CMD", "**** (8)")),
        (_config("Plainly1"), _config("**** (8)")),
        (_config("CMD", "Plainly1"), {}),
        (
            {**_config("CMD-SHELL", "curl x"), "Shell": ["/bin/Plainly1"]},
            {**_config("CMD-SHELL", "curl x"), "Shell": ["/bin/**** (8)"]},
        ),
    ],
    ids=["shell-word", "program", "type", "name-of-the-field", "shell"],
)
def test_a_masked_word_is_judged_and_not_told(own: dict[str, Any], shown: dict[str, Any]) -> None:
    verdict = evaluate(_masked(own, shown))
    assert verdict.status in (Status.NEEDS_REVIEW, Status.FAIL)
    assert verdict.reason in ("ineffective", "unknown-type")
    assert "Plainly" not in repr(verdict)


@pytest.mark.parametrize(
    ("shell", "status"),
    [(None, Status.NEEDS_REVIEW), (["/bin/sh", "-ec"], Status.PASS)],
    ids=["default", "ends-at-a-failure"],
)
def test_options_of_the_shell_decide_whether_a_check_can_fail(
    shell: list[str] | None, status: Status
) -> None:
    config = {**_config("CMD-SHELL", "curl x; exit 0"), "Shell": shell}
    assert CONTROL.evaluate(image(ROOT, config=config)).status is status


@pytest.mark.parametrize(
    ("text", "status"),
    [("probe || exit 0", Status.NEEDS_REVIEW), ("probe & exit 0", Status.PASS)],
)
def test_what_windows_may_read_in_other_ways_is_not_judged(text: str, status: Status) -> None:
    view = image(None, config=_config("CMD-SHELL", text), os="windows")
    assert CONTROL.evaluate(view).status is status


@pytest.mark.parametrize(
    ("shell", "status"), [("dash", Status.NEEDS_REVIEW), ("bash", Status.PASS), ("busybox", "pass")]
)
def test_the_shell_of_the_image_tells_what_a_redirection_of_bash_is(
    shell: str, status: str
) -> None:
    """To dash `&>` sends the probe to the background, so that the check cannot fail."""
    layer: Layer = {f"bin/{shell}": PROGRAM, "bin/sh": symlink(shell), "bin/curl": PROGRAM}
    test = ["CMD-SHELL", "curl -f http://localhost/ &> /dev/null || exit 1"]
    verdict = CONTROL.evaluate(image(layer, config={"Healthcheck": {"Test": test}}))
    assert verdict.status == status
    assert ("always succeeds" in verdict.summary) is (shell == "dash")
