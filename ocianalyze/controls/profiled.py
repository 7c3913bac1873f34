"""A profile turned into what is judged and how verdicts are weighed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from pydantic import JsonValue

from ocianalyze.controls import custom
from ocianalyze.controls._base import Control, identifier, tuned
from ocianalyze.controls.catalogue import Listed, at_day, select
from ocianalyze.controls.combined import settled
from ocianalyze.controls.databases import Databases
from ocianalyze.controls.misspelt import Nearest
from ocianalyze.controls.saying import shortened
from ocianalyze.controls.values import misfits
from ocianalyze.dataclass import dataclass
from ocianalyze.errors import OcianalyzeError, UsageError
from ocianalyze.filesystem.sql._base import Masks
from ocianalyze.filesystem.sql.query import reads
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Verdict
from ocianalyze.policy.allowances import apply
from ocianalyze.policy.document import Location
from ocianalyze.policy.load import Loaded, Problem
from ocianalyze.policy.naming import fits, spellings
from ocianalyze.policy.profile import Profile

_GLOB = frozenset("*?[")
_DIGITS = 12
"""Of the profile's sha256 in its name."""


@dataclass(frozen=True, slots=True)
class Profiled:
    """What a profile asks of a scan."""

    name: str
    """With the beginning of the file's sha256, for the report."""
    controls: tuple[Listed, ...]
    weigh: Callable[[ImageView, Control, Verdict], Verdict]


def profiled(
    loaded: Loaded, masks: Masks, limits: Limits, now: str = "", version: str = ""
) -> Profiled:
    """Return the controls of a profile and what weighs their verdicts.

    Args:
        loaded: the profile.
        masks: what hides secrets in the tables of custom controls.
        limits: bounds for their queries.
        now: the day to compare with, as `2026-06-10`; empty is today for allowances, and none for
            controls that compare ages.
        version: of the CIS Docker Benchmark; the newest where it is empty.

    Raises:
        UsageError: it names a control or parameter that there is none of, a query is none, or
            `now` is no date.

    """
    found = next(problems(loaded, version), None)
    if found is not None:
        cure = "`ocianalyze profile validate` lists all problems"
        raise UsageError(f"{found.key}: {found.text}", place=found.place, cure=cure)
    profile = loaded.profile
    everything = select(("all",), version)
    databases = Databases(masks, limits)
    own = [custom.control(one, profile.name, databases) for one in profile.custom]
    listed = (*_chosen(profile, everything, version), *((one, one.recommendation) for one in own))
    changed = tuple(_changed(one, profile) for one in listed)
    return Profiled(
        name=f"{profile.name} (sha256:{loaded.sha256[:_DIGITS]})",
        controls=at_day(changed, now) if now else changed,
        weigh=_Weighing(profile, date.fromisoformat(now) if now else today()),
    )


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


def problems(loaded: Loaded, version: str = "") -> Iterator[Problem]:
    """Yield what a profile names that is not there, values and queries that are none."""
    everything = select(("all",), version)
    known = {identifier(*one): one[0] for one in everything}
    names = [*known, *(one.id for one in loaded.profile.custom)]
    nearest = Nearest(everything, dict.fromkeys(names))
    unselectable = tuple(_unselectable(loaded, version, names, nearest))
    yield from unselectable or _empty(loaded, everything, version)
    yield from _unknown(loaded, names, nearest)
    yield from _unconditional(loaded)
    yield from _unset(loaded, known, nearest)
    for at, one in enumerate(loaded.profile.custom):
        if names.count(one.id) > 1:
            yield loaded.problem(("custom", at, "id"), f"there is a control {one.id!r} already")
        queries = {("query",): one.query, ("given", "query"): one.given and one.given.query}
        for location, query in queries.items():
            if query and (said := _unreadable(query)):
                yield loaded.problem(("custom", at, *location), said)


def expired(loaded: Loaded, day: date) -> Iterator[Problem]:
    """Yield allowances whose last day has passed: no mistakes, yet of no use any more."""
    for at, one in enumerate(loaded.profile.allow):
        if one.expires is not None and one.expires < day:
            said = f"has expired: its last day was {one.expires}, it allows nothing any more"
            yield loaded.problem(("allow", at, "expires"), said)


def _unselectable(
    loaded: Loaded, version: str, names: Sequence[str], nearest: Nearest
) -> Iterator[Problem]:
    for at, word in enumerate(loaded.profile.controls):
        if _is_glob(word):
            if not fits(names, word):
                yield loaded.problem(("controls", at), f"fits no control: {word!r}")
            continue
        try:
            select((word,), version)
        except UsageError as error:
            said = f"{error.message}{nearest.of(word)}; {error.cure}"
            yield loaded.problem(("controls", at), said)


