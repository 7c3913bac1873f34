"""4.10: what is a secret fails, what may be one is asked about."""

import gzip
from dataclasses import replace

import pytest

from ocianalyze.controls.cis_docker.c4_10_secrets import CONTROL
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.secret import Place, Secret
from tests.images import image
from tests.tokens import PLACE, github_token, secret

GONE = replace(PLACE, state=State.DELETED)
DOCS = replace(PLACE, path="usr/share/doc/acme/README.md")
ENV = Place("config", pointer="/config/Env/1")


def view(*secrets: Secret) -> ImageView:
    made = image(
        {"app/.env": b"token", "app/x": b"y"}, {"app/.wh..env": b""}, history=["ADD /", "RUN rm"]
    )
    return replace(made, secrets=secrets)


def verdict(*secrets: Secret) -> Verdict:
    return CONTROL.evaluate(view(*secrets))


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        pytest.param(secret(), Status.FAIL, "secrets", id="verified"),
        pytest.param(
            secret(kind="password", proven="well-formed"),
            Status.NEEDS_REVIEW,
            "possible-secrets",
            id="a-password-by-its-surroundings",
        ),
        pytest.param(
            secret(proven="well-formed", form="own"),
            Status.FAIL,
            "secrets",
            id="in-its-providers-form",
        ),
        pytest.param(
            secret(proven="well-formed"),
            Status.NEEDS_REVIEW,
            "possible-secrets",
            id="by-words-around-it",
        ),
        pytest.param(secret(DOCS), Status.NEEDS_REVIEW, "possible-secrets", id="documentation"),
        pytest.param(secret(DOCS, PLACE), Status.FAIL, "secrets", id="documentation-and-elsewhere"),
        pytest.param(secret(severity="low"), Status.PASS, "no-secrets", id="little-weight"),
        pytest.param(
            secret(proven="disproved", severity="info"), Status.PASS, "no-secrets", id="disproved"
        ),
        pytest.param(
            secret(ENV, proven="disproved", severity="info", kind="password"),
            Status.NEEDS_REVIEW,
            "possible-secrets",
            id="placeholder-set-as-password",
        ),
        pytest.param(secret(ignored="a test key"), Status.PASS, "no-secrets", id="ignored"),
        pytest.param(secret(GONE), Status.FAIL, "recoverable", id="deleted"),
    ],
)
def test_what_is_found_decides(found: Secret, status: Status, reason: str) -> None:
    told = verdict(found)
    assert (told.status, told.reason) == (status, reason)
    assert len(told.summary) <= 60


def test_nothing_found_passes_and_says_how_much_was_read() -> None:
    told = verdict()
    assert told.status is Status.PASS
    assert told.summary.startswith("no secrets in ")
    assert not told.evidence


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"7z\xbc\xaf" + bytes(99), Status.NEEDS_REVIEW, "unread-inside"),
        (gzip.compress(bytes(9000)), Status.NEEDS_REVIEW, "unread-inside"),
        (gzip.compress(b"x")[:-9], Status.NEEDS_REVIEW, "unread-inside"),
    ],
    ids=["unknown-format", "limit", "damaged"],
)
def test_what_was_kept_closed_is_no_pass(data: bytes, status: Status, reason: str) -> None:
    limits = replace(DEFAULT, inner_bytes=1000)
    seeking = Seeking((SHIPPED,), None, limits)
    seeking.allowance.begin(limits)
    made = image({"a.gz": data}, observers=seeking.observers())
    told = CONTROL.evaluate(replace(made, findings=seeking.unread(made, seeking.secrets(made, ()))))
    assert (told.status, told.reason) == (status, reason)
    assert len(told.summary) <= 60
    assert told.evidence


def test_manual_pages_are_read_as_all_files_are() -> None:
    seeking = Seeking((SHIPPED,), None, DEFAULT)
    seeking.allowance.begin(DEFAULT)
    pages = {"usr/share/doc/app/notes.gz": gzip.compress(github_token().encode()),
             "usr/share/man/man1/x.1.gz": gzip.compress(b"nothing")}  # fmt: skip
    made = image(pages, observers=seeking.observers())
    assert not seeking.unread(made, seeking.secrets(made, ()))
    (found,) = seeking.secrets(made, ()).secrets
    assert found.places[0].path == "usr/share/doc/app/notes.gz"
    told = CONTROL.evaluate(replace(made, secrets=(found,)))
    assert told.status is Status.NEEDS_REVIEW


def test_a_deleted_secret_names_both_layers() -> None:
    told = verdict(secret(GONE))
    assert told.evidence[0].reason == "recoverable"
    assert "gone since layer 1" in told.evidence[0].detail


def test_evidence_says_where_and_never_the_value() -> None:
    told = verdict(secret(PLACE, ENV, value="acme_0123456789"))
    fact = told.evidence[0]
    assert (fact.path, fact.layer, fact.severity) == ("app/.env", 0, "critical")
    assert fact.detail == "Acme token; acme_**** (40); 1 more places"
    assert told.remediation == "Revoke it"


@pytest.mark.parametrize("place", [ENV, Place("history", pointer="/history/0", step=0)])
def test_places_outside_of_files_have_their_kind_of_evidence(place: Place) -> None:
    fact = verdict(secret(place)).evidence[0]
    assert fact.kind == place.where
    assert fact.pointer == place.pointer


@pytest.mark.parametrize("inner", [".git/HEAD", ".hg/requires", ".svn/wc.db"])
def test_version_control_needs_a_look(inner: str) -> None:
    told = CONTROL.evaluate(image({f"app/{inner}": b"x"}))
    assert (told.status, told.reason) == (Status.NEEDS_REVIEW, "version-control")
    assert told.evidence[0].path == f"app/{inner.partition('/')[0]}"


def test_a_file_of_the_same_name_elsewhere_is_none() -> None:
    assert CONTROL.evaluate(image({"app/HEAD": b"x"})).status is Status.PASS


def test_an_unread_layer_is_no_pass_but_a_secret_fails_all_the_same() -> None:
    unread = image({"a": b"b"}, None, history=["ADD", "RUN"])
    assert CONTROL.evaluate(unread).status is Status.NOT_EVALUATED
    assert CONTROL.evaluate(replace(unread, secrets=(secret(),))).status is Status.FAIL


def test_where_nobody_looked_nothing_passes() -> None:
    skipped = replace(view(), skipped=frozenset({"secrets"}))
    result = evaluate(skipped, [(CONTROL, None)])[0]
    assert (result.verdict.status, result.verdict.reason) == (
        Status.NOT_EVALUATED,
        "secrets-skipped",
    )


def test_what_caused_the_verdict_comes_first() -> None:
    """A default password weighs something where the image sets it."""
    light = secret(severity="low", id="1")
    default = secret(ENV, proven="disproved", severity="info", kind="password", id="2")
    told = verdict(light, default)
    assert [x.severity for x in told.evidence] == ["medium", "low"]
    sure = verdict(light, default, secret(id="3"))
    assert [x.severity for x in sure.evidence][1:] == ["medium", "low"]


def test_a_file_by_its_name_says_each_fact_once() -> None:
    place = replace(PLACE, where="path", path="root/.ssh/id_rsa", state=State.DELETED)
    named = secret(
        place,
        masked="",
        title="SSH private key by its name",
        detail="nothing secret was recognised in it",
        proven="well-formed",
    )
    (told,) = verdict(named).evidence
    assert told.detail == "SSH private key by its name; nothing secret was recognised in it"
