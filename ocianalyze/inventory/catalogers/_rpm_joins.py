"""Packages of one rpm database with what other files say: a write-ahead log, dnf's reasons."""

from collections.abc import Iterable
from dataclasses import replace

import orjson

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._rpm_found import found_of
from ocianalyze.inventory.catalogers._rpm_package import Facts
from ocianalyze.inventory.catalogers._rpm_reasons import Reasons
from ocianalyze.inventory.catalogers._rpm_rows import merged
from ocianalyze.inventory.catalogers._rpm_value import Value, head_of
from ocianalyze.model.package import Distribution, Found

DATABASE = "rpm"
LOG = "rpm-wal"
REASONS = "rpm-reasons"
LOG_ENDING = "-wal"

_Identity = tuple[str, ...]


def with_logs(packages: list[Found], beside: Iterable[Kept]) -> list[Found]:
    """Return the packages that are still there once logs are applied to their databases.

    Of a database, those that its log did not remove; of a log, those that it added.
    """
    heads = {(kept.observer, kept.path): head for kept in beside if (head := _head(kept))}
    for (observer, path), log in heads.items():
        database = path.removesuffix(LOG_ENDING)
        before = heads.get((DATABASE, database))
        if observer == LOG and before is not None:
            packages = _alive(packages, database, before, log)
    return packages


def survivors(kept: Iterable[Kept]) -> dict[tuple[str, str], set[int]]:
    """Return the rows that each database and log is to be asked for, by observer and path.

    A row of a log replaces the database's; without a log a database is asked for all.
    """
    heads = {(each.observer, each.path): head for each in kept if (head := _head(each))}
    wanted: dict[tuple[str, str], set[int]] = {}
    for (observer, path), log in heads.items():
        before = heads.get((DATABASE, path.removesuffix(LOG_ENDING)))
        if observer == LOG and before is not None:
            rows = {facts["row"] for facts in log["packages"]}
            after = {facts["row"] for facts in merged(before, log)}
            wanted[LOG, path] = after & rows
            wanted[DATABASE, path.removesuffix(LOG_ENDING)] = after - rows
    return wanted


def with_reasons(packages: Iterable[Found], beside: Iterable[Kept]) -> Iterable[Found]:
    """Yield the packages with why they were installed, where dnf remembers it."""
    reasons: Reasons = {}
    for kept in beside:
        if kept.observer == REASONS:
            reasons.update(_reasons(kept))
    for package in packages:
        reason = reasons.get(f"{package.name}.{package.arch}", "")
        yield replace(package, reason=reason) if reason else package


def _head(kept: Kept) -> Value | None:
    if kept.observer not in (DATABASE, LOG):
        return None
    try:
        return head_of(kept.value)
    except ValueError:  # whoever reads it says so
        return None


def _reasons(kept: Kept) -> Reasons:
    try:
        found: Reasons = orjson.loads(kept.value)
    except ValueError:
        return {}
    return found


def _alive(packages: list[Found], path: str, before: Value, log: Value) -> list[Found]:
    rows = {facts["row"] for facts in log["packages"]}
    after = merged(before, log)
    old = set(map(_identity, before["packages"]))
    if packages and packages[0].evidence == (path,):
        wanted = {_identity(facts) for facts in after if facts["row"] in rows} - old
    elif {_told(package) for package in packages} <= old:
        wanted = set(map(_identity, after))
    else:
        return packages
    return [package for package in packages if _told(package) in wanted]


def _identity(facts: Facts) -> _Identity:
    return _told(found_of(facts, Distribution()))


def _told(package: Found) -> _Identity:
    return package.name, package.epoch, package.version, package.arch
