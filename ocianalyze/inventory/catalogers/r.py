"""R packages: `DESCRIPTION` of each installed one (Writing R Extensions, section 1.1.1).

Tools that install from elsewhere than CRAN write so into it: remotes, renv and pak in the fields
`Remote...`, older ones in `Github...`, Bioconductor and r-universe in `Repository`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import gather, properties, readable, text, unpack
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.inventory.catalogers._locked import download, git, qualifier, registry
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 1 * MIB
_FIELD = re.compile(rb"^([A-Za-z][\w/@-]{0,63}):[ \t]*(.{0,2048})", re.MULTILINE)
_NEEDS = re.compile(rb"^(?:Depends|Imports):((?:.{0,4096}(?:\n[ \t]+)?){1,500})", re.MULTILINE)
_NEED = re.compile(rb"(?:\A|,)\s{0,256}([A-Za-z][A-Za-z0-9.]{0,127})")
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
"""Where a package is from whose `RemoteHost` is empty, by `RemoteType`."""
_GIT = frozenset({"git", "git2r", "xgit"})
_BIOCONDUCTOR = "bioconductor.org"
_NEEDED = 500
"""Packages that one needs; the largest real ones have about 100."""


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Accept control files; `DESCRIPTION` is also a usual name for a text."""
    return gather(seen, _described, _BYTES) if _FIELD.match(bytes(head)) else None


def _described(data: bytes) -> dict[str, Any] | None:
    """Return the facts of an installed package: only those have `Built`."""
    said = {key.decode(): text(raw.decode("utf-8", "replace")) for key, raw in _FIELD.findall(data)}
    if not (said.get("Package") and said.get("Version") and said.get("Built")):
        return None
    return told(
        name=said["Package"],
        version=said["Version"],
        license=said.get("License"),
        maintainer=said.get("Maintainer"),
        repository=said.get("Repository"),
        priority=said.get("Priority"),
        commit=said.get("RemoteSha") or said.get("GithubSHA1"),
        source=_source(said),
        depends=_needed(data),
    )


def _source(said: Mapping[str, str]) -> str:
    """Return the qualifier of a purl that says where a package is from; empty for CRAN."""
    kind, url = said.get("RemoteType", ""), said.get("RemoteUrl", "")
    commit = said.get("RemoteSha", "")
    if kind in _HOSTS:
        owner, own = said.get("RemoteUsername", ""), said.get("RemoteRepo", "")
        host = _host(said.get("RemoteHost", "")) or _HOSTS[kind]
        return git(f"https://{host}/{owner}/{own}", commit) if owner and own else ""
    if kind in _GIT:
        return git(url, commit) if url else ""
    if kind == "url":
        return download(url)
    owner, own = said.get("GithubUsername", ""), said.get("GithubRepo", "")
    if owner and own:
        return git(f"https://github.com/{owner}/{own}", said.get("GithubSHA1", ""))
    return _repository(said)


def _host(recorded: str) -> str:
    """Return the host of an address of its interface: `api.github.com`, `git.test/api/v3`."""
    return recorded.rpartition("://")[2].partition("/")[0].removeprefix("api.")


def _repository(said: Mapping[str, str]) -> str:
    """Return the repository where it is not CRAN or a copy, which have names."""
    repository = said.get("Repository", "")
    is_bioconductors = repository.startswith("Bioc") or (
        not repository and "biocViews" in said and _BIOCONDUCTOR in said.get("git_url", "")
    )
    return registry(f"https://{_BIOCONDUCTOR}" if is_bioconductors else repository)


def _needed(data: bytes) -> list[str]:
    """Return the packages that one attaches or imports; R itself is none."""
    fields = islice(_NEEDS.finditer(data), 2)
    names = (need[1].decode() for field in fields for need in _NEED.finditer(field[1]))
    return [each for each in dict.fromkeys(islice(names, _NEEDED)) if each != "R"]


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Packages of R itself (`Priority: base`) have R's version and say so."""
    said = unpack(kept)
    license_ = said.get("license", "")
    yield Found(
        "cran",
        said["name"],
        said["version"],
        licenses=(license_,) if license_ else (),
        supplier=said.get("maintainer", ""),
        depends=tuple(said.get("depends", ())),
        qualifiers=qualifier(said.get("source", "")),
        location=kept.path.rpartition("/")[0],
        properties=properties(
            repository=said.get("repository", ""),
            priority=said.get("priority", ""),
            commit=said.get("commit", ""),
        ),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    said, home = readable(kept), kept.path.rpartition("/")[0]
    return (Claim("cran", said["name"], location=home, trees=(home,)),) if said and home else ()


OBSERVER = Observer(
    name="r",
    version=3,
    interest=Interest(names=frozenset({b"DESCRIPTION"})),
    open=_open,
    summary="names, versions, origins and needs of installed R packages",
)

CATALOGER = Cataloger(
    name="r",
    types=("cran",),
    lists_all=True,
    observers=(OBSERVER,),
    summary="R packages from the `DESCRIPTION` of installed ones (those that say `Built`)",
    read=_read,
    claims=_claims,
)
