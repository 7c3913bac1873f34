"""Which package a Java archive itself is: what its parts and its file's name say, weighed.

Maven's own files come first. Without them a manifest's words and the file's name are weighed: a
name that both tell, in the file's spelling; the file's where it tells a version; the manifest's
otherwise. Titles and bundle names follow no rule that would make them artifacts' names.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from ocianalyze.inventory.catalogers._class_folders import group as class_folders
from ocianalyze.inventory.catalogers._gathered import NAME_CHARS
from ocianalyze.inventory.catalogers._maven_groups import of_interface, published

Manifest = Mapping[str, str]
"""Attributes of a main section, names in lower case."""
Members = Callable[[], Iterable[str]]
How = Literal["pom", "path", "plugin", "manifest", "name", "file"]
"""Which evidence named a package; `path` is that of a pom.xml, `plugin` a manifest of a Jenkins
plugin, `name` a file's name beside a version or a manifest's words, `file` that name alone."""

_SPLITS = 16
"""Places looked at in one file's name where a version may begin."""
_BREAK = re.compile(r"-(?=\d)")
_CLASSIFIER = re.compile(
    r"-(?:sources|javadoc|tests|test-sources|jar-with-dependencies|exec|shaded|all)\Z"
)
_SOURCES = re.compile(r"-(?:(?:test-)?sources|javadoc)\Z")
"""Archives of texts, which are a package only where they describe themselves."""
_VARIANT = re.compile(r"-no[_-]aop\Z")
"""A published classifier that no artifact's name or version ends with; packagers put it into the
name, too."""
_ANY = re.compile(r"(?:.*[.-])?x(?:[.-].*)?\Z", re.DOTALL)
"""`3.x` stands for many versions."""
_VERSION = re.compile(r"v?\d[^\s,;]*")
_VERSIONS = ("implementation-version", "bundle-version", "specification-version")
_NAMES = ("implementation-title", "automatic-module-name", "bundle-name", "extension-name")
_NAMING = frozenset({*_VERSIONS, *_NAMES, "bundle-symbolicname", "implementation-vendor-id"}) | {
    *("plugin-version", "short-name", "group-id")
}
_GROUP = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+$")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Za-z_][\w.-]*$")
_SEPARATOR = re.compile(r"[\W_]")


class Coordinates(NamedTuple):
    """Group, artifact and version of a package."""

    group: str
    artifact: str
    version: str


class _Label(NamedTuple):
    """What the name of an archive's file says, in one of the ways to read it."""

    artifact: str
    version: str
    """Empty when it tells none."""
    major: str = ""
    """First number behind the artifact, of `3.x` too."""


def own(
    stem: str,
    poms: Iterable[Coordinates],
    bare: Iterable[Coordinates],
    manifest: Manifest,
    members: Members = tuple,
) -> tuple[Coordinates, How] | None:
    """Return which package an archive is; None when only what it bundles is known.

    Args:
        stem: name of its file without the suffix.
        poms: what each pom.properties in it tells.
        bare: the same of each pom.xml, with the version that it tells, if any.
        manifest: its main section.
        members: returns the names of what is in it, asked rarely.

    """
    stem, manifest = stem[-NAME_CHARS:], naming(manifest)
    known, listed = _label(stem, manifest), list(poms)
    if pom := _own_pom(stem, known, listed, manifest, members):
        return pom, "pom"
    if plugin := _plugin(manifest):
        return plugin, "plugin"
    beside = list(bare)
    if named := [pom for pom in beside if _is_named(pom, stem, known)]:
        best = _longest(named)
        # A pom.xml may be a template of what was built: the file's name comes first.
        version = known.version or sure(best.version) or manifest_version(manifest)
        if version:
            return best._replace(version=version), "path"
    elif not listed and (pom := _own_pom(stem, known, _only(beside), manifest, members)):
        return pom, "path"
    version = known.version or manifest_version(manifest)
    artifact = _artifact(known, manifest)
    found = Coordinates(_group(manifest, artifact, members), artifact, version)
    if found.group and version:
        return found, "manifest"
    how: How = "name" if version or manifest else "file"
    is_text = _SOURCES.search(stem) is not None and _is_text(members())
    return (found, how) if not is_text and (version or not listed) else None


def _plugin(manifest: Manifest) -> Coordinates | None:
    """Return the coordinates that Jenkins' packaging writes into a plugin's manifest."""
    version = _VERSION.match(manifest.get("plugin-version", ""))
    artifact = manifest.get("short-name", "") or manifest.get("extension-name", "")
    group = manifest.get("group-id", "")
    if version is None or not _NAME.match(artifact):
        return None
    return Coordinates(group if _NAME.match(group) else "", artifact, version[0])


def _is_text(members: Iterable[str]) -> bool:
    """Tell that none of the members is a class; of an archive without any nothing is known."""
    return {name.endswith(".class") for name in members} == {False}


