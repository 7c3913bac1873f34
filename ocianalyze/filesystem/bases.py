"""Images as bases of others: what their configs promise, without reading a layer."""

from ocianalyze.limits import Limits
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.document import read_config
from ocianalyze.sources._base import StoredImage


def base_of(image: StoredImage, told_by: ToldBy, limits: Limits) -> BaseImage | None:
    """Return an image as a base; None for one whose config names no layers."""
    config = read_config(image.config.data, limits)[0] if image.config else None
    if config is None or not config.rootfs.diff_ids:
        return None
    digest = image.manifest.digest if image.manifest else None
    return BaseImage(
        name=image.names[0] if image.names else "",
        told_by=told_by,
        diff_ids=tuple(map(str, config.rootfs.diff_ids)),
        digest=str(digest or ""),
        steps=len(config.history),
    )
