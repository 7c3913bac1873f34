"""Random layers over few names, so that everything meets everything."""

from hypothesis import strategies as st

from tests.images import File

Member = tuple[str, File]
Members = list[Member]

_NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
"""Paths of up to three names."""
_TARGETS = st.one_of(
    PATHS,
    PATHS.map("/".__add__),
    PATHS.map("../".__add__),
    st.sampled_from([".", "..", "/", "a/../b", "../../../c", "./c/", "nowhere/b"]),
)
_METADATA = {
    "mode": st.sampled_from([0o644, 0o755, 0o4755, 0o600]),
    "uid": st.integers(0, 2),
    "gid": st.integers(0, 2),
}


def _beside(prefix: str, path: str) -> str:
    """Return a path with a prefix before its last name."""
    directory, slash, name = path.rpartition("/")
    return directory + slash + prefix + name


_FILES = st.builds(File, content=st.sampled_from([b"", b"1", b"two"]), **_METADATA)
_DIRECTORIES = st.builds(File, kind=st.just("d"), **_METADATA)
_SYMLINKS = st.builds(File, kind=st.just("l"), link=_TARGETS, mode=st.just(0o777))
_HARD_LINKS = st.builds(File, kind=st.just("h"), link=PATHS, **_METADATA)
_FIFOS = st.builds(File, kind=st.just("p"), **_METADATA)
_WHITEOUTS = PATHS.map(lambda path: (_beside(".wh.", path), File()))
_OPAQUES = st.one_of(st.just(""), PATHS.map("{}/".format)).map(
    lambda directory: (directory + ".wh..wh..opq", File())
)
_ROOTS = _DIRECTORIES.map(lambda root: (".", root))


def members(*, links: bool = True) -> st.SearchStrategy[Members]:
    """Return a strategy for the members of one layer; without links nothing lies elsewhere."""
    kinds = [_FILES, _FILES, _DIRECTORIES, _DIRECTORIES, _FIFOS]
    if links:
        kinds += [_SYMLINKS, _SYMLINKS, _HARD_LINKS]
    placed = st.tuples(PATHS, st.one_of(kinds))
    return st.lists(st.one_of(placed, placed, placed, _WHITEOUTS, _OPAQUES, _ROOTS), max_size=7)


def layers(*, links: bool = True) -> st.SearchStrategy[list[Members]]:
    """Return a strategy for the layers of one image, lowest first."""
    return st.lists(members(links=links), min_size=1, max_size=4)
