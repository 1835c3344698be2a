"""What schools and judges are asked about a case, and what they answer. They read the office's words, never the objector."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify, settle
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Assignment, Judge
from contest_portal.judging.queries.ties import ties_of_entries
from contest_portal.people.queries.recipients import managers_of
from contest_portal.results.evidence import GivenFile, keep_files, require_good
from contest_portal.results.objections.models import Objection, ObjectionStatement
from contest_portal.results.objections.queries.cases import setting_of
from contest_portal.results.objections.services.record import (
    changed,
    keep_with,
    locked_case,
    note,
    plain_words,
    require_anonymous,
    require_task,
    tell,
    working_days_from_now,
)


def whom_to_ask(entry_id: int) -> list[tuple[str, str]]:
    """(`school-ID` or `judge-ID`, name) of the work's schools and of the judges who scored it: four statements."""
    schools = next(iter(ties_of_entries([entry_id]))).schools
    judges = db.session.execute(
        select(Judge.id, Judge.name)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .where(Assignment.entry_id == entry_id, Assignment.state == "submitted")
        .distinct()
        .order_by(Judge.id)
    )
    return [
        *((f"school-{school_id}", name) for school_id, name in sorted(schools.items())),
        *((f"judge-{judge_id}", name) for judge_id, name in judges),
    ]


def ask_statement(actor: Actor, objection_id: int, whom: str, question: str) -> ObjectionStatement:
    """Ask a school or a judge of the work. `whom` is one of `whom_to_ask`. Asked once more, the term is
    new; a question not answered yet stays above the new one, an answer given before stays in the case's record."""
    words = plain_words(question, "question", N_("请写明要对方说明什么。"))
    with unit_of_work(actor, "results.ask_statement") as work:
        row = locked_case(objection_id)
        require_task(actor, row)
        if row.state != "inquiry":
            raise Conflict("results.not_inquiring", N_("只有在调查中才能请学校或评委说明情况。"))
        names = dict(whom_to_ask(row.entry_id))
        if whom not in names:
            raise Invalid("results.whom", N_("请选择这件作品的学校或评委。"), field="whom")
        require_anonymous(row, words, "question")
        statement = _of(work, row, whom)
        earlier = ""
        if statement.question and not statement.answer:
            earlier = f"{statement.question}\n\n{N_('又问：')}"
        if statement.answer:
            note(work, row, "answered_before", f"{names[whom]}：{statement.answer}")
            statement.answer, statement.answered_at, statement.answered_by = "", None, None
        statement.question = earlier + words
        statement.due_on = working_days_from_now(row.contest_id, setting_of(row.contest_id).statement_days)
        statement.asked_by, statement.asked_at = actor.account_id, now()
        work.session.add(statement)
        work.session.flush()
        note(work, row, "ask", f"{names[whom]}：{words}")
        changed(work, row, after={"asked": whom})
        notify(
            work,
            recipients_of(statement),
            Message.of(N_("请就作品 %(entry)s 说明情况"), entry=row.entry.number or ""),
            Message.of(N_("请在 %(day)s 前答复主办单位。"), day=statement.due_on.isoformat()),
            url=statement_url(statement.id),
        )
    return statement


def give_statement(actor: Actor, statement_id: int, answer: str, files: Sequence[GivenFile]) -> ObjectionStatement:
    """The school's or the judge's answer, once. Raises Conflict when it is there already or the inquiry is over."""
    words = plain_words(answer, "answer", N_("请写下情况说明。"))
    require_good(files)
    kept = keep_files(files)
    with unit_of_work(actor, "results.give_statement") as work:
        case_id = found(ObjectionStatement, statement_id).objection_id
        row = locked_case(case_id)
        statement = locked(ObjectionStatement, statement_id)
        if statement.answered_at is not None:
            raise Conflict("results.statement_given", N_("情况说明已经提交过，没有重复提交。要补充，请联系主办单位。"))
        if row.state != "inquiry":
            raise Conflict("results.inquiry_over", N_("调查已经结束，不必再提交说明。"))
        statement.answer, statement.answered_by, statement.answered_at = words, actor.account_id, now()
        keep_with(work, row, kept, statement.id)
        note(work, row, "statement", _name(statement))
        settle(work, statement_url(statement.id))
        work.record(statement, after={"objection": row.id, "files": len(kept)})
        tell(work, row, [row.handler_id], N_("异议 %(number)s 收到一份情况说明"))
    return statement


def statement_url(statement_id: int) -> str:
    return f"/statements/{statement_id}"


def _of(work: Work, row: Objection, whom: str) -> ObjectionStatement:
    kind, _dash, number = whom.partition("-")
    own = {f"{kind}_id": int(number)}
    known: ObjectionStatement | None = work.session.scalar(
        select(ObjectionStatement).filter_by(objection_id=row.id, **own)
    )
    return known or ObjectionStatement(objection_id=row.id, **own)


def recipients_of(statement: ObjectionStatement) -> list[int]:
    if statement.school_id is not None:
        return managers_of(statement.school_id)
    account_id = db.session.scalar(select(Judge.account_id).where(Judge.id == statement.judge_id))
    return [account_id] if account_id else []


def _name(statement: ObjectionStatement) -> str:
    return statement.school.name if statement.school else statement.judge.name if statement.judge else ""
