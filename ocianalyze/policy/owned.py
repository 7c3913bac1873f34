"""Whether a file is what a rule's package ships: only a record of its bytes shows it."""

from collections.abc import Iterable

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.own_bytes import has_own_bytes
from ocianalyze.model.package import Package


def of_package(
    view: ImageView, path: str, packages: Iterable[Package], *, is_proved: bool = False
) -> bool | None:
    """Tell whether one of some packages ships a file as it is; None where no record tells.

    Args:
        view: with its packages.
        path: of the final filesystem.
        packages: those that own the path and that the rule means.
        is_proved: the rule names the bytes itself, so that no record must.

    """
    meant = tuple(packages)
    if is_proved or not meant:
        return bool(meant)
    proofs = {has_own_bytes(view, path, package) for package in meant}
    return next(proof for proof in (True, None, False) if proof in proofs)
