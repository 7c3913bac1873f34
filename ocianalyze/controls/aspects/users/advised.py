"""The user that an image can name instead of root (catalogue, 4.1)."""

from collections.abc import Iterator

from ocianalyze.controls.aspects.users.accounts import Account, accounts, resolve
from ocianalyze.filesystem.view import ImageView

ADVISED = 10_001
"""Uid and gid where the image has no account to spare: no distribution gives them away."""
_PEOPLE = range(1000, 60_000)


def unused(view: ImageView) -> Iterator[Account]:
    """Yield accounts made for people or services, which an image that runs as root could use."""
    for account in accounts(view.read("etc/passwd") or b""):
        if account.uid in _PEOPLE and not _is_refused(account):
            yield account


def advised(view: ImageView) -> tuple[int, int]:
    """Return uid and gid that an image which runs as root is told to name."""
    account = next(unused(view), None)
    return (account.uid, account.gid) if account else (ADVISED, ADVISED)


def _is_refused(account: Account) -> bool:
    """Tell numbers with which no runtime starts."""
    return bool(resolve(f"{account.uid}:{account.gid}", None, None).problem)
