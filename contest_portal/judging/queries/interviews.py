"""The interviews of a round: its sessions, who comes when, what the lot is drawn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.interviews import Invited, Sitting
from contest_portal.judging.models import Assignment, Round, RoundEntry
from contest_portal.judging.queries.ties import ties_of_entries
from contest_portal.judging.states import LIVE


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
    """The interviews of a round: three statements."""
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
            RoundEntry.round_id == round_id, RoundEntry.id.not_in(slotted), _is_judged(round_id)
        )
    )
    return Schedule(sessions, waiting or 0)


def to_draw(row: Round) -> tuple[list[Sitting], list[Invited], dict[int, int]]:
    """(sessions with the judges who have tasks there, works with their people by entry, entry → its `RoundEntry`)."""
    places = db.session.scalars(
        select(RoundEntry)
        .where(RoundEntry.round_id == row.id, _is_judged(row.id))
        .options(joinedload(RoundEntry.entry))
        .order_by(RoundEntry.entry_id)
    ).all()
    panels = {place.entry_id: place.panel_id for place in places}
    judges: dict[int | None, set[int]] = defaultdict(set)
    for judge_id, entry_id in db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id).where(
            Assignment.round_id == row.id, Assignment.state.in_(LIVE)
        )
    ):
        judges[None].add(judge_id)
        judges[panels.get(entry_id)].add(judge_id)
    sessions = db.session.scalars(
        select(InterviewSession).where(InterviewSession.round_id == row.id).order_by(InterviewSession.id)
    )
    sittings = [
        Sitting(
            one.id,
            one.place,
            one.starts_at,
            one.ends_at,
            one.minutes_each,
            one.panel_id,
            frozenset(judges[one.panel_id]),
        )
        for one in sessions
    ]
    ties = {one.id: one for one in ties_of_entries(list(panels))}
    works = []
    for place in places:
        own = ties[place.entry_id]
        people = {f"pupil-{one}" for one in own.students} | {f"teacher-{key}" for key in own.person_keys}
        works.append(Invited(place.entry_id, place.entry.number or "", place.panel_id, frozenset(people)))
    return sittings, works, {place.entry_id: place.id for place in places}


def _is_judged(round_id: int):  # type: ignore[no-untyped-def]
    """A work with a task that still counts: one that was withdrawn is not invited."""
    return RoundEntry.entry_id.in_(
        select(Assignment.entry_id).where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    )
