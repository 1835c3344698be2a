"""The interviews of a round: its sessions, who comes when, what the lot is drawn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.judges_texts import judges_texts
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.interviews import Invited, Sitting, Slot
from contest_portal.judging.models import Assignment, Judge, Round, RoundEntry
from contest_portal.judging.queries.absences import absences
from contest_portal.judging.queries.ties import ties_of_entries
from contest_portal.judging.states import LIVE
from contest_portal.people.models import School


@dataclass(frozen=True)
class Schedule:
    """The sessions in time order, each with its slots; `waiting`: works of the round that have none."""

    sessions: Sequence[InterviewSession]
    waiting: int

    @property
    def drawn(self) -> int:
        """How many works have a slot."""
        return sum(len(one.slots) for one in self.sessions)


def schedule_of(round_id: int) -> Schedule:
    """The interviews of a round: three statements, two more where a team did not come."""
    row = db.session.get_one(Round, round_id)
    sessions = db.session.scalars(
        select(InterviewSession)
        .where(InterviewSession.round_id == round_id)
        .order_by(InterviewSession.starts_at, InterviewSession.id)
        .options(
            joinedload(InterviewSession.panel),
            selectinload(InterviewSession.slots)
            .joinedload(InterviewSlot.round_entry)
            .joinedload(RoundEntry.entry)
            .options(joinedload(Entry.school), joinedload(Entry.category)),
        )
        .execution_options(populate_existing=True)
    ).all()
    slotted = select(InterviewSlot.round_entry_id)
    waiting = db.session.scalar(
        select(func.count(RoundEntry.id)).where(
            RoundEntry.round_id == round_id, RoundEntry.id.not_in(slotted), _is_judged(row)
        )
    )
    return Schedule(sessions, waiting or 0)


def to_draw(row: Round) -> tuple[list[Sitting], list[Invited], dict[int, int]]:
    """(sessions with the judges who have tasks there, works with their people by entry, entry → its `RoundEntry`).

    A team that did not come stays in: it keeps a time at which it could be heard after all.
    """
    set_aside = [task_id for tasks in absences(row).values() for task_id in tasks]
    places = db.session.scalars(
        select(RoundEntry)
        .where(RoundEntry.round_id == row.id, _is_judged(row))
        .options(joinedload(RoundEntry.entry))
        .order_by(RoundEntry.entry_id)
    ).all()
    panels = {place.entry_id: place.panel_id for place in places}
    judges: dict[int | None, set[int]] = defaultdict(set)
    for judge_id, entry_id in db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id).where(
            Assignment.round_id == row.id, or_(Assignment.state.in_(LIVE), Assignment.id.in_(set_aside))
        )
    ):
        judges[None].add(judge_id)
        judges[panels.get(entry_id)].add(judge_id)
    sessions = db.session.scalars(
        select(InterviewSession).where(InterviewSession.round_id == row.id).order_by(InterviewSession.id)
    )
    sittings = [sitting_of(one, frozenset(judges[one.panel_id])) for one in sessions]
    people = people_of(list(panels))
    works = [
        Invited(place.entry_id, place.entry.number or "", place.panel_id, people[place.entry_id]) for place in places
    ]
    return sittings, works, {place.entry_id: place.id for place in places}


def people_of(entry_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Entry → keys of those who come with it: authors, tutors."""
    return {
        one.id: frozenset(
            {*(f"pupil-{number}" for number in one.students), *(f"teacher-{key}" for key in one.person_keys)}
        )
        for one in ties_of_entries(entry_ids)
    }


