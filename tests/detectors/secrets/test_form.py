"""Every rule is known by its form or by words around its values, as its expression tells."""

from dataclasses import replace

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.engine import engine
from ocianalyze.detectors.secrets.form import form_of
from ocianalyze.detectors.secrets.literals import longest
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from ocianalyze.detectors.secrets.search import Search

RULES = by_id(shipped())
OWN = [
    "stripe-secret-key",
    "sendgrid-api-key",
    "google-api-key",
    "mailgun-api-key",
    "github-pat",
    "gitlab-pat",
    "npm-access-token",
    "azure-storage-key",
    "azure-ad-client-secret",
    "azure-search-key",
    "nuget-api-key",
    "slack-bot-token",
    "slack-webhook",
    "postgresql-url",
    "gcp-service-account-key",
    "pem-openssh-private-key",
    "pem-private-key",
    "java-keystore-key",
    "netrc-password",
    "netrc-default-password",
    "pgpass-password",
    "git-credentials-line",
    "docker-registry-auth",
    "kubeconfig-password",
    "terraform-state-attribute",
    "terraform-state-output",
    "mysql-command-password",
    "maven-server-password",
    "aiven-service-password",
    "bitbucket-app-password",
    "aws-key-pair",
]
WORDS = [
    "aws-secret-access-key",
    "aws-access-key-id",
    "alibaba-access-key-id",
    "twilio-auth-token",
    "twilio-account-sid",
    "binance-api-secret",
    "datadog-api-key",
    "heroku-api-key-legacy",
    "cloudflare-api-token-legacy",
    "github-legacy-token",
    "generic-password-variable",
    "generic-secret-variable",
    "generic-password-assignment",
    "http-url-password",
    "snowflake-password",
    "vault-secret-id",
    "gitlab-runner-config-token",
    "curl-user-password",
    "xml-password-element",
    "crypt-sha512-hash",
    "ansible-vault",
    "jwt-signing-secret",
    "odbc-connection-string",
]
MARKED = 34
"""Rules that say their form themselves; a new one is better told by its expression."""


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "own") for name in OWN), *((name, "words") for name in WORDS)],
)
def test_each_is_classed_as_it_is_meant(name: str, form: str) -> None:
    assert form_of(RULES[name]) == form


def test_what_the_form_alone_tells_is_found_without_words_around_it() -> None:
    """An oracle beside the expression's own bytes: the value on a line of its own."""
    rules = tuple(replace(rule, paths="") for rule in shipped() if not rule.files)
    every, alone = engine(rules), []
    for rule in filter(_is_known_by_itself, rules):
        found = (x for text in rule.matches for x in Search(every).find(text.encode()))
        values = {x.secret for x in found if x.rule.id == rule.id}
        if values and not any(Search(every).find(b"\n" + value + b"\n") for value in values):
            alone.append(rule.id)
    assert not alone


def _is_known_by_itself(rule: Rule) -> bool:
    """Tell a rule of which nothing but the value is in the expression."""
    before = rule.pattern.partition("(?P<secret>")[0]
    told = rule.near or rule.form or "(?i:" in before
    is_value = rule.kind != "password" and not told and not longest(before)
    return form_of(rule) == "own" and is_value


def test_no_word_beside_it_makes_an_id_a_secret() -> None:
    assert not [
        rule.id
        for rule in shipped()
        if rule.kind in ("identity", "encrypted", "password-hash") and form_of(rule) == "own"
    ]


def test_few_rules_say_their_form_themselves() -> None:
    told = [rule for rule in shipped() if rule.form]
    assert len(told) == MARKED
    assert not [rule.id for rule in told if form_of(replace(rule, form=None)) == rule.form]
