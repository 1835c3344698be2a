"""Reads of public lists: versions and drafts, what is up now and what the archive keeps, terms, the office's days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, defer, joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Entry
from contest_portal.results.awards.models import AwardLine, AwardList, MeritAward, SpecialAward
from contest_portal.results.awards.queries.given import approved_award_ids, award_sections
from contest_portal.results.awards.queries.honour_sections import honour_sections, merit_key, special_key, special_words
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.lists.queries.chosen import public_sections
from contest_portal.results.public_list.columns import DEFAULT_KEYS
from contest_portal.results.public_list.content import Section, from_content, reduced, to_content
from contest_portal.results.public_list.hiding import Authors, with_names_hidden
from contest_portal.results.publishing.models import Publication, PublicationSetting
from contest_portal.results.publishing.queries.hidden_names import hidden_authors

PUBLISHED_STATES = ("public", "final")
"""The state of a kind's newest public version; those before it are amended."""
PUBLIC_STATES = (*PUBLISHED_STATES, "amended", "pulled")
"""The states of what is or was public."""


def publication_by_id(publication_id: int) -> Publication:
    """The publication with its contest and office. Raises NotFound."""
    row = db.session.scalar(
        select(Publication)
        .where(Publication.id == publication_id)
        .options(joinedload(Publication.contest).joinedload(Contest.office))
    )
    if row is None:
        raise NotFound
    return row


def public_versions(contest_id: int, kind: str = "shortlist") -> list[Publication]:
    """All versions of a kind that are or were public, newest first. Their lines are read on demand."""
    return list(
        db.session.scalars(
            select(Publication)
            .where(
                Publication.contest_id == contest_id,
                Publication.kind == kind,
                Publication.state.in_(PUBLIC_STATES),
            )
            .options(defer(Publication.content))
            .order_by(Publication.version.desc())
        )
    )


def draft_of(contest_id: int, kind: str = "shortlist") -> Publication | None:
    """The draft of the next version."""
    return db.session.scalar(
        select(Publication).where(
            Publication.contest_id == contest_id, Publication.kind == kind, Publication.state == "draft"
        )
    )


def drafts_and_versions(contest_id: int) -> tuple[list[Publication], list[Publication]]:
    """(drafts, versions that are or were public, newest first) of both kinds."""
    rows = db.session.scalars(
        select(Publication)
        .where(Publication.contest_id == contest_id)
        .options(defer(Publication.content))
        .order_by(Publication.kind.desc(), Publication.version.desc())
    ).all()
    return [row for row in rows if row.state == "draft"], [row for row in rows if row.state != "draft"]


def newest_of_awards(contest_id: int) -> tuple[Publication | None, Publication | None]:
    """(draft, newest version that is or was public) of the contest's list of awards, with what they say. One statement."""
    rows = db.session.scalars(
        select(Publication)
        .where(Publication.contest_id == contest_id, Publication.kind == "award")
        .order_by(Publication.version.desc())
        .limit(2)
    ).all()
    draft = next((row for row in rows if row.state == "draft"), None)
    return draft, next((row for row in rows if row.state != "draft"), None)


def public_lists(office_id: int | None = None) -> Sequence[Publication]:
    """Every list that is up now, newest first; of one office, or of all."""
    return db.session.scalars(
        _newest(or_(Publication.down_on.is_(None), Publication.down_on > today()), office_id)
    ).all()


def archived_lists(office_id: int | None = None) -> Sequence[Publication]:
    """Every list that has come down, newest first; one that was pulled by its name alone, until a new version follows it."""
    return db.session.scalars(_newest(Publication.down_on <= today(), office_id, also_pulled=True)).all()


def has_archive() -> bool:
    """Whether any list has come down."""
    came_down = (Publication.down_on <= today()) | (Publication.state == "pulled")
    return bool(db.session.scalar(select(exists().where(came_down))))


def _newest(is_up: ColumnElement[bool], office_id: int | None, *, also_pulled: bool = False) -> Select[Publication]:
    chosen = and_(Publication.state.in_(PUBLISHED_STATES), is_up)
    if also_pulled:
        later = aliased(Publication)
        followed = exists().where(
            later.contest_id == Publication.contest_id,
            later.kind == Publication.kind,
            later.version > Publication.version,
            later.state.in_(PUBLIC_STATES),
        )
        chosen = or_(chosen, and_(Publication.state == "pulled", ~followed))
    statement = (
        select(Publication)
        .join(Contest, Contest.id == Publication.contest_id)
        .where(chosen)
        .options(defer(Publication.content), joinedload(Publication.contest).joinedload(Contest.office))
        .order_by(Publication.published_at.desc())
    )
    return statement if office_id is None else statement.where(Contest.office_id == office_id)


def is_down(publication: Publication) -> bool:
    """Whether the day has come from which only the archive shows it."""
    return publication.state != "draft" and publication.down_on is not None and publication.down_on <= today()


def shown_content(publication: Publication, hidden: Mapping[str, Authors] | None = None) -> dict[str, Any]:
    """What everybody may read of it today: the list without names that are hidden, what the archive keeps, or its title
    alone where it was pulled. `hidden`: what `hidden_authors` gave, where that was asked already."""
    if publication.state == "pulled":
        return to_content([], publication.title, ())
    works = hidden_authors(publication.contest_id) if hidden is None else hidden
    allowed = with_names_hidden(publication.content, works)
    if not is_down(publication):
        return allowed
    content = {"title": publication.title, **allowed}
    return reduced(content, setting_of(publication.contest_id).archive_names)


