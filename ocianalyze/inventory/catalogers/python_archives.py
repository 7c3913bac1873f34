"""Python programs in one file (PEP 441): zipapps, and what pex and shiv make.

The distributions inside keep their info directories, so each is found as where it is unpacked.
"""

from collections.abc import Iterator

from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._core_metadata import described
from ocianalyze.inventory.catalogers._zip import PREFIX
from ocianalyze.inventory.catalogers._zip_members import ZipMembers, members
from ocianalyze.inventory.catalogers.python import directory_names, normalized
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.package import Distribution, Found

_SCRIPT = b"#!"
_WHEEL = b".whl"
_ARCHIVES = frozenset({b".pex", b".pyz", b".pyzw", _WHEEL})
_PEX = b".deps"
"""Where pex runs wheels from without unpacking them; elsewhere they are only to be installed."""
_METADATA = (".dist-info/METADATA", ".egg-info/PKG-INFO")


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Look into an archive, and into one behind the line that names its interpreter."""
    if head[:2] == _SCRIPT:
        return _program() if b"\n" + PREFIX in bytes(head) else None
    is_run = not seen.path.endswith(_WHEEL) or seen.path.rsplit(b"/", 2)[-2:-1] == [_PEX]
    return _program() if is_run and head[:4] == PREFIX else None


def _program() -> Tap:
    return ZipMembers(lambda name: name.endswith(_METADATA), described)


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    for member, said in members(kept):
        home = f"{kept.path}!/{member.rpartition('/')[0]}"
        own, version = directory_names(home)
        recorded = said.get("name") or own
        yield Found(
            type="pypi",
            name=normalized(recorded),
            version=said.get("version") or version,
            licenses=tuple(said.get("licenses", ())),
            supplier=said.get("supplier", ""),
            depends=tuple(said.get("depends", ())),
            location=home,
            evidence=(home,),
        )


CATALOGER = Cataloger(
    name="python_archives",
    types=("pypi",),
    observers=(
        Observer(
            name="python_archives",
            version=1,
            interest=Interest(suffixes=_ARCHIVES, magics=frozenset({_SCRIPT})),
            open=_open,
            summary="distributions inside Python programs that are one archive",
        ),
    ),
    summary="Python programs in one file: zipapps, and those of pex and shiv, by the "
    "`*.dist-info` and `*.egg-info` inside, also without a suffix behind a `#!` line; wheels in "
    "`.deps`, which pex runs packed",
    read=_read,
)
