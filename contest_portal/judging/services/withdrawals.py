"""What judging does when an entry is withdrawn: a school cannot once judging has begun; the office can."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import OFFICE_ROLES, Actor
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry
from contest_portal.entries.signals import before_reopening, before_withdrawal, entry_withdrawn
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.states import LIVE


def _is_given_to_judges(entry: Entry) -> bool:
    given = select(Assignment.id).where(Assignment.entry_id == entry.id, Assignment.state.in_(LIVE)).limit(1)
    return db.session.scalar(given) is not None


@before_withdrawal.connect
def refuse_school_while_judged(entry: Entry, *, actor: Actor) -> None:
    """A school may not take back a work that judges have been given."""
    if actor.is_console or actor.role in OFFICE_ROLES or not _is_given_to_judges(entry):
        return
    raise Conflict("judging.entry_in_round", N_("这件作品已进入评审，不能自行撤回。确需撤回的，请联系主办单位办理。"))


@before_reopening.connect
def refuse_reopening_while_judged(entry: Entry, **_sent: object) -> None:
    """What judges have been given stays as it was screened; the office may still withdraw it."""
    if _is_given_to_judges(entry):
        raise Conflict(
            "judging.entry_in_round", N_("这件作品已进入评审，不能重新审核。确有问题的，可以由主办单位撤回。")
        )


@entry_withdrawn.connect
def void_tasks(entry: Entry, *, actor: Actor) -> None:
    """The work's tasks in open rounds are off; sheets of rounds that are over stay as they are."""
    with unit_of_work(actor, "judging.void_tasks") as work:
        tasks = work.session.scalars(
            select(Assignment)
            .join(Round, Round.id == Assignment.round_id)
            .where(Assignment.entry_id == entry.id, Assignment.state.in_(LIVE), Round.state == "open")
            .order_by(Assignment.id)
            .with_for_update(of=Assignment)
        ).all()
        for task in tasks:
            before, task.state = task.state, "void"
            task.version += 1
            work.record(task, before={"state": before}, after={"state": "void"})