def judges_by_entry(round_id: int) -> dict[int, dict[int, int]]:
    """Entry → its judges with tasks that count, each with the account: one statement. Judges without an account are not
    here: nobody can be told."""
    rows = db.session.execute(
        select(Assignment.entry_id, Judge.id, Judge.account_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
        .order_by(Assignment.entry_id, Judge.id)
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for entry_id, judge_id, account_id in rows:
        if account_id is not None:
            found[entry_id][judge_id] = account_id
    return found


@dataclass(frozen=True)
class Place:
    """A time that a work may be moved to; `taken_by` is the work that it would change places with."""

    session: InterviewSession
    slot: Slot
    taken_by: RoundEntry | None

    @property
    def key(self) -> str:
        return f"{self.session.id}-{self.slot.position}"


def places_for(schedule: Schedule, moving: InterviewSlot) -> list[Place]:
    """Where the work may go: free times, and those of works that may stand in its own session. No statement."""
    work = moving.round_entry
    own = next(one for one in schedule.sessions if one.id == moving.session_id)
    found = []
    for session in schedule.sessions:
        if session.panel_id not in {None, work.panel_id}:
            continue
        taken = {slot.position: slot.round_entry for slot in session.slots}
        for slot in sitting_of(session).slots():
            other = taken.get(slot.position)
            if other is work or (other is not None and own.panel_id not in {None, other.panel_id}):
                continue
            found.append(Place(session, slot, other))
    return found


def sitting_of(session: InterviewSession, judges: frozenset[int] = frozenset()) -> Sitting:
    """The session as the rules know it."""
    return Sitting(
        session.id,
        session.place,
        session.starts_at,
        session.ends_at,
        session.minutes_each,
        session.panel_id,
        judges,
    )


@dataclass(frozen=True)
class Coming:
    """One work's time as those who come to it read it."""

    round_id: int
    round_name: str
    place: str
    starts_at: datetime
    minutes: int
    position: int
    number: str
    title: str
    school: str
    absent: bool
    entry_id: int
    is_blind: bool


def interviews_of_judge(judge: ColumnElement[bool], round_ids: Sequence[int]) -> list[Coming]:
    """What comes before the judge in these rounds, in time order, where the order is told; titles as the judge reads them:
    two statements."""
    rows = _coming(
        Round.id.in_(round_ids),
        Round.state == "open",
        exists().where(
            Assignment.round_id == Round.id,
            Assignment.entry_id == RoundEntry.entry_id,
            Assignment.state.in_(LIVE),
            Assignment.judge_id == Judge.id,
            judge,
        ),
    )
    texts = judges_texts({one.entry_id for one in rows if one.is_blind})
    return [replace(one, title=texts.title(one.entry_id, one.title)) if one.is_blind else one for one in rows]


def interviews_of_entry(entry_id: int) -> list[Coming]:
    """When and where the work is to be presented, where the order is told: one statement."""
    return _coming(RoundEntry.entry_id == entry_id, Round.state == "open")


def _coming(*conditions: ColumnElement[bool]) -> list[Coming]:
    rows = db.session.execute(
        select(InterviewSlot, InterviewSession, Round, Entry.id, Entry.number, Entry.title, School.name)
        .join(InterviewSession, InterviewSession.id == InterviewSlot.session_id)
        .join(Round, Round.id == InterviewSession.round_id)
        .join(RoundEntry, RoundEntry.id == InterviewSlot.round_entry_id)
        .join(Entry, Entry.id == RoundEntry.entry_id)
        .join(School, School.id == Entry.school_id)
        .where(*conditions)
        .order_by(InterviewSlot.starts_at, InterviewSession.id, InterviewSlot.position)
    )
    return [
        Coming(
            row.id, row.name, session.place, slot.starts_at, session.minutes_each, slot.position, number or "", title,
            "" if row.is_blind else school, slot.absent, entry_id, row.is_blind,
        )
        for slot, session, row, entry_id, number, title, school in rows
        if row.plan_facts.get("interviews", {}).get("told_at")
    ]  # fmt: skip


def _is_judged(row: Round) -> ColumnElement[bool]:
    """A work with a task that still counts, or whose team may still come: one that was withdrawn is not invited."""
    given = select(Assignment.entry_id).where(Assignment.round_id == row.id, Assignment.state.in_(LIVE))
    return or_(RoundEntry.entry_id.in_(given), RoundEntry.entry_id.in_(absences(row)))
