"""An index refresh or upgrade without an install in the same step fails 4.7.

The table of the catalogue's section 1.7 is `VECTORS`.
"""

import pytest

from ocianalyze.controls.cis_docker.c4_07_update_alone import CONTROL
from ocianalyze.model.finding import Status
from tests.images import Layer, image

HASH = "0" * 64
ROOTFS = f"/bin/sh -c #(nop) ADD file:{HASH} in / "
ROOT: Layer = {"etc/hostname": b"", "bin/sh": b"", "var/lib/dpkg/status": b"Package: a\n"}
LISTS: Layer = {"var/lib/apt/lists/deb_Packages": b"Package: b\n"}
UPDATE = "RUN /bin/sh -c apt-get update # buildkit"

VECTORS = [
    ("/bin/sh -c apt-get update", "index"),
    ("RUN /bin/sh -c apt-get update # buildkit", "index"),
    (
        (
            "RUN /bin/sh -c apt-get update && apt-get install -y curl "
            "&& rm -rf /var/lib/apt/lists/* # buildkit"
        ),
        "pass",
    ),
    (
        (
            "RUN /bin/sh -c set -eux; \tapt-get update; \tapt-get install -y "
            "--no-install-recommends ca-certificates; rm -rf /var/lib/apt/lists/* # buildkit"
        ),
        "pass",
    ),
    ("|1 FOO=bar /bin/sh -c apt-get update", "index"),
    ("RUN |2 A=1 TOKEN=x y /bin/sh -c apt-get update # buildkit", "index"),
    ("RUN apt-get update # buildkit", "index"),
    ("RUN /bin/bash -o pipefail -c apt-get update # buildkit", "index"),
    ("RUN /bin/sh -c apt-get update\napt-get install -y curl\n # buildkit", "pass"),
    ("RUN /bin/sh -c apt-get -qq -o Acquire::Retries=3 update # buildkit", "index"),
    ("RUN /bin/sh -c apk update # buildkit", "index"),
    ("RUN /bin/sh -c apk update && apk add curl # buildkit", "pass"),
    ("RUN /bin/sh -c apk add --update --no-cache curl # buildkit", "pass"),
    ("RUN /bin/sh -c yum -y update # buildkit", "upgrade"),
    ("RUN /bin/sh -c microdnf update -y && microdnf clean all # buildkit", "upgrade"),
    ("RUN /bin/sh -c dnf -y update && dnf -y install httpd # buildkit", "pass"),
    ("RUN /bin/sh -c zypper refresh # buildkit", "index"),
    ("RUN /bin/sh -c zypper --non-interactive ref && zypper in -y vim # buildkit", "pass"),
    ("RUN /bin/sh -c pacman -Sy # buildkit", "index"),
    ("RUN /bin/sh -c pacman -Syu --noconfirm git # buildkit", "pass"),
    ("RUN /bin/sh -c update-ca-certificates # buildkit", "pass"),
    ("RUN /bin/sh -c git submodule update --init && npm update # buildkit", "pass"),
    ('RUN /bin/sh -c echo "run apt-get update; then install" > /README # buildkit', "pass"),
    ("RUN /bin/sh -c apt-get update && apt-get upgrade -y # buildkit", "pass"),
    ("RUN /bin/sh -c apt-get update && apk add x # buildkit", "index"),
    (
        "RUN /bin/sh -c if [ -f /etc/debian_version ]; then apt-get update; fi # buildkit",
        "index",
    ),
    ("RUN /dev/pipes/EOF # buildkit", "opaque"),
    ("RUN /bin/sh -c /tmp/setup.sh # buildkit", "opaque"),
    ("apt-get update", "index"),
    ("RUN apt-get update && apt-get install -y curl", "pass"),
    ('RUN ["apt-get", "update"]', "index"),
    ('RUN ["/bin/sh", "-c", "apt-get update && apt-get install -y curl"]', "pass"),
    ('RUN --mount=type=cache,target=/var/cache/apt ["apt-get", "update"]', "index"),
    ("RUN <<EOF\napt-get update\nEOF", "index"),
    ("/bin/sh -c apt-get update|unsetLabel=true|force-mtime=10", "index"),
    ('CMD ["apt-get","update"]', "pass"),
    ("RUN /bin/sh -c sudo apt-get update # buildkit", "index"),
    ("RUN /bin/sh -c aptitude update # buildkit", "index"),
    ("RUN /bin/sh -c dnf makecache # buildkit", "index"),
    ("RUN /bin/sh -c dnf check-update; dnf update -y # buildkit", "upgrade"),
    ("RUN /bin/sh -c zypper up -y # buildkit", "upgrade"),
    ("RUN /bin/sh -c pacman --sync --refresh # buildkit", "index"),
    ("RUN /bin/sh -c pacman -U x.pkg && pacman -Sy # buildkit", "pass"),
    ("RUN /bin/sh -c cat <<E | sh\napt-get update\nE\n # buildkit", "index"),
    ("RUN /bin/sh -c cat <<E | sh\napt-get update\napt-get install x\nE\n # buildkit", "pass"),
    ("RUN /bin/sh -c bash <<< 'apk update' # buildkit", "index"),
    ('RUN /bin/sh -c eval "$SETUP" # buildkit', "opaque"),
    ('RUN /bin/sh -c "$(cat /setup)" # buildkit', "opaque"),
    ("RUN /bin/sh -c apt-get update; xargs -a pkgs apt-get install -y # buildkit", "pass"),
]
REASONS = {"index": "update-without-install", "upgrade": "upgrade-alone"}


