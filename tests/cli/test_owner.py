"""`owner`: who owns a path, by which links it is reached, who wrote it."""

import json
from dataclasses import replace

import pytest

from ocianalyze.model.report import SCHEMA_VERSION
from tests.cli.conftest import Command, FakeEngine
from tests.cli.installed import INSTALLED
from tests.report.documents import HOSTILE

DASH = "owned by deb dash 0.5-2, introduced by layer 0"


@pytest.fixture(autouse=True)
def asked(fake: FakeEngine) -> FakeEngine:
    """Let the engine answer with packages."""
    fake.analysis = INSTALLED
    return fake


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        pytest.param(
            "/usr/bin/dash", [DASH, "written by layer 0, step 0: FROM base"], id="by-name"
        ),
        pytest.param(
            "/bin/dash",
            ["is /usr/bin/dash", DASH, "written by layer 0, step 0: FROM base"],
            id="through-a-linked-directory",
        ),
        pytest.param(
            "usr/bin/sh",
            [
                "link to dash",
                "leads to /usr/bin/dash",
                DASH,
                "written by layer 0, step 0: FROM base",
            ],
            id="a-link-of-the-package",
        ),
        pytest.param(
            "/usr/bin/vi",
            [
                "link to /etc/alternatives/vi",
                "leads to /usr/bin/dash",
                "its target is owned by deb dash 0.5-2, introduced by layer 0",
                "written by layer 0, step 0: FROM base",
            ],
            id="a-link-of-nobody-to-a-package",
        ),
        pytest.param(
            "/usr/lib/python3/dist-packages/six.egg-info",
            [
                "owned by pypi six 1.16, introduced by layer 1",
                "owned by deb python3-six 1.16-4, introduced by layer 1",
                "written by layer 1, step 1: RUN apt-get install python3-six",
            ],
            id="two-owners-the-nearer-first",
        ),
        pytest.param(
            "/app/tool",
            ["owned by no package", "written by layer 2, step 2: COPY . /app"],
            id="unowned",
        ),
        pytest.param(
            "/usr/share/tz",
            [
                "not in the image: deleted by layer 1",
                "was owned by deb tzdata 2026a, introduced by layer 0, removed by layer 1",
                "written by layer 0, step 0: FROM base",
            ],
            id="deleted",
        ),
        pytest.param("/nowhere", ["not in the image"], id="absent"),
        pytest.param(
            "/usr/lib/python3",
            [
                "directory, without an entry of its own",
                "directory with files of 2 packages: python3-six, six",
            ],
            id="directory",
        ),
        pytest.param(
            "/usr/share",
            ["directory, without an entry of its own"],
            id="directory-of-nobody",
        ),
        pytest.param(
            "/bin/dash.link",
            [
                "is /usr/bin/dash.link",
                "hard link to /usr/bin/dash",
                DASH,
                "written by layer 0, step 0: FROM base",
            ],
            id="hard-link",
        ),
    ],
)
def test_each_path_has_its_story(path: str, lines: list[str], command: Command) -> None:
    shown = command("owner", "x", path)
    assert shown.out.splitlines() == [path, *(f"  {line}" for line in lines)]
    assert (shown.status, shown.err) == (0, "")


def test_json_is_one_object_with_a_record_for_each_path(command: Command) -> None:
    paths = ("/bin/sh", "/app/tool", "/usr/share/tz", "/nowhere", "/usr/bin")
    document = json.loads(command("owner", "x", *paths, "-f", "json").out)
    assert document["schema_version"] == SCHEMA_VERSION
    shell, tool, gone, nothing, directory = document["owners"]
    assert [one["asked"] for one in document["owners"]] == list(paths)
    assert (shell["path"], shell["target"], shell["kind"]) == (
        "usr/bin/sh",
        "usr/bin/dash",
        "symlink",
    )
    assert [one["name"] for one in shell["owners"]] == ["dash"]
    assert [one["name"] for one in shell["target_owners"]] == ["dash"]
    assert (tool["owners"], tool["layer"]["index"], tool["step"]["index"]) == ([], 2, 2)
    assert len(tool["sha256"]) == 64
    assert (gone["state"], gone["layer"]["index"]) == ("deleted", 0)
    assert [one["name"] for one in gone["former_owners"]] == ["tzdata"]
    assert (nothing["path"], nothing["layer"]) == (None, None)
    assert [one["name"] for one in directory["below"]] == ["dash"]


def test_hostile_paths_are_harmless(command: Command) -> None:
    argument = HOSTILE.replace("\udcff", "?")
    for form in ("text", "json"):
        shown = command("owner", "x", argument, "-f", form).out
        assert all(line.isprintable() for line in shown.splitlines())


def test_several_images_have_titles(command: Command, fake: FakeEngine) -> None:
    image = INSTALLED.images[0]
    fake.analysis = replace(INSTALLED, images=(image, replace(image, names=("other:2",))))
    lines = command("owner", "x", "/nowhere").out.splitlines()
    assert [line.split()[0] for line in lines if line.endswith(":")][1] == "other:2"
    found = json.loads(command("owner", "x", "/nowhere", "-f", "json").out)["owners"]
    assert [one["image"]["index"] for one in found] == [0, 1]


def test_a_path_is_needed(command: Command) -> None:
    assert command("owner", "x").status == 2
