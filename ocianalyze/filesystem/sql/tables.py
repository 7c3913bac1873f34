"""The tables that every image has; a further one is a `Table` in this list."""

from ocianalyze.filesystem.sql._base import Table
from ocianalyze.filesystem.sql.contents import (
    COMMANDS,
    CONFIG,
    DISTRIBUTION,
    FINDINGS,
    HISTORY,
    LAYERS,
    PACKAGES,
)
from ocianalyze.filesystem.sql.files import ATTRIBUTES, FILES, TREE
from ocianalyze.filesystem.sql.secrets import SECRETS

TABLES: tuple[Table, ...] = (
    FILES,
    TREE,
    ATTRIBUTES,
    PACKAGES,
    DISTRIBUTION,
    HISTORY,
    COMMANDS,
    CONFIG,
    LAYERS,
    FINDINGS,
    SECRETS,
)
