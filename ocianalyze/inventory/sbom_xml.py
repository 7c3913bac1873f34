"""CycloneDX documents as XML, in the shape of those as JSON (CycloneDX 1.6, "XML Reference").

A document with a declaration of entities is not read: no SBOM needs one.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits

_NAMESPACE = "http://cyclonedx.org/schema/bom/"
_HEAD = 4096
_LEAVES = frozenset({"purl", "scope", "publisher"})
_LICENSE = frozenset({"id", "name"})
_CHARS = 4_096
"""Of one text; longer ones are cut, and taken for nothing later."""


def is_cyclonedx_xml(data: bytes) -> bool:
    """Tell a CycloneDX document as XML by its namespace, which stands at its head."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and _NAMESPACE.encode() in data[:_HEAD]


def load_cyclonedx(data: bytes, limits: Limits, place: str = "") -> dict[str, Any]:
    """Return a document as its JSON would be, as far as packages need it.

    Raises:
        LimitExceeded: it is too large, too deep or has too many elements.
        MalformedImage: it is no well-formed XML, or declares entities.

    """
    from xml.parsers import expat  # noqa: PLC0415 - only where there is such a document

    if len(data) > limits.document_bytes:
        raise LimitExceeded("document is too large", place=place, limit="document_bytes")
    bom, parser = _Bom(limits, place), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = bom.start
    parser.EndElementHandler = bom.end
    parser.CharacterDataHandler = bom.data
    parser.EntityDeclHandler = bom.refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the library's interface
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise MalformedImage(f"not well-formed XML: {error}", place=place) from error
    return bom.document


@dataclass(slots=True)
class _Bom:
    """A document while it is parsed."""

    limits: Limits
    place: str
    document: dict[str, Any] = field(default_factory=lambda: {"components": []})
    path: list[str] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    """Components that the parser is in, the outermost first."""
    text: str = ""
    elements: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Enter an element."""
        self.elements += 1
        if self.elements > self.limits.document_values:
            raise LimitExceeded("too many elements", place=self.place, limit="document_values")
        if len(self.path) >= self.limits.document_depth:
            raise LimitExceeded("too deep", place=self.place, limit="document_depth")
        own, self.text = tag.rpartition(":")[2], ""
        if own == "component":
            self._enter()
        elif own == "bom":
            spaces = (x for key, x in attributes.items() if key.startswith("xmlns"))
            version = next((x for x in spaces if x.startswith(_NAMESPACE)), "")
            named = {"bomFormat": "CycloneDX", "specVersion": version.removeprefix(_NAMESPACE)}
            self.document |= named
        self.path.append(own)

    def _enter(self) -> None:
        """Add a component where its element stands."""
        component: dict[str, Any] = {}
        above = self.path[-1:]
        if above == ["metadata"]:
            self.document["metadata"] = {"component": component}
        elif above == ["components"]:
            holder = self.open[-1] if self.open else self.document
            holder.setdefault("components", []).append(component)
        self.open.append(component)

    def end(self, _tag: str) -> None:
        """Leave an element and take what it says of the component that it is in."""
        own, text = self.path.pop(), self.text.strip()
        self.text = ""
        if own == "component":
            self.open.pop()
        elif self.open:
            self._take(self.open[-1], own, text)

    def _take(self, component: dict[str, Any], own: str, text: str) -> None:
        above = self.path[-1]
        if own in _LEAVES and above == "component":
            component.setdefault(own, text)
        elif own == "expression" and above == "licenses":
            component.setdefault("licenses", []).append({"expression": text})
        elif own in _LICENSE and self.path[-2:] == ["licenses", "license"]:
            component.setdefault("licenses", []).append({"license": {own: text}})
        elif own == "name" and self.path[-2:] == ["component", "supplier"]:
            component.setdefault("supplier", {"name": text})

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if len(self.text) <= _CHARS:
            self.text += text

    def refuse(self, *_declared: object) -> None:
        """Refuse entities, which a few bytes could make into many."""
        raise ValueError("it declares entities")
