"""Read a profile from its file; what is wrong with it is said by file, line and key."""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.policy.document import Document, Location, parse
from ocianalyze.policy.mended import mended
from ocianalyze.policy.profile import Profile
from ocianalyze.policy.wording import Told, worded

_CURE = "`ocianalyze profile validate` lists all problems"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    place: str
    """File and line."""
    key: str
    """`allow[0].reason`; empty for the whole file."""
    text: str
    location: Location = ()

    def __str__(self) -> str:
        """Return one line."""
        return ": ".join(part for part in (self.place, self.key, self.text) if part)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile with the file that it came from."""

    profile: Profile
    document: Document
    sha256: str
    """Of the file."""

    def problem(self, location: Location, text: str) -> Problem:
        """Return a problem of a value."""
        return Problem(self.document.at(location), key(location), text, location)


@dataclass(frozen=True, slots=True)
class Examined:
    """A profile file, right or wrong."""

    broken: tuple[Problem, ...]
    """Everything that is wrong with its form."""
    loaded: Loaded | None
    """The profile, without what is broken; None where too much is."""

    def is_new(self, problem: Problem) -> bool:
        """Tell whether a problem is about nothing that is broken."""
        return not any(_overlap(problem.location, one.location) for one in self.broken)


def load(path: Path, limits: Limits = DEFAULT) -> Loaded:
    """Read a profile.

    Raises:
        UsageError: the file is no profile, or cannot be read.

    """
    loaded = read(path, limits)
    if isinstance(loaded, Loaded):
        return loaded
    first, more = loaded[0], len(loaded) - 1
    rest = f" (and {more} more)" if more else ""
    raise UsageError(f"{first.key}: {first.text}{rest}", place=first.place, cure=_CURE)


def read(path: Path, limits: Limits = DEFAULT) -> Loaded | Sequence[Problem]:
    """Read a profile, or everything that is wrong with its form.

    Raises:
        UsageError: the file is no YAML, or cannot be read.

    """
    found = examined(path, limits)
    return found.loaded if found.loaded and not found.broken else found.broken


def examined(path: Path, limits: Limits = DEFAULT) -> Examined:
    """Read a profile as far as it is one, and everything that is wrong with its form.

    Raises:
        UsageError: the file is no YAML, or cannot be read.

    """
    data = _bytes(path, limits)
    document = parse(data, str(path), limits)
    if not isinstance(document.value, dict):
        raise UsageError("no mapping", place=document.place, cure="see `ocianalyze profile init`")
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return Examined((), Loaded(Profile.model_validate(document.value), document, sha256))
    except ValidationError as error:
        told = [cast("Told", detail) for detail in error.errors(include_url=False)]
    broken = tuple(_problem(document, detail["loc"], detail) for detail in told)
    return Examined(broken, _rest(document, told, sha256))


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.profile_bytes + 1)
    except OSError as error:
        cure = "name a profile that exists and may be read"
        raise UsageError(f"{error.strerror}", place=str(path), cure=cure) from error


def _rest(document: Document, told: Collection[Told], sha256: str) -> Loaded | None:
    """Return a profile without what is wrong with its form, if there is one left."""
    try:
        profile = Profile.model_validate(mended(document.value, told))
    except ValidationError:
        return None
    return Loaded(profile, document, sha256)


def _overlap(one: Location, other: Location) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _problem(document: Document, location: Location, told: Told) -> Problem:
    named = [part for part in location if isinstance(part, str)]
    text = worded(named[-1] if named else "", told)
    return Problem(document.at(location), key(location), text[:1].lower() + text[1:], location)


def key(location: Location) -> str:
    """Return a location as `allow[0].reason`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")
