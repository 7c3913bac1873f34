"""No command tells a secret that was found, in whatever field it lies and however it is coded."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from ocianalyze.cli.main import run
from ocianalyze.cli.queried import every_table
from tests.archives import write_tar
from tests.integration import leaks

COMMANDS = [
    ("scan", "--profile", "all", "--verbose"),
    ("scan", "--profile", "all", "-f", "json"),
    ("scan", "-f", "jsonl"),
    ("secrets",),
    ("secrets", "-f", "jsonl"),
    ("packages", "--scope", "all"),
    ("packages", "-f", "jsonl"),
    ("packages", "-f", "csv"),
    ("inspect",),
    ("inspect", "-f", "json"),
    ("files",),
    ("files", "-f", "jsonl"),
    ("sbom", "-f", "cyclonedx", "--scope", "all"),
    ("sbom", "-f", "spdx", "--scope", "all"),
    ("owner", "/srv", "/srv/link", "/etc/os-release", "/usr/lib/python3/dist-packages"),
    ("owner", "/srv", "/srv/link", "/etc/os-release", "-f", "jsonl"),
    *(("sql", f"SELECT * FROM {table.name}", "-f", "json") for table in every_table()),
    ("sql", "SELECT hex(path), upper(link), substr(path, 5) FROM files", "-f", "csv"),
]


@pytest.fixture(scope="module")
def planted() -> leaks.Planted:
    return leaks.Planted()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, planted: leaks.Planted) -> Path:
    return leaks.image(tmp_path_factory.mktemp("leaks") / "image.tar", planted)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store that all commands share: what is kept may tell no more."""
    return tmp_path_factory.mktemp("store")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_output_tells_a_secret(
    words: tuple[str, ...],
    image: Path,
    store: Path,
    planted: leaks.Planted,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert run([words[0], str(image), *words[1:], "--store", str(store)]) in (0, 1)
    out, err = capfdbinary.readouterr()
    assert out
    assert planted.leaked(out + err) == []


def test_the_search_sees_each_of_them(
    image: Path, planted: leaks.Planted, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run(["secrets", str(image), "--show-secrets", "-f", "json"])
    assert planted.leaked(capfdbinary.readouterr().out) == sorted(planted.values)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("%67hp_{}", id="percent-coded"),
        pytest.param("%2567hp%255F{}", id="twice"),
        pytest.param("&#103;hp_{}", id="html"),
        pytest.param('"\\u0067hp_{}"', id="json"),
        pytest.param("GHP-{}", id="other-case"),
        pytest.param("ghp_{:.20}...", id="cut-off"),
    ],
)
def test_the_search_reads_every_coding(written: str, planted: leaks.Planted) -> None:
    value = planted.token("of a test")
    said = written.format(value.removeprefix("ghp_")).encode()
    assert planted.leaked(said) == ["of a test"]
    planted.values.pop("of a test")


def test_names_of_a_folder_tell_no_secret(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    planted = leaks.Planted()
    (tmp_path / "a.env").write_text(f"A={planted.token('A')}\nB={planted.address('B')}\n")
    told = planted.values
    coded = quote(told["A"].replace("_", "%5F"))
    (tmp_path / coded).write_text(f"C={planted.token('C')}\n")
    (tmp_path / f"{coded}.zip").write_bytes(b"PK\3\4damaged")
    (tmp_path / quote(f"x://u:{told['B']}@y", safe="")).write_text(f"D={planted.token('D')}\n")
    run(["secrets", str(tmp_path), "-f", "jsonl"])
    out, err = capfdbinary.readouterr()
    assert out.count(b"\n") >= len(told)
    assert planted.leaked(out + err) == []


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param([{"Config": "{}", "RepoTags": [], "Layers": []}], id="config"),
        pytest.param([{"Config": "c.json", "RepoTags": ["a:{}"], "Layers": ["{}"]}], id="layer"),
        pytest.param([{"Config": "c.json", "{}": 1, "Layers": 7}], id="field"),
        pytest.param({"Config": "https://u:{}@h/"}, id="no-list"),
    ],
)
def test_errors_tell_no_token(
    manifest: object, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Nothing is known of an image that cannot be read: what has the form of a token is masked."""
    planted = leaks.Planted()
    written = json.dumps(manifest).replace("{}", planted.token("name")).encode()
    path = write_tar(tmp_path / "a.tar", {"manifest.json": written})
    run(["secrets", str(path)])
    out, err = capfdbinary.readouterr()
    assert err
    assert planted.leaked(out + err) == []
