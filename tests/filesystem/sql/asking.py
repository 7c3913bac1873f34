"""Queries over one image, with masks as a report has them."""

from collections.abc import Sequence

from ocianalyze.detectors.secrets.shown import hidden, identities_of, names_of
from ocianalyze.filesystem.sql._base import Masks, Row, Table
from ocianalyze.filesystem.sql.query import Database
from ocianalyze.filesystem.sql.tables import TABLES
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.report import mask

MASKS = Masks(mask.line, mask.variable, hidden, identities_of, names_of)


def asked(
    query: str, view: ImageView, limits: Limits = DEFAULT, tables: Sequence[Table] = TABLES
) -> list[Row]:
    """Return the rows of a query."""
    database = Database(view, MASKS, limits, tables)
    try:
        return list(database.ask(query).rows)
    finally:
        database.close()
