"""The interviews of other rounds of the office that lie near those of a round: who and which place is taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.interviews import MOVE, NOTHING_ELSEWHERE, Elsewhere, Invited, Sitting, Slot
from contest_portal.judging.models import Assignment, Round, RoundEntry
from contest_portal.judging.queries.interviews import people_of, sitting_of
from contest_portal.judging.states import LIVE

Judges = dict[tuple[int, int | None], set[int]]
"""(round, panel or None for all) → the judges with tasks there."""


def elsewhere(row: Round) -> Elsewhere:
    """A constant number of statements; two where no other round is near."""
    sessions = _near(row)
    if not sessions:
        return NOTHING_ELSEWHERE
    judges = _judges({one.round_id for one in sessions})
    slots = [(one, slot) for one in sessions for slot in one.slots]
    people = people_of([slot.round_entry.entry_id for _session, slot in slots])
    return Elsewhere(
        [_sitting(one, judges) for one in sessions],
        [
            (
                Invited(
                    -slot.id,
                    f"{slot.round_entry.entry.number}（{session.round.name}）",
                    people=people[slot.round_entry.entry_id],
                ),
                _slot(session, slot),
            )
            for session, slot in slots
        ],
    )


def _near(row: Round) -> list[InterviewSession]:
    """Sessions of other rounds, planned or open, while this round's last, or shortly before or after."""
    own = db.session.execute(
        select(InterviewSession.starts_at, InterviewSession.ends_at).where(InterviewSession.round_id == row.id)
    ).all()
    if not own:
        return []
    office = select(Contest.office_id).where(Contest.id == row.contest_id).scalar_subquery()
    return list(
        db.session.scalars(
            select(InterviewSession)
            .join(Round, Round.id == InterviewSession.round_id)
            .join(Contest, Contest.id == Round.contest_id)
            .where(
                Round.id != row.id,
                Round.state.in_(("planned", "open")),
                Contest.office_id == office,
                InterviewSession.starts_at < max(one.ends_at for one in own) + MOVE,
                InterviewSession.ends_at > min(one.starts_at for one in own) - MOVE,
            )
            .order_by(InterviewSession.id)
            .options(
                joinedload(InterviewSession.round),
                selectinload(InterviewSession.slots).joinedload(InterviewSlot.round_entry).joinedload(RoundEntry.entry),
            )
        )
    )


def _judges(round_ids: set[int]) -> Judges:
    rows = db.session.execute(
        select(Assignment.round_id, Assignment.judge_id, RoundEntry.panel_id)
        .join(
            RoundEntry,
            and_(RoundEntry.round_id == Assignment.round_id, RoundEntry.entry_id == Assignment.entry_id),
        )
        .where(Assignment.round_id.in_(round_ids), Assignment.state.in_(LIVE))
        .distinct()
    )
    found: Judges = defaultdict(set)
    for round_id, judge_id, panel_id in rows:
        found[round_id, None].add(judge_id)
        found[round_id, panel_id].add(judge_id)
    return found


def _sitting(session: InterviewSession, judges: Judges) -> Sitting:
    sitting = sitting_of(session, frozenset(judges[session.round_id, session.panel_id]))
    return replace(sitting, round_name=session.round.name)


def _slot(session: InterviewSession, slot: InterviewSlot) -> Slot:
    ends_at = slot.starts_at + timedelta(minutes=session.minutes_each)
    return Slot(session.id, slot.position, slot.starts_at, ends_at, session.place)
