"""Images with an inventory, and who owns what in them."""

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly
from tests.images import File, Layer, image

ELF = b"\x7fELF\2\1\1" + bytes(57)


def view(*layers: Layer) -> ImageView:
    """Return an image with its inventory."""
    made = image(*layers, observers=assembly.observers())
    return assembly.with_inventory(made)


def owners(view: ImageView, path: str) -> list[str]:
    """Return the packages that own what is visible at a path, the most specific first."""
    entry = view.tree.get(path)
    assert entry
    return [f"{one.type} {one.name}" for one in view.inventory.owners(entry.path)]


def dpkg(**packages: list[str]) -> dict[str, File | bytes]:
    """Return a dpkg database: packages and their recorded paths."""
    names = {name.replace("_", "-"): paths for name, paths in packages.items()}
    stanza = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    layer: dict[str, File | bytes] = {
        "var/lib/dpkg/status": "".join(map(stanza.format, names)).encode()
    }
    for name, paths in names.items():
        listing = "/.\n" + "".join(f"/{path}\n" for path in paths)
        layer[f"var/lib/dpkg/info/{name}.list"] = listing.encode()
    return layer


def alone(view: ImageView) -> dict[str, str]:
    """Return the executables that nobody vouches for, with the package that they are within."""
    return {one.path: one.within for one in view.inventory.unowned}
