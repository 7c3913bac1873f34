"""How to analyse, and what a scan judges."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from ocianalyze.controls.catalogue import Listed
    from ocianalyze.controls.evaluate import Weigh
    from ocianalyze.detectors.secrets.ignore import Ignore
    from ocianalyze.filesystem.view import Part
    from ocianalyze.model.base import BaseImage
    from ocianalyze.store.telling import Progress


@dataclass(frozen=True, slots=True)
class Options:
    """How to analyse; the defaults analyse everything and keep nothing."""

    image: str | None = None
    """Name, digest or `#N` that narrows to one image."""
    platform: str | None = None
    """`os/arch[/variant]`."""
    jobs: int = 0
    """Layers read at once; 0 is one for each core."""
    store: Path | None = None
    """Where facts are kept; None keeps none."""
    limits: Limits = DEFAULT
    keep_going: bool = False
    """Evaluate controls although bytes differ from their digests."""
    progress: "Callable[[Progress], None] | None" = None
    compiling: Callable[[int, bool], None] | None = None
    """Takes how many rules for secrets are compiled, which takes seconds, and whether they are
    kept for another time."""
    warn: Callable[[str], None] | None = None
    """Takes one line when something beside the image, such as the store, does not work."""
    bases: "tuple[BaseImage, ...]" = ()
    """Images that the input may have been built on, as the operator or a table tells."""
    verify: Literal["usual", "full"] = "usual"
    """Which files are compared with what their packages recorded: programs, libraries and
    scripts, or all."""
    sha1: bool = False
    """Make a SHA-1 of every file too; facts without it are not enough then."""
    skip: "frozenset[Part]" = frozenset()
    """What is not looked for; controls that need it are not evaluated."""
    rules: tuple[Path, ...] = ()
    """Folders with the user's own rules for secrets."""
    show_secrets: bool = False
    """Tell the values of secrets; nothing is kept then."""
    ignores: "tuple[Ignore, ...]" = ()
    """Secrets that may stay, with the reasons."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a scan judges."""

    profile: str
    """Its name, for the report."""
    controls: "Sequence[Listed]"
    weigh: "Weigh | None" = None
    """What a profile file makes of verdicts."""
