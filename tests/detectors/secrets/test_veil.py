"""A value that was found is in no output, from whatever field it would come."""

import hashlib
import io
import json
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.cli.main import run
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.hits import Hit
from ocianalyze.detectors.secrets.masking import HIDDEN, forms, identities, is_stand_in
from ocianalyze.detectors.secrets.texts import Texts
from testdata.planted import tokens

NAMES = ("supplier", "license", "python", "jar", "release", "folder", "label", "ports", "odd")
TOKENS = {name: tokens.github(f"veil {name}") for name in NAMES}
METADATA = """\
Metadata-Version: 2.1
Name: {python}
Version: 1.0
Author: {supplier}
License: {license}
"""
RELEASE = 'ID=debian\nVERSION_ID=12\nNAME="{release}"\nPRETTY_NAME="{release}"\n'
COMMANDS = [
    *((command, "-f", form) for command in ("scan", "inspect") for form in ("text", "json")),
    *(("packages", "-f", form) for form in ("text", "json", "csv")),
    ("files", "-f", "json"),
    ("secrets", "-f", "json"),
    ("sbom", "-f", "cyclonedx"),
    ("sbom", "-f", "spdx"),
]


def files() -> dict[str, tuple[int, bytes]]:
    """Return modes and contents by path."""
    made = {
        "etc/os-release": (0o644, RELEASE.format(**TOKENS).encode()),
        "usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA": (
            0o644,
            METADATA.format(**TOKENS).encode(),
        ),
        f"opt/{TOKENS['jar']}-1.0.jar": (0o644, b"PK\5\6" + bytes(18)),
        f"srv/../{TOKENS['odd']}": (0o644, b"x"),
    }
    return made | {f"srv/{TOKENS['folder']}/{n:03}": (0o4755, b"\x7fELF") for n in range(200)}


