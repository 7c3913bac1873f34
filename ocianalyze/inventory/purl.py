"""Package URLs (purl-spec): the field's own library applies the rules of each type.

Nix is a type that the specification is still about to take (its `nix` proposal): a store path
tells neither the origin nor the attribute that it wants, so such purls have the form that other
tools write today.
"""

import re
from urllib.parse import quote

from packageurl import PackageURL

from ocianalyze.model.package import Found

_EPOCH_IN_VERSION = frozenset({"deb", "alpm"})
"""Types whose version is written with its epoch (purl-spec, types); rpm has a qualifier."""
_NAMESPACED = frozenset({"bitbucket", "composer", "github", "maven", "swift"})
"""Types whose definitions demand a namespace: a name alone is many packages'."""
_PLAIN_TYPES = frozenset(
    {"apk", "cargo", "deb", "gem", "generic", "golang", "maven", "npm", "pypi", "rpm"}
)
"""Types whose lowercase names the library writes as they are."""
_PLAIN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
"""Text that no type changes and no part of a purl escapes."""
_PLAIN_NAMESPACE = re.compile(r"@?[a-z0-9]+(?:[./-][a-z0-9]+)*")
_UNDERLINED = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""Names of all types but Python's, which has another spelling for these."""
_EDGES = "/" + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
"""What readers of a purl take away from both ends of a name."""
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9]+(?:[.~_+-]?[A-Za-z0-9])*")


def purl(found: Found) -> str:
    """Return the purl of a package.

    It is a generic one where its type's definition has none: for a name that the library refuses,
    and for one without the namespace that the type demands. Some tools repeat the name of such a
    package as its namespace, which makes it another package.
    """
    return _plain(found) or _by_library(found)


def _plain(found: Found) -> str:
    """Return the purl of a package whose texts need no escaping, as most; empty for others."""
    namespace, arch = found.namespace, found.arch
    is_plain = (
        found.type in _PLAIN_TYPES
        and (namespace or found.type not in _NAMESPACED)
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
    if found.namespace.strip("/ ") or found.type not in _NAMESPACED:
        try:
            return _text(found.type, found, qualifiers)
        except ValueError:
            pass
    return _text("generic", found, qualifiers)


def _text(kind: str, found: Found, qualifiers: dict[str, str]) -> str:
    """Return a purl; the library's own text leaves a slash in a name, which ends a namespace."""
    named = PackageURL(
        type=kind,
        namespace=found.namespace or None,
        name=found.name.strip(_EDGES) or "unnamed",
        version=_version(kind, found) or None,
        qualifiers=qualifiers,
        subpath=found.subpath or None,
    )
    above = [_escaped(part) for part in (named.namespace or "").split("/") if part.strip()]
    path = "/".join([_escaped(named.type), *above, _escaped(named.name)])
    version = f"@{_escaped(named.version)}" if named.version else ""
    told = "&".join(f"{key}={_escaped(value)}" for key, value in sorted(named.qualifiers.items()))
    below = "/".join(map(_escaped, (named.subpath or "").split("/")))
    return f"pkg:{path}{version}{'?' if told else ''}{told}{'#' if below else ''}{below}"


def _escaped(part: str) -> str:
    """Return a part with every sign escaped that purl-spec does not let stand, in UTF-8."""
    return quote(part, safe=":")


def _version(kind: str, found: Found) -> str:
    prefixed = found.epoch and kind in _EPOCH_IN_VERSION
    return f"{found.epoch}:{found.version}" if prefixed else found.version
