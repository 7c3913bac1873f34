"""The user that an image can name instead of root (catalogue, 4.1)."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.users.accounts import Account, accounts, resolve
from ocianalyze.controls.aspects.users.dropping import drops
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Step

ADVISED = 10_001
"""Uid and gid where the image has no account to spare: no distribution gives them away."""
_PEOPLE = range(1000, 60_000)
_SERVICES = range(100, 60_000)
"""Numbers that are given away when an image is built; those below are the distribution's."""
_MAKERS = frozenset({"adduser", "useradd"})
_DROPS = 10


def unused(view: ImageView) -> tuple[Account, ...]:
    """Return accounts that an image which runs as root could use, the author's own first.

    Packages make accounts for their own services; one that the author's step makes is for the
    program of the image.
    """
    made = view.once(_made)
    free = [x for x in accounts(view.read("etc/passwd") or b"") if not _is_refused(x)]
    own = [x for x in free if x.name in made and x.uid in _SERVICES]
    return (*own, *(x for x in free if x.uid in _PEOPLE and x not in own))


def advised(view: ImageView) -> tuple[int, int]:
    """Return uid and gid that an image which runs as root is told to name."""
    config = view.config.config if view.config else None
    dropped = islice(drops(view, config), _DROPS) if config else ()
    if ids := next((drop.ids for drop in dropped if drop.ids), None):
        return ids
    account = next(iter(unused(view)), None)
    return (account.uid, account.gid) if account else (ADVISED, ADVISED)


def _made(view: ImageView) -> frozenset[bytes]:
    """Return the words of the author's commands that make accounts, the names among them."""
    base = boundary(view)
    own = (x for x in view.history.steps if base.of_step(x.index) != "base")
    return frozenset(word for step in own for word in _named(step))


def _named(step: Step) -> Iterator[bytes]:
    for command in step.commands:
        if command.name in _MAKERS:
            yield from (word.encode("utf-8", "surrogateescape") for word in command.words[1:])


def _is_refused(account: Account) -> bool:
    """Tell numbers with which no runtime starts."""
    return bool(resolve(f"{account.uid}:{account.gid}", None, None).problem)
