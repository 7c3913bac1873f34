"""The rules against samples that other projects made for theirs."""

from pathlib import Path

import pytest

from ocianalyze.detectors.secrets._cache import Loaded, load
from tests.secrets.recall import Sample, explained, samples, search

LEAST = 0.95
"""Of all samples that their makers find; those that are no secrets count too, and those that are
found and reported as placeholders."""
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
def rules() -> Loaded:
    return load()


@pytest.fixture(scope="module")
def given(corpus: Path) -> list[Sample]:
    return samples(corpus)


@pytest.fixture(scope="module")
def missed(rules: Loaded, given: list[Sample]) -> set[str]:
    return {
        one.key
        for one in given
        if one.expected and not search(rules.engine, one, rules.small.every)
    }


def test_every_sample_is_found_or_its_miss_is_explained(missed: set[str]) -> None:
    """The list has no entry that is not needed any more."""
    assert missed == explained().keys()


def test_most_samples_are_found(missed: set[str], given: list[Sample]) -> None:
    wanted = sum(one.expected for one in given)
    assert wanted - len(missed) >= LEAST * wanted


def test_no_rule_reports_what_the_same_rule_of_others_must_not(
    rules: Loaded, given: list[Sample]
) -> None:
    """What is reported as disproved is no report of a secret."""
    wrong = [
        (one.key, found.rule.id)
        for one in given
        if not one.expected
        for found in search(rules.engine, one)
        if found.proven != "disproved" and found.rule.id == SAME.get(one.rule)
    ]
    assert not wrong
