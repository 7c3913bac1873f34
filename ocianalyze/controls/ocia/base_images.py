"""Whether an image's base is the newest of its name, and what many images have in common."""

import re
from collections.abc import Iterator, Sequence

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.cis_docker import c4_02_trusted_base
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.finding import Evidence, Status, Verdict

_NEWEST: Sequence[ToldBy] = ("operator", "image")
"""Who tells what a name means today: the one who asks, then the other images of the input."""
_HOST = re.compile(r"\A(?:index\.)?docker\.io/")
_TAGGED = re.compile(r":[^/:]+\Z")
_SHOWN = 19


def drifted(view: ImageView) -> Verdict:
    """Compare the image's first layers with those of the newest base of the same name."""
    base = boundary(view)
    if base.base is not None and base.base.told_by == "operator":
        return _newest(base.base)
    name = next(_names(view, base), "")
    newest = _of_name(view, name)
    if name and newest:
        if base.base is not None and base.base.diff_ids in (x.diff_ids for x in newest):
            return _newest(base.base)
        told = tuple(_told(x, "is what the name means today") for x in newest)
        own = tuple(_told(x, "is what the image has") for x in _own(view, base))
        summary = shortened(f"no longer the newest: {name}")
        return Verdict(Status.FAIL, "base-drifted", summary, own + told, "strong", "base")
    return _unknown(view, name)


def _newest(base: BaseImage) -> Verdict:
    told = _told(base, "is the base that was given")
    summary = shortened(f"built on {base.name or 'the base'} as it is today")
    return Verdict(Status.PASS, "base-newest", summary, (told,), "exact", "base")


def _unknown(view: ImageView, name: str) -> Verdict:
    """Say why nothing can be compared."""
    if c4_02_trusted_base.is_scratch(view):
        return Verdict(Status.NOT_APPLICABLE, "scratch", "does not apply: FROM scratch")
    given = [x for x in view.bases if x.told_by == "operator"]
    if given and not name:
        summary = "not built on the base that was given, nor known on which"
        told = tuple(_told(x, "is not the base") for x in given)
        return Verdict(Status.NEEDS_REVIEW, "base-differs", summary, told, "strong", "base")
    if not name:
        return undecided("base-unknown", "not evaluated: the base is not known, give --base")
    summary = shortened(f"not evaluated: no newest {name}")
    return undecided("newest-unknown", summary, Evidence(f"base {name}", "manifest"))


def _of_name(view: ImageView, name: str) -> tuple[BaseImage, ...]:
    """Return what the best source says that a name means; one for each platform, perhaps."""
    for who in _NEWEST:
        named = (x for x in view.bases if x.told_by == who and x.diff_ids)
        if found := tuple(x for x in named if _canonical(x.name) == name):
            return found
    return ()


def _own(view: ImageView, base: Boundary) -> Iterator[BaseImage]:
    if base.base is not None:
        yield base.base
    else:
        yield from (x for x in view.bases if x.told_by in ("annotation", "provenance"))


def _names(view: ImageView, base: Boundary) -> Iterator[str]:
    """Yield what the image's base is called: by its layers, else by its own documents."""
    yield from (_canonical(x.name) for x in _own(view, base) if x.name)


def _canonical(name: str) -> str:
    """Return a name as short as it may be written, with its tag and without a digest."""
    bare = _HOST.sub("", name.partition("@")[0]).removeprefix("library/")
    return bare if not bare or _TAGGED.search(bare) else f"{bare}:latest"


def _told(base: BaseImage, what: str) -> Evidence:
    known = base.digest or (base.diff_ids[-1] if base.diff_ids else "")
    detail = f"{base.name[:60]} {known[:_SHOWN]}".strip()
    return Evidence(f"{detail} {what}", "manifest", base.told_by, origin="base")


def consistent(view: ImageView) -> Verdict:
    """Say what one image can add to the comparison of many."""
    release = view.inventory.distribution
    told = Evidence(f"{release.id} {release.version}"[:80].strip() or "no distribution",
                    path=release.path, severity="info")  # fmt: skip
    return undecided("one-image", "not evaluated: it takes the other images of a fleet", told)


CONTROLS = (
    Control(
        id="ocia-base-drift",
        short="newest base",
        automation="full",
        reads="the layers of the base that --base names, of other images of the input and of known "
        "bases; base annotations and provenance",
        decides="passes when the image begins with the layers of the base that is given; fails "
        "when the base has the name of one that is given, or of another image of the input, and "
        "other layers; a base that was given and is not this image's needs review",
        limits="no registry is asked: the newest is the one at hand; a base of another platform "
        "has other layers; names that the image itself tells may be wrong",
        remediation="rebuild on the newest base: docker build --pull --no-cache",
        evaluate=drifted,
    ),
    Control(
        id="ocia-base-fleet-inconsistent",
        short="one base in the fleet",
        automation="none",
        reads="os-release of the final filesystem",
        decides="nothing yet: it takes the other images of a fleet",
        limits="one image does not say what the others are built on",
        remediation="build all images of a fleet on the same release of one base",
        evaluate=consistent,
    ),
)
