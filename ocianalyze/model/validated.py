"""Documents against their models: how long lists and maps may be comes first, then every field.

pydantic makes an error of a kilobyte for each wrong element, so a document has no more of them
than `document_items` in one place, and a reader that refuses it hears of the first alone.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.fields import known, parts, pointer

_LIMIT = "document_items"
_Location = tuple[str | int, ...]
_Model = TypeVar("_Model", bound=BaseModel)


class Excess(NamedTuple):
    """A list or map that is too long."""

    location: _Location
    entries: int

    def error(self, limits: Limits) -> LimitExceeded:
        """Say so, and what allows more."""
        bound = limits.document_items
        what = f"{pointer(self.location)} has {self.entries:,} entries, more than {bound:,}"
        return LimitExceeded(what, limit=_LIMIT)


def validated(model: type[_Model], value: Any, limits: Limits, what: str = "") -> _Model:
    """Return a document whose fields have been folded.

    Args:
        model: of the document.
        value: what is in it.
        limits: of its lists and maps.
        what: the document is, if its place does not tell.

    Raises:
        LimitExceeded: one of its lists or maps is too long.
        MalformedImage: it breaks the model.

    """
    for excess in excesses(value, model, limits):
        raise excess.error(limits)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        said = _first(error)
        raise MalformedImage(f"{what} is malformed: {said}" if what else said) from error


def excesses(
    value: Any, model: type[BaseModel] | None, limits: Limits, at: _Location = ()
) -> Iterator[Excess]:
    """Yield the lists and maps of a model that are too long; other fields nobody reads."""
    is_struct = isinstance(value, dict) and model is not None
    if isinstance(value, list | dict) and not is_struct and len(value) > limits.document_items:
        yield Excess(at, len(value))
    elif isinstance(value, list) and model is not None:
        for number, item in enumerate(value):
            yield from excesses(item, model, limits, (*at, number))
    elif isinstance(value, dict) and model is not None:
        inner = parts(model)
        for name in sorted(value.keys() & known(model).values()):
            yield from excesses(value[name], inner.get(name), limits, (*at, name))


def _first(error: ValidationError) -> str:
    """Return where a document breaks its model first, and how."""
    detail = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{pointer(detail['loc'])}: {detail['msg']:.160}"
