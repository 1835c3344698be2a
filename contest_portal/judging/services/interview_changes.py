"""Changes of an interview's time or place after the lot: one work moved, a session moved; who comes is told again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import FieldProblem, Invalid, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.queries.judges_texts import judges_texts
from contest_portal.entries.services.submission import entry_address
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.interviews import Order, Slot, clashes, sitting_twice
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import (
    Schedule,
    judges_by_entry,
    places_for,
    schedule_of,
    sitting_of,
    to_draw,
)
from contest_portal.judging.queries.interviews_elsewhere import elsewhere
from contest_portal.judging.services.interviews import (
    SessionData,
    checked_session,
    facts_of,
    reorder_tasks,
    require_changeable,
)
from contest_portal.judging.services.states_of_rounds import seen_round

_ASIDE = -1
"""A position that no slot has: where one of two waits while they change places."""


@dataclass(frozen=True)
class Change:
    """One work whose time, place or order is another now; the old ones as they were told."""

    slot: InterviewSlot
    old: Slot
    new: Slot


def move_slot(actor: Actor, round_id: int, slot_id: int, place: str, seen_version: int, why: str) -> Sequence[Change]:
    """Move a work to another time (`SESSION-POSITION`), or let it change places with the work that stands there.

    Raises NotFound, Invalid for a time that is not offered, without a reason, or at which somebody would be in two
    places at once, Stale, Conflict once the round is closed.
    """
    with unit_of_work(actor, "judging.move_interview") as work:
        row = seen_round(round_id, seen_version)
        require_changeable(row)
        why = _reason(why)
        schedule = schedule_of(row.id)
        moving = _slot_in(schedule, slot_id)
        target = next((one for one in places_for(schedule, moving) if one.key == place), None)
        if target is None:
            raise Invalid("judging.interview_place", N_("请选择改到什么时间。"), field="place")
        old = _order_of(schedule)
        new = {**old, moving.round_entry.entry_id: target.slot}
        if target.taken_by is not None:
            new[target.taken_by.entry_id] = old[moving.round_entry.entry_id]
        return _apply(work, row, old, new, schedule, why)


def change_session(
    actor: Actor, round_id: int, session_id: int, data: SessionData, seen_version: int, why: str
) -> Sequence[Change]:
    """Another place or other times for a session and all works in it, in their order; its panel stays.

    Raises NotFound, Invalid for wrong times, too little room, no reason, or somebody in two places at once, Stale, Conflict.
    """
    with unit_of_work(actor, "judging.change_session") as work:
        row = seen_round(round_id, seen_version)
        require_changeable(row)
        schedule = schedule_of(row.id)
        session = next((one for one in schedule.sessions if one.id == session_id), None)
        if session is None:
            raise NotFound
        clean = checked_session(row, replace(data, panel_id=session.panel_id))
        assert clean.starts_at is not None
        assert clean.ends_at is not None
        why = _reason(why)
        before = {"place": session.place, "starts_at": session.starts_at.isoformat()}
        told = _order_of(schedule)
        session.place, session.minutes_each = clean.place, clean.minutes_each
        session.starts_at, session.ends_at = clean.starts_at, clean.ends_at
        slots = {one.position: one for one in sitting_of(session).slots()}
        most = max((slot.position for slot in session.slots), default=0)
        if most > len(slots):
            words = N_("这个场次已排了 %(count)s 件，改后只排得下 %(room)s 件。请先把其余的作品移到别的场次。")
            raise Invalid("judging.session_room", Message.of(words, count=most, room=len(slots)), field="ends_at")
        new = {**told, **{slot.round_entry.entry_id: slots[slot.position] for slot in session.slots}}
        _require_free(row, session.id)
        changes = _apply(work, row, told, new, schedule, why)
        work.record(session, before=before, after={"place": session.place, "starts_at": session.starts_at.isoformat()})
    return changes


def _apply(work: Work, row: Round, old: Order, new: Order, schedule: Schedule, why: str) -> list[Change]:
    """Check, write, note, tell."""
    by_entry = {slot.round_entry.entry_id: slot for one in schedule.sessions for slot in one.slots}
    changes = [
        Change(by_entry[entry_id], old[entry_id], slot)
        for entry_id, slot in new.items()
        if _told_of(slot) != _told_of(old[entry_id])
    ]
    _require_no_clash(row, new, frozenset(entry_id for entry_id, slot in new.items() if slot != old[entry_id]))
    _write(work, changes)
    reorder_tasks(work, row, new)
    facts = facts_of(row)
    moves = [*facts.get("moves", ()), *(_noted(one, why, work.actor) for one in changes)]
    row.plan_facts = {**row.plan_facts, "interviews": {**facts, "moves": moves}}
    row.version += 1
    work.record(row, action="judging.move_interview", after={"works": len(changes)}, why=why)
    if facts.get("told_at"):
        _tell(work, row, changes, why)
    return changes


def _told_of(slot: Slot) -> tuple[object, ...]:
    """What people were told of: a talk that only lasts longer is no news."""
    return slot.starts_at, slot.place, slot.session, slot.position


def _reason(why: str) -> str:
    why = " ".join(why.split())
    if not why:
        raise Invalid("judging.move_why", N_("请写明改动的原因，原因会告诉有关教师和评委。"), field="why")
    return why


def _slot_in(schedule: Schedule, slot_id: int) -> InterviewSlot:
    slot = next((slot for one in schedule.sessions for slot in one.slots if slot.id == slot_id), None)
    if slot is None:
        raise NotFound
    return slot


def _order_of(schedule: Schedule) -> dict[int, Slot]:
    """The order as it stands, by entry."""
    return {
        slot.round_entry.entry_id: Slot(
            session.id, slot.position, slot.starts_at, slot.starts_at + _length(session), session.place
        )
        for session in schedule.sessions
        for slot in session.slots
    }


def _length(session: InterviewSession) -> timedelta:
    return timedelta(minutes=session.minutes_each)


def _require_no_clash(row: Round, order: Mapping[int, Slot], moved: frozenset[int]) -> None:
    _sessions, works, _places = to_draw(row)
    invited = {work.id for work in works}
    judges = {entry_id: frozenset(own) for entry_id, own in judges_by_entry(row.id).items()}
    coming = {entry_id: slot for entry_id, slot in order.items() if entry_id in invited}
    others = elsewhere(row)
    there = {session.id: session.judges for session in others.sessions}
    judges |= {work.id: there[slot.session] for work, slot in others.works}
    every = [*works, *(work for work, _slot in others.works)]
    _refuse(clashes({**coming, **{work.id: slot for work, slot in others.works}}, every, judges, moved & coming.keys()))


def _require_free(row: Round, session_id: int) -> None:
    """No other session at the same time, of this round or another, has its place or its judges."""
    sittings, _works, _places = to_draw(row)
    own = next(one for one in sittings if one.id == session_id)
    reasons = [reason for one in sittings if one is not own for reason in sitting_twice([own, one])]
    _refuse([*reasons, *sitting_twice([own], elsewhere(row).sessions)])


def _refuse(reasons: Sequence[Message]) -> None:
    if reasons:
        problems = [FieldProblem("clash", reason) for reason in reasons]
        raise Invalid("judging.interview_clash", reasons[0], problems=problems)


def _write(work: Work, changes: Sequence[Change]) -> None:
    """One slot a position at any moment: those that move step aside first."""
    moving = [one for one in changes if (one.old.session, one.old.position) != (one.new.session, one.new.position)]
    for number, one in enumerate(moving):
        one.slot.position = _ASIDE - number
    work.session.flush()
    for one in changes:
        one.slot.session_id, one.slot.position = one.new.session, one.new.position
        one.slot.starts_at = one.new.starts_at
    work.session.flush()


def _noted(change: Change, why: str, actor: Actor) -> dict[str, object]:
    def told(slot: Slot) -> list[object]:
        return [slot.starts_at.isoformat(), slot.place, slot.position]

    return {
        "entry": change.slot.round_entry.entry_id,
        "number": change.slot.round_entry.entry.number or "",
        "old": told(change.old),
        "new": told(change.new),
        "at": now().isoformat(),
        "by": actor.account_id,
        "why": why,
    }


def _tell(work: Work, row: Round, changes: Sequence[Change], why: str) -> None:
    """Teachers of each work that moved, and its judges: what it was, what it is now, why. A judge of several is told
    once, of the first one and of how many there are."""
    judges = judges_by_entry(row.id)
    texts = judges_texts([one.slot.round_entry.entry_id for one in changes], blind=row.is_blind)
    own: dict[int, list[Change]] = defaultdict(list)
    for one in sorted(changes, key=lambda one: one.new.starts_at):
        entry = one.slot.round_entry.entry
        if entry.created_by is not None:
            url = entry_address(entry)
            notify(work, [entry.created_by], _title(row, one, entry.title), _body(one, why), url=url)
        for account_id in judges.get(entry.id, {}).values():
            own[account_id].append(one)
    for account_id, moved in own.items():
        entry = moved[0].slot.round_entry.entry
        shown = texts.title(entry.id, entry.title)
        title = _title(row, moved[0], shown) if len(moved) == 1 else _title_of_several(row, moved, shown)
        notify(work, [account_id], title, _body(moved[0], why), url=own_round(row.id))


def _title(row: Round, change: Change, title: str) -> Message:
    return Message.of(
        N_("「%(round)s」问辩改期：《%(title)s》改为 %(at)s，%(place)s"),
        round=row.name,
        title=title,
        at=minute(change.new.starts_at),
        place=change.new.place,
    )


def _title_of_several(row: Round, moved: Sequence[Change], title: str) -> Message:
    return Message.of(
        N_(
            "「%(round)s」问辩改期：您评的 %(count)s 件有变动，全部时间见「我的评审任务」。"
            "其中《%(title)s》改为 %(at)s，%(place)s"
        ),
        round=row.name,
        count=len(moved),
        title=title,
        at=minute(moved[0].new.starts_at),
        place=moved[0].new.place,
    )


def _body(change: Change, why: str) -> Message:
    return Message.of(
        N_(
            "原定 %(old_at)s，%(old_place)s，第 %(old_position)s 个；"
            "现改为 %(at)s，%(place)s，第 %(position)s 个。原因：%(why)s。请提前 10 分钟到场。"
        ),
        old_at=minute(change.old.starts_at),
        old_place=change.old.place,
        old_position=change.old.position,
        at=minute(change.new.starts_at),
        place=change.new.place,
        position=change.new.position,
        why=why,
    )
