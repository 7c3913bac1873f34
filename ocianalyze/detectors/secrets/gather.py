"""From places in layers and documents to one secret for each value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.detectors.secrets import encoded, names, small
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.certified import certified
from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.form import form_of
from ocianalyze.detectors.secrets.hits import Hit, hit, unpack
from ocianalyze.detectors.secrets.inside import inner
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.detectors.secrets.sieve import NAME
from ocianalyze.detectors.secrets.values import SEVERITIES, Value, excusing, merged, rank
from ocianalyze.detectors.secrets.weight import weighed
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.secret import Place, Secret, Writing

PACKED = (NAME, small.NAME, encoded.NAME)
"""Who looks at the bytes of files as they are."""
INSIDE = (inner.NAME, encoded.NAME, small.NAME)
"""Who keeps what was not looked at, too (`inner.packed`)."""


class Gathered(NamedTuple):
    """The secrets of an image."""

    secrets: tuple[Secret, ...]
    """The gravest first."""
    left_out: int
    """Less grave ones beyond the limit."""
    unread: tuple[tuple[str, Unread], ...] = ()
    """What of documents was not looked at, by what each is called."""


def gather(  # noqa: PLR0913 - all that the secrets of an image depend on
    view: ImageView,
    documents: Sequence[Document],
    engine: Engine,
    limits: Limits,
    *,
    more: Sequence[Rule] = (),
    beside: Iterable[tuple[Hit, Place]] = (),
    bare: bool = False,
) -> Gathered:
    """Return every secret of an image, the gravest first.

    Args:
        view: with inventory, since files of packages weigh less.
        documents: config, manifest, attestations.
        engine: made of the rules.
        limits: how many secrets and places are named.
        more: rules for files of known names.
        beside: what was found in the source beside its images.
        bare: keep the values themselves.

    """
    values: dict[str, Value] = {}
    unread: list[tuple[str, Unread]] = []
    rules = {rule.id: rule for rule in (*names.rules().values(), *engine.rules, *more)}
    written = _in_documents(view, documents, engine, unread, bare=bare)
    for found, place in (*_in_layers(view), *written, *beside):
        known = values.get(found.id)
        if known is None:
            known = values[found.id] = Value(found)
        elif rank(found, rules) > rank(known.best, rules):
            known.best = found
        known.take(place, limits.secret_places, excusing(found, rules, view))
    joined = merged(values.values(), rules, view, limits.secret_places)
    secrets = certified((_secret(value, rules) for value in joined), view)
    weighty = sorted((weighed(secret, view) for secret in secrets), key=_order)
    told = tuple(weighty[: limits.secrets])
    return Gathered(told, len(weighty) - len(told), tuple(unread))


def _order(secret: Secret) -> tuple[object, ...]:
    """Return what secrets are ordered by: how grave, where first, which rule."""
    return -SEVERITIES.index(secret.severity), _where(secret.places[0]), secret.rule, secret.id


def _where(place: Place) -> tuple[object, ...]:
    """Return what places are ordered by: documents first, then layers from the lowest."""
    layer = -1 if place.layer is None else place.layer
    offset = -1 if place.offset is None else place.offset
    return layer, place.path, place.inner, place.pointer, offset, place.where, place.coding


def _steps(view: ImageView) -> dict[int, int]:
    return {step.layer: step.index for step in view.history.steps if step.layer is not None}


def _in_layers(view: ImageView) -> Iterator[tuple[Hit, Place]]:
    steps, links = _steps(view), _links(view)
    speaking: set[tuple[int, int]] = set()
    for entry, hits in _of_files(view):
        speaking.add((entry.layer, entry.member))
        for found in hits:
            for name in (entry, *_other_names(entry, links)):
                place = _place(found, layer=name.layer, step=steps.get(name.layer))
                yield found, _of_entry(place, name)
    for entry, value in view.tree.observations(names.NAME):
        if (entry.layer, entry.member) not in speaking:
            found = by_name(value.decode(), entry.sha256)
            place = _place(found, layer=entry.layer, step=steps.get(entry.layer))
            yield found, replace(place, path=entry.path, state=entry.state, offset=None)
    for layer in view.layers:
        for found in unpack(layer.outside.get(NAME, b"[]")):
            yield found, _place(found, layer=layer.index, step=steps.get(layer.index))


def _of_entry(place: Place, entry: Entry) -> Place:
    """Return a place in a member; the name of a whiteout is a header's, no path of any tree."""
    if entry.kind in (Kind.WHITEOUT, Kind.OPAQUE):
        return replace(place, where="header", path=entry.path, state=None)
    return replace(place, path=entry.path, state=entry.state)


def _links(view: ImageView) -> dict[tuple[int, int], list[Entry]]:
    """Return the visible hard links of inodes whose own name is gone, by layer and member."""
    links: dict[tuple[int, int], list[Entry]] = {}
    for entry in view.tree.left_links():
        links.setdefault(view.tree.inode(entry), []).append(entry)
    return links


