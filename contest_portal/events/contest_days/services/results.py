"""Verbs on results: listed by one, published by another."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.models import ContestGroup, GroupResult
from contest_portal.events.contest_days.queries.people import accounts_of_teams
from contest_portal.events.contest_days.queries.results import lines_of, open_runs
from contest_portal.events.contest_days.services.runs import require_drawn
from contest_portal.people.services.two_people import require_second_person


def list_results(actor: Actor, group_id: int, note: str = "") -> GroupResult:
    """Make the provisional list, once every run of every team is typed and confirmed. After a list was published it is a
    correction and needs a note. Raises Conflict saying what lacks, Invalid."""
    with unit_of_work(actor, "events.list_results") as work:
        group = locked(ContestGroup, group_id)
        require_drawn(group)
        lacking, unconfirmed = open_runs(group)
        if lacking or unconfirmed:
            words = N_("还有 %(lacking)s 项成绩没有录入、%(unconfirmed)s 项没有确认。缺席的队也请录入「缺席」。")
            raise Conflict("events.runs_open", Message.of(words, lacking=lacking, unconfirmed=unconfirmed))
        newest = _newest(work, group)
        if newest and newest.published_at is None and newest.withdrawn_at is None:
            raise Conflict("events.listed", N_("名次表已经生成，等待另一人公布。"))
        note = " ".join(note.split())[:200]
        if newest and _was_published(work, group) and not note:
            raise Invalid("events.result_note", N_("成绩已公布过。请写明这次更正了什么，会一并公布。"), field="note")
        row = GroupResult(
            group_id=group.id, version=(newest.version if newest else 0) + 1, lines=lines_of(group), note=note,
            listed_by=actor.account_id or 0, listed_at=now(),
        )  # fmt: skip
        work.session.add(row)
        work.record(row, after={"group": group.id, "version": row.version, "lines": len(row.lines)}, why=note)
    return row


def publish_results(actor: Actor, group_id: int, result_id: int) -> GroupResult:
    """Publish the provisional list; another person than who listed it. Raises Conflict."""
    with unit_of_work(actor, "events.publish_results") as work:
        group = locked(ContestGroup, group_id)
        row = _newest(work, group)
        if row is None or row.id != result_id or row.published_at or row.withdrawn_at:
            raise Conflict("events.result_state", N_("这份名次表已公布，或因成绩改动已作废。请刷新页面查看。"))
        words = N_("名次表要由生成人以外的另一人核对并公布。")
        require_second_person(actor, row.listed_by, Conflict("events.two_people", words))
        if row.lines != lines_of(group):
            raise Conflict("events.result_stale", N_("名次表生成之后成绩有改动，请重新生成。"))
        row.published_by, row.published_at = actor.account_id, now()
        work.record(row, after={"group": group.id, "version": row.version})
        words = N_("「%(event)s」%(group)s的成绩已经公布。")
        values = {"event": group.event.title, "group": group.name}
        notify(work, accounts_of_teams(group.id), Message.of(words, **values), url=f"/events/{group.event_id}/results")
    return row


def _newest(work: Work, group: ContestGroup) -> GroupResult | None:
    return work.session.scalar(
        select(GroupResult).where(GroupResult.group_id == group.id).order_by(GroupResult.version.desc()).limit(1)
    )


def _was_published(work: Work, group: ContestGroup) -> bool:
    statement = select(func.count()).where(GroupResult.group_id == group.id, GroupResult.published_at.is_not(None))
    return bool(work.session.scalar(statement))
