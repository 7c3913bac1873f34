"""The tables of images that all queries of a profile ask, within one bound for all of them."""

from dataclasses import replace
from time import monotonic

from ocianalyze.errors import LimitExceeded
from ocianalyze.filesystem.sql._base import Masks
from ocianalyze.filesystem.sql.query import Answer, Database
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import Limits


class Databases:
    """The tables of the image at hand, which all controls of a profile share.

    So do they share what time and rows there are, whatever the number of queries and images.
    """

    def __init__(self, masks: Masks, limits: Limits) -> None:
        """Have none open.

        Args:
            masks: what hides secrets.
            limits: bounds for queries.

        """
        self._masks = masks
        self._limits = limits
        self._seconds = limits.custom_sql_seconds
        self._rows = limits.custom_sql_rows
        self._view: ImageView | None = None
        self._database: Database | None = None

    def of(self, view: ImageView) -> Database:
        """Return the tables of one image; those of another are closed."""
        if self._database is None or self._view is not view:
            if self._database is not None:
                self._database.close()
            self._view = view
            self._database = Database(view, self._masks, self._limits)
        return self._database

    def ask(self, view: ImageView, query: str) -> Answer:
        """Run a query over one image, within what is left for all of them.

        Raises:
            UsageError: it is no query over these tables, fails, or reads what was left out.
            LimitExceeded: it takes too long or too much memory, or nothing is left for it.

        """
        self._refuse_spent()
        try:
            answer = self._timed(view, query)
        except LimitExceeded:
            self._refuse_spent()
            raise
        self._rows -= len(answer.rows)
        return answer

    def _timed(self, view: ImageView, query: str) -> Answer:
        bounds = replace(
            self._limits,
            sql_seconds=min(self._limits.sql_seconds, self._seconds),
            sql_rows=min(self._limits.sql_rows, self._rows),
        )
        began = monotonic()
        try:
            return self.of(view).ask(query, bounds)
        finally:
            self._seconds -= monotonic() - began

    def _refuse_spent(self) -> None:
        limits = self._limits
        if self._seconds <= 0:
            said = f"all queries took {limits.custom_sql_seconds:g} s"
            raise LimitExceeded(said, limit="custom_sql_seconds")
        if self._rows <= 0:
            said = f"all queries returned {limits.custom_sql_rows} rows"
            raise LimitExceeded(said, limit="custom_sql_rows")