def by_digests(digests: Collection[str]) -> list[Publication]:
    """The publications that ever were public with one of these digests, newest first."""
    return list(
        db.session.scalars(
            select(Publication)
            .where(Publication.content_sha256.in_(digests), Publication.state.in_(PUBLIC_STATES))
            .options(joinedload(Publication.contest).joinedload(Contest.office))
            .order_by(Publication.id.desc())
        )
    )


def by_title(title: str) -> list[Publication]:
    """The publications that ever were public under this title, newest first."""
    return list(
        db.session.scalars(
            select(Publication)
            .where(Publication.title == title, Publication.state.in_(PUBLIC_STATES))
            .options(joinedload(Publication.contest).joinedload(Contest.office))
            .order_by(Publication.id.desc())
        )
    )


def setting_of(contest_id: int) -> PublicationSetting:
    """The contest's terms; where none were set, the defaults in a row that is not stored."""
    row = db.session.scalar(select(PublicationSetting).where(PublicationSetting.contest_id == contest_id))
    return row or PublicationSetting(
        contest_id=contest_id, open_days=5, stay_days=30, archive_names="masked", columns=list(DEFAULT_KEYS), version=0
    )


def sections_to_publish(contest_id: int, kind: str) -> list[Section]:
    """What a list of this kind says now: the approved recommendation lists, or the approved awards, with special awards
    and those of tutors and schools behind them. Without an award on an approved list there is none to publish."""
    if kind == "shortlist":
        return public_sections(contest_id)
    awards = award_sections(contest_id)
    return [*awards, *honour_sections(contest_id)] if any(section.lines for section in awards) else []


def approved_list_ids(contest_id: int, kind: str) -> list[int]:
    """The approved lists that a public list of this kind is filled from, by id."""
    if kind == "award":
        return approved_award_ids(contest_id)
    return sorted(
        db.session.scalars(
            select(Shortlist.id).where(Shortlist.contest_id == contest_id, Shortlist.state == "approved")
        )
    )


def awards_moved_on(contest_id: int, newest: Publication | None) -> tuple[bool, bool]:
    """(there are approved awards, they say something else than the newest public version): a newer list was approved, an
    award was cancelled, a special award given or taken back, tutors or schools were confirmed since."""
    rows = db.session.execute(_standing(contest_id)).all()
    lists = [row for row in rows if row.kind == "list"]
    if not lists or newest is None or newest.published_at is None:
        return bool(lists), False
    is_newer = sorted(row.id for row in lists) != sorted(newest.shortlist_ids)
    is_cancelled = any(row.cancelled_at and row.cancelled_at > newest.published_at for row in lists)
    return True, is_newer or is_cancelled or _honours(rows) != _honours_on(newest)


def _standing(contest_id: int) -> CompoundSelect[Any]:
    """Approved lists with their last cancelling, special awards, tutors and schools, in one statement."""
    never = cast(null(), AwardLine.cancelled_at.type).label("cancelled_at")
    lists = (
        select(
            literal("list").label("kind"),
            AwardList.id,
            literal("").label("award"),
            literal("").label("sponsor"),
            func.max(AwardLine.cancelled_at).label("cancelled_at"),
        )
        .outerjoin(AwardLine, AwardLine.award_list_id == AwardList.id)
        .where(AwardList.contest_id == contest_id, AwardList.state == "approved")
        .group_by(AwardList.id)
    )
    special = (
        select(literal("special"), SpecialAward.id, SpecialAward.name, SpecialAward.sponsor, never)
        .join(Entry, Entry.id == SpecialAward.entry_id)
        .where(SpecialAward.contest_id == contest_id, SpecialAward.cancelled_at.is_(None), Entry.state == "accepted")
    )
    people = [
        select(literal(kind), column, MeritAward.award, literal(""), never).where(
            MeritAward.contest_id == contest_id, MeritAward.superseded_at.is_(None), column.is_not(None)
        )
        for kind, column in (("tutor", MeritAward.teacher_id), ("school", MeritAward.school_id))
    ]
    return union_all(lists, special, *people)


def _honours(rows: Sequence[Any]) -> set[tuple[str, str]]:
    """(key, award) of all lines that should stand behind the categories. Confirming the same people again changes none."""
    return {
        (special_key(row.id), special_words(row.award, row.sponsor))
        if row.kind == "special"
        else (merit_key(row.kind, row.id, row.award), row.award)
        for row in rows
        if row.kind != "list"
    }


def _honours_on(publication: Publication) -> set[tuple[str, str]]:
    lines = (line for section in from_content(publication.content) for line in section.lines)
    return {(line.key, line.award) for line in lines if line.key}


def entries_on(publication: Publication) -> dict[str, int]:
    """The works on the list: id by number."""
    numbers = {line.entry_number for section in from_content(publication.content) for line in section.lines} - {""}
    rows = db.session.execute(
        select(Entry.number, Entry.id).where(Entry.contest_id == publication.contest_id, Entry.number.is_not(None))
    )
    return {row.number: row.id for row in rows if row.number in numbers}
