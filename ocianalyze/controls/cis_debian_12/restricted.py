"""Who may use cron and at, where these are there."""

from collections.abc import Iterator
from functools import partial

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_debian_12._files import groups, linux, program
from ocianalyze.controls.cis_debian_12._say import inapplicable, judged, modes, of_entry, of_file
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence, Verdict

_MOST = 0o640
_GROUPS = frozenset({"crontab", "daemon"})


def evaluate(view: ImageView, name: str, command: str) -> Verdict:
    """Judge the list of who may; a list of who may not leaves it to everybody else."""
    entry = program(view, command)
    if entry is None:
        return inapplicable("program-absent", f"does not apply: there is no {command}")
    if not entry.mode & 0o6000:
        what = of_entry(entry, "neither set-user-id nor set-group-id", "info")
        return inapplicable("not-setid", f"does not apply: {command} is not set-id", what)
    return judged(_wrong(view, name, entry), f"{command}-open", f"{command} for everybody")


def _wrong(view: ImageView, name: str, command: Entry) -> Iterator[Evidence]:
    allow = view.tree.resolve(f"etc/{name}.allow")
    if allow is None:
        yield of_entry(command, f"there is no etc/{name}.allow", "low")
    names = view.once(groups)
    for path in (f"etc/{name}.allow", f"etc/{name}.deny"):
        entry = view.tree.resolve(path)
        if entry and (entry.mode & 0o7777 & ~_MOST or entry.uid or _strange(entry, names)):
            yield of_file(view, path, f"{modes(entry)}, wanted root's and {_MOST:04o}", "low")


def _strange(entry: Entry, names: dict[int, str]) -> bool:
    return entry.gid != 0 and names.get(entry.gid) not in _GROUPS


def _control(number: str, name: str, command: str) -> Control:
    return Control(
        id=f"cis-debian-12-{number}",
        short=f"{command} for some",
        automation="full",
        reads=f"whether {command} is there and set-id; etc/{name}.allow and etc/{name}.deny",
        decides=f"fails without etc/{name}.allow, and when a list is not root's or open beyond "
        f"{_MOST:04o}; does not apply where {command} is not there or not set-id",
        limits="what PAM allows",
        remediation=f"remove {command}, or RUN install -m 0640 /dev/null /etc/{name}.allow",
        evaluate=linux(partial(evaluate, name=name, command=command)),
        needs=frozenset({"filesystem"}),
    )


CONTROLS = (_control("2.4.1.8", "cron", "crontab"), _control("2.4.2.1", "at", "at"))
