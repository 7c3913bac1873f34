"""What a rule is, what a match is, and what a check says of it.

A rule's trigger is found by an engine that sees every byte once and tells only where a match ends;
its pattern is then matched by `re` around that end. Both are byte expressions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._reach import Reach, reach_of
from ocianalyze.detectors.secrets.literals import needed
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.secret import Form, Proven

Kind = Literal[
    "token",
    "api-key",
    "private-key",
    "password",
    "password-hash",
    "connection-string",
    "webhook",
    "cookie",
    "seed",
    "keystore",
    "encrypted",
    "identity",
]
"""`encrypted` holds a secret that its key protects; `identity` tells whose, and is no secret."""


@dataclass(frozen=True)
class Rule:
    """One file of `rules/`, or one of the user's."""

    id: str
    """The file's name without its ending: `github-pat`."""
    title: str
    """`GitHub personal access token (classic)`."""
    provider: str
    """Who issues such secrets."""
    kind: Kind
    """What sort of secret it finds."""
    severity: Severity
    """Of what it finds, before proof and place."""
    pattern: str
    """Expression of `re`; the group `secret` is the value, the whole match without one."""
    remediation: str
    """What to do about one."""
    trigger: str = ""
    """Expression that ends inside every match of the pattern, without look-around, references,
    or a large repeat at its end; empty for the pattern itself. Best is a beginning of the pattern
    of five fixed bytes or more that texts rarely have, alone: what follows it is for the pattern,
    and an engine compiles it for milliseconds. Slow is a class or a repeat before the first fixed
    byte, which must be followed through all there is."""
    near: tuple[str, ...] = ()
    """Words of which one must occur close to the match, whatever their case."""
    beside: bool = False
    """The words of `near` are what an engine looks for, and the pattern is then tried around them;
    for patterns in which nothing is fixed but what texts often have."""
    checks: tuple[str, ...] = ()
    """Names of modules of `checks`, asked in this order; the first that speaks decides."""
    entropy: float = 0.0
    """Least Shannon entropy of the value, bits a character."""
    paths: str = ""
    """Expression that must match the path of the file (`re.search`); empty for any place."""
    files: tuple[str, ...] = ()
    """Base names, or endings (`*.key`), of files that are asked alone; for forms too weak to be
    looked for everywhere. Empty for everywhere."""
    form: Form | None = None
    """By what its values are known; None to derive it (`form.form_of`)."""
    allowed: tuple[str, ...] = ()
    """Expressions; a value that one is found in is none."""
    allowed_matches: tuple[str, ...] = ()
    """The same of the whole match."""
    allowed_lines: tuple[str, ...] = ()
    """The same of the line, or lines, that the value is in."""
    matches: tuple[str, ...] = ()
    """Made-up texts in which it finds something; each is a test."""
    misses: tuple[str, ...] = ()
    """Texts in which it finds nothing; each is a test."""

    @cached_property
    def expression(self) -> re.Pattern[bytes]:
        """The pattern, compiled when the first trigger is found."""
        return re.compile(self.pattern.encode())

    @cached_property
    def reach(self) -> Reach:
        """How far around its trigger the pattern is tried."""
        return reach_of(self.pattern, self.trigger, beside=self.beside)

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Lower-case texts of which every match holds one."""
        return needed(self.pattern)


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern's match, as checks see it."""

    secret: bytes
    groups: Mapping[str, bytes]
    """Named groups of the pattern that took part."""
    around: bytes
    """The text around the match, up to `WINDOW` bytes on both sides."""
    start: int
    """Of the secret in `around`."""
    path: bytes = b""
    """Of the file; empty outside files."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one check found out."""

    proven: Proven | Literal["no-secret"]
    """`no-secret` drops the match: not even the form is right."""
    detail: str = ""
    """In a few words, never a part of the value: `RSA 2048, not encrypted`."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Public facts: `account`, `expires`, `fingerprint` (of the public half), `issuer`."""
    severity: Severity | None = None
    """Replaces the rule's."""


Check = Callable[[Match], Proof | None]
"""Returns None when it cannot tell. Never raises; bounded time for any input."""
