"""What only the Dockerfile shows: trivy's rules about it, read from attached provenance."""

from collections.abc import Callable, Iterator, Sequence

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.saying import judged
from ocianalyze.controls.trivy._dockerfile import Stage, stages
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_Find = Callable[[Sequence[Stage]], Iterator[int]]
"""Yields the lines where something is wrong."""
_HERE = (".", "..")
"""Destinations that can only be directories."""


def of_itself(found: Sequence[Stage]) -> Iterator[int]:
    """Yield COPY instructions that take files from the stage that they are in."""
    for number, stage in enumerate(found):
        for each in stage.instructions:
            source = _option(each.flags, "--from=").lower()
            if each.name == "COPY" and source and source in (stage.alias, str(number)):
                yield each.line


def without_slash(found: Sequence[Stage]) -> Iterator[int]:
    """Yield COPY instructions of several sources whose target does not say that it is a folder."""
    for stage in found:
        for each in stage.instructions:
            last = each.words[-1] if len(each.words) > 2 and each.name == "COPY" else "/"
            if not last.endswith(("/", "\\")) and last not in _HERE and "$" not in last:
                yield each.line


def repeated(found: Sequence[Stage]) -> Iterator[int]:
    """Yield stages with the name of an earlier one."""
    seen: set[str] = set()
    for stage in found:
        if stage.alias in seen:
            yield stage.line
        seen |= {stage.alias} - {""}


def _option(flags: Sequence[str], name: str) -> str:
    return next((x.removeprefix(name) for x in flags if x.startswith(name)), "")


def _dockerfiles(view: ImageView) -> tuple[tuple[str, tuple[Stage, ...]], ...]:
    """Return the Dockerfiles of provenance about this image, by the name of the statement."""
    own = [x for x in view.provenances if not view.digests.isdisjoint(x.subjects)]
    return tuple((x.name, stages(text)) for x in own for text in x.dockerfiles)


def _rule(find: _Find, reason: str, noun: str) -> Callable[[ImageView], Verdict]:
    """Return the judge of a rule; it quotes no text of the Dockerfile, which may hold secrets."""

    def evaluate(view: ImageView) -> Verdict:
        files = view.once(_dockerfiles)
        if not any(found for _, found in files):
            return undecided("dockerfile-absent", "not evaluated: no provenance has the Dockerfile")
        told = (
            Evidence(f"line {line} of the Dockerfile in {name}", "manifest", reason)
            for name, found in files
            for line in find(found)
        )
        verdict = judged(told, reason, noun, confidence="strong")
        return verdict if verdict.status is Status.FAIL else _passed(reason, noun)

    return evaluate


def _passed(reason: str, noun: str) -> Verdict:
    summary = f"no {noun} in the Dockerfile"
    return Verdict(Status.PASS, f"no-{reason}", summary, confidence="strong")


def _control(  # noqa: PLR0913, PLR0917 - the texts of a control
    number: str, short: str, find: _Find, reason: str, noun: str, decides: str, remediation: str
) -> Control:
    return Control(
        id=f"trivy-DS-{number}",
        short=short,
        automation="assist",
        reads="the Dockerfile in a provenance of BuildKit that is attached to the image and "
        "names its digest",
        decides=f"fails when {decides}; without such a provenance nothing: the history of an image "
        "does not show it",
        limits="provenance holds the Dockerfile only with mode=max, and most ways to save an image "
        "drop it; nobody verified its signature; builders refuse some of what is asked here, so "
        "that an image of a Dockerfile that has it is rare",
        remediation=remediation,
        evaluate=_rule(find, reason, noun),
    )


CONTROLS = (
    _control(
        "0006",
        "COPY --from another",
        of_itself,
        "copies-itself",
        "COPY from its own stage",
        "COPY --from names the stage that it is in",
        "COPY --from=ANOTHER-STAGE",
    ),
    _control(
        "0011",
        "COPY into a folder",
        without_slash,
        "copy-without-slash",
        "COPY of several without a slash",
        "COPY has several sources and a destination that does not end with a slash",
        "COPY a b /folder/",
    ),
    _control(
        "0012",
        "stages named once",
        repeated,
        "stage-repeated",
        "stage of a repeated name",
        "two FROM instructions give one name",
        "FROM image AS ANOTHER-NAME",
    ),
)
