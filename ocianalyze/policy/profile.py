"""A profile: which controls are judged, how, and what is allowed; one YAML file."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from ocianalyze.model.anomaly import Severity

SCHEMA_VERSION = "1.0"
"""Of its JSON Schema: the major number is `version` in a profile; minor: a key was added."""
COMPARISON = re.compile(
    r"""value\s*(?P<operator>==|!=|<=|>=|<|>)\s*
    (?:(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?)|'(?P<text>[^']{0,200})')""",
    re.VERBOSE,
)
"""`value <= 5`, `value == 'debian'`."""


def _expectation(text: str) -> str:
    match = COMPARISON.fullmatch(text)
    if text in ("empty", "nonempty"):
        return text
    if match is None:
        raise ValueError("write empty, nonempty, or a comparison: value <= 5, value == 'debian'")
    if match["text"] is not None and match["operator"] not in ("==", "!="):
        raise ValueError("texts are compared with == and != alone")
    return text


SHA256 = r"^[0-9a-f]{64}$"
IDENTIFIER = r"^[a-z0-9][a-z0-9._-]{1,63}$"

Glob = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Query = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Expectation = Annotated[str, AfterValidator(_expectation)]


class Part(BaseModel):
    """Base of all parts: frozen, nothing unnamed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Allowance(Part):
    """Evidence that may stay; every key that is given must fit."""

    control: Glob
    """Id of a control, `cis-docker-4.8` or `CIS-4.8` in any letters; a glob over ids needs one of
    the next three keys."""
    path: str = ""
    """Glob over paths in the image; `*` matches `/` as well."""
    sha256: Sha256 | None = None
    """Of the content."""
    package: str = ""
    """Glob over name or purl of the package that owns the path and records its bytes, or that the
    evidence names."""
    reason: Line
    """Why; the report repeats it."""
    expires: date | None = None
    """Last day on which it holds, as `2027-06-30`; without one it holds for good."""


class Given(Part):
    """A question that must be answered by a row before a custom control is asked."""

    query: Query
    """One SELECT, as for the control."""
    otherwise: Literal["not-evaluated", "not-applicable"] = "not-evaluated"
    """What the control says where there is no row."""


class Custom(Part):
    """A control without code: a query, and what it must return."""

    id: Identifier
    """As in reports; no other control has it."""
    title: Line
    """What is asked, in a few words."""
    severity: Severity = "medium"
    """Of the control and of its evidence."""
    level: Literal[1, 2] = 1
    """For the report; a custom control is judged in any case."""
    query: Query
    """One SELECT; the reference lists tables and columns."""
    expect: Expectation
    """`empty`, `nonempty`, or a comparison with the first column of the first row."""
    passed: Line
    """What the report says when it is met."""
    failed: Line
    """What the report says when it is not."""
    remediation: Annotated[str, StringConstraints(max_length=2_000)] = ""
    """A change of the Dockerfile that helps."""
    filesystem: bool = True
    """Whether an answer needs every layer read; false where the query asks no such thing."""
    given: Given | None = None
    """What must be there for the control to make sense."""


class Profile(Part):
    """The whole file."""

    version: Literal[1]
    """Of this format."""
    name: Line
    """For the report."""
    controls: tuple[Glob, ...] = ("l2",)
    """What is judged: `l1`, `l2`, `all`, a framework, an id, or a glob over ids."""
    without: tuple[Glob, ...] = ()
    """What is left out of that: ids or globs."""
    severities: dict[Glob, Severity] = {}
    """Other severities, by id or glob; of several the last one counts."""
    parameters: dict[str, dict[str, JsonValue]] = {}
    """Values for the parameters of controls, by id; `ocianalyze explain` names them."""
    allow: tuple[Allowance, ...] = Field((), max_length=10_000)
    """What may stay."""
    custom: tuple[Custom, ...] = Field((), max_length=1_000)
    """Controls of your own."""


def schema() -> dict[str, Any]:
    """Return the file's JSON Schema (draft 2020-12)."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"version {SCHEMA_VERSION}",
    }
    return head | Profile.model_json_schema()
