"""From what is kept of an rpm package to what the inventory says of it."""

from ocianalyze.inventory.catalogers._rpm_package import Facts, Files
from ocianalyze.inventory.distro import distro_qualifier
from ocianalyze.limits import DEFAULT
from ocianalyze.model.package import Distribution, Found

_NAMESPACES = {"rhel": "redhat", "sles": "suse", "sled": "suse"}
"""purl namespaces that are not the distribution's own ID."""
_PROPERTIES = (
    ("digest-md5", "md5"),
    ("install-time", "installed"),
    ("rpmmod", "rpmmod"),
    ("signed-by", "key"),
    ("size", "size"),
)
_NONE = "(none)"
"""What `rpm --import` writes as the source of a key."""
_DIRECTORY = 0o040000
_FORMAT = 0o170000
_HERE = frozenset({0, 3})
"""States of files that are their package's own: installed, on a share."""


def is_key(facts: Facts) -> bool:
    """Tell whether this is a key that rpm trusts, which it keeps like a package."""
    sourceless = facts.get("source", _NONE) == _NONE
    return facts["name"] == "gpg-pubkey" and "arch" not in facts and sourceless


def found_of(facts: Facts, distribution: Distribution) -> Found:
    """Return the package."""
    version = _joined(facts.get("version", ""), facts.get("release", ""))
    source, source_version = _source(facts.get("source", ""))
    own = source == facts["name"]
    return Found(
        type="rpm",
        name=facts["name"],
        version=version,
        namespace=_namespace(distribution.id),
        epoch=facts.get("epoch", ""),
        arch=facts.get("arch", ""),
        source="" if own else source,
        source_version="" if own and source_version == version else source_version,
        qualifiers=_qualifiers(facts, distribution),
        licenses=(facts["license"],) if "license" in facts else (),
        supplier=facts.get("vendor", ""),
        depends=tuple(facts.get("requires", ())),
        provides=tuple(facts.get("provides", ())),
        properties=_properties(facts),
    )


def paths_of(files: Files, room: int) -> tuple[str, ...]:
    """Return the paths of a package's own files and links, without those no system allows.

    Raises:
        ValueError: they need more than `room` characters; few bytes of a header can make many.

    """
    bases, folders = files.get("bases", []), [_folder(each) for each in files.get("dirs", [])]
    count = len(bases)
    at = files.get("at") or [0] * count
    modes = files.get("modes") or [0] * count
    states = files.get("states") or [0] * count
    own = [
        (folders[index], base)
        for base, index, mode, state in zip(bases, at, modes, states, strict=False)
        if mode & _FORMAT != _DIRECTORY
        and state in _HERE
        and index < len(folders)
        and len(folders[index]) + len(base) <= DEFAULT.path_bytes
    ]
    if sum(len(folder) + len(base) for folder, base in own) > room:
        raise ValueError("paths of packages need more characters than are kept")
    return tuple(folder + decoded(base) for folder, base in own)


def _folder(name: str) -> str:
    return decoded(name.lstrip("/"))


def decoded(text: str) -> str:
    """Return a name as the tree knows it; kept texts have one character a byte."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "surrogateescape")


def _namespace(name: str) -> str:
    if name.startswith("opensuse"):
        return "opensuse"
    return _NAMESPACES.get(name, name)


def _joined(version: str, release: str) -> str:
    return f"{version}-{release}" if release else version


def _source(file: str) -> tuple[str, str]:
    """Return name and version of a source package, whose file is `name-version-release.src.rpm`."""
    stem = file.removesuffix(".rpm").removesuffix(".src").removesuffix(".nosrc")
    parts = stem.rsplit("-", 2)
    return (parts[0], f"{parts[1]}-{parts[2]}") if len(parts) == 3 and stem != file else ("", "")


def _qualifiers(facts: Facts, distribution: Distribution) -> tuple[tuple[str, str], ...]:
    upstream = (("upstream", facts["source"]),) if "source" in facts else ()
    return (*distro_qualifier(distribution), *upstream)


def _properties(facts: Facts) -> tuple[tuple[str, str], ...]:
    found = [(name, str(facts[key])) for name, key in _PROPERTIES if key in facts]  # type: ignore[literal-required]
    if "signatures" in facts:
        found.append(("signatures", " ".join(facts["signatures"])))
    return tuple(sorted(found))
