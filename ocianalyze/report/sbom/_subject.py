"""The image that an SBOM describes: its name, its purl, its identity."""

import hashlib
import re
from uuid import NAMESPACE_URL, UUID, uuid5

from packageurl import PackageURL

from ocianalyze.dataclass import dataclass
from ocianalyze.report._base import AnalysedImage
from ocianalyze.report.escape import unicode
from ocianalyze.report.sbom._base import Bill
from ocianalyze.version import VERSION

HOME = "https://ocianalyze.readthedocs.io/"
_NAME_CHARS = 512
_TAGGED = re.compile(
    r"(?P<host>[a-z0-9.-]+[.:][a-z0-9.:-]*/|localhost/)?"
    r"(?P<path>[a-z0-9._-]+(?:/[a-z0-9._-]+)*)"
    r":(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})"
)
"""A name with a tag (distribution's reference grammar); without one it may be a tag alone."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document says about the image itself."""

    name: str
    version: str
    """Digest of the manifest, else of the config; empty for neither."""
    purl: str
    """Empty when no name says which repository it is of."""


def subject(image: AnalysedImage) -> Subject:
    """Return the image as its names and digests tell."""
    digest = image.manifest_digest or image.config_digest or ""
    names = [unicode(name) for name in image.names if name]
    purls = (_purl(image, name) for name in names)
    return Subject(
        name=names[0] if names else digest or "unnamed image",
        version=str(digest),
        purl=next((purl for purl in purls if purl), ""),
    )


def serial(bill: Bill, form: str) -> UUID:
    """Return an identifier that the same image, scope and version of ocianalyze give again."""
    image = bill.image
    digest: str | None = image.manifest_digest or image.config_digest
    if digest is None:
        layers = ",".join(str(layer.diff_id or layer.digest) for layer in image.view.layers)
        digest = hashlib.sha256(layers.encode()).hexdigest()
    parts = (form, VERSION, bill.scope, str(image.platform), str(digest))
    return uuid5(NAMESPACE_URL, HOME + unicode("#".join(parts)))


def _purl(image: AnalysedImage, name: str) -> str:
    """Return `pkg:oci` for a manifest, `pkg:docker` with the image ID where there is none."""
    match = _TAGGED.fullmatch(name) if len(name) <= _NAME_CHARS else None
    if match is None or not (image.manifest_digest or image.config_digest):
        return ""
    host, path, tag = (match["host"] or "").rstrip("/"), match["path"], match["tag"]
    parent, _, last = path.rpartition("/")
    if image.manifest_digest is None:
        where = {"repository_url": host} if host else {}
        return PackageURL("docker", parent, last, str(image.config_digest), where).to_string()
    repository = f"{host}/{path}" if host else path
    more = {"arch": _arch(image), "repository_url": repository, "tag": tag}
    return PackageURL("oci", "", last, str(image.manifest_digest), more).to_string()


def _arch(image: AnalysedImage) -> str:
    text = image.platform.architecture
    return text if text.isascii() and text.isalnum() else ""