def _other_names(entry: Entry, links: Mapping[tuple[int, int], list[Entry]]) -> Sequence[Entry]:
    """Return the names under which a content can be seen although its own is gone."""
    return links.get((entry.layer, entry.member), ())


def _of_files(view: ImageView) -> Iterator[tuple[Entry, Iterable[Hit]]]:
    """Yield files with what their contents gave; what is told of the inside, once.

    A value that is base64 itself, as a kubeconfig's key is, is not told decoded as well.
    """
    insides: dict[tuple[int, int], tuple[Hit, ...]] = {}
    for entry, value in view.tree.observations(inner.NAME):
        if hits := inner.unpacked(value).hits:
            insides[entry.layer, entry.member] = hits
            yield entry, hits
    ordered = _ordered(view)
    begun: set[tuple[int, int, int]] = set()
    for observer in PACKED:
        for entry, value in view.tree.observations(observer):
            file = entry.layer, entry.member
            told = inner.not_told(hits_of(observer, value), insides.get(file, ()))
            if observer == NAME:
                told = [one for one in told if (*file, one.id, one.offset - 1) not in ordered]
            if observer == encoded.NAME:
                told = [one for one in told if one.inner or (*file, one.offset) not in begun]
            begun.update((*file, one.offset) for one in told if not (one.coding or one.inner))
            yield entry, told


def _ordered(view: ImageView) -> frozenset[tuple[int, int, str, int]]:
    """Return the texts of files that tell the order of their UTF-16, by member, id and offset.

    The sieve cannot know it, and of one order takes the byte behind for the first.
    """
    return frozenset(
        (entry.layer, entry.member, one.id, one.offset)
        for entry, value in view.tree.observations(encoded.NAME)
        for one in hits_of(encoded.NAME, value)
        if one.coding == "utf-16"
    )


def hits_of(observer: str, value: bytes) -> Iterable[Hit]:
    """Return the secrets that an observer or the sieve kept of one file."""
    return inner.unpacked(value).hits if observer in INSIDE else unpack(value)


def by_name(rule: str, sha256: str) -> Hit:
    """Return what a file is that nothing but its name speaks for; equal contents are one."""
    return Hit(
        rule=rule,
        id=identity(f"{rule} {sha256}".encode()),
        masked="",
        proven="well-formed",
        severity=names.rules()[rule].severity,
        where="path",
        offset=0,
        detail="nothing secret was recognised in it",
    )


def _place(found: Hit, layer: int | None = None, step: int | None = None) -> Place:
    return Place(
        where=found.where,
        inner=found.inner,
        layer=layer,
        step=step,
        offset=found.offset,
        coding=found.coding,
    )


def _in_documents(
    view: ImageView,
    documents: Iterable[Document],
    engine: Engine,
    unread: list[tuple[str, Unread]],
    *,
    bare: bool,
) -> Iterator[tuple[Hit, Place]]:
    layers = {step.index: step.layer for step in view.history.steps}
    for document in documents:
        notes: inner.Notes = {}
        for one in read(engine, document, notes):
            is_history = document.where == "config" and one.pointer.startswith("/history/")
            step = int(one.pointer.split("/")[2]) if is_history else None
            where = "history" if is_history else document.where
            found = hit(one.proved, where, one.offset, secret=one.secret, bare=bare)
            place = _place(found, layers.get(step) if step is not None else None, step)
            yield found, replace(place, pointer=one.pointer, path=document.name)
        called = " ".join(filter(None, (document.where, document.name)))
        unread += ((called, missed) for missed in inner.told(notes))


def _remediation(rule: Rule, places: Iterable[Place]) -> str:
    """Return the rule's advice, or that on files of the kind that all places are in."""
    kinds = {_named(place) for place in places}
    named = kinds.pop() if len(kinds) == 1 else None
    return named.remediation if named and named.kind == rule.kind else rule.remediation


def _named(place: Place) -> Rule | None:
    path = place.path.encode("utf-8", "surrogateescape")
    found = (x.rule for x in names.table() if place.where in ("content", "path") and x.fits(path))
    return None if place.inner else next(found, None)


def _secret(value: Value, rules: Mapping[str, Rule]) -> Secret:
    best, rule = value.best, rules[value.best.rule]
    return Secret(
        rule=rule.id,
        id=best.id,
        provider=rule.provider,
        kind=rule.kind,
        title=rule.title,
        masked=best.masked,
        proven=best.proven,
        severity=best.severity,
        form=form_of(rule),
        places=tuple(sorted(value.places, key=_where)),
        more_places=value.more,
        detail=best.detail,
        facts=best.facts,
        remediation=_remediation(rule, value.places),
        forms=best.forms,
        writings=tuple(Writing(x.id, x.masked, x.forms) for x in value.writings),
        value=best.value,
    )
