"""What a package's claim of a file needs: a place of its own, a digest, or the same layer."""

import base64
import hashlib

import orjson
import pytest

from tests.images import File, Layer, hardlink, symlink
from tests.inventory.owned import ELF, alone, dpkg, owners, view


def distribution(home: str, record: str) -> dict[str, File | bytes]:
    """Return a Python distribution x with a RECORD."""
    metadata = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n"
    return {
        f"{home}/x-1.dist-info/METADATA": metadata,
        f"{home}/x-1.dist-info/RECORD": record.encode(),
    }


def recorded(content: bytes) -> str:
    """Return a digest as RECORD has it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"sha256={digest},{len(content)}"


TARGET = "usr/local/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("home", "row", "owned"),
    [
        pytest.param("tmp", "../usr/sbin/evil,,", False, id="nowhere"),
        pytest.param("tmp", "../usr/sbin/evil,{digest}", False, id="nowhere-out-of-its-prefix"),
        pytest.param("tmp", "/usr/sbin/evil,{digest}", False, id="nowhere-with-digest"),
        pytest.param("tmp/lib/python3/site-packages", "/usr/sbin/evil,{digest}", False, id="tmp"),
        pytest.param(TARGET, "/usr/sbin/evil,,", False, id="absolute"),
        pytest.param(TARGET, "../../../../sbin/evil,{digest}", False, id="out-of-the-prefix"),
        pytest.param(TARGET, "/usr/sbin/evil,sha256=AAAA,1", False, id="no-digest"),
        pytest.param(TARGET, "/usr/sbin/evil,{other}", False, id="another-digest"),
        pytest.param(TARGET, "/usr/sbin/evil,{digest}", False, id="its-digest"),
        pytest.param(
            "opt/v/lib/python3.11/site-packages", "/usr/sbin/evil,{digest}", False, id="venv"
        ),
        pytest.param("usr/lib/python3/dist-packages", "/usr/sbin/evil,{digest}", True, id="own"),
        pytest.param("usr/lib/python3/dist-packages", "../../../bin/../sbin/evil,,", False, id="u"),
    ],
)
def test_a_record_owns_a_program_elsewhere_only_by_its_digest_and_in_its_prefix(
    home: str, row: str, *, owned: bool
) -> None:
    row = row.format(digest=recorded(ELF), other=recorded(b"x"))
    found = view({"usr/sbin/evil": File(ELF, mode=0o755), **distribution(home, f"{row}\n")})
    assert alone(found) == ({} if owned else {"usr/sbin/evil": ""})


@pytest.mark.parametrize(
    ("content", "row", "owned"),
    [
        pytest.param(b"#!/usr/bin/python3\n", "../../../bin/run,,", True, id="script"),
        pytest.param(ELF, "../../../bin/run,,", False, id="native"),
        pytest.param(ELF, "../../../bin/run,{digest}", True, id="native-with-digest"),
    ],
)
def test_a_program_without_a_digest_is_its_packages_only_as_a_script(
    content: bytes, row: str, *, owned: bool
) -> None:
    row = row.format(digest=recorded(content))
    layer: Layer = {
        "usr/local/bin/run": File(content, mode=0o755),
        **distribution(TARGET, f"{row}\n"),
    }
    assert alone(view(layer)) == ({} if owned else {"usr/local/bin/run": ""})


def test_what_a_target_installation_records_with_its_digest_is_owned() -> None:
    row = f"fast.so,{recorded(ELF)}\nbin/tool,{recorded(ELF)}\nother.so,,\n"
    layer: Layer = {f"task/{name}": ELF for name in ("fast.so", "bin/tool", "other.so")}
    assert alone(view({**layer, **distribution("task", row)})) == {"task/other.so": ""}


MODULE = b'{"name":"q","version":"1.0.0"}'
WITHIN = "pkg:npm/q@1.0.0"


@pytest.mark.parametrize(
    ("home", "layers", "owned"),
    [
        pytest.param("app/node_modules/q", 1, True, id="came-with-it"),
        pytest.param("app/node_modules/q", 2, False, id="came-later"),
        pytest.param("usr/bin/node_modules/q", 1, False, id="among-programs"),
        pytest.param("tmp/node_modules/q", 1, False, id="in-tmp"),
    ],
)
def test_a_directory_owns_an_executable_that_came_with_the_package(
    home: str, layers: int, *, owned: bool
) -> None:
    module: Layer = {f"{home}/package.json": MODULE}
    program: Layer = {f"{home}/x": File(ELF, mode=0o755)}
    found = view(*([{**module, **program}] if layers == 1 else [module, program]))
    assert alone(found) == ({} if owned else {f"{home}/x": WITHIN})


def test_a_layer_that_changes_owners_brings_nothing() -> None:
    home = "app/node_modules/q"
    layer: Layer = {f"{home}/package.json": MODULE, f"{home}/x": File(ELF, mode=0o755)}
    again: Layer = {f"{home}/package.json": File(MODULE, uid=9), f"{home}/x": File(ELF, uid=9)}
    assert alone(view(layer, again)) == {}
    other: Layer = {f"{home}/package.json": File(MODULE, uid=9), f"{home}/y": File(ELF, uid=9)}
    assert alone(view(layer, other)) == {f"{home}/y": WITHIN}


def test_of_a_module_that_a_distribution_ships_its_list_tells_the_files() -> None:
    home = "usr/share/nodejs/q"
    layer: Layer = {
        f"{home}/package.json": MODULE,
        f"{home}/listed": ELF,
        f"{home}/backdoor": ELF,
        **dpkg(node_q=[f"{home}/package.json", f"{home}/listed"]),
    }
    assert alone(view(layer)) == {f"{home}/backdoor": WITHIN}


def test_another_name_of_a_file_in_a_directory_is_not_recorded() -> None:
    home = "app/node_modules/q"
    layer: Layer = {
        f"{home}/package.json": MODULE,
        f"{home}/x": File(ELF, mode=0o755),
        "usr/sbin/evil": hardlink(f"{home}/x"),
    }
    assert alone(view(layer)) == {"usr/sbin/evil": WITHIN}


@pytest.mark.parametrize("home", ["app/node_modules/q", "app/node_modules/q/bin"])
def test_names_of_one_file_in_two_packages_are_each_of_its_own(home: str) -> None:
    """As pnpm and bun install, with what is equal once."""
    other = b'{"name":"a","version":"1.0.0"}'
    layer: Layer = {
        "app/node_modules/a/package.json": other,
        "app/node_modules/a/x": File(ELF, mode=0o755),
        "app/node_modules/q/package.json": MODULE,
        f"{home}/x": hardlink("app/node_modules/a/x"),
        "store/bin/x": hardlink("app/node_modules/a/x"),
    }
    found = view(layer)
    assert list(alone(found)) == ["store/bin/x"]
    assert owners(found, f"{home}/x") == ["npm q"]
    assert owners(found, "app/node_modules/a/x") == ["npm a"]
    assert owners(found, "store/bin/x") == ["npm q", "npm a"]


def test_a_gem_owns_its_built_extensions_and_its_scripts_alone() -> None:
    home = "var/lib/gems/3.1.0"
    specification = (
        b'Gem::Specification.new do |s|\n  s.name = "puma".freeze\n  s.version = "6.0.0"\n'
        b'  s.executables = ["puma".freeze, "sshd".freeze]\nend\n'
    )
    stub = File(b"#!/usr/bin/ruby3.1\nrequire 'rubygems'\n", mode=0o755)
    built = f"{home}/extensions/x86_64-linux/3.1.0"
    layer: Layer = {
        f"{home}/specifications/puma-6.0.0.gemspec": specification,
        f"{home}/gems/puma-6.0.0/lib/puma_http11.so": ELF,
        f"{built}/puma-6.0.0/puma/puma_http11.so": ELF,
        f"{built}/other-1/other.so": ELF,
        "usr/local/bin/puma": stub,
        "usr/local/bin/sshd": File(ELF, mode=0o755),
    }
    found = view(layer)
    assert alone(found) == {f"{built}/other-1/other.so": "", "usr/local/bin/sshd": ""}
    assert owners(found, f"{built}/puma-6.0.0/puma/puma_http11.so") == ["gem puma"]
    assert alone(view(layer, {"usr/local/bin/puma": File(b"#!/bin/sh\n", mode=0o755)})) == {
        **alone(found),
        "usr/local/bin/puma": "",
    }


def test_a_language_package_that_conda_ships_says_so() -> None:
    info = "lib/python3.11/site-packages/six-1.dist-info/METADATA"
    layer: Layer = {
        "opt/conda/conda-meta/six-1-0.json": orjson.dumps(
            {"name": "six", "version": "1", "build": "0", "files": [info]}
        ),
        f"opt/conda/{info}": b"Metadata-Version: 2.1\nName: six\nVersion: 1\n",
    }
    found = view(layer)
    assert {x.type: x.owner for x in found.packages()} == {
        "conda": "",
        "pypi": "pkg:conda/six@1?build=0",
    }
    assert owners(found, f"opt/conda/{info}") == ["pypi six", "conda six"]


def test_what_lies_in_status_d_is_of_the_package_of_the_same_file() -> None:
    home = "var/lib/dpkg/status.d"
    layer: Layer = {
        f"{home}/lib.stdc": b"Package: libstdc++6\nVersion: 12\nArchitecture: amd64\n\n",
        f"{home}/lib.stdc.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  usr/lib/x.so\n",
        "usr/lib/x.so": ELF,
    }
    found = view(layer)
    assert owners(found, "usr/lib/x.so") == ["deb libstdc++6"]
    assert alone(found) == {}


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(
            {"conda-meta/x-1-0.json": b'{"name":"x","version":"1","files":["usr/sbin/evil"]}'},
            id="conda-at-the-root",
        ),
        pytest.param(
            {"usr/conda-meta/x-1-0.json": b'{"name":"x","version":"1","files":["sbin/evil"]}'},
            id="conda-in-usr",
        ),
        pytest.param(
            {
                "app/vendor/composer/installed.json": b'{"packages":[{"name":"a/b","version":"1",'
                b'"install-path":"../../../usr/sbin"}]}'
            },
            id="composer",
        ),
        pytest.param({"usr/release": b'JAVA_VERSION="17.0.1"\nIMPLEMENTOR="x"\n'}, id="runtime"),
        pytest.param(
            {
                "usr/lib/perl5/auto/X/.packlist": b"/usr/sbin/evil\n",
                "usr/lib/perl5/.meta/X-1/install.json": b'{"dist":"X-1","name":"X","version":"1"}',
            },
            id="perl",
        ),
        pytest.param(
            {
                "var/lib/gems/3.1.0/specifications/x-1.gemspec": b"Gem::Specification.new do |s|\n"
                b'  s.name = "x"\n  s.version = "1"\n  s.executables = ["../../../usr/sbin/evil"]'
            },
            id="gem",
        ),
    ],
)
def test_no_record_of_a_language_takes_a_program_of_the_system(record: Layer) -> None:
    found = view({"usr/sbin/evil": File(ELF, mode=0o755), **record})
    assert found.packages()
    assert alone(found) == {"usr/sbin/evil": ""}


SHIM = b"""#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\\\,/,g')")

