"""Configs of repeated names are read as skopeo reads them, which is written in Go."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.limits import DEFAULT
from ocianalyze.model.document import read_config
from tests import archives

_HEAD = '"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}'
_MEMBERS = {
    "the last in the document": '"config":{"User":"0","user":"1000","User":"0"}',
    "a letter beyond ASCII": '"config":{"User":"1000","U\u017fer":"0"}',
    "an object twice": '"config":{"User":"0","Entrypoint":["/a"]},"config":{"User":"1"}',
    "null": '"config":{"User":"0","User":null}',
    "null for an object": '"config":{"User":"0"},"config":null',
    "null for a list": '"config":{"Cmd":["/a"],"Cmd":null}',
    "null for a time": '"config":{},"created":"2020-01-01T00:00:00Z","created":null',
    "null in a list": '"config":{"Cmd":["/a","b"],"Cmd":[null]}',
    "a list behind a shorter one": '"config":{"Cmd":["/a","b"],"Cmd":["/c"],"Cmd":[null,null]}',
    "an empty list": '"config":{"Cmd":["/a","b"],"Cmd":[],"Cmd":["/c"]}',
    "null for a map": '"config":{"Labels":{"a":"1"},"Labels":null}',
    "an empty map": '"config":{"Labels":{"a":"1"},"label\u017f":{}}',
    "keys of maps in two cases": '"config":{"Labels":{"a":"1"},"Labels":{"A":"3"}}',
    "ports": '"config":{"ExposedPorts":{"1/tcp":{}},"exposedport\u017f":{"2/tcp":{}}}',
    "an escaped name": r'"config":{"User":"1000","\u0055ser":"0","U\u017fer":"5"}',
    "a letter that is like none": '"config":{"User":"1000","U\u0455er":"0","\u0131":"1"}',
    "a shorter list": '"config":{"Cmd":["/a","b"],"Cmd":["/c"]}',
    "maps": '"config":{"Labels":{"a":"1","b":"2"},"Labels":{"b":"3"}}',
    "steps behind a shorter list": '"history":[{"created_by":"a"},{"created_by":"b"}],'
    '"history":[{"comment":"c"}],"History":[{},null,{"author":"d","empty_layer":null}]',
    "flags": '"history":[{"empty_layer":true}],"history":[{"empty_layer":null}]',
    "history": '"history":[{"created_by":"a","comment":"b"}],"hi\u017ftory":[{"created_by":"c"}]',
}
_USERS = {name: members for name, members in _MEMBERS.items() if '"User"' in members}


def _written(folder: Path, members: str) -> bytes:
    """Write a layout of an image of such a config; return the config."""
    data = f"{{{_HEAD},{members}}}".encode()
    files: archives.Files = {}
    kind = "application/vnd.oci.image.config.v1+json"
    manifest = {"schemaVersion": 2, "config": archives.blob(files, data, kind), "layers": []}
    kind = "application/vnd.oci.image.manifest.v1+json"
    notes = {"org.opencontainers.image.ref.name": "t"}
    listed = archives.blob(files, archives.dump(manifest), kind, annotations=notes)
    archives.write_folder(folder, archives.finish_layout(files, [listed]))
    return data


@pytest.mark.parametrize("members", _MEMBERS.values(), ids=_MEMBERS)
def test_a_config_is_read_as_skopeo_reads_it(
    members: str, tool: Callable[[str], str], tmp_path: Path
) -> None:
    data = _written(tmp_path, members)
    words = [tool("skopeo"), "inspect", "--config", f"oci:{tmp_path}"]
    told = subprocess.run(words, capture_output=True, check=True)
    ours, _ = read_config(data, DEFAULT)
    theirs, _ = read_config(told.stdout, DEFAULT)
    assert ours is not None
    assert ours == theirs


@pytest.mark.parametrize("user", _USERS.values(), ids=_USERS)
def test_umoci_starts_the_user_that_we_read(
    user: str, tool: Callable[[str], str], tmp_path: Path
) -> None:
    ours, _ = read_config(_written(tmp_path / "layout", user), DEFAULT)
    bundle = tmp_path / "bundle"
    command = [tool("umoci"), "unpack", "--image", f"{tmp_path}/layout:t", str(bundle)]
    if os.geteuid():
        command.insert(2, "--rootless")
    subprocess.run(command, capture_output=True, check=True)
    started = json.loads((bundle / "config.json").read_bytes())["process"]["user"]["uid"]
    assert ours is not None
    assert ours.config.user == str(started)
