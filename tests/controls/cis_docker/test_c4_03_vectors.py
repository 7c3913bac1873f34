"""Vectors of the catalogue's section 1.3, "4.3 ... unnecessary packages are not installed"."""

import pytest

from ocianalyze.controls.aspects.packages.categories import category_of
from ocianalyze.controls.cis_docker.c4_03_unneeded_packages import CONTROL
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status
from ocianalyze.model.package import Found, Package, Presence
from tests.images import File, Layer, image, symlink

CATEGORIES = {
    "shell": "bash dash ash zsh busybox toybox bash-static",
    "package-manager": "apt apk-tools rpm dnf microdnf yum zypper python3-pip npm rubygems pipx",
    "downloader": "curl wget",
    "remote-shell": "openssh-server dropbear telnetd rsh-server",
    "network-tool": "netcat-openbsd socat nmap tcpdump",
    "legacy-client": "telnet ftp nis rsh-client talk ntalk ldap-utils",
    "compiler": "gcc gcc-12 g++ make cmake golang-go go rustc build-base build-essential",
    "development": "libssl-dev openssl-devel linux-headers-amd64",
    "debugger": "gdb strace linux-perf",
    "privilege": "sudo doas",
    "editor": "vim nano",
    "documentation": "man-db manpages locales locales-all",
    "version-control": "git",
    "init": "systemd openrc",
    "server": "apache2 nginx bind9 dnsmasq slapd dovecot-core exim4 postfix samba snmpd squid "
    "vsftpd tftpd-hpa nfs-kernel-server ypserv rpcbind rsync cups avahi-daemon autofs xinetd "
    "isc-dhcp-server",
    "graphics": "xserver-common xserver-xorg gdm3 xvfb",
}
NAMES = [(name, category) for category, names in CATEGORIES.items() for name in names.split()]
DENIED = {"remote-shell", "compiler", "debugger", "legacy-client"}
DENIED_AT_LEVEL_2 = {"downloader", "package-manager", "shell", "privilege"}
NEEDED = "libc6 ca-certificates tzdata base-files libgcc-s1 libssl3 gcc-12-base"


def _package(name: str) -> Package:
    found = Found("deb", name, "1")
    return Package(found, f"pkg:deb/debian/{name}@1", "dpkg", Presence.VISIBLE, (), 0)


def _status(names: list[str], sources: dict[str, str]) -> bytes:
    stanzas = []
    for name in names:
        source = f"Source: {sources[name]}\n" if name in sources else ""
        stanzas.append(
            f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n{source}"
            "Version: 1\nInstalled-Size: 10\n"
        )
    return "\n".join(stanzas).encode()


def _view(
    owned: dict[str, str], entrypoint: str = "/app", sources: dict[str, str] | None = None
) -> ImageView:
    """Return an image with packages, each with one program."""
    program = File(b"\x7fELF\2\1\1" + bytes(57), mode=0o755)
    layer: dict[str, File | bytes] = {
        "app": program,
        "var/lib/dpkg/status": _status(list(owned), sources or {}),
    }
    for name, path in owned.items():
        layer[path] = program
        layer[f"var/lib/dpkg/info/{name}.list"] = f"/{path}\n".encode()
    made = image(layer, config={"Entrypoint": [entrypoint]}, observers=observers())
    return with_inventory(made)


@pytest.mark.parametrize(("name", "category"), NAMES, ids=[name for name, _ in NAMES])
def test_each_package_has_its_category(name: str, category: str) -> None:
    found = category_of(_package(name))
    assert found is not None
    assert found.name == category


@pytest.mark.parametrize("name", NEEDED.split())
def test_what_programs_need_has_none(name: str) -> None:
    assert category_of(_package(name)) is None


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_category_decides(category: str) -> None:
    name = CATEGORIES[category].split()[0]
    verdict = CONTROL.evaluate(_view({name: "usr/lib/thing"}))
    if category in DENIED:
        assert (verdict.status, verdict.reason) == (Status.FAIL, "denied-tools")
    elif category in DENIED_AT_LEVEL_2:
        assert (verdict.status, verdict.reason) == (Status.FAIL, "denied-tools-l2")
    else:
        assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, "removable-tools")
    told = next(e for e in verdict.evidence if e.reason == "package")
    assert (told.layer, f"({category})" in told.detail) == (0, True)


@pytest.mark.parametrize(
    ("owned", "sources", "status"),
    [
        ({"nginx": "usr/sbin/nginx"}, {}, Status.PASS),
        (
            {"nginx-core": "usr/sbin/nginx", "nginx": "usr/share/nginx/x"},
            {"nginx-core": "nginx"},
            Status.PASS,
        ),
        (
            {"postfix": "usr/sbin/postfix", "nginx": "usr/sbin/nginx"},
            {},
            Status.NEEDS_REVIEW,
        ),
    ],
    ids=["the-workload", "built-of-its-sources", "another-server"],
)
def test_a_server_that_the_image_starts_is_its_workload(
    owned: dict[str, str], sources: dict[str, str], status: Status
) -> None:
    assert CONTROL.evaluate(_view(owned, "/usr/sbin/nginx", sources)).status is status


def test_apt_tells_why_a_package_is_there() -> None:
    extended = b"Package: strace\nArchitecture: amd64\nAuto-Installed: 1\n"
    layer: Layer = {
        "var/lib/dpkg/status": _status(["gdb", "strace"], {}),
        "var/lib/apt/extended_states": extended,
    }
    view = with_inventory(image(layer, config={"Entrypoint": ["/app"]}, observers=observers()))
    told = {e.detail.split()[1]: e.detail for e in CONTROL.evaluate(view).evidence}
    assert "installed on request" in told["gdb"]
    assert "installed as a dependency" in told["strace"]


def test_an_image_without_packages_is_judged_by_its_files() -> None:
    """As a static program on nothing is: it normally passes."""
    program = File(b"\x7fELF\2\1\1" + bytes(57), mode=0o755)
    made = image({"app": program}, config={"Entrypoint": ["/app"]}, observers=observers())
    assert CONTROL.evaluate(with_inventory(made)).status is Status.PASS


@pytest.mark.parametrize("home", ["usr/local/bin", "opt/tools", "tmp"])
def test_tools_hidden_from_package_databases_are_found(home: str) -> None:
    text = b"BusyBox is a multi-call binary that combines many"
    busybox = File(b"\x7fELF\2\1\1" + bytes(57) + text + b"\0", mode=0o755)
    layer: Layer = {f"{home}/busybox": busybox, "usr/bin/wget": symlink(f"/{home}/busybox")}
    made = image(layer, config={"Entrypoint": ["/app"]}, observers=observers())
    told = {e.path: e.detail for e in CONTROL.evaluate(with_inventory(made)).evidence}
    assert told[f"{home}/busybox"].endswith(": busybox, wget")


def test_a_long_problem_leaves_the_summary_short() -> None:
    layer: Layer = {"app": b"x", "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0cut"}
    made = image(layer, config={"Entrypoint": ["/app"]}, observers=observers())
    verdict = CONTROL.evaluate(with_inventory(made))
    assert verdict.reason == "package-data-unread"
    assert len(verdict.summary) <= 60
