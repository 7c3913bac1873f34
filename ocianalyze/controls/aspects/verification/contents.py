"""What package contents tell against their records, signatures and keys (catalogue, 4.11 C)."""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.controls.aspects.history.targets import may_write
from ocianalyze.controls.aspects.packages.rewritten_records import Rewritten, rewritten
from ocianalyze.controls.aspects.verification.keyed import Weight
from ocianalyze.controls.aspects.verification.signers import of_signers
from ocianalyze.controls.aspects.verification.switched_off import Flaw, flaw
from ocianalyze.controls.saying import of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Step
from ocianalyze.model.package import OS_TYPES
from ocianalyze.model.verification import Difference

_EXPLAINING = frozenset({"RUN", "COPY", "ADD"})
_NO_DIGEST = "its record has no digest of it"
_TOLD = 200
"""Files of one kind told one by one."""
_KEY_HOMES = (
    *("etc/apt/trusted.gpg.d", "etc/apt/keyrings", "usr/share/keyrings"),
    *("etc/pki/rpm-gpg", "etc/apk/keys", "usr/share/apk/keys"),
)
_KEYS = 1_000
"""Keys of one directory that are looked at."""
_RECEIVE = frozenset({"--recv-keys", "--recv-key", "--recv"})
_FINGERPRINT = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9A-F]{40}(?![0-9A-Za-z])", re.IGNORECASE)
_SHORT_ID = re.compile(
    r"--recv(?:-keys?)?\s+[\"']?(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16})(?![0-9A-Za-z])", re.IGNORECASE
)
_NAMED = ", fetched by its fingerprint"
_TEXT = 65_536
_Cause = tuple[Weight, str, str]
"""How much a difference means, its reason, and that in words."""


