"""The tables say what the image says, and hide what looks secret."""

import json
from typing import Any

import pytest

from ocianalyze.filesystem.sql._base import Row
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Finding
from tests.cli.installed import VIEW as INSTALLED
from tests.filesystem.sql.asking import asked
from tests.images import File, image

CONFIG: dict[str, Any] = {
    "User": "app",
    "Env": ["PATH=/bin", "DB_PASSWORD=not-a-real-one two", "EMPTY", "A=B=C"],
    "Labels": {"a/b~c": "x", "api-token": "not-a-real-one", "caf\u00e9": "\u202e"},
    "ExposedPorts": {"80/tcp": {}},
    "Healthcheck": {"Test": ["CMD", "x"], "Interval": 1 << 70},
}
VIEW = image(
    {"bin/ping": File(b"\x7fELF", mode=0o755, xattrs={"security.capability": b"\1\0"})},
    None,
    config=CONFIG,
    history=[
        "ADD rootfs.tar / # buildkit",
        "RUN /bin/sh -c apt-get update && curl -u me:not-a-real-one http://x # buildkit",
    ],
    findings=(Finding("tar.odd-name", "medium", "odd", path="a\udcff", layer=0),),
)


def ask(query: str, view: ImageView = VIEW) -> list[Row]:
    """Return the rows of a query."""
    return asked(query, view)


def _pointed(document: Any, pointer: str) -> Any:
    """Follow a JSON pointer (RFC 6901)."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def test_every_pointer_of_the_config_leads_to_its_value() -> None:
    document = {"config": CONFIG, "os": "linux", "architecture": "amd64"}
    rows = ask("SELECT pointer, key, value, type FROM config WHERE pointer NOT LIKE '/rootfs%'")
    for pointer, key, value, kind in rows:
        there = _pointed(document, str(pointer))
        assert str(pointer).endswith(str(key).replace("~", "~0").replace("/", "~1"))
        if kind in ("object", "array"):
            assert value is None
            assert isinstance(there, dict if kind == "object" else list)
        elif value != there:
            assert "***" in str(value) or int(str(value)) == there
    pointers = {row[0] for row in rows}
    assert {"/config/Env/1", "/config/Labels/a~1b~0c", "/config/ExposedPorts/80~1tcp"} <= pointers


def test_what_looks_secret_is_nowhere() -> None:
    for table in ("config", "history", "commands"):
        assert "not-a-real-one" not in json.dumps(ask(f"SELECT * FROM {table}"))
    values = {row[0]: row[1] for row in ask("SELECT pointer, value FROM config")}
    assert values["/config/Env/1"] == "DB_PASSWORD=***"
    assert values["/config/Labels/api-token"] == "***"
    assert (values["/config/Env/2"], values["/config/Env/3"]) == ("EMPTY", "A=B=C")


@pytest.mark.parametrize("length", [100, 1_999, 2_000, 2_001, 10_000, 100_000])
def test_a_long_line_is_kept_whole_without_its_secrets(length: int) -> None:
    filler = "echo harmless; " * (length // 15)
    line = f"RUN /bin/sh -c {filler}TOKEN=not-a-real-one; curl x # buildkit"
    view = image({}, history=[line])
    ((text,),) = ask("SELECT text FROM history", view)
    assert text == f"{filler}TOKEN=***; curl x"


def test_a_line_of_assignments_alone_loses_nothing() -> None:
    """A mask makes values longer; none of them is cut for that."""
    view = image({}, history=["pwd=a;" * 2_000])
    ((text,),) = ask("SELECT created_by FROM history", view)
    assert text == "pwd=***;" * 2_000


def test_history_and_commands_name_their_layer() -> None:
    assert ask("SELECT step, layer, instruction FROM history") == [(0, 0, "ADD"), (1, 1, "RUN")]
    assert ask("SELECT step, position, name FROM commands") == [
        (1, 0, "apt-get"),
        (1, 1, "curl"),
    ]


def test_layers_say_which_was_not_read() -> None:
    assert ask("SELECT layer, unread FROM layers") == [(0, None), (1, "missing")]


def test_findings_and_attributes_are_valid_text() -> None:
    assert ask("SELECT code, path, layer FROM findings") == [("tar.odd-name", "a\\xff", 0)]
    assert ask("SELECT path, name, value FROM xattrs") == [
        ("bin/ping", "security.capability", "0100")
    ]


def test_packages_are_those_of_the_inventory() -> None:
    rows = ask("SELECT purl, presence, layer, removed FROM packages", INSTALLED)
    found = INSTALLED.packages("all")
    assert rows == [(p.purl, p.presence.value, p.introduced, p.removed) for p in found]
    assert ask("SELECT count(*) FROM distribution", INSTALLED) == [(1,)]


def test_the_package_of_a_file_is_its_most_specific_owner() -> None:
    rows = ask("SELECT path, package FROM tree WHERE kind = 'file'", INSTALLED)
    for path, package in rows:
        owners = INSTALLED.inventory.owners(str(path))
        assert package == (owners[0].purl if owners else None)
    assert sum(package is not None for _, package in rows) > 3
    hidden = "SELECT count(package) FROM files WHERE state <> 'visible'"
    assert ask(hidden, INSTALLED) == [(0,)]


def test_an_image_without_anything_has_empty_tables() -> None:
    empty = image(has_config=False)
    for table in ("files", "tree", "packages", "history", "commands", "config", "layers"):
        assert ask(f"SELECT count(*) FROM {table}", empty) == [(0,)]
