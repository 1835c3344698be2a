"""Where to look for what is like a content: the contents of an entry, those of others that share its marks or lie near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from contest_portal.contests.models import Contest, ContestAttachment
from contest_portal.core.database import db
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Entry
from contest_portal.entries.picture_index import picture_index
from contest_portal.media.models import Fingerprint, TextMark
from contest_portal.media.services.fingerprints import picture_of

MOST_CANDIDATES = 20
LEAST_SHARED_MARKS = 2

FORM_ENTRIES, FORM_SHARE, FORM_SCHOOLS = 6, 0.3, 3
"""What stands in so many entries' material of one kind, of so many schools, is what the form itself says."""


def contents_of(entry_id: int) -> list[EntryContent]:
    """What is compared of the entry's last submitted version, each with its entry."""
    return list(
        db.session.scalars(
            select(EntryContent)
            .where(EntryContent.entry_id == entry_id, EntryContent.is_current)
            .options(joinedload(EntryContent.entry).joinedload(Entry.contest), joinedload(EntryContent.fingerprint))
            .order_by(EntryContent.id)
        )
    )


def candidates_of(content: EntryContent, printed: Collection[int]) -> list[EntryContent]:
    """The current contents of the office's other entries that may be alike, and those already found alike (`partners`).

    Those with the content's own fingerprint and partners come first, then the nearest. `printed`: marks of a text that
    its form prints, see `common_marks`.
    """
    near = _near_pictures(content) if content.kind == "picture" else _texts_with_shared_marks(content, printed)
    nearest_first = {fingerprint_id: place for place, fingerprint_id in enumerate(near)}
    found = _others(content, {content.fingerprint_id, *near}, partners(content))
    return sorted(
        found,
        key=lambda one: (
            -1 if one.fingerprint_id == content.fingerprint_id else nearest_first.get(one.fingerprint_id, -1)
        ),
    )


def _near_pictures(content: EntryContent) -> Sequence[int]:
    picture = picture_of(content.fingerprint_id)
    return picture_index(content.office_id).candidates(picture, MOST_CANDIDATES) if picture else ()


def _texts_with_shared_marks(content: EntryContent, printed: Collection[int]) -> Sequence[int]:
    own, other = aliased(TextMark), aliased(TextMark)
    shared = func.count()
    rows = db.session.execute(
        select(other.fingerprint_id, shared)
        .join(own, and_(own.mark == other.mark, own.fingerprint_id == content.fingerprint_id))
        .join(EntryContent, EntryContent.fingerprint_id == other.fingerprint_id)
        .where(
            EntryContent.office_id == content.office_id,
            EntryContent.is_current,
            EntryContent.entry_id != content.entry_id,
            own.mark.not_in(printed),
        )
        .group_by(other.fingerprint_id)
        .having(shared >= LEAST_SHARED_MARKS)
        .order_by(shared.desc(), other.fingerprint_id)
        .limit(MOST_CANDIDATES)
    )
    return [fingerprint_id for fingerprint_id, _count in rows]


def common_marks(content: EntryContent) -> frozenset[int]:
    """The text's marks that are a form's and not its writer's: what the office itself printed in its call and blank
    forms, and what many entries have in material of one kind.

    Of one kind is what lies in the same slot of the same category, or of the same contest, since one form often serves
    all its categories; typed words are one kind of each.
    """
    return (
        _published_marks(content)
        | _marks_of_many(content, by_category=True)
        | _marks_of_many(content, by_category=False)
    )


def _published_marks(content: EntryContent) -> frozenset[int]:
    own, other = aliased(TextMark), aliased(TextMark)
    rows = db.session.scalars(
        select(own.mark)
        .join(other, other.mark == own.mark)
        .join(Fingerprint, Fingerprint.id == other.fingerprint_id)
        .join(ContestAttachment, ContestAttachment.file_sha256 == Fingerprint.sha256)
        .join(Contest, Contest.id == ContestAttachment.contest_id)
        .where(own.fingerprint_id == content.fingerprint_id, Contest.office_id == content.office_id)
        .distinct()
    )
    return frozenset(rows)


def unread_papers(office_id: int) -> list[tuple[str, str]]:
    """(hash, name) of the attachments of the office's calls of which there is no fingerprint yet."""
    known = exists().where(Fingerprint.sha256 == ContestAttachment.file_sha256, Fingerprint.kind == "text")
    rows = db.session.execute(
        select(ContestAttachment.file_sha256, ContestAttachment.file_name)
        .join(Contest, Contest.id == ContestAttachment.contest_id)
        .where(Contest.office_id == office_id, ~known)
        .distinct()
    )
    return [(sha256, name) for sha256, name in rows]


def _kind_of_material(*, by_category: bool) -> tuple[Any, Any]:
    return (Entry.category_id if by_category else Entry.contest_id), EntryContent.slot_code


