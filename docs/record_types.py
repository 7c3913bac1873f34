"""The types of a record's fields, in JSON's own words and with links to other records."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

Places = Mapping[str, str]
"""The pages that describe records, by the names of these; empty for the page itself."""


def types(record: type, places: Places) -> dict[str, str]:
    """Return the type of each field as Markdown."""
    schema = TypeAdapter(record).json_schema(mode="serialization")
    values = {k: each for k, each in schema.get("$defs", {}).items() if "properties" not in each}
    return {name: _type(each, places, values) for name, each in schema["properties"].items()}


def _type(schema: dict[str, Any], places: Places, values: Mapping[str, dict[str, Any]]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(each, places, values) for each in schema["anyOf"])
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _type(values[name], places, values) if name in values else _link(name, places)
    if "const" in schema or "enum" in schema:
        return _values(schema)
    if schema.get("type") == "array":
        inner: dict[str, Any] = schema.get("items") or next(iter(schema.get("prefixItems", ())), {})
        return f"array of {_type(inner, places, values)}"
    if schema.get("type") == "object" and isinstance(
        of := schema.get("additionalProperties"), dict
    ):
        return f"object of {_type(of, places, values)}"
    return str(schema.get("type", "any value"))


def _values(schema: dict[str, Any]) -> str:
    return " or ".join(f"`{value}`" if value != "" else "empty" for value in _enum(schema))


def _enum(schema: dict[str, Any]) -> list[Any]:
    return schema["enum"] if "enum" in schema else [schema["const"]]


def _link(name: str, places: Places) -> str:
    return f"[{name}]({places.get(name, '')}#{name.lower()})"
