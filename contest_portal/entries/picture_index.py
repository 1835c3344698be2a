"""The sketches of an office's pictures, in memory, so that one picture is compared with all of them at once.

Each process has its own and brings it up to date before it asks: what came in since is read from the database. Nothing
is ever taken out; whoever asks looks up what became of a picture.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.entries.likeness_models import EntryContent
from contest_portal.media.models import Fingerprint

if TYPE_CHECKING:
    from contest_portal.media.likeness import Index, PictureFingerprint

LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
LOOKED_BACK_ROWS = 1_000
LOOKED_BACK = timedelta(minutes=10)
"""A row of another process may be written after one of a higher number or a later time: a little is read again."""


class PictureIndex:
    """One office's sketches by the numbers of their fingerprints. Safe for threads."""

    def __init__(self, office_id: int) -> None:
        self._office_id = office_id
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._last_row = 0
        self._last_moment: datetime | None = None

    def candidates(self, picture: PictureFingerprint, most: int) -> list[int]:
        """The fingerprints that are worth a comparison, the nearest first."""
        with self._lock:
            index = self._caught_up()
            return [number for number, _distance in index.candidates(picture, most)]

    def _caught_up(self) -> Index:
        """The index with all that is in the database: everything at first, then what came or was made anew since."""
        from contest_portal.media.likeness import Index

        last_row, last_moment = db.session.execute(
            self._chosen(func.coalesce(func.max(EntryContent.id), 0), func.max(Fingerprint.made_at))
        ).one()
        sketches = self._chosen(Fingerprint.id, Fingerprint.sketch)
        if self._index is None:
            self._index = Index(tuple(row) for row in db.session.execute(sketches))
        else:
            for which in (
                EntryContent.id > self._last_row - LOOKED_BACK_ROWS,
                Fingerprint.made_at > (self._last_moment or LONG_AGO) - LOOKED_BACK,
            ):
                for number, sketch in db.session.execute(sketches.where(which)):
                    self._index.add(number, sketch)
        self._last_row, self._last_moment = last_row, last_moment
        return self._index

    def _chosen(self, *columns: Any) -> Any:
        from contest_portal.media.likeness.sketch import SKETCH_BYTES

        return (
            select(*columns)
            .select_from(EntryContent)
            .join(Fingerprint, Fingerprint.id == EntryContent.fingerprint_id)
            .where(EntryContent.office_id == self._office_id, EntryContent.kind == "picture")
            .where(func.length(Fingerprint.sketch) == SKETCH_BYTES)  # none, or one of an earlier version of the program
        )


_making = threading.Lock()


def picture_index(office_id: int) -> PictureIndex:
    """The running application's index of that office."""
    with _making:
        indexes: dict[int, PictureIndex] = current_app.extensions.setdefault("picture_indexes", {})
        return indexes.setdefault(office_id, PictureIndex(office_id))
