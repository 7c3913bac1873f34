"""Volumes at directories that belong to the kernel or the system."""

import re
from collections.abc import Iterator

from ocianalyze.controls._base import Control, field_unread
from ocianalyze.controls.hint import pointer_to, volumes
from ocianalyze.controls.saying import judged, of_config
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_KERNELS = re.compile(r"/*(?:(?:dev|proc|sys)(?:/.*)?)?", re.DOTALL)
_SYSTEMS = re.compile(r"/*(?:boot|etc|lib|usr)/*")


def evaluate(view: ImageView) -> Verdict:
    """Fail for the kernel's directories and the root; the system's others are for people."""
    if unread := field_unread(view, "Volumes"):
        return unread
    found = tuple(_at(view, _KERNELS))
    if found:
        return judged(found, "volume-at-kernel", "volume")
    review = Status.NEEDS_REVIEW
    return judged(_at(view, _SYSTEMS), "volume-at-system", "volume", status=review)


def _at(view: ImageView, pattern: re.Pattern[str]) -> Iterator[Evidence]:
    for volume in volumes(view):
        if pattern.fullmatch(volume):
            pointer = pointer_to("config", "Volumes", volume)
            yield of_config(pointer, f"volume at {volume[:80]}", "high")


CONTROL = Control(
    id="dockle-DKL-DI-0002",
    short="volumes",
    automation="full",
    reads="config.Volumes",
    decides="fails on a volume at / or at or below /dev, /proc or /sys; one at /boot, /etc, /lib "
    "or /usr needs review",
    limits="which directories a runtime mounts is not in the image",
    remediation="VOLUME at a directory of the application alone",
    evaluate=evaluate,
    needs=frozenset({"config"}),
    on_windows="meaningless",
)
