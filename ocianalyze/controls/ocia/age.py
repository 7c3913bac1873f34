"""How old an image is, whether its distribution is still supported, whether its times agree."""

from collections.abc import Iterator
from datetime import date

from ocianalyze.controls._base import Control, Parameter, undecided, windows_image
from ocianalyze.controls.aspects.history.days import created, day, of_seconds
from ocianalyze.controls.saying import judged, of_config, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict

NOW = Parameter("now", "", "the day that ages are compared with, as 2026-06-10")
_MARGIN = 1
"""Days; clocks and time zones of builders differ."""
_DAY = 86_400
"""Seconds."""
_EPOCH = date(1970, 1, 1).toordinal()


def supported(view: ImageView, *, now: str = "") -> Verdict:
    """Compare the end of general support with the day, else with the image's own."""
    if view.is_windows:
        return windows_image()
    release = view.inventory.distribution
    if not release.id:
        return Verdict(Status.NOT_APPLICABLE, "no-distribution", "the image is no distribution")
    name = f"{release.id} {release.version}"[:28]
    end = day(release.end_of_life)
    entry = view.tree.resolve(release.path) if release.path else None
    told = of_entry(entry, f"{name}: support ends {end or '?'}", path=release.path)
    if end is None:
        return undecided("end-unknown", f"not evaluated: end of {name} is not known", told)
    today, own = day(now), created(view)
    if (today and today > end) or (own and own > end):
        when = "when it was made" if own and own > end else f"since {end}"
        return Verdict(Status.FAIL, "end-of-life", f"{name}: no support {when}", (told,))
    if today is None:
        return undecided("no-date", f"not evaluated: supported until {end}, give --now", told)
    return Verdict(Status.PASS, "supported", f"{name}: supported until {end}", (told,))


def young(view: ImageView, *, now: str = "", days: int = 30) -> Verdict:
    """Compare the day when the image was made with the day of the question."""
    made, today = created(view), day(now)
    if made is None:
        return undecided("no-creation-date", "not evaluated: the image names no day of creation")
    told = of_config("/created", f"made on {made}", "low")
    if today is None:
        return undecided("no-date", f"not evaluated: made on {made}, give --now", told)
    age = (today - made).days
    if age < -_MARGIN:
        summary = f"not evaluated: made on {made}, after {today}"
        return undecided("made-later", summary, told)
    if age > days:
        summary = f"{age} days old, more than {days}"
        return Verdict(Status.FAIL, "image-old", summary, (told,))
    return Verdict(Status.PASS, "image-young", f"{max(age, 0)} days old", (told,))


def consistent(view: ImageView) -> Verdict:
    """Compare times of files with those of their layers, and those with each other."""
    future = tuple(_future(view))
    if future:
        return judged(future, "newer-than-image", "newer than the image")
    odd = (*_newer(view), *_disorder(view))
    return judged(odd, "times-disagree", "times disagree", status=Status.NEEDS_REVIEW)


def _future(view: ImageView) -> Iterator[Evidence]:
    made = created(view)
    for layer in view.layers if made else ():
        if made and _days_behind(made, _newest(view, layer.index)) > _MARGIN:
            yield _told(view, layer.index, made, "image", None)


def _newer(view: ImageView) -> Iterator[Evidence]:
    for step in view.history.steps:
        made = day(step.created)
        if made is None or step.layer is None:
            continue
        if _days_behind(made, _newest(view, step.layer)) > _MARGIN:
            yield _told(view, step.layer, made, "layer", step.index)


def _disorder(view: ImageView) -> Iterator[Evidence]:
    before = None
    for step in view.history.steps:
        made = day(step.created)
        if made and before and (before - made).days > _MARGIN:
            yield Evidence(
                f"step of {made} follows one of {before}",
                "history",
                step=step.index,
                layer=step.layer,
                severity="low",
            )
        before = made or before


def _days_behind(made: date, seconds: int) -> int:
    """Return how many days a time lies behind a day; no calendar bounds it."""
    return seconds // _DAY + _EPOCH - made.toordinal()


def _newest(view: ImageView, layer: int) -> int:
    """Return the newest time of a layer's members, in seconds since 1970."""
    return view.once(_times).get(layer, 0)


def _times(view: ImageView) -> dict[int, int]:
    found = {}
    for layer in view.layers:
        cells = view.tree.table(layer.index, ("mtime",))
        found[layer.index] = max((x for (x,) in cells if isinstance(x, int)), default=0)
    return found


def _told(view: ImageView, layer: int, made: date, what: str, step: int | None) -> Evidence:
    """Tell the first of a layer's newest members, and how many are newer than a day."""
    newest = _newest(view, layer)
    count, path, state = 0, "", State.VISIBLE
    for time, name, fate in view.tree.table(layer, ("mtime", "path", "state")):
        if not isinstance(time, int) or _days_behind(made, time) <= _MARGIN:
            continue
        count += 1
        if time == newest and not path:
            path, state = str(name), State(str(fate)) if fate else State.DELETED
    more = f", the newest of {count}" if count > 1 else ""
    detail = f"file of {of_seconds(newest) or f'@{newest}'}{more}, {what} of {made}"
    return Evidence(detail, path=path, layer=layer, step=step, state=state, severity="low")


SUPPORT = Control(
    id="ocia-eol-distribution",
    short="distribution supported",
    automation="full",
    reads="os-release of the final filesystem, a table of ends of support, the day of --now",
    decides="fails when support ended before the image was made, or before the day of --now; "
    "passes only when a day is given that is before the end",
    limits="support that somebody pays for; releases that the table does not have",
    remediation="FROM a release that is still supported",
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
    parameters=(NOW, Parameter("days", 30, "age in days that an image may have")),
)
CONTROLS = (
    SUPPORT,
    AGE,
    Control(
        id="ocia-timestamp-anomaly",
        short="times agree",
        automation="full",
        reads="times of the members of every layer, created of config and history",
        decides="fails on files that are newer than the whole image, and names the newest of each "
        "layer; files newer than their "
        "layer, and steps that are older than those before them, need review; a day is allowed",
        limits="times can be set at will; equal times of a reproducible build say nothing",
        remediation="build with a clock that is right, or with SOURCE_DATE_EPOCH",
        evaluate=consistent,
        needs=frozenset({"config", "history", "filesystem"}),
    ),
)
