"""Certificate authorities that somebody added to those of the distribution."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls._base import Control
from ocianalyze.controls.evidence import MOST
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.finding import Evidence, Status, Verdict

_ADDED = (
    "usr/local/share/ca-certificates",
    "etc/pki/ca-trust/source/anchors",
    "usr/share/pki/ca-trust-source/anchors",
    "etc/pki/trust/anchors",
    "usr/share/pki/trust/anchors",
    "etc/ca-certificates/trust-source/anchors",
)
"""Where administrators put authorities of their own."""
_SHIPPED = ("usr/share/ca-certificates", "etc/ssl/certs")
"""Where packages put theirs; what no package owns there was added."""
_BUNDLES = (
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
)
"""All authorities in one file, made when the package is installed."""
_ENDS = (".crt", ".pem", ".cer", ".p11-kit")
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})


def evaluate(view: ImageView) -> Verdict:
    """Look at the directories of authorities, then at who changed the bundle."""
    found = tuple(islice(_added(view), MOST))
    if found:
        return judged(found, "authority-added", "authority added")
    changed = _changed(view)
    return judged(changed, "bundle-changed", "bundle changed", status=Status.NEEDS_REVIEW)


def _added(view: ImageView) -> Iterator[Evidence]:
    known = bool(view.packages())
    for entry in _certificates(view):
        if entry.path in _BUNDLES or view.inventory.ownership.of(entry.path):
            continue
        if entry.path.startswith(_ADDED):
            yield of_entry(entry, "added to the trusted authorities")
        elif known:
            yield of_entry(entry, "among the authorities, of no package", severity="low")


def _certificates(view: ImageView) -> Iterator[Entry]:
    """Yield files that are named like certificates; links lead to others of them."""
    for layer in view.layers:
        for entry in view.tree.layer(layer.index, (*_ADDED, *_SHIPPED)):
            is_file = entry.kind in _FILES and entry.state is State.VISIBLE
            if is_file and entry.path.endswith(_ENDS):
                yield entry


def _changed(view: ImageView) -> Iterator[Evidence]:
    """Yield bundles with another content than the layer that first had one gave them."""
    for path in _BUNDLES:
        contents = [x for x in view.tree.versions(path) if x.kind in _FILES and x.sha256]
        if len({x.sha256 for x in contents}) > 1 and contents[-1].state == "visible":
            yield of_entry(contents[-1], f"differs from that of layer {contents[0].layer}")


CONTROL = Control(
    id="ocia-private-ca-added",
    short="added authorities",
    automation="full",
    reads="directories of certificate authorities, who owns what is in them, and the versions of "
    "the bundle in all layers",
    decides="fails on a certificate where administrators add their own, and on one of no package "
    "among the distribution's; a bundle that a later layer changed needs review",
    limits="certificates are not read: an authority that a package brings, or that was in the "
    "bundle from the first, is not told",
    remediation="give the authority at run time, to the one program that needs it",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
    on_windows="meaningless",
)
