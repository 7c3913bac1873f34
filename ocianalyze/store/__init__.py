"""LayerFacts kept between runs, by the digest of the stored bytes."""

from ocianalyze.store.directory import default_directory
from ocianalyze.store.local import Store
from ocianalyze.store.upkeep import Pruned, StoreInfo

__all__ = ["Pruned", "Store", "StoreInfo", "default_directory"]
