"""Where lock files of Node take packages from, and what package.json says is needed."""

import json

import pytest

from ocianalyze.inventory.catalogers.node import CATALOGER
from ocianalyze.inventory.purl import purl
from tests.images import Layer
from tests.inventory.catalogers.walked import found


def sources(name: str, content: str | bytes) -> set[str]:
    """Return the purls of a lock file."""
    layer: Layer = {f"app/{name}": content.encode() if isinstance(content, str) else content}
    return {purl(one) for one in found(CATALOGER, layer)}


ARCHIVE = "https://codeload.github.com/x/y/tar.gz/abc"
FROM_GIT = "vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fx%2Fy.git%40abc"
FROM_ARCHIVE = "download_url=https:%2F%2Fcodeload.github.com%2Fx%2Fy%2Ftar.gz%2Fabc"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "package-lock.json",
            json.dumps(
                {
                    "dependencies": {
                        "g": {"version": "git+https://user:secret@github.com/x/y.git#abc"},
                        "h": {"version": ARCHIVE},
                        "i": {"version": "1.0.0", "resolved": "https://r.test/i/-/i-1.0.0.tgz"},
                    }
                }
            ),
            {f"pkg:npm/g?{FROM_GIT}", f"pkg:npm/h?{FROM_ARCHIVE}", "pkg:npm/i@1.0.0"},
        ),
        (
            "package-lock.json",
            json.dumps(
                {
                    "packages": {
                        "node_modules/g": {
                            "version": "1.0.0",
                            "resolved": "git+https://github.com/x/y.git#abc",
                        },
                        "node_modules/i": {
                            "version": "1.0.0",
                            "resolved": "https://r.test/i/-/i-1.0.0.tgz",
                        },
                    }
                }
            ),
            {f"pkg:npm/g@1.0.0?{FROM_GIT}", "pkg:npm/i@1.0.0"},
        ),
        (
            "yarn.lock",
            (
                'g@x/y:\n  version "1.0.0"\n  resolved "https://github.com/x/y.git#abc"\n'
                f'h@{ARCHIVE}:\n  version "2.0.0"\n  resolved "{ARCHIVE}#0"\n'
                'i@1:\n  version "1.0.0"\n  resolved "https://r.test/i/-/i-1.0.0.tgz#0"\n'
            ),
            {f"pkg:npm/g@1.0.0?{FROM_GIT}", f"pkg:npm/h@2.0.0?{FROM_ARCHIVE}", "pkg:npm/i@1.0.0"},
        ),
        (
            "yarn.lock",
            (
                '"lib@npm:^1.0.0, lib@workspace:packages/lib":\n  version: 0.0.0-use.local\n'
                '  resolution: "lib@workspace:packages/lib"\n\n'
                '"g@x/y":\n  version: 1.0.0\n'
                '  resolution: "g@https://github.com/x/y.git#commit=abc"\n'
            ),
            {f"pkg:npm/g@1.0.0?{FROM_GIT}"},
        ),
        (
            "pnpm-lock.yaml",
            (
                f"packages:\n\n  tarb@{ARCHIVE}:\n    resolution: {{tarball: {ARCHIVE}}}\n"
                "    version: 1.5.0\n\n  registry.npmmirror.com/bar/3.0.0:\n    dev: false\n\n"
                "  g@git+https://github.com/x/y.git#abc:\n    resolution: {commit: abc, repo: "
                "https://github.com/x/y.git, type: git}\n    version: 1.0.0\n"
            ),
            {
                f"pkg:npm/tarb@1.5.0?{FROM_ARCHIVE}",
                "pkg:npm/bar@3.0.0",
                f"pkg:npm/g@1.0.0?{FROM_GIT}",
            },
        ),
        (
            "bun.lock",
            (
                '{"packages": {"a": ["a@1.0.0"], "g": ["g@git+https://github.com/x/y.git#abc"], '
                '"w": ["w@workspace:w"]}}'
            ),
            {"pkg:npm/a@1.0.0", f"pkg:npm/g?{FROM_GIT}"},
        ),
        (
            "deno.lock",
            '{"version": "4", "npm": {"@s/c@1.0.0_react@18.0.0": {}, "chalk@5.3.0": {}}}',
            {"pkg:npm/%40s/c@1.0.0", "pkg:npm/chalk@5.3.0"},
        ),
        (
            "deno.lock",
            '{"version": "3", "packages": {"npm": {"chalk@5.3.0": {}}}}',
            {"pkg:npm/chalk@5.3.0"},
        ),
        (
            "deno.lock",
            '{"version": "2", "npm": {"specifiers": {"x": "y"}, "packages": {"chalk@5.3.0": {}}}}',
            {"pkg:npm/chalk@5.3.0"},
        ),
    ],
    ids=["npm1", "npm3", "yarn1", "berry", "pnpm", "bun", "deno4", "deno3", "deno2"],
)
def test_what_is_not_from_a_registry_says_where_it_is_from(
    name: str, content: str, expected: set[str]
) -> None:
    """Workspaces are no packages; a password is never told."""
    assert sources(name, content) == expected


def test_needs_are_told_by_name() -> None:
    """Those of development are not installed with a package."""
    manifest = (
        b'{"name": "a", "version": "1", "dependencies": {"b": "^1", "@s/c": "*"}, '
        b'"peerDependencies": {"d": "*", "b": "1"}, "devDependencies": {"e": "*"}, '
        b'"optionalDependencies": []}'
    )
    (one,) = found(CATALOGER, {"app/node_modules/a/package.json": manifest})
    assert one.depends == ("b", "@s/c", "d")


@pytest.mark.parametrize(
    "path",
    ["node_modules/x", "usr/share/nodejs/x", "usr/lib/nodejs/x", "usr/share/doc/x/examples"],
)
def test_a_lock_file_that_a_package_was_published_with_installs_nothing(path: str) -> None:
    lock = b'{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}'
    assert len(found(CATALOGER, {"srv/app/package-lock.json": lock})) == 1
    assert found(CATALOGER, {f"{path}/package-lock.json": lock}) == []
