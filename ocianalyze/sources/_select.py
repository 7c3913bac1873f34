"""Which of a source's images are meant: by name, digest or number, and by platform."""

import re
from collections.abc import Iterator, Sequence

from ocianalyze.errors import ImageNotFound, UsageError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.document import read_config
from ocianalyze.model.oci import Platform
from ocianalyze.sources._base import StoredImage
from ocianalyze.sources._names import expanded

_NUMBER = re.compile(r"#(\d{1,9})")
_DIGEST = re.compile(r"(?:.*@)?(?:sha256:)?([0-9a-f]{12,64})")
_SHOWN = 20
_DEFAULT_VARIANTS = {("arm64", "v8"), ("amd64", "v1"), ("arm", "v7")}
"""Variants that images of these architectures leave out."""


def select(
    images: Sequence[StoredImage],
    name: str | None = None,
    platform: str | None = None,
    limits: Limits = DEFAULT,
    place: str = "",
) -> tuple[StoredImage, ...]:
    """Return the images of a name and a platform, all of them where nothing is asked.

    Args:
        images: what the source holds.
        name: a name with or without `docker.io/library/` and `:latest`, a digest of a manifest
            or config or its first 12 digits, or `#N`, counted from 0.
        platform: `os/architecture[/variant]`.
        limits: bounds of the configs that tell the platform.
        place: the input, for errors.

    Raises:
        ImageNotFound: none matches; the error lists what there is.
        UsageError: the platform is spelled otherwise.

    """
    found = tuple(images) if name is None else _named(images, name)
    if not found:
        raise ImageNotFound(f"no image {name!r:.200}", place=place, cure=_listing(images))
    if platform is None:
        return found
    wanted = _platform(platform)
    of = [(image, _own_platform(image, limits)) for image in found]
    chosen = tuple(image for image, own in of if _matches(own, wanted))
    if not chosen:
        have = _listed(str(own) for _, own in of)
        raise ImageNotFound(f"no image for {platform!r:.100}", place=place, cure=have)
    return chosen


def _named(images: Sequence[StoredImage], name: str) -> tuple[StoredImage, ...]:
    """Try the number, the name as written, the name expanded, the digest."""
    number = _NUMBER.fullmatch(name)
    if number:
        return tuple(images[int(number[1]) : int(number[1]) + 1])
    exact = tuple(image for image in images if name in (*image.names, *image.aliases))
    if exact:
        return exact
    wanted = expanded(name)
    alike = tuple(image for image in images if wanted in map(expanded, image.names))
    if alike:
        return alike
    digest = _DIGEST.fullmatch(name)
    return tuple(image for image in images if _has(image, digest[1])) if digest else ()


def _has(image: StoredImage, encoded: str) -> bool:
    documents = (image.manifest, image.config)
    digests = [document.digest for document in documents if document and document.digest]
    digests += [image.index_digest] if image.index_digest else []
    return any(digest.encoded.startswith(encoded) for digest in digests)


def _platform(text: str) -> Platform:
    parts = text.split("/")
    if len(parts) not in {2, 3} or not all(parts):
        cure = "write os/architecture[/variant]"
        raise UsageError(f"not a platform: {text!r:.100}", place="--platform", cure=cure)
    return Platform(os=parts[0], architecture=parts[1], variant="".join(parts[2:]))


def _own_platform(image: StoredImage, limits: Limits) -> Platform:
    if image.platform is not None and image.platform.os:
        return image.platform
    if image.config is None:
        return Platform()
    config, _ = read_config(image.config.data, limits, image.config.place)
    return config.platform if config else Platform()


def _matches(own: Platform, wanted: Platform) -> bool:
    if (own.os, own.architecture) != (wanted.os, wanted.architecture):
        return False
    if not wanted.variant or own.variant == wanted.variant:
        return True
    return not own.variant and (wanted.architecture, wanted.variant) in _DEFAULT_VARIANTS


def _title(image: StoredImage) -> str:
    digest = next((x.digest for x in (image.manifest, image.config) if x and x.digest), None)
    short = f" ({', '.join(image.aliases)})" if image.aliases else ""
    return ", ".join(image.names) + short or (digest or "an image without a name")


def _listing(images: Sequence[StoredImage]) -> str:
    return _listed(map(_title, images)) if images else "the input holds no image at all"


def _listed(titles: Iterator[str]) -> str:
    found = list(dict.fromkeys(titles))
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"there are: {', '.join(title[:200] for title in found[:_SHOWN])}{more}"
