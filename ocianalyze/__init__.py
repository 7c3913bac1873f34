"""Offline analysis of saved container images.

`analyze` judges every image of an input and returns the report; `open_image` gives the view of one
image: its merged filesystem with every version of every path, its config, its history. Both raise
`OcianalyzeError` alone, and import their work when they are called. `Control` and what it is made
of are for distributions that bring controls of their own.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocianalyze.errors import (
    BlobMissing,
    ImageNotFound,
    IntegrityError,
    LimitExceeded,
    MalformedImage,
    NotAnImage,
    OcianalyzeError,
    SourceError,
    UsageError,
)
from ocianalyze.limits import Limits
from ocianalyze.version import VERSION

if TYPE_CHECKING:
    from ocianalyze.controls._base import Control, Recommendation
    from ocianalyze.filesystem.view import ImageView
    from ocianalyze.model.finding import Evidence, Status, Verdict
    from ocianalyze.model.report import Report

__version__ = VERSION

__all__ = [
    "BlobMissing",
    "Control",
    "Evidence",
    "ImageNotFound",
    "ImageView",
    "IntegrityError",
    "LimitExceeded",
    "Limits",
    "MalformedImage",
    "NotAnImage",
    "OcianalyzeError",
    "Recommendation",
    "Report",
    "SourceError",
    "Status",
    "UsageError",
    "Verdict",
    "analyze",
    "open_image",
]

_LAZY = {
    "Control": "ocianalyze.controls._base",
    "Evidence": "ocianalyze.model.finding",
    "ImageView": "ocianalyze.filesystem.view",
    "Recommendation": "ocianalyze.controls._base",
    "Report": "ocianalyze.model.report",
    "Status": "ocianalyze.model.finding",
    "Verdict": "ocianalyze.model.finding",
}


def analyze(  # noqa: PLR0913 - what users choose
    reference: str | Path,
    *,
    image: str | None = None,
    platform: str | None = None,
    profile: str = "l2",
    benchmark_version: str = "",
    jobs: int = 0,
    store: str | Path | None = None,
    limits: Limits | None = None,
    keep_going: bool = False,
) -> "Report":
    """Analyse every image of an input and evaluate the controls.

    Args:
        reference: a path, or `SCHEME:PATH[:NAME]`, or `PATH!NAME`.
        image: only this one: its name, its digest, or `#N`.
        platform: only this one, as `os/arch[/variant]`.
        profile: `l1` or `l2` for section 4 of the benchmark up to that level, `all` for the
            whole catalogue, or a framework or control; several with commas; or a profile file,
            whose name ends in `.yaml` or has a `/`.
        benchmark_version: of the CIS Docker Benchmark; the newest where it is empty.
        jobs: layers read at once; 0 is one for each core.
        store: folder where facts of layers are kept between runs; None keeps none.
        limits: other bounds on input.
        keep_going: evaluate controls although bytes differ from their digests.

    Raises:
        OcianalyzeError: the input cannot be analysed at all.

    """
    from ocianalyze import engine  # noqa: PLC0415 - importing the package costs nothing

    return engine.scan(
        str(reference),
        engine.Options(
            image=image,
            platform=platform,
            jobs=jobs,
            store=None if store is None else Path(store),
            limits=limits or Limits(),
            keep_going=keep_going,
        ),
        engine.chosen(profile, benchmark_version, limits=limits or Limits()),
    )


def open_image(  # noqa: PLR0913 - what users choose
    reference: str | Path,
    *,
    image: str | None = None,
    platform: str | None = None,
    jobs: int = 0,
    store: str | Path | None = None,
    limits: Limits | None = None,
) -> "ImageView":
    """Read one image and return its view; no control runs.

    Args:
        reference: as for `analyze`.
        image: which one, where the input holds several.
        platform: which one, where the input holds several.
        jobs: layers read at once; 0 is one for each core.
        store: folder where facts of layers are kept between runs; None keeps none.
        limits: other bounds on input.

    Raises:
        UsageError: the input holds several images, and nothing says which is meant.
        OcianalyzeError: the input cannot be analysed at all.

    """
    from ocianalyze import engine  # noqa: PLC0415 - importing the package costs nothing

    options = engine.Options(
        image=image,
        platform=platform,
        jobs=jobs,
        store=None if store is None else Path(store),
        limits=limits or Limits(),
    )
    images = engine.open_images(str(reference), options).images
    if len(images) != 1:
        cure = "name one with image= or platform="
        raise UsageError(f"holds {len(images)} images", place=str(reference), cure=cure)
    return images[0].view


def __getattr__(name: str) -> Any:
    """Import the types of the API when they are asked for."""
    if name in _LAZY:
        from importlib import import_module  # noqa: PLC0415 - only for types

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(name)
