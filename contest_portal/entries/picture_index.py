"""The sketches of an office's pictures, in memory, so that one picture is compared with all of them at once.

Each process has its own and brings it up to date before it asks: what came in since is read from the database. Nothing
is ever taken out; whoever asks looks up what became of a picture.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import or_, select

from contest_portal.core.database import db
from contest_portal.entries.likeness_models import EntryContent
from contest_portal.media.likeness import Index, PictureFingerprint
from contest_portal.media.models import Fingerprint

LOOKED_BACK_ROWS = 1_000
LOOKED_BACK = timedelta(minutes=10)
"""A row of another process may be written after one of a higher number or a later time: a little is read again."""


class PictureIndex:
    """One office's sketches by the numbers of their fingerprints. Safe for threads."""

    def __init__(self, office_id: int) -> None:
        self._office_id = office_id
        self._lock = threading.Lock()
        self._index = Index()
        self._last_row = 0
        self._last_moment = datetime(1970, 1, 2, tzinfo=UTC) + LOOKED_BACK

    def candidates(self, picture: PictureFingerprint, most: int) -> list[int]:
        """The fingerprints that are worth a comparison, the nearest first."""
        with self._lock:
            self._catch_up()
            return [number for number, _distance in self._index.candidates(picture, most)]

    def _catch_up(self) -> None:
        rows = db.session.execute(
            select(EntryContent.id, Fingerprint.id, Fingerprint.made_at, Fingerprint.sketch)
            .join(Fingerprint, Fingerprint.id == EntryContent.fingerprint_id)
            .where(EntryContent.office_id == self._office_id, EntryContent.kind == "picture", Fingerprint.problem == "")
            .where(
                or_(
                    EntryContent.id > self._last_row - LOOKED_BACK_ROWS,
                    Fingerprint.made_at > self._last_moment - LOOKED_BACK,
                )
            )
        ).all()
        for row, number, made_at, sketch in rows:
            self._index.add(number, sketch)
            self._last_row = max(self._last_row, row)
            self._last_moment = max(self._last_moment, made_at)


_making = threading.Lock()


def picture_index(office_id: int) -> PictureIndex:
    """The running application's index of that office."""
    with _making:
        indexes: dict[int, PictureIndex] = current_app.extensions.setdefault("picture_indexes", {})
        return indexes.setdefault(office_id, PictureIndex(office_id))
