"""Reminders of the steps of a case and of statements asked for: on the last day of the term, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.outbox.reminders import Reminding, reminder
from contest_portal.core.text import N_, Message
from contest_portal.results.objections.models import Objection, ObjectionStatement
from contest_portal.results.objections.queries.ties import conflicts_of, people_of_office
from contest_portal.results.objections.services.record import case_url
from contest_portal.results.objections.services.statements import recipients_of, statement_url
from contest_portal.results.objections.states import OBJECTION_STATES, OPEN

REPEAT_DAYS = 7
"""A step that stays undone is told again so many days later, and again."""


@reminder("objection", N_("异议办理到期、超期的提醒"), kind="objections", hour=8)
def steps_due() -> Iterator[Reminding]:
    """Who has the present step of a case: the handler, who signs, or the leaders who have to name them; once it is late, the
    leaders as well. Nobody who is kept away from the case."""
    rows = db.session.scalars(
        select(Objection)
        .where(Objection.state.in_(OPEN), Objection.due_on <= today())
        .options(joinedload(Objection.contest))
        .order_by(Objection.id)
    ).all()
    for office_id in sorted({row.contest.office_id for row in rows}):
        own = [row for row in rows if row.contest.office_id == office_id]
        people = people_of_office(office_id)
        leaders = [one.account_id for one in people if one.is_leader]
        away = conflicts_of(own, people)
        for row in own:
            for account_id in sorted(_whom(row, leaders) - set(away.get(row.id, {}))):
                yield Reminding(
                    account_id=account_id,
                    key=_key(row.number, row.state, row.due_on or today()),
                    title=_title(row),
                    body=None,
                    url=case_url(row.id),
                    office_id=office_id,
                )


@reminder("statement", N_("情况说明到期、超期的提醒"), kind="objections", hour=8)
def statements_due() -> Iterator[Reminding]:
    """The school's managers or the judge who were asked and have not answered, while the case is in inquiry."""
    rows = db.session.scalars(
        select(ObjectionStatement)
        .join(Objection, Objection.id == ObjectionStatement.objection_id)
        .where(
            Objection.state == "inquiry",
            ObjectionStatement.answered_at.is_(None),
            ObjectionStatement.due_on <= today(),
        )
        .options(
            joinedload(ObjectionStatement.objection).joinedload(Objection.contest),
            joinedload(ObjectionStatement.objection).joinedload(Objection.entry),
            joinedload(ObjectionStatement.judge),
        )
        .order_by(ObjectionStatement.id)
    ).all()
    for row in rows:
        words = N_("请就作品 %(entry)s 说明情况：今天到期")
        if row.due_on < today():
            words = N_("请就作品 %(entry)s 说明情况：已超过 %(day)s 的期限")
        for account_id in recipients_of(row):
            yield Reminding(
                account_id=account_id,
                key=_key(str(row.id), "asked", row.due_on),
                title=Message.of(words, entry=row.objection.entry.number or "", day=row.due_on.isoformat()),
                body=None,
                url=statement_url(row.id),
                office_id=row.objection.contest.office_id,
            )


def _whom(row: Objection, leaders: Iterable[int]) -> set[int]:
    doing = row.second_id if row.state == "signing" else row.handler_id
    is_late = row.due_on is not None and row.due_on < today()
    return ({doing} if doing is not None else set()) | (set(leaders) if is_late or doing is None else set())


def _title(row: Objection) -> Message:
    state = Message(OBJECTION_STATES[row.state])  # type: ignore[index]
    if row.due_on is not None and row.due_on < today():
        words = N_("异议 %(number)s（%(state)s）已超过 %(day)s 的期限，请尽快办理")
        return Message.of(words, number=row.number, state=state, day=row.due_on.isoformat())
    return Message.of(N_("异议 %(number)s（%(state)s）今天到期，请办理"), number=row.number, state=state)


def _key(what: str, step: str, due_on: date) -> str:
    """On the last day; on the first day after it; and each week after that."""
    late = (today() - due_on).days
    return f"{what}-{step}-{due_on.isoformat()}-{0 if late == 0 else 1 + (late - 1) // REPEAT_DAYS}"
