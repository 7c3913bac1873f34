"""CIS Docker 4.4: images are scanned and rebuilt to include security patches."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.base.support import LIMITS, support
from ocianalyze.controls.aspects.history.days import created, day, of_seconds
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.history.updates import uses
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_SECONDS = re.compile("[0-9]{1,12}")
_STEPS = 20
"""Steps that upgraded packages, told one by one."""
_UPGRADES = frozenset(
    {"upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "dup", "patch", "update"}
)


def evaluate(view: ImageView, *, now: str = "", days: int = 30, old_fails: bool = False) -> Verdict:
    """Say what the image tells of its age; what is vulnerable takes a database.

    Args:
        view: the image.
        now: the day of the question; nothing asks the clock.
        days: age from which a rebuild is due.
        old_fails: fail, instead of leaving to people, an image that is due.

    """
    today, made = day(now), created(view) or _newest_package(view)
    release = support(view, today, made)
    told = (release.evidence,) if release else ()
    evidence = (*told, *_age(made), *_upgrades(view))
    over = release.verdict("no-vendor-fixes") if release else None
    age = (today - made).days if today and made else 0
    is_failing = old_fails and age > days
    if over and not (is_failing and over.status is not Status.FAIL):
        return replace(over, evidence=evidence)
    if age > days:
        summary = f"made {age} days ago, more than {days}; no database"
        status = Status.FAIL if is_failing else Status.NEEDS_REVIEW
        return Verdict(status, "rebuild-due", summary, evidence, "strong", "author")
    return undecided("no-database", "not evaluated: no vulnerability database", *evidence)


def _newest_package(view: ImageView) -> date | None:
    """Return the last day on which an rpm package was installed; other databases tell none."""
    times = (dict(x.found.properties).get("install-time", "") for x in view.packages())
    days = (of_seconds(int(x)) for x in times if _SECONDS.fullmatch(x))
    known = (x for x in days if x is not None and day(x.isoformat()))
    return max(known, default=None)


def _age(made: date | None) -> Iterator[Evidence]:
    detail = f"made on {made}" if made else "the image names no day of creation"
    yield Evidence(detail, "config", "image-age", pointer="/created", severity="info")


def _upgrades(view: ImageView) -> Iterator[Evidence]:
    """Yield the steps that upgraded what the base had."""
    base, told = boundary(view), 0
    for step in view.history.steps:
        found = [x for x in uses(step.commands) if _UPGRADES & set(x.command.words[1:])]
        upgrades = [x for x in found if x.action != "refresh"]
        if upgrades and told < _STEPS:
            told += 1
            yield of_step(step, base, upgrades[0].text, reason="upgraded", severity="info")


CONTROL = Control(
    id="cis-docker-4.4",
    short="security patches",
    automation="partial",
    reads="os-release and a table of ends of support, created of the image config and of its "
    "history, else the day of the newest rpm package, upgrades in the history, the day of --now",
    decides="fails when the distribution's support ended before the image was made or before the "
    "day of --now; a release that only a long-term support team still mends, for nothing (Debian "
    "LTS), needs review; an image older than some days (30) needs review, or fails with old_fails; "
    "anything else takes an offline vulnerability database",
    limits="an image does not say which of its packages are vulnerable; reproducible builds name "
    f"no day of creation; {LIMITS}",
    remediation="rebuild on the newest base: docker build --pull --no-cache",
    evaluate=evaluate,
    parameters=(
        Parameter("now", "", "the day that ages are compared with, as 2026-06-10", values.day),
        Parameter("days", 30, "age from which a rebuild is due", values.count),
        Parameter("old_fails", default=False, meaning="an image that is due fails"),
    ),
)