def tar(members: dict[str, tuple[int, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, (mode, data) in members.items():
            info = tarfile.TarInfo(path)
            info.mode, info.size = mode, len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    layer = tar(files())
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Labels": {f"x={TOKENS['label']}": "y"},
            "Env": [f"A={TOKENS['ports']}"],
            "ExposedPorts": {f"80/{TOKENS['ports']}": {}},
            "Volumes": {f"/v/{TOKENS['folder']}": {}},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        "history": [{"created_by": f"COPY . /srv/{TOKENS['folder']}"}],
    }
    manifest = [{"Config": "c.json", "RepoTags": ["a/b:1"], "Layers": ["l.tar"]}]
    parts = {
        "manifest.json": json.dumps(manifest).encode(),
        "c.json": json.dumps(config).encode(),
        "l.tar": layer,
    }
    path = tmp_path_factory.mktemp("veil") / "image.tar"
    path.write_bytes(tar({name: (0o644, data) for name, data in parts.items()}))
    return path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_field_of_any_output_tells_a_value_that_was_found(
    words: tuple[str, ...], image: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run([words[0], str(image), *words[1:]])
    out, err = capfdbinary.readouterr()
    assert out
    spelled = {name: (token, token.lower()) for name, token in TOKENS.items()}
    text = (out + err).decode().replace("\n", "")
    assert [name for name, forms in spelled.items() if any(x in text for x in forms)] == []


def hit(value: str, mask: str) -> Hit:
    raw = value.encode()
    told = forms(raw, mask)
    return Hit("r", identity(raw), mask, "well-formed", "high", "content", 0, forms=told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("by Xy7_qqPl90+/z", "by **** (13)", id="after-a-space"),
        pytest.param(
            "pkg:a/Xy7_qqPl90%2B%2Fz@1", "pkg:a/%2A%2A%2A%2A%20%2813%29@1", id="percent-coded"
        ),
        pytest.param("/config/Volumes/~1Xy7_qqPl90+/z", "/config/Volumes/~1**** (13)", id="ptr"),
        pytest.param("a?b=Xy7_qqPl90%252B%2Fz", "a?b=%2A%2A%2A%2A%20%2813%29", id="twice"),
        pytest.param("pkg:a/Xy7_qqPl90+/z@1", "pkg:a/%2A%2A%2A%2A%20%2813%29@1", id="in-a-purl"),
        pytest.param('{"a": "Xy7\\u005fqqPl90+\\/z"}', '{"a": "**** (13)"}', id="json"),
        pytest.param("a=Xy7_qqPl90&#43;/z;", "a=**** (13);", id="html"),
        pytest.param("xy7-qqpl90+/z", "**** (13)", id="name-of-a-package"),
        pytest.param("XY7.QQPL90+/Z", "**** (13)", id="upper-case"),
        pytest.param("basic dXNlcjpYeTdfcXFQbDkwKy96", "basic **** (13)", id="base64"),
        pytest.param("5879375f7171506c39302b2f7a", "**** (13)", id="hex"),
        pytest.param("wss://u:s3t!4@h:1/p", "wss://u:**** (5)@h:1/p", id="short-in-a-url"),
        pytest.param("wss://u:s3t%214@h", "wss://u:%2A%2A%2A%2A%20%285%29@h", id="short-coded"),
        pytest.param("password = s3t!4", "password = **** (5)", id="short-and-named"),
        pytest.param("the s3t!4 of", "the s3t!4 of", id="short-is-no-more-than-a-word"),
        pytest.param("by elasticsearch", "by elasticsearch", id="a-word-is-none"),
        pytest.param("half \ud800 a pair", "half \ud800 a pair", id="lone-surrogate"),
    ],
)
def test_values_are_known_by_identity_between_edges(text: str, shown: str) -> None:
    words = ("Xy7_qqPl90+/z", "elasticsearch", "s3t!4")
    known = identities([hit(word, f"**** ({len(word)})") for word in words])
    assert known.masked(text) == shown


@pytest.mark.parametrize(
    ("value", "mask", "text", "shown"),
    [
        pytest.param(TOKENS["odd"], "ghp_**** (40)", "at {:.25}", "at ghp_****", id="token"),
        pytest.param(TOKENS["odd"], "ghp_**** (40)", "({:.16}) x", "(ghp_****) x", id="just"),
        pytest.param("Xy7_qqPl90z" * 2, "**** (22)", "pw {:.14}..", "pw ****", id="password"),
        pytest.param("Xy7_qqPl90z" * 2, "**** (22)", "pw {:.11}", "pw Xy7_qqPl90z", id="too-short"),
    ],
)
def test_values_are_known_by_their_beginning(value: str, mask: str, text: str, shown: str) -> None:
    assert identities([hit(value, mask)]).masked(text.format(value)) == shown


@pytest.mark.parametrize(
    ("value", "is_word"), [(b"Password", True), (b"secret", True), (b"Password1", False)]
)
def test_the_name_of_a_secret_is_hidden_nowhere(value: bytes, *, is_word: bool) -> None:
    assert is_stand_in(value, "well-formed") is is_word


def test_what_cannot_be_tried_is_hidden_whole() -> None:
    known = identities([hit("Xy7_qqPl90+/z", "**** (13)")])
    known.tries = 10
    assert known.masked(".".join(f"a{n:02}" for n in range(30))) == HIDDEN


@given(
    st.lists(st.text("aZ9/-~1_ ", max_size=30), max_size=12),
    st.sampled_from(("a9/Z1-aZ", "aa-9 ~1/a9")),
)
def test_what_was_tried_before_changes_no_answer(texts: list[str], value: str) -> None:
    secrets = [hit(value, f"**** ({len(value)})"), hit("9/Z-1aZ9a", "**** (9)")]
    texts = [*texts, *(f"{text}/{value}" for text in texts), *(f"{text}{value}" for text in texts)]
    known = identities(secrets)
    assert [known.masked(x) for x in texts] == [identities(secrets).masked(x) for x in texts]


def test_a_part_of_many_texts_is_tried_once() -> None:
    known = identities([hit("Xy7_qqPl90+/z", "**** (13)")])
    known.tries = 200
    assert HIDDEN not in {known.masked(f"usr/lib/x86_64-linux-gnu/{n}.so") for n in range(100)}


def test_the_longest_text_wins_and_masks_stay_masks() -> None:
    known = Texts({"abcd": "A", "abcdef": "B"})
    assert known.masked("xabcdefabcdx") == "xBAx"


def test_twelve_thousand_values_are_masked_in_linear_time() -> None:
    values = {f"ghp_{number:036}": "****" for number in range(12_000)}
    known, begun = Texts(values), time.process_time()
    assert {known.masked(f"x={value}") for value in values} == {"x=****"}
    assert time.process_time() - begun < 3
