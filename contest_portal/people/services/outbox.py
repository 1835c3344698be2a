"""Verbs of an office on what it sends: hold, release, drop; its own texts; the kinds that wait for a release."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.outbox.asking import ask_now
from contest_portal.core.outbox.kinds import KINDS
from contest_portal.core.outbox.letters import LETTERS, Texts, checked
from contest_portal.core.outbox.models import NoticeTemplate, OutboxMessage, OutboxSettings
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Office

FROM: Mapping[str, tuple[str, ...]] = {
    "hold": ("waiting",),
    "release": ("held", "failed"),
    "drop": ("waiting", "held", "failed"),
}
"""Act → the states in which it can be done."""


def decide_message(actor: Actor, message_id: int, act: str) -> OutboxMessage:
    """Hold, release or drop one. Raises Conflict when it has gone out meanwhile, or cannot be sent any more."""
    with unit_of_work(actor, f"people.{_known(act)}_message") as work:
        row = locked(OutboxMessage, message_id)
        if row.state not in FROM[act] or (act == "release" and row.address is None):
            words = N_("这条通知的状态已经变了，没有改动。请刷新页面查看。")
            raise Conflict("people.message_moved_on", words)
        before = row.state
        for name, value in _changes(act).items():
            setattr(row, name, value)
        if act == "release":
            work.after_commit(ask_now)
        work.record(row, before={"state": before}, after={"state": row.state})
    return row


def decide_kind(actor: Actor, kind: str, act: str) -> int:
    """The same with all of a kind that can be; what failed is not released so: each of them wants a look.

    Gives how many. Raises Invalid for an unknown kind.
    """
    if kind not in KINDS:
        raise Invalid("people.notice_kind", N_("请选择通知的类型。"), field="kind")
    states = ("held",) if _known(act) == "release" else FROM[act]
    with unit_of_work(actor, f"people.{act}_messages") as work:
        own = (OutboxMessage.office_id == actor.office_id, OutboxMessage.kind == kind, OutboxMessage.state.in_(states))
        changed = work.session.execute(
            update(OutboxMessage).where(*own).values(**_changes(act)).execution_options(synchronize_session=False)
        )
        count = int(changed.rowcount)  # type: ignore[attr-defined]
        if act == "release":
            work.after_commit(ask_now)
        work.record(("office", actor.office_id), after={"kind": kind, "count": count})
    return count


def save_letter(actor: Actor, code: str, texts: Texts) -> NoticeTemplate:
    """The office's own texts of an occasion. Raises NotFound, Invalid with what is wrong in which field."""
    if code not in LETTERS:
        raise NotFound
    clean = checked(LETTERS[code], texts)
    with unit_of_work(actor, "people.save_letter") as work:
        _lock_office(actor)
        row = _own_letter(work, actor, code)
        if row is None:
            row = NoticeTemplate(office_id=actor.office_id or 0, code=code)
            work.session.add(row)
        row.subject, row.body, row.sms = clean.subject, clean.body, clean.sms
        row.updated_by, row.updated_at = actor.account_id, now()
        work.record(row, after={"code": code})
    return row


def reset_letter(actor: Actor, code: str) -> None:
    """Back to the program's texts. Raises NotFound."""
    if code not in LETTERS:
        raise NotFound
    with unit_of_work(actor, "people.reset_letter") as work:
        own = (NoticeTemplate.office_id == actor.office_id, NoticeTemplate.code == code)
        work.session.execute(delete(NoticeTemplate).where(*own))
        work.record(("office", actor.office_id), after={"code": code})


def hold_kinds(actor: Actor, kinds: Collection[str]) -> None:
    """Which kinds wait for a release from now on; what waits already stays as it is."""
    known = sorted(set(kinds) & set(KINDS))
    with unit_of_work(actor, "people.hold_kinds") as work:
        _lock_office(actor)
        row = work.session.scalar(select(OutboxSettings).where(OutboxSettings.office_id == actor.office_id))
        if row is None:
            row = OutboxSettings(office_id=actor.office_id or 0)
            work.session.add(row)
        row.held_kinds = known
        work.record(row, after={"held_kinds": known})


def _known(act: str) -> str:
    if act not in FROM:
        raise Invalid("people.message_act", Message(N_("请选择要做什么。")), field="act")
    return act


def _changes(act: str) -> dict[str, Any]:
    if act == "hold":
        return {"state": "held"}
    if act == "drop":
        return {"state": "dropped", "ended_at": now(), "address": None}
    return {"state": "waiting", "attempts": 0, "next_at": now(), "ended_at": None, "problem": None}


def _lock_office(actor: Actor) -> None:
    """Two people saving at once come one after the other."""
    locked(Office, actor.office_id or 0)


def _own_letter(work: Work, actor: Actor, code: str) -> NoticeTemplate | None:
    own = (NoticeTemplate.office_id == actor.office_id, NoticeTemplate.code == code)
    row: NoticeTemplate | None = work.session.scalar(select(NoticeTemplate).where(*own))
    return row