@pytest.mark.parametrize(("line", "expected"), VECTORS, ids=[line for line, _ in VECTORS])
def test_every_vector_of_the_catalogue(line: str, expected: str) -> None:
    """As the only step of the author, above a root filesystem."""
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, line]))
    if expected in REASONS:
        assert (verdict.status, verdict.reason) == (Status.FAIL, REASONS[expected])
        assert verdict.evidence[0].step == verdict.evidence[0].layer == 1
        assert verdict.origin == "author"
    else:
        assert verdict.status is Status.PASS
        opaque = [e for e in verdict.evidence if e.reason == "opaque-step"]
        assert bool(opaque) is (expected == "opaque")


def test_the_root_that_a_tool_made_is_not_judged() -> None:
    """The catalogue's vector that is n/a; above another root the same line hides what ran."""
    line = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1782172800'"
    verdict = CONTROL.evaluate(image({**ROOT, **LISTS}, {"x": b""}, history=[line, "COPY x /x"]))
    assert (verdict.status, verdict.confidence) == (Status.PASS, "exact")
    assert not [e for e in verdict.evidence if e.reason == "opaque-step"]


def test_later_install_is_shown_beside_the_stale_index() -> None:
    later = "RUN /bin/sh -c apt-get install -y curl # buildkit"
    verdict = CONTROL.evaluate(image(ROOT, {}, {}, history=[ROOTFS, UPDATE, later]))
    assert [(e.step, e.reason) for e in verdict.evidence] == [
        (1, "update-without-install"),
        (2, "install-in-later-step"),
    ]
    assert "apt-get update && apt-get install" in verdict.remediation


@pytest.mark.parametrize(
    "step", ["RUN /dev/pipes/EOF # buildkit", "", "RUN /bin/sh -c ./x.sh", "# debian.sh --arch x"]
)
def test_index_without_a_package_change_betrays_what_history_hides(step: str) -> None:
    view = image(ROOT, LISTS, history=[ROOTFS, step])
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "index-without-install")
    assert verdict.confidence == "strong"
    assert verdict.evidence[0].path == "var/lib/apt/lists/deb_Packages"


