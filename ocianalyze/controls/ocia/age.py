"""How old an image is, whether its distribution is still supported, whether its times agree."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, undecided, windows_image
from ocianalyze.controls.aspects.base.support import LIMITS, NEWER, support
from ocianalyze.controls.aspects.history.days import (
    LAST,
    MARGIN,
    created,
    day,
    days_behind,
    newest,
    of_seconds,
)
from ocianalyze.controls.saying import judged, of_config, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict

NOW = Parameter("now", "", "the day that ages are compared with, as 2026-06-10", values.day)


def supported(view: ImageView, *, now: str = "") -> Verdict:
    """Compare the ends of support with the day and with the image's own."""
    if view.is_windows:
        return windows_image()
    release = view.inventory.distribution
    if not release.id:
        return Verdict(Status.NOT_APPLICABLE, "no-distribution", "the image is no distribution")
    today = day(now)
    found = support(view, today, created(view))
    if found is None:
        name = f"{release.id} {release.version}"[:28]
        entry = view.tree.resolve(release.path) if release.path else None
        told = of_entry(entry, f"{name}: support ends ?", path=release.path)
        return undecided("end-unknown", f"not evaluated: end of {name} is not known", told)
    if over := found.verdict("end-of-life"):
        return over
    until = f"supported until {found.end}"
    if today is None:
        return undecided("no-date", f"not evaluated: {until}, give --now", found.evidence)
    summary = f"{found.release}: {until}"
    return Verdict(Status.PASS, "supported", summary, (found.evidence,), "strong")


def young(view: ImageView, *, now: str = "", days: int = 30) -> Verdict:
    """Compare the day when the image was made with the day of the question."""
    made, today = created(view), day(now)
    if made is None:
        return undecided("no-creation-date", "not evaluated: the image names no day of creation")
    told = of_config("/created", f"made on {made}", "low")
    if today is None:
        return undecided("no-date", f"not evaluated: made on {made}, give --now", told)
    age = (today - made).days
    if age < -MARGIN:
        summary = f"not evaluated: made on {made}, after {today}"
        return undecided("made-later", summary, told)
    if age > days:
        summary = f"{age} days old, more than {days}"
        return Verdict(Status.FAIL, "image-old", summary, (told,))
    return Verdict(Status.PASS, "image-young", f"{max(age, 0)} days old", (told,))


def consistent(view: ImageView, *, now: str = "") -> Verdict:
    """Compare times of files with those of their layers, and those with each other.

    What the image says of itself proves no file: a day that has not come yet fails as such, so
    that nobody makes files of the future pass by an image of the future.
    """
    last = day(now) or LAST
    if claimed := tuple(_claimed(view, last)):
        return judged(claimed, "in-the-future", "dated in the future")
    future = tuple(_future(view, last))
    if future:
        return judged(future, future[0].reason, "newer than the image")
    odd = (*_newer(view), *_disorder(view))
    return judged(odd, "times-disagree", "times disagree", status=Status.NEEDS_REVIEW)


def _claimed(view: ImageView, last: date) -> Iterator[Evidence]:
    """Yield what the image says was done after the day of the question."""
    made = day(view.config.created) if view.config else None
    if made and (made - last).days > MARGIN:
        yield of_config("/created", f"made on {made}, after {last}")
    for step in view.history.steps:
        made = day(step.created)
        if made and (made - last).days > MARGIN:
            detail = f"step of {made}, after {last}"
            yield Evidence(detail, "history", step=step.index, layer=step.layer)


def _future(view: ImageView, last: date) -> Iterator[Evidence]:
    """Yield layers with files that are newer than the image, or than any."""
    made = created(view)
    bound, what, reason = made or last, "image of", "newer-than-image"
    if not made or made > last:
        bound, what, reason = last, "after", "in-the-future"
    for layer in view.layers:
        if days_behind(bound, view.once(newest)[layer.index]) > MARGIN:
            yield replace(_told(view, layer.index, bound, what, None), reason=reason)


def _newer(view: ImageView) -> Iterator[Evidence]:
    for step in view.history.steps:
        made = day(step.created)
        if made is None or step.layer is None:
            continue
        if days_behind(made, view.once(newest)[step.layer]) > MARGIN:
            yield _told(view, step.layer, made, "layer of", step.index)


def _disorder(view: ImageView) -> Iterator[Evidence]:
    before = None
    for step in view.history.steps:
        made = day(step.created)
        if made and before and (before - made).days > MARGIN:
            yield Evidence(
                f"step of {made} follows one of {before}",
                "history",
                step=step.index,
                layer=step.layer,
                severity="low",
            )
        before = made or before


def _told(view: ImageView, layer: int, made: date, what: str, step: int | None) -> Evidence:
    """Tell the first of a layer's newest members, and how many are newer than a day."""
    latest = view.once(newest)[layer]
    count, path, state = 0, "", State.VISIBLE
    for time, name, fate in view.tree.table(layer, ("mtime", "path", "state")):
        if not isinstance(time, int) or days_behind(made, time) <= MARGIN:
            continue
        count += 1
        if time == latest and not path:
            path, state = str(name), State(str(fate)) if fate else State.DELETED
    more = f", the newest of {count}" if count > 1 else ""
    detail = f"file of {of_seconds(latest) or f'@{latest}'}{more}, {what} {made}"
    return Evidence(detail, path=path, layer=layer, step=step, state=state, severity="low")


SUPPORT = Control(
    id="ocia-eol-distribution",
    short="distribution supported",
    automation="full",
    reads="os-release of the final filesystem, a table of ends of support, the day of --now",
    decides="fails when support ended before the image was made, or before the day of --now; a "
    "release that only a long-term support team still mends, for nothing (Debian LTS), needs "
    "review; passes only when a day is given that is before the end of general support",
    limits=f"{LIMITS}; releases that the table does not have",
    remediation=NEWER,
    evaluate=supported,
    needs=frozenset({"filesystem"}),
    parameters=(NOW,),
)
AGE = Control(
    id="ocia-image-age",
    short="image age",
    automation="full",
    reads="created of the image config and of its history, the day of --now",
    decides="fails when the image was made more than some days (30) before the day of --now; "
    "a day that lies behind it decides nothing",
    limits="reproducible builds write no day; a rebuilt image may hold old packages",
    remediation="rebuild the image from its newest base",
    evaluate=young,
    needs=frozenset({"config"}),
    parameters=(NOW, Parameter("days", 30, "age in days that an image may have", values.count)),
)
CONTROLS = (
    SUPPORT,
    AGE,
    Control(
        id="ocia-timestamp-anomaly",
        short="times agree",
        automation="full",
        reads="times of the members of every layer, created of config and history, the day of "
        "--now",
        decides="fails on an image, steps or files of a time after the day of --now, or after "
        f"{LAST} where no day is given; fails on files that are newer than the whole image, and "
        "names the newest of each layer; files newer than their "
        "layer, and steps that are older than those before them, need review; a day is allowed",
        limits="times can be set at will: without --now an image of tomorrow is not known from one "
        "of today; equal times of a reproducible build say nothing",
        remediation="build with a clock that is right, or with SOURCE_DATE_EPOCH",
        evaluate=consistent,
        needs=frozenset({"config", "history", "filesystem"}),
        parameters=(NOW,),
    ),
)
