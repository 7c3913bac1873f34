"""Node packages in the archives of Yarn's Plug'n'Play, which runs them without unpacking them.

Each archive of `.yarn/cache` holds one package as `node_modules/NAME`.
"""

from collections.abc import Iterator

from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._zip import PREFIX
from ocianalyze.inventory.catalogers._zip_members import ZipMembers, members
from ocianalyze.inventory.catalogers.node import found_of, manifest_of, place_of
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.package import Distribution, Found

_MANIFEST = "/package.json"


def _open(seen: Seen, head: memoryview) -> Tap | None:
    directory = b"/" + seen.path.rpartition(b"/")[0]
    is_cache = directory.endswith((b"/.yarn/cache", b"/.yarn/berry/cache"))
    return ZipMembers(_is_package, manifest_of) if is_cache and head[:4] == PREFIX else None


def _is_package(name: str) -> bool:
    """Tell the package.json of the package, not of a directory in it."""
    return name.endswith(_MANIFEST) and place_of(name.encode("utf-8", "replace")) == "exact"


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    for member, said in members(kept):
        home = f"{kept.path}!/{member.removesuffix(_MANIFEST)}"
        yield found_of(said, home, evidence=(home,))


CATALOGER = Cataloger(
    name="node_archives",
    types=("npm",),
    observers=(
        Observer(
            name="node_archives",
            version=1,
            interest=Interest(suffixes=frozenset({b".zip"})),
            open=_open,
            summary="packages inside the archives of Yarn's cache",
        ),
    ),
    summary="Node packages in the zip archives of `.yarn/cache` and `.yarn/berry/cache`, which "
    "Yarn's Plug'n'Play runs packed",
    read=_read,
)
