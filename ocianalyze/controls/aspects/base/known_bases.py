"""Bases that an image may have been built on: tables of them, and what documents say."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from ocianalyze.errors import UsageError
from ocianalyze.limits import MIB
from ocianalyze.model.base import BaseImage

_BUNDLED = Path(__file__).with_name("known_bases.toml")
_FILE_BYTES = 16 * MIB
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LAYERS = 512
_MATERIALS = 10_000
_NAME_CHARS = 255
_ANNOTATION = "org.opencontainers.image.base."


@cache
def bundled() -> tuple[BaseImage, ...]:
    """Return the well-known bases that come with the program."""
    return read(_BUNDLED.read_text("utf-8"), str(_BUNDLED.name))


def user_table() -> Path:
    """Return where a user's own table is (XDG Base Directory Specification).

    Raises:
        UsageError: the user has no home.

    """
    config = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if config.is_absolute():
        return config / "ocianalyze" / "bases.toml"
    try:
        return Path.home() / ".config" / "ocianalyze" / "bases.toml"
    except RuntimeError as error:
        raise UsageError("no home directory", cure="set XDG_CONFIG_HOME") from error


def own(named: Path | None) -> tuple[BaseImage, ...]:
    """Return the bases of the table that a user names, otherwise of the usual one.

    Raises:
        UsageError: it is no table of bases, or the named one is not there.

    """
    if named is not None and not named.exists():
        cure = "`ocianalyze bases add NAME IMAGE --base-table FILE` makes one"
        raise UsageError("no such table of bases", place=str(named), cure=cure)
    return of_file(named or user_table())


def of_file(path: Path) -> tuple[BaseImage, ...]:
    """Return the bases of a user's own table; none when there is no such file.

    Raises:
        UsageError: it is no table of bases.

    """
    try:
        if path.stat().st_size > _FILE_BYTES:
            raise UsageError("is too large", place=str(path), cure="remove bases from it")
        return read(path.read_text("utf-8"), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"cannot be read: {why}", place=str(path), cure="repair it") from error


def read(text: str, place: str) -> tuple[BaseImage, ...]:
    """Return the bases of a table in TOML.

    Raises:
        UsageError: the text is none.

    """
    cure = 'write [[base]] with name = "NAME" and diff_ids = ["sha256:..."]'
    try:
        rows = tomllib.loads(text).get("base", [])
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"is no TOML: {error}", place=place, cure=cure) from error
    found = [_base(row) for row in rows] if isinstance(rows, list) else [None]
    if None in found:
        number = found.index(None) + 1
        raise UsageError(f"base {number} is none", place=place, cure=cure)
    return tuple(base for base in found if base is not None)


def _base(row: Any) -> BaseImage | None:
    if not isinstance(row, dict):
        return None
    name, diff_ids, digest = row.get("name"), row.get("diff_ids"), row.get("digest", "")
    steps = row.get("steps")
    if not isinstance(name, str) or not isinstance(diff_ids, list):
        return None
    if not 0 < len(diff_ids) <= _LAYERS or not all(map(_is_digest, diff_ids)):
        return None
    known = digest if _is_digest(digest) else ""
    number = steps if isinstance(steps, int) and 0 <= steps <= _MATERIALS else None
    return BaseImage(name[:_NAME_CHARS], "table", tuple(diff_ids), known, number)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def written(bases: Iterable[BaseImage]) -> str:
    """Return a table of bases in TOML."""
    return "\n".join(map(_written, bases))


def _written(base: BaseImage) -> str:
    lines = ["[[base]]", f"name = {_quoted(base.name)}"]
    if base.digest:
        lines.append(f"digest = {_quoted(base.digest)}")
    if base.steps is not None:
        lines.append(f"steps = {base.steps}")
    lines.append("diff_ids = [")
    lines += [f"    {_quoted(diff_id)}," for diff_id in base.diff_ids]
    return "\n".join([*lines, "]", ""])


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which JSON's escapes suit but for DEL."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return orjson.dumps(clean).decode("utf-8").replace("\x7f", "\\u007f")


def annotated(annotations: Mapping[str, str]) -> tuple[BaseImage, ...]:
    """Return the base that a manifest's annotations name (OCI image spec, annotations)."""
    name = annotations.get(f"{_ANNOTATION}name", "")[:_NAME_CHARS]
    digest = annotations.get(f"{_ANNOTATION}digest", "")
    digest = digest if _is_digest(digest) else ""
    return (BaseImage(name, "annotation", digest=digest),) if name or digest else ()


def of_manifest(manifest: bytes) -> tuple[BaseImage, ...]:
    """Return the base that a manifest's annotations name; none for what cannot be read."""
    document = _document(manifest)
    told = document.get("annotations")
    pairs = told.items() if isinstance(told, dict) else ()
    return annotated({k: v for k, v in pairs if isinstance(v, str)})


def of_provenance(statement: bytes) -> tuple[BaseImage, ...]:
    """Return the images that a provenance names as materials (SLSA v0.2 and v1)."""
    predicate = _mapping(_document(statement).get("predicate"))
    definition = _mapping(predicate.get("buildDefinition"))
    listed = definition.get("resolvedDependencies") or predicate.get("materials")
    materials = listed if isinstance(listed, list) else []
    return tuple(_materials(materials[:_MATERIALS]))


def _materials(materials: Sequence[Any]) -> Iterator[BaseImage]:
    for material in map(_mapping, materials):
        uri, hexes = material.get("uri"), _mapping(material.get("digest")).get("sha256")
        if isinstance(uri, str) and uri.startswith("pkg:docker/"):
            name = uri.removeprefix("pkg:docker/").partition("?")[0].replace("@", ":", 1)
            digest = f"sha256:{hexes}"
            known = digest if _is_digest(digest) else ""
            yield BaseImage(name[:_NAME_CHARS], "provenance", digest=known)


def joined(claims: Iterable[BaseImage], images: Iterable[BaseImage]) -> tuple[BaseImage, ...]:
    """Return claims with the layers of the images whose digests they name, then the images.

    A digest proves no name: such a base has the name of the image at hand.

    Args:
        claims: what annotations and provenance name.
        images: images at hand, with their layers.

    """
    at_hand = tuple(images)
    layers = {image.digest: image for image in at_hand if image.digest}
    full = (
        BaseImage(known.name, x.told_by, known.diff_ids, x.digest, known.steps)
        if (known := layers.get(x.digest))
        else x
        for x in islice(claims, _MATERIALS)
    )
    return (*full, *at_hand)


def _document(data: bytes) -> dict[str, Any]:
    try:
        return _mapping(orjson.loads(data))
    except ValueError:
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
