"""What was typed into a work, as judges read it: every page, sheet of paper and message for judges takes it from here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.redacting import Redaction, redacted

_AT_ONCE = 10_000
"""Works; SQLite takes no more than some 30,000 values in a statement."""


@dataclass(frozen=True)
class JudgesTexts:
    """The redactions of some works, by work and part of the form (title, summary, or an answer's code)."""

    redactions: Mapping[tuple[int, str], Sequence[Redaction]]

    def read(self, entry_id: int, place: str, text: str) -> str:
        """That part of the work as its judges read it."""
        return redacted(text, self.redactions.get((entry_id, place), ()))

    def title(self, entry_id: int, title: str) -> str:
        """The work's title as its judges read it."""
        return self.read(entry_id, "title", title)


def judges_texts(entry_ids: Collection[int], *, blind: bool = True) -> JudgesTexts:
    """How judges of a round read these works: one statement for each ten thousand of them; judges of a round that is not
    blind read all, without any statement."""
    found: dict[tuple[int, str], list[Redaction]] = defaultdict(list)
    ids = sorted(entry_ids) if blind else []
    for start in range(0, len(ids), _AT_ONCE):
        rows = db.session.execute(
            select(NameTrace.entry_id, NameTrace.place, NameTrace.letter, NameTrace.length, NameTrace.words).where(
                NameTrace.entry_id.in_(ids[start : start + _AT_ONCE]),
                NameTrace.blob_id.is_(None),
                NameTrace.state == "redacted",
            )
        )
        for entry_id, place, letter, length, words in rows:
            found[entry_id, place].append(Redaction(letter, length, words))
    return JudgesTexts(found)
