"""What all verbs on a case share: its locked row, its next term, its own record, whom to tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, db, locked
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Stale
from contest_portal.core.notices import notify, settle
from contest_portal.core.text import N_, Message
from contest_portal.core.working_days import after_working_days
from contest_portal.people.queries.calendar import own_days
from contest_portal.results.evidence import KeptFile
from contest_portal.results.objections.models import Objection, ObjectionEvent, ObjectionFile
from contest_portal.results.objections.queries.cases import setting_of
from contest_portal.results.objections.queries.ties import OfficePerson, conflicts_of, people_of_office
from contest_portal.results.objections.states import CLOSED, OBJECTION_STATES, TERMS, ObjectionAct, objection_after

MOST_WORDS = 4000


def term_end(contest_id: int, state: str) -> date | None:
    """The last day of the step that begins today in that state; None where nothing is to be done any more."""
    term = TERMS.get(state)  # type: ignore[call-overload]
    return working_days_from_now(contest_id, getattr(setting_of(contest_id), term)) if term else None


def working_days_from_now(contest_id: int, count: int) -> date:
    """The last day of a term that begins today, by the calendar of the contest's office."""
    office_id = db.session.scalar(select(Contest.office_id).where(Contest.id == contest_id))
    return after_working_days(today(), count, own_days(office_id or 0))


def locked_case(objection_id: int, seen_version: int | None = None) -> Objection:
    """The case, locked. Raises Stale when it has changed since it was seen."""
    row = locked(Objection, objection_id)
    if seen_version is not None and row.row_version != seen_version:
        raise Stale(
            Message.of(
                N_("这个案件刚刚有了变化，现在是「%(state)s」。请先看最新情况，再决定是否继续。"),
                state=Message(OBJECTION_STATES[row.state]),  # type: ignore[index]
            )
        )
    return row


def keep_with(work: Work, row: Objection, files: Iterable[KeptFile], statement_id: int | None = None) -> None:
    """What was stored becomes evidence of the case, of the objector or of one statement."""
    work.session.add_all(
        ObjectionFile(
            objection_id=row.id,
            statement_id=statement_id,
            file_sha256=one.sha256,
            file_name=one.name,
            kind=one.kind,
            size_bytes=one.size_bytes,
            added_at=now(),
        )
        for one in files
    )


def require_open(row: Objection) -> None:
    """Raises Conflict where the case is closed."""
    if row.state in CLOSED:
        raise Conflict("results.case_closed", N_("这个案件已经办结，不能再改动。"))


def require_task(actor: Actor, row: Objection, *, second: bool = False) -> None:
    """Raises NotAllowed unless the actor handles the case (or, `second`, signs its decision) and is not kept away."""
    mine = row.second_id if second else row.handler_id
    if actor.account_id is None or mine != actor.account_id:
        raise NotAllowed(
            "results.not_second" if second else "results.not_handler",
            N_("这个决定由指定的第二人签署。") if second else N_("这个案件由指定的经办人办理。"),
        )
    if actor.account_id in kept_away_of(row):
        raise NotAllowed("results.kept_away", N_("您须回避这个案件。"))


def kept_away_of(row: Objection, people: Iterable[OfficePerson] | None = None) -> dict[int, Message]:
    """Who of the office is kept away from the case, and why."""
    office_id = office_of(row)
    return conflicts_of([row], list(people or people_of_office(office_id or 0)))[row.id]


def step(work: Work, row: Objection, act: ObjectionAct) -> None:
    """Lead the case on by `act`. Raises Conflict with its present state where the act does not apply any more."""
    target = objection_after(act, row.state)
    if target is None:
        raise Conflict(
            "results.case_moved",
            Message.of(
                N_("这一步已经办过了，案件现在是「%(state)s」，没有重复办理。"),
                state=Message(OBJECTION_STATES[row.state]),  # type: ignore[index]
            ),
        )
    before, row.state = row.state, target
    row.due_on = term_end(row.contest_id, target)
    if target in CLOSED:
        row.closed_at = now()
        settle(work, case_url(row.id))
    changed(work, row, before={"state": before}, after={"state": target})


def office_of(row: Objection) -> int | None:
    """The office whose case it is."""
    return db.session.scalar(select(Contest.office_id).where(Contest.id == row.contest_id))


def changed(
    work: Work, row: Objection, before: dict[str, object] | None = None, after: dict[str, object] | None = None
) -> None:
    """Count the change and note it in the trail, which holds no word of who objects or why."""
    row.row_version += 1
    office_id = work.actor.office_id or office_of(row)
    work.record(row, before=before, after={"number": row.number, **(after or {})}, office_id=office_id)


def note(work: Work, row: Objection, act: str, text: str = "") -> None:
    """A line of the case's own record."""
    work.session.add(
        ObjectionEvent(objection_id=row.id, act=act, text=text, account_id=work.actor.account_id, at=now())
    )


def tell(work: Work, row: Objection, account_ids: Iterable[int | None], words: str) -> None:
    """Tell people of the office about the case, by its number alone."""
    wanted = {one for one in account_ids if one is not None and one != work.actor.account_id}
    notify(work, wanted, Message.of(words, number=row.number), url=case_url(row.id))


def case_url(objection_id: int) -> str:
    return f"/office/objections/{objection_id}"


def plain_words(text: str, field: str, missing: str) -> str:
    """What was typed, without spaces around. Raises Invalid for nothing, for too much."""
    plain = text.replace("\r\n", "\n").strip()
    if not plain:
        raise Invalid("results.no_words", missing, field=field)
    if len(plain) > MOST_WORDS:
        words = N_("最多 %(most)s 个字，现在有 %(count)s 个，请精简后再提交。")
        raise Invalid("results.too_long", Message.of(words, most=MOST_WORDS, count=len(plain)), field=field)
    return plain


def require_anonymous(row: Objection, text: str, field: str) -> None:
    """Raises Invalid where a text that others read names the objector, the telephone, the ID, or the unit unless that is
    the school that the work itself comes from."""
    unit = row.objector_unit if row.objector_unit != row.entry.school.name else ""
    named = (row.objector_name, row.objector_phone, row.objector_id_number, unit)
    if any(one and len(one) > 1 and one in text for one in named):
        raise Invalid(
            "results.names_objector",
            N_("这段文字里出现了异议人的姓名、电话、证件号码或单位。为异议人保密，请删去后再提交。"),
            field=field,
        )