def naming(manifest: Manifest) -> Manifest:
    """Return the attributes that name something, cut, since they are compared with every pom."""
    return {key: value[:NAME_CHARS] for key, value in manifest.items() if key in _NAMING}


def _label(stem: str, manifest: Manifest) -> _Label:
    """Return how a file's name is read: `name-1.2.3`, with a version that the manifest tells too.

    Without such a one it may be a name that ends like a version, such as log4j-1.2-api.
    """
    read = list(_readings(stem))
    for each in read:
        if _agree(each.version, manifest):
            return each
    if read and not (manifest_version(manifest) and _is_confirmed(stem, manifest)):
        return read[0]
    return _Label(stem, "")


def _readings(stem: str) -> Iterator[_Label]:
    for place in islice(_BREAK.finditer(stem), _SPLITS):
        artifact, version = stem[: place.start()], stem[place.end() :]
        if artifact:
            told = _VARIANT.sub("", _CLASSIFIER.sub("", version))
            artifact = _VARIANT.sub("", artifact)
            major = _NUMBER.search(told)
            yield _Label(artifact, "" if _ANY.match(told) else told, major[0] if major else "")


def _own_pom(
    stem: str, known: _Label, poms: list[Coordinates], manifest: Manifest, members: Members
) -> Coordinates | None:
    named = [pom for pom in poms if _is_named(pom, stem, known)]
    if not named:
        named = [pom for pom in poms if _is_told(pom, manifest)]
    if named:
        return _longest(named)
    if len(poms) != 1 or not _may_be(poms[0], known, manifest):
        return None
    return None if _is_moved(poms[0], members()) else poms[0]


def _only(bare: list[Coordinates]) -> list[Coordinates]:
    """Return the only pom.xml when its content tells a version."""
    return [pom for pom in bare if len(bare) == 1 and sure(pom.version)]


def sure(version: str) -> str:
    """Return a version; empty for a word in its place, such as Debian's `debian`."""
    return version if _VERSION.fullmatch(version) else ""


def _is_moved(pom: Coordinates, members: Iterable[str]) -> bool:
    """Tell that the classes of a pom's group are below another package only, as shading moves them.

    Those of an application are in a directory of their own, such as `BOOT-INF/classes`.
    """
    top = f"{pom.group.replace('.', '/')}/"
    above = {name.partition(top)[0] for name in members if name.endswith(".class") and top in name}
    return bool(above) and not any(each == "" or each.endswith("classes/") for each in above)


def _may_be(pom: Coordinates, known: _Label, manifest: Manifest) -> bool:
    """Tell that neither the file's version nor the manifest speaks against the only pom."""
    if known.version and _numbers(known.version) != _numbers(pom.version):
        return False
    told = [known.artifact, *_told_names(manifest)]
    return not contradiction(manifest, pom.version) or bool(words(pom.artifact) & words(*told))


def _longest(poms: list[Coordinates]) -> Coordinates:
    return max(poms, key=lambda pom: len(pom.artifact))


def _is_named(pom: Coordinates, stem: str, known: _Label) -> bool:
    """Tell that a file has the name of an artifact, alone or before more words."""
    major = known.major or "".join(_numbers(pom.version)[:1])
    own = _plain(pom.artifact)
    names = (_plain(stem), _plain(known.artifact))
    is_begun = any(each == own or each.startswith(f"{own}-") for each in names)
    return is_begun or own == _unnumbered(known.artifact, major)


def _is_told(pom: Coordinates, manifest: Manifest) -> bool:
    return _is_confirmed(pom.artifact, manifest) and _agree(pom.version, manifest)


def _plain(name: str) -> str:
    """Return a name in lower case with a hyphen for each sign that separates words."""
    return _SEPARATOR.sub("-", name.lower())


def words(*names: str) -> set[str]:
    """Return the words that names are made of, in lower case."""
    return {word for name in names for word in _plain(name).split("-") if word}


def _unnumbered(name: str, major: str) -> str:
    """Return a plain name without the major version that packagers add: `tomcat10-juli`."""
    return _without(_plain(name), major) if major else _plain(name)


def _without(name: str, major: str) -> str:
    return re.sub(rf"(?<=[A-Za-z]){major}(?=-|\Z)", "", name)


def _told_names(manifest: Manifest) -> list[str]:
    names = (_symbolic(manifest), *(manifest.get(key, "") for key in _NAMES))
    return [name for name in names if name]


def _is_confirmed(artifact: str, manifest: Manifest) -> bool:
    """Tell that a manifest names an artifact, alone or behind its group and a dot."""
    plain = _plain(artifact)
    return any(
        _plain(name[-len(plain) :]) == plain and name[: -len(plain)][-1:] in ("", ".")
        for name in _told_names(manifest)
    )