def _marks_of_many(content: EntryContent, *, by_category: bool) -> frozenset[int]:
    own, other = aliased(TextMark), aliased(TextMark)
    of_kind = _kind_of_material(by_category=by_category)
    entries, schools = func.count(Entry.id.distinct()), func.count(Entry.school_id.distinct())
    rows = db.session.execute(
        select(own.mark, *of_kind, entries, schools)
        .join(other, other.mark == own.mark)
        .join(EntryContent, EntryContent.fingerprint_id == other.fingerprint_id)
        .join(Entry, Entry.id == EntryContent.entry_id)
        .where(own.fingerprint_id == content.fingerprint_id)
        .where(EntryContent.office_id == content.office_id, EntryContent.is_current)
        .group_by(own.mark, *of_kind)
        .having(entries >= FORM_ENTRIES)
    ).all()
    if not rows:
        return frozenset()
    wholes = _sizes(content.office_id, by_category=by_category)
    return frozenset(
        mark
        for mark, place, slot, entry_count, school_count in rows
        if entry_count >= FORM_SHARE * wholes[place, slot][0]
        and school_count >= min(FORM_SCHOOLS, wholes[place, slot][1])
    )


def _sizes(office_id: int, *, by_category: bool) -> dict[tuple[int, str], tuple[int, int]]:
    """(entries, schools) that have texts, by category or contest and slot."""
    of_kind = _kind_of_material(by_category=by_category)
    rows = db.session.execute(
        select(
            *of_kind,
            func.count(Entry.id.distinct()),
            func.count(Entry.school_id.distinct()),
        )
        .join(Entry, Entry.id == EntryContent.entry_id)
        .where(EntryContent.office_id == office_id, EntryContent.kind == "text", EntryContent.is_current)
        .group_by(*of_kind)
    )
    found: dict[tuple[int, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    found |= {(place, slot): (entries, schools) for place, slot, entries, schools in rows}
    return found


def shows_its_form(content: EntryContent) -> bool:
    """Whether there is now so much of the text's kind that what its form says can be told, and was not much before."""
    entry = content.entry
    return any(
        FORM_ENTRIES
        <= _sizes(content.office_id, by_category=by_category)[place, content.slot_code][0]
        <= 2 * FORM_ENTRIES
        for by_category, place in ((True, entry.category_id), (False, entry.contest_id))
    )


def open_pairs_beside(content: EntryContent) -> list[LikenessPair]:
    """The open pairs of other entries' texts of the same kind, with their contents."""
    a, b = aliased(EntryContent), aliased(EntryContent)
    entry_a, entry_b = aliased(Entry), aliased(Entry)
    statement = (
        select(LikenessPair)
        .join(a, a.id == LikenessPair.content_a_id)
        .join(b, b.id == LikenessPair.content_b_id)
        .join(entry_a, entry_a.id == LikenessPair.entry_a_id)
        .join(entry_b, entry_b.id == LikenessPair.entry_b_id)
        .where(LikenessPair.office_id == content.office_id, LikenessPair.kind == "text", LikenessPair.state == "open")
        .where(LikenessPair.entry_a_id != content.entry_id, LikenessPair.entry_b_id != content.entry_id)
        .where(
            ((a.slot_code == content.slot_code) & (entry_a.contest_id == content.entry.contest_id))
            | ((b.slot_code == content.slot_code) & (entry_b.contest_id == content.entry.contest_id))
        )
        .options(
            contains_eager(LikenessPair.content_a.of_type(a))
            .contains_eager(a.entry.of_type(entry_a))
            .joinedload(entry_a.contest),
            contains_eager(LikenessPair.content_b.of_type(b))
            .contains_eager(b.entry.of_type(entry_b))
            .joinedload(entry_b.contest),
        )
    )
    return list(db.session.scalars(statement))


def open_text_pairs() -> list[LikenessPair]:
    """All open pairs of texts, with their contents and without their passages, which may be long."""
    a, b = aliased(EntryContent), aliased(EntryContent)
    statement = (
        select(LikenessPair)
        .join(a, a.id == LikenessPair.content_a_id)
        .join(b, b.id == LikenessPair.content_b_id)
        .where(LikenessPair.kind == "text", LikenessPair.state == "open")
        .options(
            defer(LikenessPair.details),
            contains_eager(LikenessPair.content_a.of_type(a)).joinedload(a.entry).joinedload(Entry.contest),
            contains_eager(LikenessPair.content_b.of_type(b)).joinedload(b.entry).joinedload(Entry.contest),
        )
        .order_by(LikenessPair.content_a_id, LikenessPair.id)
    )
    return list(db.session.scalars(statement))


def partners(content: EntryContent) -> set[int]:
    """The contents that were found alike to it, whatever became of the pair."""
    pairs = db.session.execute(
        select(LikenessPair.content_a_id, LikenessPair.content_b_id).where(
            (LikenessPair.content_a_id == content.id) | (LikenessPair.content_b_id == content.id)
        )
    )
    return {one for pair in pairs for one in pair} - {content.id}


def _others(content: EntryContent, fingerprint_ids: Collection[int], ids: Collection[int]) -> list[EntryContent]:
    wanted = EntryContent.fingerprint_id.in_(fingerprint_ids) | EntryContent.id.in_(ids)
    return list(
        db.session.scalars(
            select(EntryContent)
            .where(
                wanted,
                EntryContent.kind == content.kind,
                EntryContent.office_id == content.office_id,
                EntryContent.is_current,
                EntryContent.entry_id != content.entry_id,
            )
            .options(joinedload(EntryContent.entry).joinedload(Entry.contest), joinedload(EntryContent.fingerprint))
            .order_by(EntryContent.id)
        )
    )