def test_index_with_a_package_change_is_an_install() -> None:
    layer: Layer = {**LISTS, "var/lib/dpkg/status": b"Package: a\nPackage: b\n"}
    view = image(ROOT, layer, history=[ROOTFS, "RUN /dev/pipes/EOF # buildkit"])
    assert CONTROL.evaluate(view).status is Status.PASS


def test_rewritten_database_with_the_same_content_is_no_install() -> None:
    layer: Layer = {**LISTS, "var/lib/dpkg/status": ROOT["var/lib/dpkg/status"]}
    view = image(ROOT, layer, history=[ROOTFS, "RUN /dev/pipes/EOF # buildkit"])
    assert CONTROL.evaluate(view).status is Status.FAIL


@pytest.mark.parametrize(
    "path",
    [
        "lib/apk/APKINDEX.1.tar.gz",
        "var/cache/apk/APKINDEX.1.tar.gz",
        "var/cache/dnf/base-1/repodata/repomd.xml",
        "var/cache/yum/x86_64/8/base/repodata/x",
        "var/cache/zypp/raw/oss/x",
    ],
)
def test_indexes_of_every_family_are_known(path: str) -> None:
    view = image(ROOT, {path: b"x"}, history=[ROOTFS, "RUN /dev/pipes/EOF # buildkit"])
    assert CONTROL.evaluate(view).status is Status.FAIL


def test_index_left_by_a_told_install_is_no_hit() -> None:
    """Everything may have been installed already; then the database does not change."""
    line = "RUN /bin/sh -c apt-get update && apt-get install -y a && ./x.sh # buildkit"
    assert CONTROL.evaluate(image(ROOT, LISTS, history=[ROOTFS, line])).status is Status.PASS


def test_base_with_a_confirmed_end_is_only_noted() -> None:
    """Another builder after the CMD says that the author began there."""
    history = [
        ROOTFS,
        "/bin/sh -c apt-get update",
        '/bin/sh -c #(nop)  CMD ["sh"]',
        "RUN /bin/sh -c make # buildkit",
    ]
    entries = [{"created_by": line, "empty_layer": "CMD" in line} for line in history]
    verdict = CONTROL.evaluate(image(ROOT, {}, {}, history=entries))
    assert verdict.status is Status.PASS
    noted = [e for e in verdict.evidence if e.reason != "final-stage-only"]
    assert [(e.origin, e.severity) for e in noted] == [("base", "info")]


def test_base_with_a_guessed_end_needs_review() -> None:
    """The author may have written the CMD in the middle."""
    history = [ROOTFS, UPDATE, 'CMD ["sh"]', "RUN /bin/sh -c make # buildkit"]
    entries = [{"created_by": line, "empty_layer": "CMD" in line} for line in history]
    verdict = CONTROL.evaluate(image(ROOT, {}, {}, history=entries))
    assert (verdict.status, verdict.confidence) == (Status.NEEDS_REVIEW, "heuristic")


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([], "history-absent"),
        ([ROOTFS, ""], "history-incomplete"),
        ([ROOTFS], "history-incomplete"),
    ],
)
def test_missing_history_is_no_pass(history: list[str], reason: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=history))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, reason)


def test_unread_layer_of_an_opaque_step_is_no_pass() -> None:
    view = image(ROOT, None, history=[ROOTFS, "RUN /dev/pipes/EOF # buildkit"])
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "layers-unread")


def test_unread_layer_of_a_told_step_does_not_matter() -> None:
    view = image(ROOT, None, history=[ROOTFS, "RUN /bin/sh -c make # buildkit"])
    assert CONTROL.evaluate(view).status is Status.PASS


def test_windows_is_not_applicable() -> None:
    verdict = CONTROL.evaluate(image({}, history=["cmd /S /C x"], os="windows"))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "windows-image")


def test_tools_without_dockerfile_are_not_applicable() -> None:
    verdict = CONTROL.evaluate(image({"ko-app/x": b""}, history=["ko build ko://x"]))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "no-dockerfile")


