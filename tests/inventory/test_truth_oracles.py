"""Lists of other tools are read as those tools mean them."""

import zipfile
from pathlib import Path

import pytest

from tests.inventory.accuracy import oracles
from tests.inventory.accuracy.comparison import Absent
from tests.inventory.accuracy.corpus import release


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/a/node_modules/b:b@1.0", ("b", "1.0", "node_modules/b")),
        ("/a/node_modules/@s/b:@s/b@1.0-rc.1", ("@s/b", "1.0-rc.1", "node_modules/@s/b")),
        (
            "/a/node_modules/b-cjs:b-cjs@npm:b@4.2.3:EXTRANEOUS",
            ("b", "4.2.3", "node_modules/b-cjs"),
        ),
        ("/a/node_modules/c:c@npm:@s/b@1.0", ("@s/b", "1.0", "node_modules/c")),
    ],
    ids=["plain", "scope", "alias", "alias-of-scope"],
)
def test_an_alias_of_npm_is_what_it_stands_for(line: str, expected: tuple[str, ...]) -> None:
    assert oracles._npm(line, Path("/a")) == expected


def test_a_replaced_module_is_what_replaced_it() -> None:
    text = (
        "/bin/x: go1.22.1\n\tpath\ta.example/x\n\tmod\ta.example/x\t(devel)\t\n"
        "\tdep\tb.example/y\tv1.0.0\n\t=>\tc.example/y\tv1.0.1\th1:x\n"
        "\tdep\td.example/z\tv2.0.0\th1:y\n\tbuild\t-compiler=gc\n"
    )
    assert list(oracles._modules(text)) == [
        ("stdlib", "1.22.1"),
        ("a.example/x", "(devel)"),
        ("c.example/y", "v1.0.1"),
        ("d.example/z", "v2.0.0"),
    ]


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        ("pkg:alpine/musl@1.2.2-r7?arch=x86_64", ("apk", "musl", "1.2.2-r7")),
        ("pkg:deb/debian/a@1:2-3?arch=all", ("deb", "a", "1:2-3")),
        ("pkg:rpm/rhel/vim@9.0-1?epoch=2", ("rpm", "vim", "2:9.0-1")),
        ("pkg:npm/%40s/b@1.0", ("npm", "@s/b", "1.0")),
    ],
    ids=["old-type", "distribution", "epoch", "scope"],
)
def test_purls_of_all_tools_have_one_form(purl: str, expected: tuple[str, ...]) -> None:
    assert release(purl) == expected


def test_jars_that_maven_keeps_are_named_by_their_directories(tmp_path: Path) -> None:
    for name in ("org/g/a/1.0/a-1.0.jar", "org/g/a/1.0/cut.jar"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"cut")
    with zipfile.ZipFile(tmp_path / "org/g/a/1.0/a-1.0.jar", "w"):
        pass
    assert oracles.maven_local(tmp_path) == {("a", "1.0", "org/g/a/1.0/a-1.0.jar")}


def test_a_tool_that_fails_or_is_absent_says_so() -> None:
    with pytest.raises(Absent, match="is not installed"):
        oracles.tool("no-such-program")
    with pytest.raises(Absent, match="false does not work here"):
        oracles.told(oracles.tool("false"))
