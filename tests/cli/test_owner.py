"""`owner`: who owns a path, by which links it is reached, who wrote it."""

import json
from dataclasses import replace
from hashlib import md5, sha256

import pytest

from ocianalyze.inventory import assembly
from ocianalyze.model.report import SCHEMA_VERSION
from tests.cli.conftest import Command, FakeEngine
from tests.cli.installed import ELF, INSTALLED
from tests.images import File, Layer, hardlink, image, symlink
from tests.inventory.owned import dpkg
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
                "its target written by layer 0, step 0: FROM base",
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
                "its target written by layer 0, step 0: FROM base",
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


MODULES: Layer = {
    "app/node_modules/q/package.json": b'{"name":"q","version":"3"}',
    "app/node_modules/q/with-it": File(ELF, mode=0o755),
    **dpkg(p=["tmp/q.so"]),
    "tmp/q.so": File(ELF, mode=0o755),
}
LATER: Layer = {
    "app/node_modules/q/later": File(ELF, mode=0o755),
    "app/node_modules/q/later.txt": b"x",
    "usr/bin/later": symlink("/app/node_modules/q/later"),
}
NPM = "npm q 3, introduced by layer 0"
WEAK = f"owned by {NPM}, by its directory: no record names it"
NEAR = f"lies in the directory of {NPM}; no record names it"
DEB = "named by deb p 1, introduced by layer 0, where nothing stays that is installed"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("app/node_modules/q/with-it", [WEAK], id="came-with-it"),
        pytest.param("app/node_modules/q/later.txt", [WEAK], id="no-program"),
        pytest.param(
            "app/node_modules/q/later", ["owned by no package", f"it {NEAR}"], id="came-later"
        ),
        pytest.param(
            "usr/bin/later", ["owned by no package", f"its target {NEAR}"], id="link-to-it"
        ),
        pytest.param("tmp/q.so", ["owned by no package", f"it is {DEB}"], id="nothing-stays-there"),
    ],
)
def test_what_the_report_lists_as_unowned_no_package_owns(
    path: str, told: list[str], command: Command, fake: FakeEngine
) -> None:
    view = assembly.with_inventory(image(MODULES, LATER, observers=assembly.observers()))
    fake.analysis = replace(INSTALLED, images=(replace(INSTALLED.images[0], view=view),))
    lines = command("owner", "x", path).out.replace("\n    ", " ").splitlines()
    vouched = [line for line in lines if line.startswith(("  owned", "  it"))]
    assert [line.strip() for line in vouched if "written" not in line] == told
    (record,) = json.loads(command("owner", "x", path, "-f", "json").out)["owners"]
    is_unowned = record["path"] in {one.path for one in view.inventory.unowned}
    assert is_unowned is (bool(record["within"]) and not record["owners"])


WAS = "was owned by deb a 1, introduced by layer 0, removed by layer 1"


@pytest.mark.parametrize(
    ("upper", "told"),
    [
        pytest.param({"var/lib/.wh.dpkg": b""}, ["owned by no package", WAS], id="database"),
        pytest.param(dpkg(b=[]), ["owned by no package", WAS], id="record"),
        pytest.param(
            {"usr/bin/a": ELF + b"x", **dpkg(b=[])}, ["owned by no package"], id="written-since"
        ),
        pytest.param(
            dpkg(b=["usr/bin/a"]), ["owned by deb b 1, introduced by layer 0"], id="taken-over"
        ),
    ],
)
def test_who_owned_a_file_is_told_when_only_the_record_went(
    upper: Layer, told: list[str], command: Command, fake: FakeEngine
) -> None:
    lower: Layer = {"usr/bin/a": ELF, **dpkg(a=["usr/bin/a"], b=[])}
    view = assembly.with_inventory(image(lower, upper, observers=assembly.observers()))
    fake.analysis = replace(INSTALLED, images=(replace(INSTALLED.images[0], view=view),))
    lines = command("owner", "x", "usr/bin/a").out.splitlines()
    assert [line.strip() for line in lines if "owned" in line] == told


RECORDED: Layer = {
    **dpkg(a=["usr/bin/a", "usr/bin/link"]),
    "var/lib/dpkg/info/a.md5sums": f"{md5(ELF).hexdigest()}  usr/bin/a\n".encode(),
    "usr/bin/a": File(ELF, mode=0o755),
    "usr/bin/link": symlink("a"),
}
OTHER = ELF + b"other"
REPLACED = "content differs from the record of deb a 1"


@pytest.mark.parametrize(
    ("path", "upper", "told"),
    [
        pytest.param("usr/bin/a", {}, ["written by layer 0"], id="as-recorded"),
        pytest.param(
            "usr/bin/a",
            {"usr/bin/a": File(OTHER, mode=0o755)},
            [f"its {REPLACED}", "written by layer 1"],
            id="replaced",
        ),
        pytest.param(
            "usr/bin/link",
            {"usr/bin/a": File(OTHER, mode=0o755)},
            [f"its target's {REPLACED}", "written by layer 0", "its target written by layer 1"],
            id="behind-a-link",
        ),
        pytest.param(
            "usr/bin/hard",
            {"usr/bin/hard": hardlink("usr/bin/a")},
            ["written by layer 1", "its content written by layer 0"],
            id="hard-link-to-an-older-file",
        ),
    ],
)
def test_who_wrote_what_is_read_and_that_it_differs_is_told(
    path: str, upper: Layer, told: list[str], command: Command, fake: FakeEngine
) -> None:
    view = assembly.with_inventory(image(RECORDED, upper, observers=assembly.observers()))
    fake.analysis = replace(INSTALLED, images=(replace(INSTALLED.images[0], view=view),))
    lines = [line.strip() for line in command("owner", "x", path).out.splitlines()]
    assert [line for line in lines if "written by" in line or "differs" in line] == told
    (record,) = json.loads(command("owner", "x", path, "-f", "json").out)["owners"]
    assert [one["package"]["name"] for one in record["differs"]] == ["a"] * ("differs" in told[0])
    assert f"written by layer {record['content_layer']['index']}" in told[-1]
    read = sha256(OTHER if upper and "hard" not in path else ELF).hexdigest()
    assert (record["target_sha256"] or record["sha256"]) == read


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


def test_a_file_that_is_gone_was_of_the_packages_of_its_time(
    command: Command, fake: FakeEngine
) -> None:
    """Not of one that came again without it."""
    node: Layer = {"app/node_modules/x/package.json": b'{"name":"x","version":"1"}'}
    layers = ({**node, "app/node_modules/x/y.js": b"y"}, {"app/.wh.node_modules": b""}, node)
    view = assembly.with_inventory(image(*layers, observers=assembly.observers()))
    fake.analysis = replace(INSTALLED, images=(replace(INSTALLED.images[0], view=view),))
    lines = command("owner", "x", "app/node_modules/x/y.js").out.splitlines()
    told = [line.strip() for line in lines if "npm x" in line]
    assert told == ["was owned by npm x 1, introduced by layer 0, removed by layer 1"]


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
