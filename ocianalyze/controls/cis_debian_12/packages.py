"""Clients and servers that should not be there, as a table of packages and programs."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from ocianalyze.controls._base import Control, layers_unread, undecided
from ocianalyze.controls.aspects.packages.unneeded import required_packages
from ocianalyze.controls.aspects.programs.needed import needed
from ocianalyze.controls.cis_debian_12._files import linux, program
from ocianalyze.controls.cis_debian_12._say import inapplicable, judged, of_entry, shortened
from ocianalyze.controls.ocia.tools import tools
from ocianalyze.controls.saying import of_package
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.dependencies import dependencies
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import Package, Presence

_MULTICALL = ("busybox", "toybox")
_STARTED = "started"
_UNSURE = ("name-only", "shared-package")
_HARMLESS = (_STARTED, *_UNSURE)


@dataclass(frozen=True, slots=True)
class _Row:
    """One item: any of its packages or programs makes it fail."""

    number: str
    what: str
    packages: tuple[str, ...]
    """Names of distributions' packages; a `*` stands for any text."""
    programs: tuple[str, ...] = ()
    """Of servers, by name."""
    tools: tuple[str, ...] = ()
    """Of clients, by content (`ocianalyze.detectors.tools`)."""
    shared: tuple[str, ...] = ()
    """Packages that have a client too, so that people must judge."""


_CLIENTS = (
    _Row("2.2.1", "NIS client", ("nis", "ypbind*", "yp-tools"), tools=("nis",)),
    _Row("2.2.2", "rsh client", ("rsh", "rsh-client", "rsh-redone-client"), tools=("rsh",)),
    _Row("2.2.3", "talk client", ("talk", "inetutils-talk"), tools=("talk",)),
    _Row("2.2.4", "telnet client", ("telnet", "inetutils-telnet", "telnet-ssl"),
         tools=("telnet",)),
    _Row("2.2.5", "LDAP client", ("ldap-utils", "openldap-clients"), tools=("ldap",)),
    _Row("2.2.6", "FTP client", ("ftp", "tnftp", "inetutils-ftp"), tools=("ftp",)),
)  # fmt: skip
_SERVERS = (
    _Row("2.1.1", "autofs", ("autofs",), ("automount",)),
    _Row("2.1.2", "avahi", ("avahi-daemon", "avahi"), ("avahi-daemon",)),
    _Row("2.1.3", "DHCP server", ("isc-dhcp-server*", "kea-dhcp*", "dhcp-server", "dhcp"),
         ("dhcpd", "kea-dhcp4", "kea-dhcp6")),
    _Row("2.1.4", "DNS server", ("bind9", "bind"), ("named",)),
    _Row("2.1.5", "dnsmasq", ("dnsmasq", "dnsmasq-base*"), ("dnsmasq",)),
    _Row("2.1.6", "FTP server", ("vsftpd", "proftpd*", "pure-ftpd*"),
         ("vsftpd", "proftpd", "pure-ftpd")),
    _Row("2.1.7", "LDAP server", ("slapd", "openldap-servers"), ("slapd",)),
    _Row("2.1.8", "mail access server", ("dovecot-imapd", "dovecot-pop3d", "dovecot",
         "cyrus-imapd"), ("dovecot",)),
    _Row("2.1.9", "NFS server", ("nfs-kernel-server", "nfs-utils"), ("rpc.nfsd", "rpc.mountd")),
    _Row("2.1.10", "NIS server", ("ypserv",), ("ypserv",)),
    _Row("2.1.11", "print server", ("cups", "cups-daemon"), ("cupsd",)),
    _Row("2.1.12", "rpcbind", ("rpcbind",), ("rpcbind",)),
    _Row("2.1.13", "rsync server", ("rsync-daemon",), shared=("rsync",)),
    _Row("2.1.14", "samba", ("samba", "samba-server"), ("smbd",)),
    _Row("2.1.15", "SNMP server", ("snmpd", "net-snmp"), ("snmpd",)),
    _Row("2.1.16", "TFTP server", ("tftpd-hpa", "atftpd", "tftp-server"), ("in.tftpd", "atftpd")),
    _Row("2.1.17", "web proxy", ("squid", "squid-openssl"), ("squid",)),
    _Row("2.1.18", "web server",
         ("apache2", "apache2-bin", "httpd", "httpd-core", "nginx", "nginx-core", "nginx-light",
          "nginx-full", "nginx-extras", "lighttpd", "caddy"),
         ("nginx", "apache2", "httpd", "lighttpd", "caddy")),
    _Row("2.1.19", "xinetd", ("xinetd",), ("xinetd",)),
    _Row("2.1.20", "X server", ("xserver-common", "xserver-xorg-core", "xorg-server",
                                "xorg-x11-server-*"), ("Xorg",)),
)  # fmt: skip


