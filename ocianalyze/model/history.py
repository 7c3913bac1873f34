"""Build steps as read from an image's history."""

from typing import NamedTuple

from ocianalyze.dataclass import dataclass


class Command(NamedTuple):
    """One simple command of a shell text: words without quotes, prefixes like `sudo` dropped."""

    name: str
    """Base name of the program: `apt-get`."""
    words: tuple[str, ...]
    """All words, the program first, as written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One history entry, parsed."""

    index: int
    """Position in `config.history`."""
    raw: str
    """`created_by` as stored."""
    instruction: str
    """`RUN`, `COPY`, `ADD`, `CMD` ... in capitals; `ROOTFS` for the import of a whole root by a
    known tool, `RAW` for a line in no known form, `EMPTY` for no text."""
    text: str
    """What follows the instruction, without builder decoration; for RUN the shell text."""
    builder: str
    """`classic`, `buildkit`, `buildah`, `kaniko`, `ko`, `apko`, `bazel`, `jib`,
    `debuerreotype`, ... or empty."""
    commands: tuple[Command, ...] = ()
    """Simple commands of a RUN text, in order."""
    build_args: tuple[tuple[str, str], ...] = ()
    """Build arguments that the builder wrote into the line."""
    ambiguous: bool = False
    """Where the build arguments end could not be decided."""
    opaque: bool = False
    """What runs is elsewhere: in a script, a pipe, or text that is lost."""
    lost: bool = False
    """Not even its own text is whole: too long to be read, or a builder wrote a name for it."""
    layer: int | None = None
    """Index of the layer that the step made; None for none or when history is unreliable."""
    created: str = ""
    author: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The steps of an image and how far they can be believed."""

    steps: tuple[Step, ...] = ()
    reliable: bool = True
    """Each step that is not empty has its layer; else steps have no layer."""

    def step_of_layer(self, layer: int) -> Step | None:
        """Return the step that made a layer."""
        return next((step for step in self.steps if step.layer == layer), None)
