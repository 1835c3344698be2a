"""What the office does with a case before its decision: give it to two people, keep somebody away, accept or refuse, note."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotAllowed, Stale
from contest_portal.core.text import N_, Message
from contest_portal.results.objections.models import Objection, ObjectionConflict, ObjectionSetting
from contest_portal.results.objections.queries.cases import setting_of
from contest_portal.results.objections.queries.ties import OfficePerson, people_of_office
from contest_portal.results.objections.services.record import (
    changed,
    kept_away_of,
    locked_case,
    note,
    plain_words,
    require_open,
    require_task,
    step,
    tell,
)

TERM_FIELDS = ("accept_days", "inquire_days", "sign_days", "answer_days", "statement_days")
LONGEST_TERM = 60


def assign_case(actor: Actor, objection_id: int, seen_version: int, handler_id: int, second_id: int) -> Objection:
    """Give the case to who handles it and to who signs its decision. Raises Invalid for one person twice, and for
    somebody who is kept away or does not belong to the office."""
    with unit_of_work(actor, "results.assign_objection") as work:
        row = locked_case(objection_id, seen_version)
        require_open(row)
        people = _people(row)
        away = kept_away_of(row, people)
        _require_assigning(actor, people, away)
        problems = [*_unfit("handler", handler_id, people, away), *_unfit("second", second_id, people, away)]
        if not problems and handler_id == second_id:
            problems = [FieldProblem("second", Message(N_("经办人和签署人须是两个人，请另选一人。")))]
        if not problems and row.state in {"signing", "decided"} and handler_id != row.handler_id:
            problems = [FieldProblem("handler", Message(N_("决定已经提出，不能再换经办人。可以退回调查后再换。")))]
        if problems:
            raise Invalid("results.assign", problems[0].message, problems=problems)
        before: dict[str, object] = {"handler": row.handler_id, "second": row.second_id}
        row.handler_id, row.second_id = handler_id, second_id
        note(work, row, "assign", "、".join(one.name for one in people if one.account_id in {handler_id, second_id}))
        changed(work, row, before=before, after={"handler": handler_id, "second": second_id})
        tell(work, row, {handler_id} - {before["handler"]}, N_("异议 %(number)s 由您经办"))
        tell(work, row, {second_id} - {before["second"]}, N_("异议 %(number)s 的决定由您签署"))
    return row


def declare_conflict(actor: Actor, objection_id: int, account_id: int, why: str) -> Objection:
    """Keep somebody of the office away from the case: oneself, or a colleague where a leader knows of it. Whoever had a
    task in it has none any more."""
    words = plain_words(why, "why", N_("请写明回避的原因，如「异议人是本人亲属」。"))
    with unit_of_work(actor, "results.declare_objection_conflict") as work:
        row = locked_case(objection_id)
        require_open(row)
        people = _people(row)
        away = kept_away_of(row, people)
        if account_id != actor.account_id:
            _require_assigning(actor, people, away)
        if account_id not in {one.account_id for one in people}:
            raise Invalid("results.not_of_office", N_("请选择本单位的人员。"), field="account_id")
        if account_id in away:
            raise Conflict("results.away_already", N_("此人已经回避这个案件，不必重复登记。"))
        work.session.add(
            ObjectionConflict(
                objection_id=row.id, account_id=account_id, why=words, declared_by=actor.account_id, declared_at=now()
            )
        )
        if row.handler_id == account_id and row.state == "signing":
            step(work, row, "disagree")  # what somebody proposed who should have kept away is not signed
        row.handler_id = None if row.handler_id == account_id else row.handler_id
        row.second_id = None if row.second_id == account_id else row.second_id
        note(work, row, "conflict", next(one.name for one in people if one.account_id == account_id))
        changed(work, row, after={"kept_away": account_id})
        leaders = [one.account_id for one in people if one.is_leader and one.account_id not in {*away, account_id}]
        tell(work, row, leaders, N_("异议 %(number)s 有人回避，请重新指定经办人和签署人"))
    return row


def accept_case(actor: Actor, objection_id: int, seen_version: int) -> Objection:
    """Accept the objection for inquiry."""
    with unit_of_work(actor, "results.accept_objection") as work:
        row = _own_case(actor, objection_id, seen_version)
        _require_second(row)
        step(work, row, "accept")
        note(work, row, "accept")
    return row


def refuse_case(actor: Actor, objection_id: int, seen_version: int, why: str) -> Objection:
    """Do not take the objection on; the objector reads why under the secret link."""
    words = plain_words(why, "why", N_("请写明不予受理的理由，异议人会看到。"))
    with unit_of_work(actor, "results.refuse_objection") as work:
        row = _own_case(actor, objection_id, seen_version)
        step(work, row, "refuse")
        row.answer = words
        note(work, row, "refuse", words)
    return row


def add_note(actor: Actor, objection_id: int, text: str) -> Objection:
    """A note of the inquiry, for those who have a task in the case."""
    words = plain_words(text, "text", N_("请写下记录的内容。"))
    with unit_of_work(actor, "results.note_objection") as work:
        row = locked_case(objection_id)
        require_open(row)
        require_task(actor, row, second=row.second_id == actor.account_id)
        note(work, row, "note", words)
        work.record(row, after={"number": row.number, "noted": True})
    return row


def open_numbers(actor: Actor, objection_id: int) -> None:
    """Somebody with a task in the case reads the objector's telephone and ID in full: that is recorded."""
    with unit_of_work(actor, "results.open_objector_numbers") as work:
        row = locked_case(objection_id)
        require_task(actor, row, second=row.second_id == actor.account_id)
        note(work, row, "open")
        work.record(row, after={"number": row.number, "opened": "numbers"})


