"""Package URLs (purl-spec), made by the field's own library."""

import re

from packageurl import PackageURL

from ocianalyze.model.package import Found

_EPOCH_IN_VERSION = frozenset({"deb", "alpm"})
"""Types whose version is written with its epoch (purl-spec, types); rpm has a qualifier."""
_PLAIN_TYPES = frozenset(
    {"apk", "cargo", "deb", "gem", "generic", "golang", "maven", "npm", "pypi", "rpm"}
)
"""Types whose lowercase names the library writes as they are."""
_PLAIN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
"""Text that no type changes and no part of a purl escapes."""
_PLAIN_NAMESPACE = re.compile(r"@?[a-z0-9]+(?:[./-][a-z0-9]+)*")
_UNDERLINED = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""Names of all types but Python's, which has another spelling for these."""
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9]+(?:[.~_+-]?[A-Za-z0-9])*")


def purl(found: Found) -> str:
    """Return the purl of a package; a name that the library refuses becomes a generic one."""
    return _plain(found) or _by_library(found)


def _plain(found: Found) -> str:
    """Return the purl of a package whose texts need no escaping, as most; empty for others."""
    namespace, arch = found.namespace, found.arch
    is_plain = (
        found.type in _PLAIN_TYPES
        and not (found.epoch or found.subpath)
        and (_PLAIN if found.type == "pypi" else _UNDERLINED).fullmatch(found.name)
        and _PLAIN_VERSION.fullmatch(found.version)
        and (not namespace or _PLAIN_NAMESPACE.fullmatch(namespace))
        and all(_PLAIN.fullmatch(key) and _PLAIN.fullmatch(x) for key, x in found.qualifiers)
        and (not arch or _PLAIN.fullmatch(arch))
    )
    if not is_plain:
        return ""
    qualifiers = dict(found.qualifiers)
    if arch:
        qualifiers.setdefault("arch", arch)
    told = "&".join(f"{key}={qualifiers[key]}" for key in sorted(qualifiers))
    above = f"{namespace.replace('@', '%40')}/" if namespace else ""
    version = found.version.replace("+", "%2B")
    return f"pkg:{found.type}/{above}{found.name}@{version}{'?' if told else ''}{told}"


def _by_library(found: Found) -> str:
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
        name=found.name if found.name.strip("/ ") else "unnamed",
        version=_version(kind, found) or None,
        qualifiers=qualifiers,
        subpath=found.subpath or None,
    ).to_string()


def _version(kind: str, found: Found) -> str:
    prefixed = found.epoch and kind in _EPOCH_IN_VERSION
    return f"{found.epoch}:{found.version}" if prefixed else found.version
