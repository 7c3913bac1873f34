"""What is known about a secret: the rule that names it, the proof, and every place it is in."""

from dataclasses import field
from typing import Literal, NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Origin

Proven = Literal["verified-offline", "well-formed", "disproved"]
"""A checksum or structure proves it; only its form speaks for it; its checksum fails or it is a
published example."""
Form = Literal["own", "words"]
"""The form is the provider's own, or that of a credential file; or words around it alone speak."""
Where = Literal[
    "content", "path", "link", "header", "config", "history", "annotation", "attestation", "slack"
]
"""`header` is what a tar header holds beside names: attributes, comments. `slack` is every byte
outside the format: padding, what follows the tar's end, blobs that nothing refers to."""

Coding = Literal["", "base64", "utf-16", "utf-32"]
"""How the secret is written; empty for plain."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a secret."""

    where: Where
    path: str = ""
    """Path in the image; of the blob or member for `slack`."""
    inner: str = ""
    """Path inside the archive that the file is: `BOOT-INF/lib/a.jar!/app.properties`."""
    pointer: str = ""
    """JSON pointer into the config or manifest: `/config/Env/3`."""
    layer: int | None = None
    step: int | None = None
    """Index of the history entry."""
    offset: int | None = None
    """Byte in the content; in the decoded text where `coding` is set."""
    coding: Coding = ""
    state: State | None = None
    """Visible, overwritten or deleted; None outside the filesystem."""
    origin: Origin = "unknown"


class Writing(NamedTuple):
    """Another way in which a secret is written: the same key in another format."""

    id: str
    masked: str
    forms: str


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of an image, however many places hold it."""

    rule: str
    """Id of the rule."""
    id: str
    """Keyed hash of the value: equal for equal values, tells nothing of a strong one."""
    provider: str
    kind: str
    title: str
    masked: str
    """The value without what makes it secret: `ghp_**** (40)`."""
    proven: Proven
    severity: Severity
    places: tuple[Place, ...]
    """At least one; at most `limits.secret_places` are named."""
    form: Form = "words"
    """Of its rule."""
    more_places: int = 0
    detail: str = ""
    """What the proof found: `RSA 2048, not encrypted`; never a part of the value."""
    facts: dict[str, str] = field(default_factory=dict)
    """Public facts by name: `account`, `expires`, `fingerprint`."""
    remediation: str = ""
    ignored: str = ""
    """Reason of whoever said that it may stay; empty when nobody did."""
    forms: str = ""
    """What tells it in other writings, for whoever masks it; in no report."""
    writings: tuple[Writing, ...] = ()
    """What it is besides; each is masked, and what its owner ignores by its id."""
    value: str = ""
    """The secret itself, only where the owner asked for it (`--show-secrets`)."""