def set_terms(actor: Actor, contest_id: int, seen_version: int, days: dict[str, int], *, asks_id_number: bool) -> None:
    """Set the contest's terms in working days. Cases keep the day that their present step has. Raises Stale, Invalid."""
    problems = [
        FieldProblem(name, Message.of(N_("请填写 1 到 %(most)s 之间的整数。"), most=LONGEST_TERM))
        for name in TERM_FIELDS
        if not 1 <= days.get(name, 0) <= LONGEST_TERM
    ]
    if problems:
        raise Invalid("results.objection_terms", problems[0].message, problems=problems)
    with unit_of_work(actor, "results.set_objection_terms") as work:
        locked(Contest, contest_id)
        row: ObjectionSetting = setting_of(contest_id)
        if row.version != seen_version:
            raise Stale
        before: dict[str, object] = {name: getattr(row, name) for name in TERM_FIELDS}
        for name in TERM_FIELDS:
            setattr(row, name, days[name])
        row.asks_id_number, row.version = asks_id_number, row.version + 1
        work.session.add(row)
        work.record(row, before=before, after={**days, "asks_id_number": asks_id_number})


def _own_case(actor: Actor, objection_id: int, seen_version: int) -> Objection:
    row = locked_case(objection_id, seen_version)
    require_task(actor, row)
    return row


def _people(row: Objection) -> list[OfficePerson]:
    return people_of_office(found(Contest, row.contest_id).office_id)


def _require_assigning(actor: Actor, people: list[OfficePerson], away: dict[int, Message]) -> None:
    if not may_assign(actor.account_id, people, away):
        raise NotAllowed("results.not_assigning", N_("经办人和签署人由不须回避的领导指定。"))


def may_assign(account_id: int | None, people: list[OfficePerson], away: dict[int, Message]) -> bool:
    """Whether this is a leader who need not keep away; where every leader must, anybody who acts and need not."""
    fit = [one for one in people if one.acts and one.account_id not in away]
    choosing = [one for one in fit if one.is_leader] or fit
    return account_id in {one.account_id for one in choosing}


def _unfit(field: str, account_id: int, people: list[OfficePerson], away: dict[int, Message]) -> list[FieldProblem]:
    if account_id in away:
        words = N_("此人须回避：%(why)s。请另选一人。")
        return [FieldProblem(field, Message.of(words, why=away[account_id]))]
    if account_id not in {one.account_id for one in people if one.acts}:
        return [FieldProblem(field, Message(N_("请选择本单位的工作人员或领导。")))]
    return []


def _require_second(row: Objection) -> None:
    if row.second_id is None:
        raise Conflict("results.no_second", N_("还没有指定签署人。请先由领导指定，再受理。"))