def evaluate(view: ImageView, row: _Row) -> Verdict:
    """Judge packages and programs of a row; what the image starts is its purpose."""
    found = list(_found(view, row))
    started = [x for x in found if x.reason == _STARTED]
    unsure = [x for x in found if x.reason in _UNSURE]
    if any(x.reason not in _HARMLESS for x in found):
        return judged(found, "installed", row.what, confidence="strong")
    if started:
        return inapplicable("started", f"does not apply: the image starts its {row.what}", *started)
    if unsure:
        summary = shortened(f"perhaps a {row.what}: {unsure[0].path}")
        return Verdict(Status.NEEDS_REVIEW, unsure[0].reason, summary, tuple(unsure), "heuristic")
    if view.unread:
        return layers_unread(view)
    if view.inventory.problems:
        return undecided("package-data-unread", "not evaluated: package data was not read")
    return judged((), "installed", row.what, confidence="strong")


def _found(view: ImageView, row: _Row) -> Iterator[Evidence]:
    required = view.once(needed)
    packages, names = view.inventory.packages, (*row.packages, *row.shared)
    named = [number for number, package in enumerate(packages) if _is_one(package, names)]
    started = _parts(packages, named, view.once(_started))
    for number in named:
        reason = "shared-package" if _is_one(packages[number], row.shared) else "package"
        said = _STARTED if number in started else reason
        yield of_package(packages[number], severity="low", reason=said)
    for entry in filter(None, (program(view, name) for name in row.programs)):
        if not entry.path.rpartition("/")[2].startswith(_MULTICALL):
            reason = _STARTED if entry.path in required else "program"
            yield of_entry(entry, f"program of a {row.what}", "low", reason)
    for tool in view.once(tools) if row.tools else ():
        if tool.tool.id in row.tools and tool.entry.path not in required:
            yield of_entry(tool.entry, f"{tool.tool.id}: {tool.how}", "medium", tool.how)


def _is_one(package: Package, names: tuple[str, ...]) -> bool:
    is_there = package.presence is Presence.VISIBLE and package.is_of_distribution
    return is_there and any(fnmatchcase(package.name, name) for name in names)


def _started(view: ImageView) -> frozenset[int]:
    return required_packages(view, view.once(needed))


def _parts(
    packages: Sequence[Package], named: Sequence[int], started: frozenset[int]
) -> frozenset[int]:
    """Return which named packages are started, or need a started one of their own source.

    Debian's `apache2` and `nginx-light` have no server in them, but what belongs to it.
    """
    sources = {_source(packages[number]) for number in named}
    both = [x for x in {*named, *started} if _source(packages[x]) in sources]
    edges = dependencies([packages[x] for x in both], lambda _: "", lambda _: ()).edges
    needing = (
        both[one]
        for one, needs in edges.items()
        for other in needs
        if both[other] in started and _source(packages[both[one]]) == _source(packages[both[other]])
    )
    return started.union(needing)


def _source(package: Package) -> tuple[str, str]:
    return package.type, package.found.source or package.name


def _control(row: _Row, *, is_client: bool) -> Control:
    def judge(view: ImageView) -> Verdict:
        return evaluate(view, row)

    shared = f"; {', '.join(row.shared)} has a client too and needs review" if row.shared else ""
    return Control(
        id=f"cis-debian-12-{row.number}",
        short=row.what,
        automation="full" if is_client else "partial",
        reads="packages of the distribution; programs by "
        + ("their content" if is_client else f"name ({', '.join(row.programs) or 'none'})"),
        decides=f"fails on one of {', '.join(row.packages)}, and on such programs; does not "
        f"apply where the image starts it, with packages of its source that need it{shared}"
        + ("; a program that only has the name needs review" if is_client else ""),
        limits="packages of other names, and programs in other places; applets of busybox are "
        + ("found by their links" if is_client else "not counted as servers"),
        remediation=f"leave {row.packages[0]} out, or RUN apt-get purge -y {row.packages[0]}",
        evaluate=linux(judge),
        needs=frozenset({"filesystem", "packages"}),
    )


CONTROLS = (
    *(_control(row, is_client=False) for row in _SERVERS),
    *(_control(row, is_client=True) for row in _CLIENTS),
)
