"""CIS Debian 6.1.4.1: log files that an image brings."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.cis_debian_12._files import groups, linux
from ocianalyze.controls.cis_debian_12._say import inapplicable, judged, modes, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.finding import Status, Verdict

_HOME = "var/log"
_MOST = 20_000
_LOGINS = ("wtmp", "btmp", "lastlog", "faillog", "utmp", "tallylog")
_SECRET = ("btmp", "secure", "auth.log", "audit.log", "sudo.log", "messages", "syslog")
_WRITERS = frozenset({"root", "utmp", "adm", "syslog", "systemd-journal"})
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})


def evaluate(view: ImageView) -> Verdict:
    """Judge who may write logs and read the telling ones, then what is there to be read."""
    logs = list(islice(_logs(view), _MOST))
    if not logs:
        return inapplicable("no-logs", "does not apply: there are no log files")
    names = view.once(groups)
    wrong = [of_entry(x, f"{modes(x)}: {why}") for x in logs if (why := _fault(x, names))]
    if wrong:
        return judged(wrong, "log-open", "logs open to others")
    if len(logs) >= _MOST:
        return undecided("too-many", f"not evaluated: more than {_MOST} log files")
    readable = (of_entry(x, modes(x), "low") for x in logs if _is_readable(x))
    return judged(readable, "log-readable", "logs others may read", status=Status.NEEDS_REVIEW)


def _logs(view: ImageView) -> Iterator[Entry]:
    home = view.tree.real(_HOME) or _HOME
    for layer in view.layers:
        for entry in view.tree.layer(layer.index, (home,)):
            if entry.state is State.VISIBLE and entry.kind in _FILES:
                yield entry


def _fault(entry: Entry, names: dict[int, str]) -> str:
    name = entry.path.rpartition("/")[2]
    if entry.mode & 0o002:
        return "writable by everybody"
    if entry.mode & 0o020 and entry.gid and names.get(entry.gid) not in _WRITERS:
        return "writable by a group of others"
    if entry.mode & 0o004 and entry.size and name.startswith(_SECRET):
        return "readable by everybody"
    return ""


def _is_readable(entry: Entry) -> bool:
    """Tell a log with something in it that others may read; who was on is open to all."""
    name = entry.path.rpartition("/")[2]
    return bool(entry.mode & 0o004 and entry.size) and not name.startswith(_LOGINS)


CONTROL = Control(
    id="cis-debian-12-6.1.4.1",
    short="log files",
    automation="full",
    reads="mode, owner and size of the files in var/log",
    decides="fails on a log that everybody, or a group other than those of logs, may write, and on "
    "a log of logins or of the system that everybody may read; other logs with something in "
    "them that everybody may read need review",
    limits="logs that a container writes later; the access lists of journals",
    remediation="RUN find /var/log -type f -delete in the step that writes them",
    evaluate=linux(evaluate),
    needs=frozenset({"filesystem"}),
)
