"""CIS Debian 7.1.11: world-writable files, and directories without the sticky bit."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_debian_12._files import linux
from ocianalyze.controls.cis_debian_12._say import judged, modes, of_entry
from ocianalyze.controls.cis_debian_12._survey import Found, entries
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Kind
from ocianalyze.model.finding import Evidence, Status, Verdict

_MOUNTED = ("proc/", "sys/", "dev/")
_SHARED = ("tmp", "var/tmp")
_SHARED_MODE = 0o1777
_TRUSTED = frozenset({"", "etc", "usr", "bin", "sbin", "lib", "lib64", "root", "opt", "boot"})
"""Directories of the root whose contents everybody relies on."""


def evaluate(view: ImageView) -> Verdict:
    """Judge everything that everybody may write, then the directories meant for it."""
    verdict = judged(_writable(view), "world-writable", "world-writable")
    if verdict.status is not Status.PASS:
        return verdict
    shared = [x for x in map(view.tree.resolve, _SHARED) if x and x.mode & 0o7777 != _SHARED_MODE]
    found = (
        of_entry(x, f"{modes(x)}: not {_SHARED_MODE:o}", "low")
        for x in shared
        if x.kind is Kind.DIRECTORY
    )
    return judged(
        found,
        "world-writable",
        "world-writable files, or odd modes of /tmp",
        status=Status.NEEDS_REVIEW,
    )


def _writable(view: ImageView) -> Iterator[Evidence]:
    for found in entries(view, lambda sort: sort.is_open):
        if not f"{found.path}/".startswith(_MOUNTED):
            reason = "no-sticky-bit" if found.sort.is_directory else "file"
            yield found.told(found.modes, _severity(found), reason)


def _severity(found: Found) -> Severity:
    """Grade what others run or trust above mere data."""
    is_trusted = found.path.partition("/")[0] in _TRUSTED
    is_program = not found.sort.is_directory and found.sort.mode & 0o111
    return "high" if is_trusted or is_program else "medium"


CONTROL = Control(
    id="cis-debian-12-7.1.11",
    short="world-writable",
    automation="full",
    reads="mode of every file and directory of the final filesystem",
    decides="fails on a regular file that others may write and on such a directory without the "
    "sticky bit; links, devices, sockets and what is below /proc, /sys and /dev are left out; "
    "/tmp and /var/tmp with another mode than 1777 need review",
    limits="access control lists are not weighed, and volumes get their own modes",
    remediation="RUN find / -xdev -perm -0002 ! -type l ! -perm -1000 -exec chmod o-w {} +",
    evaluate=linux(evaluate),
    needs=frozenset({"filesystem"}),
)
