"""Awarded works that everybody may look at: published awards, whose authors' guardians agreed to showing.

Nothing is kept: each look asks anew, so that a withdrawn consent or a cancelled award takes the work down at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry, EntryFile
from contest_portal.media.models import Blob, Derivative
from contest_portal.people.models import Consent
from contest_portal.results.award_models import AwardLine, AwardList
from contest_portal.results.models import Publication
from contest_portal.results.public_list import PublicLine, Section, from_content
from contest_portal.results.queries.publications import PUBLISHED_STATES, is_down


@dataclass(frozen=True)
class GalleryWork:
    """One work. `thumb`, `full`: the kinds of its small and its large picture or film."""

    contest_id: int
    entry_id: int
    category: str
    line: PublicLine
    blob: Blob
    is_film: bool

    @property
    def thumb(self) -> str:
        return "poster" if self.is_film else "thumb"

    @property
    def full(self) -> str:
        return "film720" if self.is_film else "screen"


@dataclass(frozen=True)
class GalleryLook:
    """A picture or film of a shown work, of the kind that was asked for."""

    work: GalleryWork
    kind: str


def gallery(contest_id: int) -> list[GalleryWork]:
    """The works that are shown now, in the order of the public list. At most five statements."""
    publication = db.session.scalar(
        select(Publication)
        .where(
            Publication.contest_id == contest_id,
            Publication.kind == "award",
            Publication.state.in_(PUBLISHED_STATES),
        )
        .order_by(Publication.version.desc())
        .limit(1)
    )
    if publication is None or is_down(publication):
        return []
    sections = from_content(publication.content)
    lines = {line.entry_number: (section, line) for section in sections for line in section.lines if not line.key}
    shown = _shown_entries(contest_id, lines)
    looks = _looks(list(shown))
    found = []
    for entry_id, number in shown.items():
        if entry_id in looks:
            section, line = lines[number]
            blob, is_film = looks[entry_id]
            found.append(GalleryWork(contest_id, entry_id, section.category, line, blob, is_film))
    return sorted(found, key=lambda one: (_place(sections, one.category), one.line.number))


def gallery_contest(contest_id: int) -> Contest:
    """The contest of a gallery. Raises NotFound where it shows nothing."""
    contest = db.session.scalar(select(Contest).where(Contest.id == contest_id).options(joinedload(Contest.office)))
    if contest is None or not gallery(contest_id):
        raise NotFound
    return contest


def gallery_look(contest_id: int, entry_id: int, look: str) -> GalleryLook:
    """A shown work's small (`thumb`) or large (`large`) picture. Raises NotFound for what is not shown now."""
    work = next((one for one in gallery(contest_id) if one.entry_id == entry_id), None)
    if work is None:
        raise NotFound
    return GalleryLook(work, work.thumb if look == "thumb" else work.full)


def _shown_entries(contest_id: int, numbers: Collection[str]) -> dict[int, str]:
    """Works with an award that stands, of whose pupil authors every one may be shown: work → number.

    A work without any pupil among its authors is a teacher's; nobody agreed for it, and it is not shown.
    """
    agreed = exists().where(
        Consent.student_id == Author.student_id, Consent.covers_showing, Consent.withdrawn_at.is_(None)
    )
    has_pupil = exists().where(Author.entry_id == Entry.id, Author.student_id.is_not(None))
    somebody_not = exists().where(Author.entry_id == Entry.id, Author.student_id.is_not(None), ~agreed)
    rows = db.session.execute(
        select(Entry.id, Entry.number)
        .join(AwardLine, AwardLine.entry_id == Entry.id)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Category, Category.id == Entry.category_id)
        .where(
            Entry.contest_id == contest_id,
            Entry.state == "accepted",
            AwardList.state == "approved",
            AwardLine.state == "given",
            has_pupil,
            ~somebody_not,
        )
    )
    return {row.id: row.number for row in rows if row.number in numbers}


def _looks(entry_ids: Collection[int]) -> dict[int, tuple[Blob, bool]]:
    """Work → its first painting or film that is ready to be shown."""
    rows = db.session.execute(
        select(EntryFile.entry_id, Blob, Derivative.kind)
        .join(Blob, Blob.id == EntryFile.blob_id)
        .join(Derivative, Derivative.blob_id == Blob.id)
        .where(
            EntryFile.entry_id.in_(entry_ids),
            EntryFile.slot_code.in_(("painting", "film")),
            Derivative.kind.in_(("thumb", "poster")),
            Derivative.state == "ready",
        )
        .order_by(EntryFile.id)
    )
    found: dict[int, tuple[Blob, bool]] = {}
    for entry_id, blob, kind in rows:
        found.setdefault(entry_id, (blob, kind == "poster"))
    return found


def _place(sections: list[Section], category: str) -> int:
    return next((n for n, section in enumerate(sections) if section.category == category), len(sections))