def test_text_checks_go_on_when_history_does_not_match() -> None:
    verdict = CONTROL.evaluate(image(ROOT, {}, history=[ROOTFS, UPDATE, "RUN make # buildkit"]))
    assert verdict.status is Status.FAIL
    assert verdict.evidence[0].layer is None


@pytest.mark.parametrize(
    "step",
    ["RUN /dev/pipes/EOF # buildkit", "bash", "/bin/sh", "nginx -g x", "# debian.sh --arch x"],
)
def test_layer_speaks_for_a_step_whose_commands_are_lost(step: str) -> None:
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, step]))
    assert (verdict.status, verdict.confidence) == (Status.PASS, "strong")
    assert [(e.layer, e.detail) for e in verdict.evidence] == [
        (1, "commands are not in the history; layer 1 brought no package index alone"),
        (None, "builder stages are not in the image"),
    ]
    unread = CONTROL.evaluate(image(ROOT, None, history=[ROOTFS, step]))
    assert (unread.status, unread.reason) == (Status.NOT_EVALUATED, "layers-unread")
    lists = CONTROL.evaluate(image(ROOT, LISTS, history=[ROOTFS, step]))
    assert lists.status is Status.FAIL


@pytest.mark.parametrize("flags", ["-Sy';id|sh'", "'-Sy\n$(id)'", "'-Sy`id`'"])
def test_hostile_option_is_no_part_of_the_remedy(flags: str) -> None:
    line = f"RUN /bin/sh -c pacman {flags} # buildkit"
    verdict = CONTROL.evaluate(image(ROOT, {}, history=[ROOTFS, line]))
    assert verdict.status is Status.FAIL
    assert not set(verdict.remediation) & set(";|$`\n'")


@pytest.mark.parametrize("history", [[], [""], ["", ""]])
def test_layers_speak_where_the_whole_history_is_missing(history: list[str]) -> None:
    verdict = CONTROL.evaluate(image(ROOT, LISTS, history=history))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "index-without-install")
    assert (verdict.confidence, verdict.evidence[0].layer) == ("strong", 1)
    silent = CONTROL.evaluate(image(ROOT, {"x": b""}, history=history))
    assert silent.status is Status.NOT_EVALUATED


def test_index_that_comes_with_its_packages_is_no_hit() -> None:
    """As in one squashed layer: the database is new there."""
    verdict = CONTROL.evaluate(image({**ROOT, **LISTS}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "history-absent")


@pytest.mark.parametrize("change", [{}, {"var/lib/pacman/local/a-1/desc": b"a"}])
def test_pacman_keeps_its_index_apart(change: Layer) -> None:
    layer: Layer = {"var/lib/pacman/sync/core.db": b"x", **change}
    verdict = CONTROL.evaluate(image(ROOT, layer, history=[ROOTFS, ""]))
    assert (verdict.status is Status.FAIL) is not bool(change)


@pytest.mark.parametrize(
    "ran", ["pip install -r requirements.txt && ./x.sh", "make install; ./configure"]
)
def test_commands_that_the_history_shows_are_not_called_lost(ran: str) -> None:
    """What is not there is what they run."""
    step = f"RUN /bin/sh -c {ran} # buildkit"
    told = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, step])).evidence[0]
    assert told.detail == (
        "what it runs is not in the history; layer 1 brought no package index alone"
    )


@pytest.mark.parametrize("manager", ["dnf", "microdnf", "yum"])
def test_the_remedy_of_an_upgrade_is_a_form_that_passes(manager: str) -> None:
    alone = f"RUN /bin/sh -c {manager} update && {manager} clean all # buildkit"
    verdict = CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, alone]))
    assert verdict.status is Status.FAIL
    line = verdict.remediation.partition("installs: ")[2].replace("PACKAGE", "curl")
    assert line == f"RUN {manager} update -y && {manager} install -y curl"
    assert CONTROL.evaluate(image(ROOT, {"x": b""}, history=[ROOTFS, line])).status is Status.PASS
