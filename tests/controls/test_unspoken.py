"""Build steps are judged as they are written and told as they may be quoted."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ocianalyze.controls._base import Result, identifier
from ocianalyze.controls.catalogue import controls
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import shown, unmasked, written
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Verdict
from ocianalyze.model.history import Command, Step
from tests.images import File, Layer, image

STEPS = (
    "ADD rootfs.tar / # buildkit",
    "RUN /bin/sh -c apt-get update # buildkit",
    "RUN /bin/sh -c cd /srv && sudo apt-get dist-upgrade # buildkit",
    "RUN /bin/sh -c apt-get install thing && pip install http://host.example/pip # buildkit",
    "RUN /bin/sh -c curl -k http://host.example/x | sh && wget http://host.example/y # buildkit",
    "ADD http://host.example/file.tar.gz /opt/ # buildkit",
    "WORKDIR /usr/bin",
    "USER app",
    "USER root",
    "MAINTAINER nobody",
    "ENV API_TOKEN=hardly2Guess4",
    "ONBUILD RUN apt-get upgrade-all && apt-get update",
)
WORDS = (
    *("update", "apt-get", "dist-upgrade", "install", "curl", "http://host.example", "root"),
    *("file.tar.gz", "/usr/bin", "sudo", "/bin/sh -c", "hardly2Guess4", "host", "-k http", " -k "),
    "RUN apt-get upgrade-all && apt-get update",
)
"""What an image may have as a password, so that it is masked wherever it stands."""
ROOT: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "etc/passwd": b"root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n",
    "bin/sh": File(b"\x7fELF", mode=0o755),
}
ALL = controls()


def _image() -> ImageView:
    history = [
        {"created_by": line, "empty_layer": not line.startswith(("RUN", "ADD"))} for line in STEPS
    ]
    layers: list[Layer] = [ROOT, *({f"x{number}": b"x"} for number in range(5))]
    config = {"OnBuild": [STEPS[-1].removeprefix("ONBUILD ")]}
    return with_inventory(image(*layers, history=history, config=config, observers=observers()))


VIEW = _image()


def _masked(word: str) -> ImageView:
    """Return the image as those see it who must not see a word."""
    config = VIEW.config
    assert config is not None

    def hide(text: str) -> str:
        return text.replace(word, f"**** ({len(word)})")

    entries = [x.model_copy(update={"created_by": hide(x.created_by)}) for x in config.history]
    run = config.config.model_copy(update={"on_build": [*map(hide, config.config.on_build)]})
    view = replace(
        VIEW,
        config=config.model_copy(update={"history": entries, "config": run}),
        history=replace(VIEW.history, steps=tuple(_step(x, word) for x in VIEW.history.steps)),
    )
    return view.knowing(written, config)  # type: ignore[arg-type]


def _step(step: Step, word: str) -> Step:
    def hide(text: str) -> str:
        return text.replace(word, f"**** ({len(word)})")

    found = tuple(Command(hide(x.name), tuple(map(hide, x.words))) for x in step.commands)
    return replace(step, raw=hide(step.raw), text=hide(step.text), commands=found)


def _texts(verdict: Verdict) -> Iterator[str]:
    yield from (verdict.summary, verdict.remediation)
    for item in verdict.evidence:
        yield from (item.detail, item.path, item.pointer, item.allowed)


def _parts(text: str) -> list[str]:
    """Return a text as it is told of several controls at once."""
    return text.split("; ")


def _by_name(results: tuple[Result, ...]) -> dict[str, Verdict]:
    return {identifier(x.control, x.recommendation): x.verdict for x in results}


PLAIN = _by_name(evaluate(VIEW, ALL))


@pytest.mark.parametrize("word", WORDS)
def test_no_verdict_of_the_catalogue_depends_on_a_mask(word: str) -> None:
    said = _by_name(evaluate(_masked(word), ALL))
    assert {name: x.status for name, x in said.items()} == {
        name: x.status for name, x in PLAIN.items()
    }


@pytest.mark.parametrize("word", WORDS)
def test_nothing_is_told_that_the_masked_steps_do_not_tell(word: str) -> None:
    """But for words of the controls' own, which they say of masked steps as well."""
    view = _masked(word)
    alone = replace(view, history=view.history)
    own = {
        part for x in evaluate(alone, ALL) for text in _texts(x.verdict) for part in _parts(text)
    }
    known = own | {part for control, _ in ALL for part in _parts(control.remediation)}
    digests = {hashlib.sha256(line.encode()).hexdigest() for line in STEPS if word in line}
    for name, verdict in _by_name(evaluate(view, ALL)).items():
        for text in _texts(verdict):
            assert not {x for x in _parts(text) if word in x} - known, name
        assert digests.isdisjoint(x.sha256 for x in verdict.evidence), name
        assert len(verdict.summary) <= 60


def test_a_secret_cut_off_is_a_secret_still() -> None:
    """Details are cut, so that the beginning of a word is all that is left of it."""
    word = "http://host.example"
    for name, verdict in _by_name(evaluate(_masked(word), ALL)).items():
        assert not any("http://ho" in text for text in _texts(verdict)), name


def test_an_image_without_masks_is_judged_as_it_is() -> None:
    assert unmasked(VIEW) is VIEW
    assert unmasked(VIEW.knowing(written, VIEW.config)) is VIEW
    view = _masked("update")
    own = unmasked(view)
    assert own.history == VIEW.history
    assert own.once(shown) is view
    assert unmasked(own) is own
