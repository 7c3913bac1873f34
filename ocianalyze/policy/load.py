"""Read a profile from its file; what is wrong with it is said by file, line and key."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.policy.document import Document, Location, parse
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
        return Problem(self.document.at(location), key(location), text)


def load(path: Path, limits: Limits = DEFAULT) -> Loaded:
    """Read a profile.

    Raises:
        UsageError: the file is no profile.
        OSError: it cannot be read.

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
        UsageError: the file is no YAML.
        OSError: it cannot be read.

    """
    with path.open("rb") as file:
        data = file.read(limits.profile_bytes + 1)
    document = parse(data, str(path), limits)
    if not isinstance(document.value, dict):
        raise UsageError("no mapping", place=document.place, cure="see `ocianalyze profile init`")
    try:
        profile = Profile.model_validate(document.value)
    except ValidationError as error:
        broken = error.errors(include_url=False)
        return [_problem(document, detail["loc"], cast("Told", detail)) for detail in broken]
    return Loaded(profile, document, hashlib.sha256(data).hexdigest())


def _problem(document: Document, location: Location, told: Told) -> Problem:
    named = [part for part in location if isinstance(part, str)]
    text = worded(named[-1] if named else "", told)
    return Problem(document.at(location), key(location), text[:1].lower() + text[1:])


def key(location: Location) -> str:
    """Return a location as `allow[0].reason`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")