def _empty(loaded: Loaded, everything: Sequence[Listed], version: str) -> Iterator[Problem]:
    """Yield a choice that leaves nothing to judge: such a scan would look like a clean one."""
    profile = loaded.profile
    if not profile.custom and next(_chosen(profile, everything, version), None) is None:
        key = "without" if profile.controls else "controls"
        yield loaded.problem((key,), "chooses no control: nothing would be judged")


def _unknown(loaded: Loaded, names: Sequence[str], nearest: Nearest) -> Iterator[Problem]:
    profile = loaded.profile
    places: list[tuple[Location, str]] = [
        *((("without", at), word) for at, word in enumerate(profile.without)),
        *((("severities", word), word) for word in profile.severities),
        *((("allow", at, "control"), one.control) for at, one in enumerate(profile.allow)),
    ]
    for location, word in places:
        if not fits(names, word):
            near = "" if _is_glob(word) else nearest.of(word)
            yield loaded.problem(location, f"fits no control: {word!r}{near}")


def _unconditional(loaded: Loaded) -> Iterator[Problem]:
    """Yield allowances that excuse whole controls without naming them."""
    for at, one in enumerate(loaded.profile.allow):
        conditions = (one.path.lstrip("/"), one.sha256 or "", one.package)
        if _is_glob(one.control) and all(set(text) <= {"*"} for text in conditions):
            said = (
                f"{one.control!r} allows whole controls without naming them: "
                "name one control, or add path, sha256 or package"
            )
            yield loaded.problem(("allow", at, "control"), said)


def _unset(loaded: Loaded, known: Mapping[str, Control], nearest: Nearest) -> Iterator[Problem]:
    """Yield parameters that a control does not have, and values that are none of theirs."""
    written = {spelling: one for name, one in known.items() for spelling in spellings(name)}
    for name, values in loaded.profile.parameters.items():
        control = written.get(name.casefold())
        if control is None:
            said = f"no control {name!r}{nearest.of(name)}"
            yield loaded.problem(("parameters", name), said)
            continue
        for key, value in values.items():
            location = ("parameters", name, key)
            try:
                tuned(control, {key: value})
            except UsageError as error:
                yield loaded.problem(location, f"{error.message}; {error.cure}")
                continue
            parameter = next(one for one in control.parameters if one.name == key)
            for position, said in misfits(parameter, value):
                where = location if position is None else (*location, position)
                yield loaded.problem(where, said)


def _unreadable(query: str) -> str:
    try:
        reads(query)
    except OcianalyzeError as error:
        return error.message
    return ""


def _chosen(profile: Profile, everything: Sequence[Listed], version: str) -> Iterator[Listed]:
    """Yield what the profile asks for, in the catalogue's order."""
    globs = [word for word in profile.controls if _is_glob(word)]
    words = [word for word in profile.controls if not _is_glob(word)]
    named = {identifier(*one) for one in select(words, version)} if words else set()
    for one in everything:
        name = identifier(*one)
        wanted = name in named or any(fits((name,), word) for word in globs)
        if wanted and not any(fits((name,), word) for word in profile.without):
            yield one


def _changed(listed: Listed, profile: Profile) -> Listed:
    """Return a control with the profile's parameters, its item with the profile's severity."""
    control, item = listed
    own = {control.id: _values(identifier(*listed), profile)}
    control = settled(control, lambda one: _values(one.id, profile) | own.get(one.id, {}))
    severity = _severity(identifier(*listed), profile.severities)
    if item is not None and severity is not None:
        item = replace(item, severity=severity)
    return control, item


def _values(name: str, profile: Profile) -> dict[str, JsonValue]:
    """Return the parameters of a control, however its id is written."""
    found: dict[str, JsonValue] = {}
    for word, values in profile.parameters.items():
        if word.casefold() in spellings(name):
            found |= values
    return found


def _severity(name: str, severities: Mapping[str, Severity]) -> Severity | None:
    found = [value for word, value in severities.items() if fits((name,), word)]
    return found[-1] if found else None


def _is_glob(word: str) -> bool:
    return not _GLOB.isdisjoint(word)


@dataclass(frozen=True, slots=True)
class _Weighing:
    """Applies a profile's allowances."""

    profile: Profile
    day: date

    def __call__(self, view: ImageView, control: Control, verdict: Verdict) -> Verdict:
        """Return the verdict with what is allowed marked, and counted where the rest stands."""
        names = (control.id, *control.answers)
        found = apply(verdict, names, self.profile.allow, view, self.day)
        allowed = sum(bool(x.allowed) for x in found.evidence)
        allowed -= sum(bool(x.allowed) for x in verdict.evidence)
        if not allowed or found.reason != verdict.reason:
            return found
        return replace(found, summary=shortened(verdict.summary, end=f", {allowed} allowed"))