def _artifact(known: _Label, manifest: Manifest) -> str:
    """Return the artifact's name, by the file where the manifest says nothing against it."""
    if _is_confirmed(known.artifact, manifest):
        return _symbolic(manifest) if _is_of_eclipse(manifest) else known.artifact
    major = known.major or "".join(_numbers(manifest_version(manifest))[:1])
    without = _unnumbered(known.artifact, major)
    if without != _plain(known.artifact) and _is_confirmed(without, manifest):
        return without
    if known.version:
        is_added = _is_packagers(known.artifact, without, manifest)
        return _without(known.artifact, major) if is_added else known.artifact
    told = _told_artifact(manifest)
    return told if told and _outweighs(told, known.artifact, manifest) else known.artifact


def _is_of_eclipse(manifest: Manifest) -> bool:
    """Tell a manifest of Eclipse's own build, where a bundle's name is the artifact's (Tycho)."""
    return manifest.get("bundle-version", "").endswith(".qualifier")


def _is_packagers(named: str, without: str, manifest: Manifest) -> bool:
    """Tell that a packager added the number: the manifest has the word without it alone."""
    told, ours, bare = words(*_told_names(manifest)), words(named), words(without)
    return bool(bare - ours) and bare - ours <= told and not (ours - bare) & told


def _outweighs(told: str, named: str, manifest: Manifest) -> bool:
    """Tell that a manifest's name is to be believed before that of a file without a version.

    It is not where they share a word and the file has as many: `guice-grapher` and `grapher`.
    """
    common = words(named) & words(*_told_names(manifest))
    return not common or _plain(named).count("-") < _plain(told).count("-")


def _told_artifact(manifest: Manifest) -> str:
    title = manifest.get("implementation-title", "")
    if _NAME.match(title):
        return title.rpartition(".")[2] if _GROUP.match(title) else title
    return _symbolic(manifest).rpartition(".")[2]


def _group(manifest: Manifest, artifact: str, members: Members) -> str:
    """Return the group that a manifest tells, else names of folders; empty when neither does."""
    above, _, own_ = manifest.get("implementation-title", "").partition(":")
    if own_ == artifact and _GROUP.match(above):
        return above
    if group := of_interface(artifact, members() if artifact.endswith("-api") else ()):
        return group
    vendor = manifest.get("implementation-vendor-id", "")
    if _GROUP.match(vendor) and (group := published(vendor, artifact)):
        return group
    module, symbolic = manifest.get("automatic-module-name", ""), _symbolic(manifest)
    bundled = _group_of_bundle(symbolic, artifact)
    is_whole = bundled == symbolic or not _differs(bundled, module)
    if group := published(bundled if is_whole else "", artifact):
        return group
    return published(class_folders(artifact, module, members()), artifact)


def _differs(group: str, module: str) -> bool:
    """Tell a module's name below the same domain that goes on otherwise.

    Then what is left of the bundle's name is not the project's: of `guice-grapher`, the bundle
    `com.google.inject.grapher` is the module `com.google.guice.extensions.grapher`.
    """
    ours, theirs = group.split("."), module.split(".")
    shared = min(len(ours), len(theirs))
    return ours[0] == theirs[0] and ours[:shared] != theirs[:shared]


def _group_of_bundle(symbolic: str, artifact: str) -> str:
    """Return the group in a bundle's name; one that is or only spells the artifact has none."""
    is_artifact = symbolic != artifact and _plain(symbolic) == _plain(artifact)
    is_bare = symbolic == artifact and "-" in symbolic
    if is_artifact or is_bare or not _GROUP.match(symbolic):
        return ""
    group, _, last = symbolic.rpartition(".")
    if artifact in (last, symbolic) or artifact.endswith(f"-{last}"):
        return group if "." in group else symbolic
    if _is_confirmed(artifact, {"bundle-symbolicname": symbolic}):
        return _shortened(symbolic, artifact)
    return symbolic


def _shortened(symbolic: str, artifact: str) -> str:
    """Return the group before an artifact in a bundle's name (maven-bundle-plugin's rule).

    Words in which the group ends and the artifact begins are there once.
    """
    group, own = symbolic[: -len(artifact)].rstrip("."), symbolic[-len(artifact) :]
    shared, dot, _ = own.partition(".")
    if own != artifact and dot:
        group = f"{group}.{shared}" if group else shared
    return group if "." in group else symbolic


def _symbolic(manifest: Manifest) -> str:
    return manifest.get("bundle-symbolicname", "").partition(";")[0].strip()


def manifest_version(manifest: Manifest) -> str:
    """Return the version that a manifest tells; empty for none."""
    for key in _VERSIONS:
        if found := _VERSION.match(manifest.get(key, "")):
            return found[0]
    return ""


def contradiction(manifest: Manifest, version: str) -> str:
    """Return the manifest's version when its first two numbers are not those of the version."""
    other = manifest_version(manifest)
    return "" if _numbers(other) == _numbers(version) else other


def _agree(version: str, manifest: Manifest) -> bool:
    """Tell that a manifest has a version with the same first two numbers."""
    return bool(version and manifest_version(manifest)) and not contradiction(manifest, version)


def _numbers(version: str) -> list[str]:
    return [found[0] for found in islice(_NUMBER.finditer(version), 2)]
