"""Where packages come from, and whose keys are trusted."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.settings.files import FILES
from ocianalyze.controls.cis_debian_12._files import linux, program
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    judged,
    modes,
    of_entry,
    of_file,
    shipped,
    shown,
)
from ocianalyze.controls.cis_debian_12._sources import Repository, sources
from ocianalyze.controls.evidence import gathered
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Status, Verdict

_KEYS = {
    "apt": ("etc/apt/trusted.gpg", "etc/apt/trusted.gpg.d", "etc/apt/keyrings",
            "usr/share/keyrings"),
    "apk": ("etc/apk/keys", "usr/share/apk/keys"),
    "rpm": ("etc/pki/rpm-gpg", "usr/share/distribution-gpg-keys", "usr/lib/rpm/gnupg/keys"),
}  # fmt: skip
"""Where package managers keep the keys that they trust."""
_PROGRAMS = {"apt": ("apt-get",), "apk": ("apk",), "rpm": ("dnf", "yum", "microdnf", "dnf5",
                                                          "zypper", "tdnf")}  # fmt: skip
_KEY_NAMES = (".gpg", ".asc", ".pub", ".pgp", ".key")
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})
_KNOWN = (
    "debian.org", "ubuntu.com", "alpinelinux.org", "fedoraproject.org", "centos.org",
    "rockylinux.org", "almalinux.org", "redhat.com", "oracle.com", "amazonlinux.com",
    "opensuse.org", "suse.com", "wolfi.dev", "cgr.dev", "kali.org", "raspbian.org",
    "raspberrypi.com", "devuan.org",
)  # fmt: skip
"""Hosts of distributions, with those below them."""


def _installed(view: ImageView) -> list[str]:
    return [name for name, programs in _PROGRAMS.items() if program(view, *programs)]


def keys(view: ImageView) -> Verdict:
    """Judge that there are keys, that root alone writes them, and who brought them."""
    installed = _installed(view)
    if not installed:
        return inapplicable("no-package-manager", "does not apply: there is no package manager")
    found = {name: list(_keys(view, name)) for name in installed}
    if empty := [name for name, entries in found.items() if not entries]:
        entry = program(view, *_PROGRAMS[empty[0]])
        what = [of_entry(entry, f"trusts no key: {empty[0]} can verify nothing")] if entry else []
        return judged(what, "no-keys", "package manager without keys")
    entries = [entry for several in found.values() for entry in several]
    open_ = [of_entry(x, modes(x), "high") for x in entries if x.mode & 0o022 or x.uid]
    if open_:
        return judged(open_, "keys-writable", "keys that others write")
    strange = (of_entry(x, "key of no package", "low") for x in entries if not shipped(view, x))
    return judged(strange, "keys-added", "keys of no package", status=Status.NEEDS_REVIEW)


def _keys(view: ImageView, name: str) -> Iterator[Entry]:
    for path in _KEYS[name]:
        entry = view.tree.resolve(path)
        if entry is not None and entry.kind in _FILES and entry.size:
            yield entry
        for child in view.tree.listing(path)[:FILES]:
            key = view.tree.resolve(child.path)
            is_key = name == "rpm" or child.path.endswith(_KEY_NAMES)
            if is_key and key is not None and key.kind in _FILES and key.size:
                yield key


def repositories(view: ImageView) -> Verdict:
    """Judge that repositories are verified, then whose they are."""
    known = view.once(sources)
    if not known.files:
        return inapplicable("no-sources", "does not apply: there are no package repositories")
    wrong = [
        of_file(view, x.path, f"line {x.at}: {_told(x)} {x.unverified}", "high")
        for x in known.repositories
        if x.unverified
    ]
    if wrong:
        return judged(wrong, "unverified", "repository without verification")
    if known.unread:
        evidence = gathered(of_file(view, path, "was not read") for path in known.unread)
        return undecided("file-unread", "not evaluated: lists of repositories unread", *evidence)
    return judged(
        _strange(view, known.repositories),
        "other-repository",
        "repository of others",
        status=Status.NEEDS_REVIEW,
    )


def _strange(view: ImageView, found: tuple[Repository, ...]) -> Iterator[Evidence]:
    """Yield repositories of nobody known, keys that are not there; plain HTTP is told."""
    for one in found:
        missing = [x for x in one.keys if view.tree.resolve(x) is None]
        if missing:
            detail = f"line {one.at}: key {shown(missing[0].encode())} is not there"
            yield of_file(view, one.path, detail, "low")
        elif not _is_known(one):
            yield of_file(view, one.path, f"line {one.at}: {_told(one)}", "low")
        elif one.uri.startswith("http:"):
            detail = f"line {one.at}: {_told(one)} in plain text; signatures protect it"
            yield of_file(view, one.path, detail, "info")


def _is_known(one: Repository) -> bool:
    return any(one.host == x or one.host.endswith(f".{x}") for x in _KNOWN)


def _told(one: Repository) -> str:
    """Return a repository without what stands before the host: that may be a password."""
    return shown((one.host or one.uri.partition("@")[2] or one.uri).encode("utf-8", "replace"))


CONTROLS = (
    Control(
        id="cis-debian-12-1.2.1.1",
        short="package keys",
        automation="partial",
        reads="names, modes and owners of the key files of apt, apk and rpm, and the packages "
        "that own them",
        decides="fails when a package manager has no key, or others than root may write one; "
        "keys that no package of the distribution owns need review; does not apply without a "
        "package manager",
        limits="what is in the keys; keys inside rpm's database and inside apt's sources",
        remediation="install the distribution's keyring package; keep other keys in "
        "/etc/apt/keyrings with Signed-By",
        evaluate=linux(keys),
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-1.2.1.2",
        short="package repositories",
        automation="partial",
        reads="etc/apt/sources.list and sources.list.d, etc/yum.repos.d, etc/apk/repositories",
        decides="fails on a repository whose verification is off (trusted=yes, allow-insecure, "
        "gpgcheck=0); hosts that are no distribution's and keys that are not there need review; "
        "plain HTTP is only told",
        limits="repositories that a build used and removed; settings outside of these files",
        remediation="take trusted=yes out, and name the key with signed-by=/etc/apt/keyrings/X.gpg",
        evaluate=linux(repositories),
        needs=frozenset({"filesystem"}),
    ),
)
