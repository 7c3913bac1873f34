"""The command line with an engine that answers at once."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ocianalyze import engine
from ocianalyze.cli.main import run
from ocianalyze.engine import Chosen, Options
from ocianalyze.model.report import Report
from ocianalyze.report._base import Analysis
from ocianalyze.report.assemble import assemble
from ocianalyze.store.telling import Progress
from tests.report.documents import ANALYSIS


@dataclass
class FakeEngine:
    """Answers with an analysis made by hand and remembers what it was asked."""

    analysis: Analysis = ANALYSIS
    error: BaseException | None = None
    options: Options | None = None
    profile: str = ""
    asked: list[str] = field(default_factory=list)

    def open_images(self, reference: str, options: Options) -> Analysis:
        """Return the analysis or raise the error."""
        self.asked.append(reference)
        self.options = options
        if options.progress:
            options.progress(Progress(5_000_000, 5_000_000, 3, 3))
        if self.error:
            raise self.error
        return self.analysis

    def scan(self, reference: str, options: Options, judged: Chosen | None = None) -> Report:
        """Return the document of the analysis."""
        self.profile = judged.profile if judged else "l2"
        return assemble(self.open_images(reference, options), self.profile)


@dataclass
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Put the fake engine in the real one's place, and no option into the environment."""
    made = FakeEngine()
    monkeypatch.setattr(engine, "open_images", made.open_images)
    monkeypatch.setattr(engine, "scan", made.scan)
    for name in [name for name in os.environ if name.startswith("OCIANALYZE_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return made


@pytest.fixture
def command(capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Run a command line in this process."""

    def call(*arguments: str) -> Outcome:
        status = run(list(arguments))
        out, err = capfdbinary.readouterr()
        return Outcome(status, out.decode(), err.decode())

    return call
