"""What later stages see of an image's documents: each secret masked, wherever it is quoted.

Controls, reports and listings quote history lines and settings; none of them could tell which part
of a line is secret. So the secrets that were found are masked before anybody quotes. What decides
by the config, and does not quote it, asks `written`.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ocianalyze.detectors.secrets._identity import masked
from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.masking import HIDDEN, LEAST, is_stand_in
from ocianalyze.detectors.secrets.shown import identities_of, quiet_platform
from ocianalyze.detectors.secrets.texts import Texts, through
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import Command, Step
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.package import Found, Inventory, Package
from ocianalyze.model.unowned import UnownedFiles

_PURL = "pkg:{type}/hidden"
"""Of a package whose name, version or namespace holds a secret."""


def veiled(view: ImageView, documents: Sequence[Document], engine: Engine) -> ImageView:
    """Return the view with its secrets masked in config, history, packages and findings."""
    known = view.once(identities_of)
    texts = _values(documents, engine)
    if not known and not texts:
        return view

    def text(value: str) -> str:
        return known.masked(texts.masked(value))

    def quoted(value: str) -> str:
        return known.masked(value)

    steps = tuple(_step(step, text) for step in view.history.steps)
    masked_view = replace(
        view,
        history=replace(view.history, steps=steps),
        config=_config(view.config, text) if view.config else None,
        platform=quiet_platform(view.platform, text),
        inventory=_inventory(view.inventory, quoted),
        findings=tuple(_finding(one, quoted) for one in view.findings),
    )
    known_view = masked_view.knowing(identities_of, known.later())
    return known_view.knowing(written, written(view))


def _values(documents: Iterable[Document], engine: Engine) -> Texts:
    """Return what to mask in the config and history; coded forms too."""
    found: dict[str, str] = {}
    for document in documents:
        for one in read(engine, document, {}) if document.where == "config" else ():
            if len(one.secret) >= LEAST and not is_stand_in(one.secret, one.proved.proven):
                text = one.secret.decode("utf-8", "surrogateescape")
                found |= dict.fromkeys(_coded(one.secret), HIDDEN)
                mask = masked(one.secret, one.proved.rule)
                if not one.proved.coding:
                    found[one.written.decode("utf-8", "surrogateescape")] = mask
                found[text] = mask
    return Texts({text: mask for text, mask in found.items() if len(text) >= LEAST})


def _coded(secret: bytes) -> list[str]:
    """Return what every base64 of a text with the secret in it has, by the secret's place."""
    whole = [b64encode(bytes(shift) + secret).decode().rstrip("=") for shift in range(3)]
    inner = [text[begin:-1] for text, begin in zip(whole, (0, 2, 3), strict=True)]
    return [text for text in inner if len(text) > 2 * LEAST]


def _step(step: Step, text: Callable[[str], str]) -> Step:
    """Return a step that tells no secret, nor what a shell makes of a part of one."""
    raw = text(step.raw)

    def part(value: str) -> str:
        shown = text(value)
        return shown if raw == step.raw or shown in raw else HIDDEN

    return replace(
        step,
        raw=raw,
        text=text(step.text),
        created=text(step.created),
        author=text(step.author),
        comment=text(step.comment),
        build_args=tuple((part(name), part(value)) for name, value in step.build_args),
        commands=tuple(
            Command(part(command.name), tuple(map(part, command.words)))
            for command in step.commands
        ),
    )


def _config(config: ImageConfig, text: Callable[[str], str]) -> ImageConfig:
    document = through(config.model_dump(by_alias=True), text)
    return ImageConfig.model_validate(document).without(config.unread)


def _inventory(inventory: Inventory, text: Callable[[str], str]) -> Inventory:
    """Return what is installed; who owns which file stays, since paths are asked for in it."""
    release = inventory.distribution
    purls = {package.purl: _purl(package, text) for package in inventory.packages}
    return replace(
        inventory,
        distribution=replace(
            release,
            id=text(release.id),
            version=text(release.version),
            name=text(release.name),
            codename=text(release.codename),
            variant=text(release.variant),
            path=text(release.path),
        ),
        packages=tuple(_package(package, purls, text) for package in inventory.packages),
        unowned=UnownedFiles(
            replace(file, path=text(file.path), within=purls.get(file.within, ""))
            for file in inventory.unowned
        ),
        problems=tuple(map(text, inventory.problems)),
    )


def _purl(package: Package, text: Callable[[str], str]) -> str:
    """Return the purl; where it is made of a secret, it may have changed its letters."""
    named = _identifying(_found(package.found, text)) == _identifying(package.found)
    return text(package.purl) if named else _PURL.format(type=text(package.type))


def _package(package: Package, purls: Mapping[str, str], text: Callable[[str], str]) -> Package:
    return replace(
        package,
        found=_found(package.found, text),
        purl=purls[package.purl],
        evidence=tuple(map(text, package.evidence)),
        owner=purls.get(package.owner) or text(package.owner),
    )


def _identifying(found: Found) -> tuple[object, ...]:
    """Return what a purl is made of, maybe with letters changed."""
    parts = (found.type, found.namespace, found.name, found.version, found.arch)
    return *parts, found.qualifiers, found.subpath


def _found(found: Found, text: Callable[[str], str]) -> Found:
    def pairs(values: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((text(name), text(value)) for name, value in values)

    return replace(
        found,
        name=text(found.name),
        version=text(found.version),
        namespace=text(found.namespace),
        epoch=text(found.epoch),
        arch=text(found.arch),
        source=text(found.source),
        source_version=text(found.source_version),
        qualifiers=pairs(found.qualifiers),
        subpath=text(found.subpath),
        licenses=tuple(map(text, found.licenses)),
        supplier=text(found.supplier),
        location=text(found.location),
        evidence=tuple(map(text, found.evidence)),
        properties=pairs(found.properties),
    )


def _finding(finding: Finding, text: Callable[[str], str]) -> Finding:
    title, detail = text(finding.title), text(finding.detail)
    return replace(
        finding, title=title, detail=detail, path=text(finding.path), pointer=text(finding.pointer)
    )
