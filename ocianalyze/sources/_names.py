"""Names of images: `repository[:tag][@digest]`, compared as Docker expands them."""

_PREFIXES = ("docker.io/", "index.docker.io/", "library/")


def expanded(name: str) -> str:
    """Return a name without Docker Hub's prefix and with its tag: `alpine` is `alpine:latest`."""
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    if "@" in name or ":" in name.rpartition("/")[2]:
        return name
    return f"{name}:latest"


def merged(
    first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return both lists of names, of two spellings of one name the first; and bare tags of these.

    A layout's `ref.name` is often the bare tag of a name that the other document has whole.
    """
    known = {expanded(name) for name in first}
    tags = {name.rpartition(":")[2] for name in known}
    more = [name for name in second if expanded(name) not in known]
    return (
        (*first, *(name for name in more if name not in tags)),
        tuple(name for name in more if name in tags),
    )
