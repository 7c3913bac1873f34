"""References: `[SCHEME:]PATH[:NAME]`, `PATH!NAME`, `-`, in skopeo's and syft's spellings."""

import re
from pathlib import Path
from urllib.parse import unquote

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import SourceError, UsageError

_SCHEME = re.compile(r"([a-z][a-z0-9-]*):(.*)", re.DOTALL)
_INDEX = re.compile(r"@(\d+)")
_FILE_URL = re.compile(r"file://(?:localhost)?(/.*)", re.DOTALL)
_FILE = "file:"
_STANDARD = "-"
_COPY = "save it first: skopeo copy docker://NAME oci-archive:FILE"
_DOCKER = "save it first: docker save -o FILE NAME"
_PODMAN = "save it first: podman save -o FILE NAME"
_FETCHED = "needs a network, and ocianalyze reads saved images only"
_KEPT = "is kept by {}, and ocianalyze reads saved images only"
_SINGULARITY = (
    "is a Singularity image (SIF), which is not read",
    "save the image that it was built from: skopeo copy docker://NAME oci-archive:FILE",
)
_ELSEWHERE = {
    "docker://": (_FETCHED, _COPY),
    "docker-daemon:": (_KEPT.format("a Docker daemon"), _DOCKER),
    "docker:": (_KEPT.format("a Docker daemon"), _DOCKER),
    "podman:": (_KEPT.format("Podman"), _PODMAN),
    "containers-storage:": (_KEPT.format("Podman, Buildah or CRI-O"), _PODMAN),
    "containerd:": (_KEPT.format("containerd"), "save it first: ctr images export FILE NAME"),
    "registry-storage:": ("is the storage of a registry, which is not read", _COPY),
    "registry:": (_FETCHED, _COPY),
    "oras:": (_FETCHED, _COPY),
    "http:": (_FETCHED, "download it first, or " + _COPY),
    "https:": (_FETCHED, "download it first, or " + _COPY),
    "singularity:": _SINGULARITY,
    "sif:": _SINGULARITY,
}
"""What skopeo, syft and others read beside files: what is wrong with it here, and what helps."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where to look, what is expected there, and which image is meant."""

    path: Path
    """`-` is standard input."""
    scheme: str = ""
    """Empty when the content decides."""
    name: str | None = None
    """The image that is meant; None for all."""


def parse(text: str, schemes: frozenset[str]) -> Reference:
    """Split a reference; an existing path is never split.

    Args:
        text: what the user wrote.
        schemes: prefixes that name a kind of source.

    Raises:
        UsageError: it is empty.
        SourceError: nothing is at the path.

    """
    if not text:
        raise UsageError("no image named", cure="name a file, a directory or -")
    scheme, rest = _scheme(_plain(text), schemes)
    marks = ":!" if scheme else "!"
    if rest == _STANDARD or (rest[:1] == _STANDARD and rest[1] in marks):
        return Reference(Path(_STANDARD), scheme, _normal(rest[2:]))
    path, name = _split(rest, marks)
    if not _exists(path):
        raise _nowhere(text, rest)
    place = Path(path)
    place = place.absolute() if str(place) == _STANDARD else place
    return Reference(place, scheme, _normal(name))


def _plain(text: str) -> str:
    """Return the path of a `file:` URL (RFC 8089), or of syft's `file:PATH`."""
    if not text.startswith(_FILE) or _exists(text):
        return text
    url = _FILE_URL.fullmatch(text)
    return unquote(url[1], errors="surrogateescape") if url else text.removeprefix(_FILE)


def _scheme(text: str, schemes: frozenset[str]) -> tuple[str, str]:
    match = _SCHEME.fullmatch(text)
    if match and match[1] in schemes and not _exists(text):
        return match[1], match[2]
    return "", text


def _split(text: str, marks: str) -> tuple[str, str | None]:
    """Split at the first mark whose left side exists; all is the path when there is none."""
    if _exists(text):
        return text, None
    for at, letter in enumerate(text):
        if letter in marks and at and _exists(text[:at]):
            return text[:at], text[at + 1 :]
    return text, None


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):
        return False


def _normal(name: str | None) -> str | None:
    """Return skopeo's `@3`, the fourth image, as `#3`; an empty name means all."""
    match = _INDEX.fullmatch(name or "")
    return f"#{match[1]}" if match else name or None


def _nowhere(text: str, rest: str) -> SourceError:
    for prefix, (what, cure) in _ELSEWHERE.items():
        if text.startswith(prefix):
            return SourceError(what, place=text, cure=cure)
    if ("/" in rest and Path(rest).parent.is_dir()) or rest.endswith((".tar", ".gz", ".tgz")):
        return SourceError("no such file or directory", place=text)
    return SourceError(
        "no such file or directory, and images of registries are not fetched",
        place=text,
        cure=_COPY,
    )
