"""Erasing one person: one asks with a reason, a second confirms; and keeping a person's data for now."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.privacy.models import Erasure, LegalHold
from contest_portal.people.privacy.persons import MODELS, person_by
from contest_portal.people.privacy.registry import Person, erase_everywhere, reasons_to_keep
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.people.services.two_people import require_second_person

FEWEST_LETTERS, MOST_LETTERS = 5, 500


def _waits_already() -> Conflict:
    return Conflict("people.erasure_waits", N_("已有人对此人提出删除，正等待第二人确认。请刷新页面查看。"))


def _held_already() -> Conflict:
    return Conflict("people.held_already", N_("此人的信息已标记为保留。请刷新页面查看。"))


on_breach("uq_erasure_open_key", _waits_already)
on_breach("uq_legal_hold_open_key", _held_already)


def ask_erasure(actor: Actor, person: Person, why: str) -> Erasure:
    """Ask that all of the person be erased. Raises Invalid without a reason; Conflict where it waits already, was done,
    or something must stay for now."""
    why = _reason(why)
    with unit_of_work(actor, "people.ask_erasure") as work:
        _refuse_unless_erasable(work, person)
        row = Erasure(
            office_id=person.office_id,
            kind=person.kind,
            subject_id=person.id,
            open_key=person.key,
            why=why,
            asked_by=actor.account_id,
            asked_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"kind": person.kind, "subject_id": person.id}, why=why)
        title = Message(N_("有一项删除个人信息的申请等待第二人确认"))
        url = f"/{person.kind}s/{person.id}/held"
        notify(work, deciders_of(person.office_id, but=actor.account_id), title, url=url)
    return row


def confirm_erasure(actor: Actor, person: Person) -> Erasure:
    """Confirm as a second person, and erase. Raises NotAllowed for who asked, Conflict where nothing waits or something
    must stay. Files go the day after, when what nothing refers to is swept."""
    with unit_of_work(actor, "people.erase_person") as work:
        row = _waiting(person)
        words = N_("提出删除的人不能自己确认，须由本单位另一人确认。")
        require_second_person(actor, row.asked_by, NotAllowed("people.second_person", words))
        _refuse_if_kept(person)
        locked(MODELS[person.kind], person.id)
        row.outcome = erase_everywhere(work, person)
        row.state, row.open_key, row.decided_by, row.decided_at = "done", None, actor.account_id, now()
        work.record(row, before={"state": "asked"}, after={"state": "done", **row.outcome})
        work.record((person.kind, person.id), after={"erased": True})
    return row


def withdraw_erasure(actor: Actor, person: Person) -> Erasure:
    """Give the request up; whoever may ask for one may. Raises Conflict where nothing waits."""
    with unit_of_work(actor, "people.withdraw_erasure") as work:
        row = _waiting(person)
        row.state, row.open_key, row.decided_by, row.decided_at = "withdrawn", None, actor.account_id, now()
        work.record(row, before={"state": "asked"}, after={"state": "withdrawn"})
    return row


def keep_data(actor: Actor, person: Person, why: str) -> LegalHold:
    """Keep the person's data until this is taken back. Raises Invalid without a reason, Conflict when it is kept already."""
    why = _reason(why)
    with unit_of_work(actor, "people.hold_data") as work:
        row = LegalHold(
            office_id=person.office_id,
            kind=person.kind,
            subject_id=person.id,
            open_key=person.key,
            why=why,
            set_by=actor.account_id,
            set_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"kind": person.kind, "subject_id": person.id})
    return row


def release_data(actor: Actor, person: Person) -> LegalHold:
    """It need not be kept any longer. Raises Conflict where nothing keeps it."""
    with unit_of_work(actor, "people.release_data") as work:
        row = work.session.scalar(select(LegalHold).where(LegalHold.open_key == person.key).with_for_update())
        if row is None:
            raise Conflict("people.not_held", N_("此人的信息没有标记为保留。请刷新页面查看。"))
        row.open_key, row.ended_by, row.ended_at = None, actor.account_id, now()
        work.record(row, before={"held": True}, after={"held": False})
    return row


def waiting_erasure(person: Person) -> Erasure | None:
    """The request that waits for a second person."""
    return db.session.scalar(select(Erasure).where(Erasure.open_key == person.key))


def is_erased(person: Person) -> bool:
    """Whether the person was erased."""
    done = select(Erasure.id).where(
        Erasure.kind == person.kind, Erasure.subject_id == person.id, Erasure.state == "done"
    )
    return db.session.scalar(done.limit(1)) is not None


def is_held(person: Person) -> bool:
    """Whether the office has said that the person's data must stay for now."""
    return db.session.scalar(select(LegalHold.id).where(LegalHold.open_key == person.key)) is not None


def note_copy(actor: Actor, kind: str, subject_id: int, why: str) -> Person:
    """Note that somebody takes a copy of all that is held about the person. Raises Invalid without a reason."""
    why = _reason(why)
    person = person_by(kind, subject_id)
    with unit_of_work(actor, "people.copy_person") as work:
        work.record((kind, subject_id), after={"copied": True}, why=why)
    return person


def _refuse_unless_erasable(work: Work, person: Person) -> None:
    work.session.execute(select(MODELS[person.kind].id).where(MODELS[person.kind].id == person.id).with_for_update())
    if is_erased(person):
        raise Conflict("people.erased_already", N_("此人的信息已经删除。"))
    if waiting_erasure(person) is not None:
        raise _waits_already()
    _refuse_if_kept(person)


def _refuse_if_kept(person: Person) -> None:
    for reason in reasons_to_keep(person):
        raise Conflict("people.must_stay", reason)


def _waiting(person: Person) -> Erasure:
    row = db.session.scalar(select(Erasure).where(Erasure.open_key == person.key).with_for_update())
    if row is None:
        raise Conflict("people.no_erasure", N_("没有等待确认的删除申请。请刷新页面查看。"))
    return row


def _reason(text: str) -> str:
    why = text.strip()
    if not FEWEST_LETTERS <= len(why) <= MOST_LETTERS:
        raise Invalid("people.privacy_reason", N_("请写明原因，5 至 500 字。"), field="why")
    return why
