"""The case's own record as its page shows it; and what schools and judges are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.text import Message
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Judge
from contest_portal.results.objections.models import Objection, ObjectionEvent, ObjectionStatement
from contest_portal.results.objections.presentation import ACTS

OPEN_TO_ALL = {"lodge", "assign", "conflict", "accept", "answer", "withdraw", "sign"}
"""Acts that everybody of the office who may see the case reads, without their words; the rest is for who has a task."""


@dataclass(frozen=True)
class RecordLine:
    """A line of the record: when, what, by whom, in which words."""

    at: datetime
    title: str
    who: str
    text: str


def record_of(row: Objection, *, whole: bool) -> list[RecordLine]:
    """The record, oldest first. Not `whole`: only that a step was taken, never its words."""
    events = db.session.scalars(
        select(ObjectionEvent)
        .where(ObjectionEvent.objection_id == row.id)
        .options(joinedload(ObjectionEvent.account))
        .order_by(ObjectionEvent.id)
    )
    return [
        RecordLine(
            one.at,
            translate(Message(ACTS[one.act])),
            one.account.name if one.account else "",
            one.text if whole else "",
        )
        for one in events
        if whole or one.act in OPEN_TO_ALL
    ]


def own_statements(actor: Actor) -> Sequence[ObjectionStatement]:
    """What the actor's school, or the actor as a judge, was asked: unanswered first, newest first."""
    statement = _with_entry(select(ObjectionStatement)).order_by(
        ObjectionStatement.answered_at.is_not(None), ObjectionStatement.due_on, ObjectionStatement.id.desc()
    )
    return db.session.scalars(_own(statement, actor)).all()


def waiting_count(actor: Actor) -> Select[int]:
    """The statement that counts what still waits for the actor's answer."""
    counted = (
        select(func.count(ObjectionStatement.id))
        .join(Objection, Objection.id == ObjectionStatement.objection_id)
        .where(ObjectionStatement.answered_at.is_(None), Objection.state == "inquiry")
    )
    return _own(counted, actor)


def statement_by_id(statement_id: int) -> ObjectionStatement:
    """One question with its work. Raises NotFound."""
    row = db.session.scalar(
        _with_entry(select(ObjectionStatement))
        .where(ObjectionStatement.id == statement_id)
        .options(selectinload(ObjectionStatement.files))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _own(statement: Select[Any], actor: Actor) -> Select[Any]:
    if actor.is_in(Role.SCHOOL_MANAGER):
        return statement.where(ObjectionStatement.school_id == actor.school_id)
    mine = select(Judge.id).where(Judge.account_id == actor.account_id, Judge.office_id == actor.office_id)
    return statement.where(ObjectionStatement.judge_id.in_(mine))


def _with_entry(statement: Select[ObjectionStatement]) -> Select[ObjectionStatement]:
    entry = joinedload(ObjectionStatement.objection).joinedload(Objection.entry)
    return statement.options(
        entry.joinedload(Entry.category),
        joinedload(ObjectionStatement.objection).joinedload(Objection.contest),
        joinedload(ObjectionStatement.school),
        joinedload(ObjectionStatement.judge),
    )
