"""Awarded works that everybody may look at: published awards, whose authors' guardians agreed to showing.

Nothing is kept: each look asks anew, so that a withdrawn consent or a cancelled award takes the work down at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select, true
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry, EntryFile
from contest_portal.media.models import Blob, Derivative
from contest_portal.people.models import Consent
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.public_list.content import PublicLine, Section, from_content
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLISHED_STATES, is_down


@dataclass(frozen=True)
class GalleryWork:
    """One work."""

    contest_id: int
    entry_id: int
    category: str
    line: PublicLine
    blob: Blob
    is_film: bool


@dataclass(frozen=True)
class GalleryLook:
    """A picture or film of a shown work, of the kind that was asked for."""

    blob: Blob
    kind: str


@dataclass(frozen=True)
class Gallery:
    """A contest with the works that are shown now; there is at least one."""

    contest: Contest
    works: Sequence[GalleryWork]


def gallery(contest_id: int) -> list[GalleryWork]:
    """The works that are shown now, in the order of the public list. At most three statements."""
    publication = _public(contest_id)
    if publication is None:
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


def gallery_of(contest_id: int) -> Gallery:
    """The contest and its works, read once for the page. Raises NotFound where it shows nothing."""
    contest = db.session.scalar(select(Contest).where(Contest.id == contest_id).options(joinedload(Contest.office)))
    works = gallery(contest_id) if contest is not None else []
    if contest is None or not works:
        raise NotFound
    return Gallery(contest, works)


def gallery_look(contest_id: int, entry_id: int, look: str) -> GalleryLook:
    """A shown work's small (`thumb`) or large (`large`) picture. Raises NotFound for what is not shown now.

    Asks for this work alone, so that a page of many pictures does not make the whole list once for each of them.
    """
    publication = _public(contest_id)
    number = db.session.scalar(select(Entry.number).where(Entry.id == entry_id, Entry.contest_id == contest_id))
    is_listed = publication is not None and any(
        line["entry_number"] == number and not line.get("key")
        for section in publication.content["sections"]
        for line in section["lines"]
    )
    if number is None or not is_listed or not _shown_entries(contest_id, {number}, entry_id):
        raise NotFound
    found = _looks([entry_id])
    if entry_id not in found:
        raise NotFound
    blob, is_film = found[entry_id]
    return GalleryLook(blob, kind_of(look, is_film=is_film))


def kind_of(look: str, *, is_film: bool) -> str:
    """The kind of picture or film that is shown small (`thumb`) or large."""
    if look == "thumb":
        return "poster" if is_film else "thumb"
    return "film720" if is_film else "screen"


def _public(contest_id: int) -> Publication | None:
    """The newest public list of awards that is up."""
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
    return None if publication is None or is_down(publication) else publication


def _shown_entries(contest_id: int, numbers: Collection[str], entry_id: int | None = None) -> dict[int, str]:
    """Works (or this one) with an award that stands, of whose pupil authors every one may be shown: work → number.

    Of a pupil the consent recorded last counts: who agrees to less later, or takes a yes back, is not overruled by an
    older yes. A withdrawn no (recorded by mistake) counts for nothing. A work without any pupil among its authors is a
    teacher's; nobody agreed for it, and it is not shown.
    """
    newest = (
        select(func.max(Consent.id))
        .where(Consent.student_id == Author.student_id, or_(Consent.withdrawn_at.is_(None), Consent.covers_showing))
        .correlate(Author)
        .scalar_subquery()
    )
    agreed = exists().where(Consent.id == newest, Consent.covers_showing, Consent.withdrawn_at.is_(None))
    has_pupil = exists().where(Author.entry_id == Entry.id, Author.student_id.is_not(None))
    somebody_not = exists().where(Author.entry_id == Entry.id, Author.student_id.is_not(None), ~agreed)
    rows = db.session.execute(
        select(Entry.id, Entry.number)
        .join(AwardLine, AwardLine.entry_id == Entry.id)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Category, Category.id == Entry.category_id)
        .where(
            Entry.contest_id == contest_id,
            true() if entry_id is None else Entry.id == entry_id,
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
