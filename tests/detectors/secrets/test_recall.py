"""The rules against samples that other projects made for theirs."""

from pathlib import Path

import pytest

from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets._engine import Engine
from tests.secrets.recall import Sample, explained, samples, search

LEAST = 0.86
"""Of all samples that their makers find; those that are no secrets count too."""
SAME = {
    "np.gitalk.1": "gitalk-client-secret",
    "np.npm.1": "npm-access-token",
    "np.okta.1": "okta-api-token",
    "np.postgres.1": "postgresql-url",
    "np.slack.2": "slack-bot-token",
    "np.slack.4": "slack-user-token",
    "np.slack.6": "slack-bot-token-legacy",
}
"""Rules of theirs and ours of the same secret."""

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load().engine


@pytest.fixture(scope="module")
def given(corpus: Path) -> list[Sample]:
    return samples(corpus)


def test_every_sample_is_found_or_its_miss_is_explained(
    engine: Engine, given: list[Sample]
) -> None:
    """The list has no entry that is not needed any more."""
    missed = {one.key for one in given if one.expected and not search(engine, one)}
    assert missed == explained().keys()


def test_most_samples_are_found(engine: Engine, given: list[Sample]) -> None:
    wanted = [one for one in given if one.expected]
    assert sum(bool(search(engine, one)) for one in wanted) >= LEAST * len(wanted)


def test_no_rule_reports_what_the_same_rule_of_others_must_not(
    engine: Engine, given: list[Sample]
) -> None:
    """What is reported as disproved is no report of a secret."""
    wrong = [
        (one.key, found.rule.id)
        for one in given
        if not one.expected
        for found in search(engine, one)
        if found.proven != "disproved" and found.rule.id == SAME.get(one.rule)
    ]
    assert not wrong
