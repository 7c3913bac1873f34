"""Package URLs (purl-spec), made by the field's own library."""

from packageurl import PackageURL

from ocianalyze.model.package import Found

_EPOCH_IN_VERSION = frozenset({"deb", "alpm"})
"""Types whose version is written with its epoch (purl-spec, types); rpm has a qualifier."""


def purl(found: Found) -> str:
    """Return the purl of a package; a name that the library refuses becomes a generic one."""
    qualifiers = dict(found.qualifiers)
    if found.arch:
        qualifiers.setdefault("arch", found.arch)
    if found.epoch and found.type not in _EPOCH_IN_VERSION:
        qualifiers.setdefault("epoch", found.epoch)
    try:
        return _text(found.type, found, qualifiers)
    except ValueError:
        return _text("generic", found, qualifiers)


def _text(kind: str, found: Found, qualifiers: dict[str, str]) -> str:
    return PackageURL(
        type=kind,
        namespace=found.namespace or None,
        name=found.name or "unnamed",
        version=_version(kind, found) or None,
        qualifiers=qualifiers,
        subpath=found.subpath or None,
    ).to_string()


def _version(kind: str, found: Found) -> str:
    prefixed = found.epoch and kind in _EPOCH_IN_VERSION
    return f"{found.epoch}:{found.version}" if prefixed else found.version
