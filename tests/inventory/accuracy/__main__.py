"""Measure every ecosystem, print the table, write it to docs/.

`python -m tests.inventory.accuracy` needs root, mmdebstrap, rpm, npm, and the registries that pip,
npm and apt are configured for.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.inventory.accuracy import corpus
from tests.inventory.accuracy.comparison import Absent, Comparison, Judged, judge, known
from tests.inventory.accuracy.measures import MEASURES, Measure

_ROOT = Path(__file__).resolve().parents[3]
_PAGE = _ROOT / "docs" / "reference" / "inventory-accuracy.md"
_DIFFERENCES = Path(__file__).resolve().parents[1] / "differences"
_SIDES = {"missed": "listed by the oracle alone", "alone": "found by us alone"}


def main() -> int:
    """Measure, write; return 1 when a difference has no reason or a reason no difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to install, instead of a temporary one")
    names = [measure.__name__ for measure in MEASURES]
    parser.add_argument("--only", choices=names, help="measure this alone, and write nothing")
    asked = parser.parse_args()
    if asked.only:
        return _alone(asked.only, asked.folder)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        scratch, made = Path(folder), _corpus()
        comparisons = list(_installed(scratch, MEASURES))
        comparisons += corpus.distributions(made, scratch) if made else ()
        opinions = {name: list(some) for name, some in _opinions(made, scratch)} if made else {}
    judged = judge(comparisons, known(_DIFFERENCES / "installs.toml"))
    text = _page(comparisons, judged, opinions)
    sys.stdout.write(text)
    _PAGE.write_text(text, encoding="utf-8")
    return int(bool(judged.unexplained or judged.gone))


def _alone(name: str, folder: Path | None) -> int:
    """Measure one ecosystem, and print its rows and what differs without a known reason."""
    wanted = [measure for measure in MEASURES if measure.__name__ == name]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        comparisons = list(_installed(Path(scratch), wanted))
    judged = judge(comparisons, known(_DIFFERENCES / "installs.toml"))
    sys.stdout.write(_table(_HEAD, _rows(comparisons)))
    sys.stdout.write("".join(f"{words}: no reason known\n" for words in judged.unexplained))
    return int(bool(judged.unexplained))


def _installed(folder: Path, measures: Iterable[Measure]) -> Iterator[Comparison]:
    for measure in measures:
        below = folder / measure.__name__
        below.mkdir()
        try:
            yield from measure(below)
        except Absent as absent:
            sys.stderr.write(f"{measure.__name__}: {absent}\n")


def _corpus() -> Path | None:
    """Return the folder of images made by others, where it is."""
    folder = (_ROOT / os.environ.get("OCIANALYZE_CORPUS", "../shared/corpus")).resolve()
    return folder if (folder / "INDEX.md").is_file() else None


def _opinions(folder: Path, scratch: Path) -> Iterator[tuple[str, Iterable[Comparison]]]:
    """Yield what other tools say of the corpus, by the name of the list of differences."""
    yield "syft", corpus.syft(folder)
    yield "scancode", corpus.scancode(folder)
    yield "owners", corpus.owners(folder)
    yield "trivy", corpus.trivy(folder, scratch)


def _page(
    comparisons: Sequence[Comparison], judged: Judged, opinions: dict[str, list[Comparison]]
) -> str:
    unknown = "".join(f"- {words}: no reason known\n" for words in judged.unexplained)
    return f"""# Accuracy of the inventory

Written by `python -m tests.inventory.accuracy`, which installs with each ecosystem's own tool and
asks that tool what it installed. *Precision* is the share of ours that the oracle lists, *recall*
the share of the oracle's that we list; the bar is 99.5 % each.

{_table(_HEAD, _rows(comparisons))}
Packages are compared by name and version: with epoch and architecture for `deb` and `rpm`, with
the directory for `npm`, with the program for `golang` and `cargo`, with the archive for `maven`.
Rows of *needs* compare which package needs which: both ends, with versions for `gem`, as the tool
itself resolves them.
Groups of `maven` are not compared: of the archives without pom.properties most tell none, or not
the one they were published with. In Maven's local repository the files' names have artifact and
version, so that row shows that other evidence does not spoil them. Debian's names are the harder
test. An image that has them has Debian's Maven repository, too, whose links tell what each archive
is: that is read, so the first of the two rows shows that it is read right. The second is of the
archives alone, as an image has them that copied them out, and below the bar: the reasons are below,
one for each archive; for two of them the oracle is doubtful itself.

A group is told where something in the archive names it, or its place in a repository, never
guessed. In Maven's local repository every group of a pom.properties is right, and 147 of the 149
that manifests tell; they are `heuristic` all the same, since the rules were made with such
archives; a quarter of the archives tells none. What all classes of such an archive are below begins
with the group in most, but where the group ends in it nothing tells: cut at any number of names, or
at a name that begins the artifact's, it is right in half of the artifacts at most.

*Documents* are packages that only a lock file or another document names; they are listed with the
confidence `heuristic`, and not counted here, since a lock file names what was never installed, too.
*Bundled* are copies that a package ships inside itself, with a package.json or a pom.properties of
their own: in the directories of next and typescript, in a jar that shades or holds others. They are
on the disk, and their vulnerabilities with them, so they are listed: with the property `bundled` or
`shaded`, or with their path inside the jar. No installer knows of them, so they are neither right
nor wrong here, and not counted. A package that an oracle lists and that is marked so is missed.

## Differences

{_reasons(judged)}{unknown}
## Other tools' opinions

What other tools list of the same images and projects. Each difference has its reason in
`tests/inventory/differences`; a test fails for a difference without a reason, and for a reason
without its difference.

{_table(_OPINIONS_HEAD, _opinion_rows(opinions))}"""


_HEAD = ("ecosystem", "oracle", "packages", "found", "precision", "recall", "documents", "bundled")
_OPINIONS_HEAD = ("tool", "images or projects", "listed", "both list", "differences", "explained")


def _rows(comparisons: Iterable[Comparison]) -> Iterator[tuple[str, ...]]:
    for one in comparisons:
        counts = (str(len(one.theirs)), str(one.both))
        shares = (_share(one.precision), _share(one.recall))
        apart = (str(count or "") for count in (one.weak, one.bundled))
        yield f"`{one.case}`", one.oracle, *counts, *shares, *apart


def _share(share: float) -> str:
    """Return per cent, never rounded up to 100."""
    return f"{int(share * 1000) / 10:.1f} %"


def _reasons(judged: Judged) -> str:
    lines = (
        f"- `{case}`: {count} {_SIDES[side]}. {reason}\n"
        for (case, side, reason), count in sorted(judged.reasons.items())
    )
    return "".join(lines) or ("" if judged.unexplained else "None.\n")


def _opinion_rows(opinions: dict[str, list[Comparison]]) -> Iterator[tuple[str, ...]]:
    for name, some in opinions.items():
        judged = judge(some, known(_DIFFERENCES / f"{name}.toml"))
        unexplained, explained = len(judged.unexplained), sum(judged.reasons.values())
        counts = (len(some), sum(len(x.theirs) for x in some), sum(x.both for x in some))
        yield some[0].oracle, *map(str, (*counts, unexplained + explained, explained))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
