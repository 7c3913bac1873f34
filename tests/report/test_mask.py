"""Values that look secret never reach a report; words that are none stay readable."""

import time

import pytest

from ocianalyze.report import mask

FAKE = "not-a-real-one"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"ENV PASSWORD={FAKE}", id="env"),
        pytest.param(f"ENV db_password = '{FAKE} with blanks'", id="quoted"),
        pytest.param(f'RUN |1 NPM_TOKEN="{FAKE}" /bin/sh -c npm ci', id="build-argument"),
        pytest.param(f"RUN curl -u robot:{FAKE} https://example.invalid", id="curl-user"),
        pytest.param(f"RUN git clone https://me:{FAKE}@example.invalid/x", id="url"),
        pytest.param(f"RUN login --password {FAKE}", id="option"),
        pytest.param(f"RUN login --api-key={FAKE}", id="option-with-equals"),
        pytest.param(f"RUN curl -H 'Authorization: Bearer {FAKE}'", id="bearer"),
        pytest.param(f'{{"client_secret": "{FAKE}"}}', id="json"),
        pytest.param(f"LABEL signing-key={FAKE}", id="label"),
    ],
)
def test_a_value_that_looks_secret_is_hidden(text: str) -> None:
    """The name stays, for whoever has to find it."""
    masked = mask.line(text)
    assert FAKE not in masked
    assert mask.HIDDEN in masked


@pytest.mark.parametrize(
    "text",
    [
        "RUN apt-get install -y passwd libsecret-1-0 curl",
        'LABEL org.opencontainers.image.authors="somebody"',
        "ENV GPG_KEY=0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D",
        "COPY file:0123456789abcdef in /run/secrets/here",
        "RUN --mount=type=secret,id=npmrc npm ci",
        "RUN echo $TOKEN --token=$TOKEN",
    ],
)
def test_harmless_lines_stay_as_they_are(text: str) -> None:
    """A report that hides everything helps nobody."""
    assert mask.line(text) == text


def test_a_long_line_is_cut_and_says_so() -> None:
    """The length counts the mark of the cut."""
    cut = mask.line("x" * 500, 200)
    assert len(cut) == 200
    assert cut.endswith("...")


def test_the_cut_comes_after_the_masking() -> None:
    """Half a secret is a secret."""
    text = "RUN " + "y" * 180 + f" TOKEN={FAKE * 40}"
    assert FAKE not in mask.line(text, 200)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        pytest.param(f"DB_PASSWORD={FAKE}", "DB_PASSWORD=***", id="by-name"),
        pytest.param("PATH=/usr/bin", "PATH=/usr/bin", id="plain"),
        pytest.param("TOKEN=", "TOKEN=", id="empty"),
        pytest.param(f"URL=redis://:{FAKE}@db", "URL=redis://:***@db", id="by-shape"),
        pytest.param("PASSWORD", "PASSWORD", id="no-value"),
    ],
)
def test_variables_are_hidden_by_name_and_by_shape(variable: str, expected: str) -> None:
    """An environment is shown, its secrets are not."""
    assert mask.variable(variable) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 10**6,
        "pass" * 10**6,
        "-pass " * 10**5,
        'pass="\\' * 10**5,
        "://" * 10**6,
        "-u " * 10**5,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_line_takes_no_time(hostile: str) -> None:
    """Only the beginning of a line is looked at."""
    began = time.perf_counter()
    mask.line(hostile)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("rules/secret-rules.toml: must be a table", None, id="our-own-words"),
        pytest.param(
            "blobs/ghp_" + 30 * "a" + ".tar: missing", "blobs/***.tar: missing", id="token"
        ),
        pytest.param("https://u:pw@h/x: unreachable", "https://u:***@h/x: unreachable", id="url"),
    ],
)
def test_shapes_leave_words_of_our_own(text: str, shown: str | None) -> None:
    assert mask.shapes(text) == (text if shown is None else shown)


def test_a_rule_of_sudo_without_password_holds_none() -> None:
    text = "RUN echo 'dev ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/dev"
    assert mask.line(text) == text
