"""Our `dataclass` against the library's: the same classes, made by both."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from functools import partial
from operator import attrgetter
from typing import Any

import pytest

from ocianalyze.dataclass import dataclass

_OPTIONS = {
    "frozen": {"frozen": True},
    "slots": {"slots": True},
    "frozen slots": {"frozen": True, "slots": True},
    "neither": {},
}


def _plain(make: Callable[[type], type]) -> type:
    class Sample:
        """Fields of every sort."""

        size: int
        name: bytes = b"usr"
        parts: list[str] = field(default_factory=list)
        hidden: int = field(default=3, repr=False, compare=False)
        count: int = field(default=7, init=False)
        seen: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    return make(Sample)


def _own(make: Callable[[type], type]) -> type:
    class Own:
        """Says itself what it is."""

        size: int

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("negative")

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self))

        __hash__ = None  # type: ignore[assignment] # as without this line

    return make(Own)


def _empty(make: Callable[[type], type]) -> type:
    class Empty:
        """Has no fields."""

    return make(Empty)


def _outcome(work: Callable[[], Any]) -> str:
    try:
        return repr(work())
    except Exception as error:  # noqa: BLE001 - whatever the library raises
        return f"{type(error).__name__}: {error}".replace("Own.", "").replace("Sample.", "")


@pytest.fixture(params=_OPTIONS, ids=list(_OPTIONS))
def both(request: pytest.FixtureRequest) -> tuple[Callable[[type], type], Callable[[type], type]]:
    options = _OPTIONS[request.param]
    return dataclass(**options), dataclasses.dataclass(**options)


_ACTS: dict[str, Callable[[type], Any]] = {
    "made": lambda kind: kind(1),
    "made by name": lambda kind: kind(size=1, parts=["a"]),
    "short": lambda kind: kind(),
    "too long": lambda kind: kind(1, b"", [], 3, 7),
    "unknown": lambda kind: kind(1, colour=3),
    "signature": inspect.signature,
    "fields": lambda kind: [one.name for one in dataclasses.fields(kind)],
    "matched": attrgetter("__match_args__"),
    "same": lambda kind: kind(1) == kind(1),
    "not compared": lambda kind: kind(1, b"", [], 1) == kind(1, b"", [], 2),
    "others": lambda kind: (kind(1) == kind(2), kind(1) == (1,), kind(1) != 1),
    "never shared": lambda kind: kind(1).parts is kind(1).parts,
    "replaced": lambda kind: dataclasses.replace(kind(1), size=5),
    "as dict": lambda kind: dataclasses.asdict(kind(1)),
    "assigned": lambda kind: setattr(kind(1), "size", 2),
    "deleted": lambda kind: delattr(kind(1), "size"),
    "copied": lambda kind: copy.copy(kind(1)),
    "deeply copied": lambda kind: copy.deepcopy(kind(1, parts=["a"])),
    "has a hash": lambda kind: kind.__hash__ is None,
    "hashed": lambda kind: hash(kind(1)) == hash(kind(1)),
    "negative": lambda kind: kind(-1),
}


@pytest.mark.parametrize("act", _ACTS.values(), ids=list(_ACTS))
@pytest.mark.parametrize("sample", [_plain, _own, _empty])
def test_it_does_what_the_library_does(
    both: tuple[Callable[[type], type], Callable[[type], type]],
    sample: Callable[[Callable[[type], type]], type],
    act: Callable[[type], Any],
) -> None:
    ours, theirs = (_outcome(partial(act, sample(make))) for make in both)
    assert ours == theirs


@dataclass(frozen=True, slots=True)
class Sent:
    """A value that goes to another process."""

    size: int
    name: bytes = b""


def test_frozen_slots_are_pickled() -> None:
    assert pickle.loads(pickle.dumps(Sent(1, b"a"))) == Sent(1, b"a")


def test_fields_by_keyword_alone_are_refused() -> None:
    with pytest.raises(TypeError, match=r"dataclasses\.dataclass has such"):

        @dataclass(slots=True)
        class Refused:
            size: int = field(kw_only=True)


def test_fields_for_the_making_alone_are_refused() -> None:
    with pytest.raises(TypeError, match=r"dataclasses\.dataclass has such"):

        @dataclass(slots=True)
        class Refused:
            size: dataclasses.InitVar[int]


def test_a_frozen_instance_takes_no_new_attribute() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Sent(1).colour = 2  # type: ignore[attr-defined]
