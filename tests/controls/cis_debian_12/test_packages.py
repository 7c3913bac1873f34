"""Clients and servers, by package and by program."""

from ocianalyze.controls.cis_debian_12.packages import CONTROLS
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer, symlink

ELF = b"\x7fELF\2\1\1" + bytes(57)
TELNET = ELF + b"send Telnet 'Are You There'\0"
BASE: Layer = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
ALPINE: Layer = {
    "etc/os-release": b"ID=alpine\nVERSION_ID=3.20\n",
    "lib/apk/db/installed": b"P:openldap-clients\nV:2.6-r0\nA:x86_64\n\n",
}
PACKAGES = {
    "2.1.1": "autofs",
    "2.1.2": "avahi-daemon",
    "2.1.3": "isc-dhcp-server",
    "2.1.4": "bind9",
    "2.1.5": "dnsmasq",
    "2.1.6": "vsftpd",
    "2.1.7": "slapd",
    "2.1.8": "dovecot-imapd",
    "2.1.9": "nfs-kernel-server",
    "2.1.10": "ypserv",
    "2.1.11": "cups",
    "2.1.12": "rpcbind",
    "2.1.13": "rsync-daemon",
    "2.1.14": "samba",
    "2.1.15": "snmpd",
    "2.1.16": "tftpd-hpa",
    "2.1.17": "squid",
    "2.1.18": "nginx",
    "2.1.19": "xinetd",
    "2.1.20": "xserver-common",
    "2.2.1": "nis",
    "2.2.2": "rsh-client",
    "2.2.3": "talk",
    "2.2.4": "telnet",
    "2.2.5": "ldap-utils",
    "2.2.6": "ftp",
}


def dpkg(*names: str) -> Layer:
    text = "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
        for name in names
    )
    return {**BASE, "var/lib/dpkg/status": text.encode()}


def program(path: str, content: bytes = ELF) -> Layer:
    return {**BASE, path: File(content, mode=0o755)}


START = {"Cmd": ["nginx", "-g", "daemon off;"]}
NGINX: Layer = {
    **dpkg("nginx"),
    "var/lib/dpkg/info/nginx.list": b"/.\n/usr/sbin/nginx\n",
    "usr/sbin/nginx": File(ELF, mode=0o755),
}
APACHE = (
    b"Package: apache2\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n"
    b"Depends: apache2-bin (= 2), perl:any | none\n\n"
    b"Package: apache2-bin\nSource: apache2\nStatus: install ok installed\nVersion: 2\n"
    b"Architecture: amd64\n\n"
)
SERVED: Layer = {
    **BASE,
    "var/lib/dpkg/status": APACHE,
    "var/lib/dpkg/info/apache2-bin.list": b"/.\n/usr/sbin/apache2\n",
    "usr/sbin/apache2": File(ELF, mode=0o755),
}
SERVE = {"Cmd": ["apache2", "-DFOREGROUND"]}
OTHER = APACHE.replace(b"Package: apache2\n", b"Package: apache2\nSource: other\n")
ALONE = APACHE.replace(b"apache2-bin (= 2), ", b"")
MORE: Samples = {
    "2.1.13": (review(dpkg("rsync"), reason="shared-package"),),
    "2.1.18": (
        fails(program("usr/sbin/nginx")),
        fails(NGINX),
        absent(NGINX, config=START, reason="started"),
        fails(SERVED),
        absent(SERVED, config=SERVE, reason="started"),
        fails({**SERVED, "var/lib/dpkg/status": OTHER}, config=SERVE),
        fails({**SERVED, "var/lib/dpkg/status": ALONE}, config=SERVE),
        absent(program("usr/sbin/httpd"), config={"Cmd": ["httpd"]}, reason="started"),
        passes({**program("bin/busybox"), "usr/sbin/httpd": symlink("/bin/busybox")}),
        passes(dpkg("nginx"), dpkg("dash")),
        passes(dpkg("nginx-common")),
        absent(NGINX, os="windows"),
        unknown(BASE, None),
        unknown({**BASE, "var/lib/rpm/rpmdb.sqlite": b"no database"}),
    ),
    "2.2.4": (
        fails(program("opt/renamed", TELNET)),
        fails(program("usr/bin/telnet", TELNET)),
        review(program("usr/bin/telnet"), reason="name-only"),
        passes(program("usr/bin/telnet"), {"usr/bin/.wh.telnet": b""}),
    ),
    "2.2.5": (fails(ALPINE),),
}
SAMPLES: Samples = {
    f"cis-debian-12-{number}": (
        passes(dpkg("dash")),
        passes({"app": File(ELF, mode=0o755)}),
        fails(dpkg("dash", name)),
        *MORE.get(number, ()),
    )
    for number, name in PACKAGES.items()
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_control_has_samples() -> None:
    assert {control.id for control in CONTROLS} == SAMPLES.keys()