case `uname` in
    *CYGWIN*) basedir=`cygpath -w "$basedir"`;;
esac

if [ -z "$NODE_PATH" ]; then
  export NODE_PATH="/a/node_modules"
else
  export NODE_PATH="/a/node_modules:$NODE_PATH"
fi
if [ -x "$basedir/node" ]; then
  exec "$basedir/node"  "$basedir/../q/cli.js" "$@"
else
  exec node  "$basedir/../q/cli.js" "$@"
fi
"""
STORED = "app/node_modules/.pnpm/q@1.0.0/node_modules/q"
INSTALLED: Layer = {
    f"{STORED}/package.json": MODULE,
    f"{STORED}/cli.js": b"1",
    "app/node_modules/q": symlink(".pnpm/q@1.0.0/node_modules/q"),
}


@pytest.mark.parametrize(
    ("text", "owned"),
    [
        pytest.param(SHIM, True, id="pnpm"),
        pytest.param(SHIM.replace(b"node  ", b"node --x "), False, id="with-an-option"),
        pytest.param(SHIM + b"curl evil\n", False, id="does-more"),
        pytest.param(SHIM.replace(b"/a/node", b"$(evil)/node"), False, id="runs-in-a-setting"),
        pytest.param(SHIM.replace(b"cli.js", b"gone.js"), False, id="leads-nowhere"),
        pytest.param(SHIM.replace(b"../q/", b"../p/"), False, id="of-no-package"),
        pytest.param(SHIM.replace(b"cli.js", b"a.js", 1), False, id="two-programs"),
    ],
)
def test_a_script_of_pnpm_belongs_to_the_package_whose_program_it_runs(
    text: bytes, *, owned: bool
) -> None:
    shim: Layer = {"app/node_modules/.bin/q": File(text, mode=0o755)}
    found = view({**INSTALLED, **shim, "app/node_modules/p/cli.js": b"1"})
    assert alone(found) == ({} if owned else {"app/node_modules/.bin/q": ""})
    later = alone(view(INSTALLED, shim))
    assert later == {"app/node_modules/.bin/q": ""}
