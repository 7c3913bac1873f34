"""`dataclass` as the standard library has it, made in a third of the time.

The library compiles up to six functions for each class. A command has two hundred classes, which
makes a tenth of a second before the first byte is read. Here a class has one compiled function;
the others share code that reads its fields. What they do and refuse is the library's, but for
`InitVar` and fields by keyword alone, which are refused.
"""

import dataclasses
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from dataclasses import Field
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - offered as ours

    Fields = Sequence[Field[Any]]
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> "Callable[[type], type]":
        """Return what makes a class a dataclass; see `dataclasses.dataclass`."""

        def made(kind: type) -> type:
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(kind)
            fields = dataclasses.fields(bare)
            if any(one.kw_only for one in fields) or len(bare.__dataclass_fields__) > len(fields):
                raise TypeError(f"{kind.__qualname__}: dataclasses.dataclass has such fields")
            return _with(bare, _methods(bare, fields, frozen=frozen))

        return made


class _Made(Enum):
    """Stands where a field's factory makes what is not given."""

    HERE = ""

    def __repr__(self) -> str:
        return "<factory>"


def _with(kind: type, methods: "Mapping[str, Any]") -> type:
    """Add what the class does not say itself; an `__eq__` alone leaves a hash of None."""
    for name, method in methods.items():
        if vars(kind).get(name) is None:
            setattr(kind, name, method)
    return kind


def _methods(kind: type, fields: "Fields", *, frozen: bool) -> "Mapping[str, Any]":
    compared = _reader([one.name for one in fields if one.compare])
    return {
        "__init__": _init(kind, fields, frozen=frozen),
        "__repr__": _repr(fields),
        "__eq__": _eq(compared),
        "__hash__": None,
        **(_frozen(kind, fields, compared) if frozen else {}),
    }


def _reader(names: "Sequence[str]") -> "Callable[[Any], tuple[Any, ...]]":
    """Return what reads attributes of an instance into a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _init(kind: type, fields: "Fields", *, frozen: bool) -> Any:
    """Compile the function that each class has for itself."""
    known: dict[str, Any] = {"made_": _Made.HERE, "set_": object.__setattr__}
    taken, body = [], ["pass"]
    for number, one in enumerate(fields):
        known |= {f"default_{number}": one.default, f"make_{number}": one.default_factory}
        parameter, value = _value(one, number)
        taken += parameter
        target = "set_(self, {!r}, {})" if frozen else "self.{} = {}"
        body += [target.format(one.name, value)] if value else []
    body += ["self.__post_init__()"] if hasattr(kind, "__post_init__") else []
    exec("def __init__({}):\n  {}".format(", ".join(("self", *taken)), "; ".join(body)), known)  # noqa: S102 - names of fields alone, as the library does
    init: Any = known["__init__"]
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {one.name: one.type for one in fields if one.init} | {"return": None}
    return init


def _value(one: "Field[Any]", number: int) -> tuple[list[str], str]:
    """Return the parameter of a field, if any, and what it is set to, if anything."""
    has_default = one.default is not dataclasses.MISSING
    is_made = one.default_factory is not dataclasses.MISSING
    if not one.init:
        return [], f"default_{number}" if has_default else f"make_{number}()" if is_made else ""
    if is_made:
        return [f"{one.name}=made_"], f"make_{number}() if {one.name} is made_ else {one.name}"
    return [f"{one.name}=default_{number}" if has_default else one.name], one.name


def _repr(fields: "Fields") -> "Callable[[Any], str]":
    def __repr__(self: Any) -> str:  # noqa: N807 - what it becomes
        shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields if one.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    return __repr__


def _eq(values: "Callable[[Any], tuple[Any, ...]]") -> "Callable[[Any, object], bool]":
    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 - what it becomes
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return __eq__


def _frozen(
    kind: type, fields: "Fields", compared: "Callable[[Any], tuple[Any, ...]]"
) -> "Mapping[str, Any]":
    """Return what instances that never change have."""
    own = frozenset(one.name for one in fields)
    methods: dict[str, Any] = {"__hash__": lambda self: hash(compared(self))}
    for name, changed in {"__setattr__": "assign to", "__delattr__": "delete"}.items():
        methods[name] = _refusal(kind, own, changed, getattr(object, name))
    if "__slots__" in vars(kind):
        methods |= _pickling([one.name for one in fields])
    return methods


def _refusal(
    kind: type, own: frozenset[str], changed: str, otherwise: "Callable[..., None]"
) -> "Callable[..., None]":
    def refuse(self: Any, name: str, *value: Any) -> None:
        if type(self) is kind or name in own:
            raise dataclasses.FrozenInstanceError(f"cannot {changed} field {name!r}")
        otherwise(self, name, *value)

    return refuse


def _pickling(names: "Sequence[str]") -> "Mapping[str, Any]":
    """Return how slots that cannot be assigned to are pickled and copied."""
    values = _reader(names)

    def restore(self: Any, state: "Sequence[Any]") -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    def state(self: Any) -> tuple[Any, ...]:
        return values(self)

    return {"__getstate__": state, "__setstate__": restore}