def of_contents(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield files that differ from their records, unsigned packages, keys that nobody brought."""
    found = view.verification
    yield from (of_difference(view, base, difference) for difference in found.changed)
    yield from _undigested(found.undigested, base)
    yield from (of_record(base, found) for found in view.once(rewritten))
    yield from of_unrecorded(view, base)
    yield from _missing(view, base)
    yield from of_signers(view)
    yield from _keys(view, base)


def of_distribution(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield those of them that are about contents of the distribution's packages."""
    for difference in view.verification.changed:
        if difference.package is None or difference.package.type in OS_TYPES:
            yield of_difference(view, base, difference)
    unsure = view.verification.undigested
    yield from _undigested([x for x in unsure if x.package and x.package.type in OS_TYPES], base)
    records = (found for found in view.once(rewritten) if found.package.type in OS_TYPES)
    yield from (of_record(base, found) for found in records)
    yield from of_unrecorded(view, base, OS_TYPES)


def _undigested(found: Sequence[Difference], base: Boundary) -> Iterator[Flaw]:
    """Yield programs with a record that nothing was compared with, the first one by one."""
    for one in found[:_TOLD]:
        name = one.package.name[:40] if one.package else "its package"
        cause: _Cause = ("review", "digest-not-made", f"{name}: no digest of the recorded kind")
        yield _flaw(cause, one, base, one.entry)
    if len(found) > _TOLD:
        detail = f"{len(found) - _TOLD} more programs have no digest of the recorded kind"
        yield flaw("review", Evidence(detail, "package", "digest-not-made"))


def of_unrecorded(
    view: ImageView, base: Boundary, types: Container[str] | None = None
) -> Iterator[Flaw]:
    """Yield files of packages, of some types or all, that no record vouches for, by package."""
    told = {found.package.purl for found in view.once(rewritten) if found.is_gone}
    groups: dict[str, list[Difference]] = defaultdict(list)
    for found in view.verification.unrecorded:
        package = found.package
        if package is None or package.purl in told:
            continue
        if types is None or package.type in types:
            groups[package.purl].append(found)
    for first, *others in list(groups.values())[:_TOLD]:
        name = first.package.name[:40] if first.package else ""
        more = f" (and {len(others)} more of its files)" if others else ""
        is_link = first.entry is not None and first.entry.kind is Kind.SYMLINK
        what = "its link leads to what no package brought" if is_link else _NO_DIGEST
        said = f"{name}: {what}{more}"
        yield _flaw(("review", "digests-missing", said), first, base, first.entry)
    if len(groups) > _TOLD:
        detail = f"{len(groups) - _TOLD} more packages have files without a digest"
        yield flaw("review", Evidence(detail, "package", "digests-missing"))


def of_difference(view: ImageView, base: Boundary, difference: Difference) -> Flaw:
    """Return what a file means whose content differs from its package's record."""
    return _flaw(_cause(view, difference), difference, base, _own(view, difference))


def _own(view: ImageView, found: Difference) -> Entry | None:
    """Return what lies at the path itself: a link there changed, not what it leads to."""
    home, _, name = found.path.rpartition("/")
    real = view.tree.real(home) if home else ""
    entry = None if real is None else view.tree.get(f"{real}/{name}".lstrip("/"))
    return entry if entry is not None and entry.kind is Kind.SYMLINK else found.entry


def _cause(view: ImageView, found: Difference) -> _Cause:
    """Return how much a changed file means, why it may have changed, and that in words."""
    package = found.package
    name = package.name[:40] if package else "its package"
    if told := _replaced(found, name):
        return told
    if excuse := _of_language(view, found, name):
        return excuse
    if found.kind == "configuration":
        return "info", "conffile", f"{name}: configuration was edited"
    if found.path.endswith((".pyc", ".pyo")):
        return "review", "byte-compiled", f"{name}: was compiled again"
    step = _explanation(view, found)
    if step is not None:
        return "review", "changed-later", f"{name}: changed by step {step} of the build"
    return "fail", "tampered", f"{name}: content differs from the package's record"


def _replaced(found: Difference, name: str) -> _Cause | None:
    """Return what another package's record says of a file that has its content."""
    if found.replaced_by is None:
        return None
    other = found.replaced_by.purl[:60]
    if found.package is not None and found.package.type in OS_TYPES:
        return "review", "in-place-upgrade", f"{name}: content is that of {other}"
    return "info", "repackaged", f"{name}: content is as {other} records it"


def _of_language(view: ImageView, found: Difference, name: str) -> _Cause | None:
    """Return why a file may differ from a language package's record.

    Distributions ship changed files and links with the upstream record beside them; their own
    record is what counts then. Installers write interpreters into the first line of programs.
    """
    package, entry = found.package, found.entry
    if package is None or entry is None or package.type in OS_TYPES:
        return None
    if any(owner.type in OS_TYPES for owner in view.inventory.owners(found.path)):
        return "info", "repackaged", f"{name}: a distribution ships its own file here"
    if entry.path != found.path:
        return "review", "replaced-by-link", f"{name}: a link leads to another file"
    if "bin" in entry.path.split("/")[:-1] and entry.mode & 0o111:
        return "review", "program-rewritten", f"{name}: its program was written again"
    return None


def _explanation(view: ImageView, found: Difference) -> int | None:
    """Return the build step that changed a file after its package was installed."""
    entry, package = _own(view, found), found.package
    if entry is None or package is None or entry.layer <= package.introduced:
        return None
    made = (step for step in _made(view, entry.layer) if step.instruction in _EXPLAINING)
    return next((step.index for step in made if may_write(view, step, entry)), None)


def _made(view: ImageView, layer: int) -> Iterator[Step]:
    """Yield the step of a layer, and those before it that some builders write without one."""
    step = view.history.step_of_layer(layer)
    while step is not None:
        yield step
        before = view.history.steps[step.index - 1] if step.index else None
        step = before if before is not None and before.layer is None else None


def of_record(base: Boundary, found: Rewritten) -> Flaw:
    """Return what a record means that a later layer removed or made to fit other files."""
    name, since = found.package.name[:40], found.package.introduced
    said = f"{name}: {found.how} in layer {found.layer}, version is of {since}"
    told = of_entry(found.entry, said, reason=found.reason)
    return flaw("review", replace(told, origin=base.of_layer(found.layer)))


def _flaw(cause: _Cause, found: Difference, base: Boundary, entry: Entry | None = None) -> Flaw:
    weight, reason, detail = cause
    if entry is None:
        return flaw(weight, of_entry(None, detail, reason=reason, path=found.path))
    return _of_entry(weight, entry, detail, reason, base)


def _of_entry(weight: Weight, entry: Entry, detail: str, reason: str, base: Boundary) -> Flaw:
    told = of_entry(entry, detail, reason=reason)
    return flaw(weight, replace(told, origin=base.of_layer(entry.layer)))


def _missing(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield what is not there: one by one, but documentation as a number."""
    found = view.verification
    left_out = [x for x in found.missing if x.kind == "documentation"]
    gone = [x for x in found.missing if x.kind != "documentation"]
    for difference in gone[:_TOLD]:
        name = difference.package.name[:40] if difference.package else "its package"
        there = view.tree.resolve(difference.path)
        is_directory = there is not None and there.kind is Kind.DIRECTORY
        what = (
            "a directory is in the place of the file" if is_directory else "the file is not there"
        )
        yield _flaw(("info", "missing", f"{name}: {what}"), difference, base)
    if len(gone) > _TOLD:
        detail = f"{len(gone) - _TOLD} more files are not there"
        yield flaw("info", Evidence(detail, "package", "missing"))
    if left_out:
        detail = f"{len(left_out)} files of documentation and translations were left out"
        yield flaw("info", Evidence(detail, "package", "documentation-left-out"))


def _keys(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield keys that package managers trust and no package brought."""
    homes = (entry for home in _KEY_HOMES for entry in view.tree.listing(home)[:_KEYS])
    single = view.tree.get("etc/apt/trusted.gpg")
    for entry in (*homes, *([single] if single else ())):
        is_file = entry.kind in (Kind.FILE, Kind.HARDLINK) and entry.size
        if is_file and not view.inventory.owners(entry.path):
            is_named = _is_fetched_by_fingerprint(view, entry)
            detail = "a trusted key that no package brought" + _NAMED * is_named
            yield _of_entry("info" if is_named else "review", entry, detail, "unknown-key", base)


def _is_fetched_by_fingerprint(view: ImageView, entry: Entry) -> bool:
    """Tell a key of a step that asks a server for keys by nothing but whole fingerprints."""
    step = view.history.step_of_layer(entry.layer)
    asking = [
        command.words
        for command in (step.commands if step else ())
        if command.name in ("gpg", "gpg2", "apt-key") and not _RECEIVE.isdisjoint(command.words)
    ]
    text = step.text[:_TEXT] if step else ""
    return bool(asking) and bool(_FINGERPRINT.search(text)) and not _SHORT_ID.search(text)
