"""Provenance that is attached to an image: in-toto statements, read and proved by their digests."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ocianalyze.errors import OcianalyzeError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.document import load_object
from ocianalyze.model.envelope import opened
from ocianalyze.model.provenance import Provenance

_STATEMENTS = 100
"""Statements of one image that are looked at; BuildKit makes a few for each build stage."""
_SUBJECTS = 1_000
"""Subjects of one statement; each of an image's names is one."""
_WORD = "provenance"
"""Part of the types of every SLSA version, and of in-toto's own before them."""
_ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})
_DIGEST = re.compile(r"[0-9a-f]{64,128}")
_CHARS = 80
_SHOWN = 19
"""Characters of a digest in a name: `sha256:3f1c9a0211b5`."""


def provenances(
    listed: Mapping[str, str], found: Mapping[str, bytes], limits: Limits = DEFAULT
) -> tuple[Provenance, ...]:
    """Return the provenance among the statements about an image.

    Args:
        listed: types of predicates by the digests of the statements, empty for unknown ones.
        found: statements by digest, as stored, as far as the source has them.
        limits: of one document.

    """
    asked = (x for x in listed.items() if not x[1] or _WORD in x[1].lower())
    told = (_read(*each, found.get(each[0]), limits) for each in islice(asked, _STATEMENTS))
    cut = () if len(listed) <= _STATEMENTS else (_unread("attestations", "", "too many"),)
    return (*filter(None, told), *cut)


def _read(digest: str, predicate: str, data: bytes | None, limits: Limits) -> Provenance | None:
    """Return a statement; None for one whose predicate is no provenance."""
    name = f"attestation {digest:.{_SHOWN}}"
    if data is None:
        return _unread(name, predicate, "not in the source")
    algorithm, _, encoded = digest.partition(":")
    if algorithm not in _ALGORITHMS or hashlib.new(algorithm, data).hexdigest() != encoded:
        return _unread(name, predicate, "bytes differ from their digest")
    try:
        value = opened(load_object(data, limits, name), limits, name)
    except OcianalyzeError as error:
        return _unread(name, predicate, error.message[:_CHARS])
    said = _text(value.get("predicateType"))
    if _WORD in said.lower():
        return Provenance(name, said, tuple(_subjects(value)))
    return _unread(name, predicate, "no in-toto statement with a provenance") if predicate else None


def _unread(name: str, predicate: str, problem: str) -> Provenance:
    return Provenance(name, predicate[:_CHARS], problem=problem)


def _subjects(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield the digests of all subjects, each once."""
    listed = statement.get("subject")
    seen = set()
    for subject in listed[:_SUBJECTS] if isinstance(listed, list) else ():
        digests = subject.get("digest") if isinstance(subject, dict) else None
        for algorithm, encoded in digests.items() if isinstance(digests, dict) else ():
            digest = f"{algorithm}:{encoded}"
            known = algorithm in _ALGORITHMS and isinstance(encoded, str)
            if known and _DIGEST.fullmatch(encoded) and digest not in seen:
                seen.add(digest)
                yield digest


def _text(value: object) -> str:
    return value[:_CHARS] if isinstance(value, str) else ""
