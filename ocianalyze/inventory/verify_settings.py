"""Keep what configures package managers and what they download with: who verifies, is evidence."""

import re

from ocianalyze.inventory.content import Content
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.verification import SETTINGS

_BYTES = 256 * KIB
"""Of one file that are kept; who reads it says so of a larger one."""
_PATHS = frozenset(
    {
        *(b"etc/apt/sources.list", b"etc/apt/apt.conf", b"etc/yum.conf", b"etc/dnf/dnf.conf"),
        *(b"etc/zypp/zypp.conf", b"etc/apk/repositories", b"etc/pip.conf", b"etc/npmrc"),
        *(b"usr/etc/npmrc", b"usr/local/etc/npmrc", b"etc/gitconfig", b"etc/gemrc"),
        *(b"etc/pacman.conf", b"etc/wgetrc", b"etc/curlrc", b"etc/dpkg/dpkg.cfg"),
        b"etc/tdnf/tdnf.conf",
    }
)
_DIRECTORIES = frozenset(
    {
        *(b"etc/apt/sources.list.d", b"etc/apt/apt.conf.d", b"etc/yum.repos.d"),
        *(b"etc/zypp/repos.d", b"etc/yum/repos.d", b"etc/dpkg/dpkg.cfg.d"),
        *(b"etc/distro.repos.d", b"etc/pacman.d", b"etc/apk/repositories.d"),
        *(b"etc/dnf/repos.override.d", b"etc/dnf/libdnf5.conf.d"),
        *(b"etc/pki/rpm-gpg", b"usr/lib/rpm/gnupg/keys"),
    }
)
_NAMES = frozenset(
    {
        *(b"pip.conf", b".npmrc", b".yarnrc", b".yarnrc.yml", b".gitconfig", b".gemrc"),
        *(b".condarc", b"condarc", b".curlrc", b".wgetrc", b"settings.xml"),
        *(b".mambarc", b"uv.toml", b"pyproject.toml", b"poetry.toml", b"pdm.toml", b".pdm.toml"),
        *(b"Pipfile", b"composer.json"),
    }
)
_OF_PARENT = re.compile(
    rb"(?:\A|/)(?:\.cargo/config(?:\.toml)?|\.?composer/config\.json|\.config/git/config"
    rb"|\.config/go/env|go/env|\.m2/settings\.xml|conf/settings\.xml|\.bundle/config"
    rb"|usr/local/bundle/config|usr/local/cargo/config(?:\.toml)?|pypoetry/(?:config|auth)\.toml"
    rb"|pdm/config\.toml|nix/nix\.conf|helm/(?:repository/)?repositories\.yaml)\Z"
)
"""Names that mean something only below certain directories."""
_COMMON = frozenset(
    {
        *(b"config", b"config.toml", b"config.json", b"env", b"settings.xml", b"auth.toml"),
        *(b"nix.conf", b"repositories.yaml"),
    }
)
_INERT = re.compile(
    rb"(?:\A|/)(?:node_modules|site-packages|dist-packages|vendor|testdata|usr/share|usr/src)/"
)
"""Where files of these names come with software and configure nothing."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    directory, _, name = seen.path.rpartition(b"/")
    if seen.path in _PATHS or directory in _DIRECTORIES:
        wanted = True
    elif name in _COMMON:
        wanted = bool(_OF_PARENT.search(seen.path)) and not _INERT.search(seen.path)
    else:
        wanted = not _INERT.search(seen.path)
    return Content(_BYTES) if wanted else None


OBSERVER = Observer(
    name=SETTINGS,
    version=5,
    interest=Interest(paths=_PATHS, names=_NAMES | _COMMON, directories=_DIRECTORIES),
    open=_open,
    summary="settings of package managers, keys that rpm trusts, and of what they download with",
)
