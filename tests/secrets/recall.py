"""What the rules find of samples that other projects made for theirs."""

import gzip
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.search import Search

SOURCES = ("kingfisher", "noseyparker")
MISSES = Path(__file__).with_name("misses.toml")
SETTINGS = b"etc/app.conf"


@dataclass(frozen=True, slots=True)
class Sample:
    """One text and whether its makers find something in it."""

    source: str
    rule: str
    name: str
    text: str
    expected: bool

    @property
    def key(self) -> str:
        """Return what the list of misses calls it; the text itself stays where it is."""
        return f"{self.rule} {sha256(self.text.encode()).hexdigest()[:12]}"

    @property
    def provider(self) -> str:
        """Return whose secrets it is about, as its makers file it."""
        return self.rule.split(".")[1]


def samples(corpus: Path) -> list[Sample]:
    """Return every sample, each text of a rule once."""
    found: dict[str, Sample] = {}
    for source in SOURCES:
        with gzip.open(corpus / "secrets" / source / "samples.jsonl.gz", "rt") as lines:
            for row in map(json.loads, lines):
                one = Sample(
                    source, row["rule"], row["name"], row["text"], row["expected"] == "match"
                )
                found[one.key] = one
    return list(found.values())


def search(engine: Engine, sample: Sample, small: Engine | None = None) -> list[Proved]:
    """Return what is found in a sample, wherever such files lie.

    Args:
        engine: of the rules that are looked for everywhere.
        sample: one text.
        small: of the rules that name files, asked as of a file of settings that holds the sample.

    """
    text = sample.text.encode()
    found = Search(engine, None).find(text)
    return found or (Search(small, SETTINGS).find(text) if small else [])


def explained() -> dict[str, str]:
    """Return the reason of each known miss by its key."""
    rows = tomllib.loads(MISSES.read_text("utf-8"))["miss"]
    return {key: row["reason"] for row in rows for key in row["samples"]}


def table(found: Sequence[tuple[Sample, bool]]) -> Iterator[tuple[str, ...]]:
    """Yield provider, samples, found and why not all, by provider."""
    reasons = explained()
    for provider in sorted({sample.provider for sample, _ in found}):
        own = [(sample, hit) for sample, hit in found if sample.provider == provider]
        hits = sum(hit for _, hit in own)
        why = {reasons.get(sample.key, "") for sample, hit in own if not hit}
        yield provider, str(len(own)), str(hits), "; ".join(sorted(why))
