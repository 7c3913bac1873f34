"""Provenance that is attached to an image: in-toto statements, read and proved by their digests."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from ocianalyze.errors import OcianalyzeError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.digest import ALGORITHMS
from ocianalyze.model.document import load_object
from ocianalyze.model.envelope import opened
from ocianalyze.model.provenance import Provenance

_STATEMENTS = 100
"""Statements of one image that are looked at; BuildKit makes a few for each build stage."""
_SUBJECTS = 1_000
"""Subjects of one statement; each of an image's names is one."""
_WORD = "provenance"
"""Part of the types of every SLSA version, and of in-toto's own before them."""
_DIGEST = re.compile(r"[0-9a-f]{64,128}")
_DOCKERFILES = 16
_DOCKERFILE = 1 << 20
"""Characters of one, in base64; a longer one is left out whole."""
_METADATA = (
    ("metadata", "https://mobyproject.org/buildkit@v1#metadata"),
    ("runDetails", "metadata", "buildkit_metadata"),
)
"""Where BuildKit puts what it knows of its sources, in SLSA 0.2 and 1."""
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
    if algorithm not in ALGORITHMS or hashlib.new(algorithm, data).hexdigest() != encoded:
        return _unread(name, predicate, "bytes differ from their digest")
    try:
        value = opened(load_object(data, limits, name), limits, name)
    except OcianalyzeError as error:
        return _unread(name, predicate, error.message[:_CHARS])
    said = _text(value.get("predicateType"))
    if _WORD in said.lower():
        return Provenance(name, said, tuple(_subjects(value)), tuple(_dockerfiles(value)))
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
            known = algorithm in ALGORITHMS and isinstance(encoded, str)
            if known and _DIGEST.fullmatch(encoded) and digest not in seen:
                seen.add(digest)
                yield digest


def _dockerfiles(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sources of a build that BuildKit read as Dockerfiles."""
    for path in _METADATA:
        infos = _at(statement, ("predicate", *path, "source", "infos"))
        for info in infos[:_DOCKERFILES] if isinstance(infos, list) else ():
            data = _at(info, ("data",))
            if isinstance(data, str) and len(data) <= _DOCKERFILE and _is_dockerfile(info):
                with suppress(ValueError):
                    yield base64.b64decode(data, validate=True).decode("utf-8", "replace")


def _is_dockerfile(info: object) -> bool:
    """Tell a Dockerfile by its language, or by its name where an older BuildKit tells none."""
    language, name = _at(info, ("language",)), _at(info, ("filename",))
    return language == "Dockerfile" or (not language and "dockerfile" in _text(name).lower())


def _at(value: object, path: Sequence[str]) -> object:
    """Return what is at the end of some names; None where one is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str:
    return value[:_CHARS] if isinstance(value, str) else ""
