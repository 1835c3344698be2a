"""A leader's written word that a judge may read one entry in one round although a conflict stands."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.kept_messages import keep
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Assignment, ConflictOverrule
from contest_portal.judging.queries.reassigning import candidates_for
from contest_portal.judging.services.reassigning import locked_task
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services.checked import checking

LEAST_WHY = 10
MOST_WHY = 500


def overrule_conflict(actor: Actor, task_id: int, judge_id: int, why: str) -> ConflictOverrule:
    """Allow a judge of the round to take over this task although the judge must keep away from its entry.

    Gives nothing to anybody: the office then may, by hand. Raises Invalid without a written reason, NotFound for who is
    no judge of the round, Conflict when the round is not open or there is nothing to overrule.
    """
    with checking("judging.overrule") as check:
        why = check.text(why, "why", MOST_WHY, label=N_("书面理由"), required=True)
        if why and len(why) < LEAST_WHY:
            check.add("why", Message.of(N_("请把理由写清楚，至少 %(least)s 个字。"), least=LEAST_WHY))
    with unit_of_work(actor, "judging.overrule_conflict") as work:
        row, task = locked_task(task_id)
        if row.state != "open":
            raise Conflict("judging.round_state", N_("这个评审轮次的状态已经改变，不能再做这项操作。请刷新页面查看。"))
        chosen = next((one for one in candidates_for(task) if one.judge.id == judge_id), None)
        if chosen is None:
            raise NotFound
        if chosen.conflict is None or chosen.is_overruled:
            raise Conflict("judging.no_conflict", N_("这名评委无须回避这件作品，或已获准评阅。"), field="judge_id")
        overrule = ConflictOverrule(
            round_id=row.id,
            judge_id=judge_id,
            entry_id=task.entry_id,
            conflict=keep(chosen.conflict),
            why=why,
            decided_by=actor.account_id,
            decided_at=now(),
        )
        work.session.add(overrule)
        work.record(overrule, after={"judge_id": judge_id, "entry_id": task.entry_id, "round_id": row.id}, why=why)
        number = db.session.get_one(Assignment, task_id).entry.number or ""
        title = Message.of(N_("领导已准予%(judge)s评阅 %(number)s，可以改派"), judge=chosen.judge.name, number=number)
        notify(work, staff_of(row.contest.office_id), title, url=f"/office/tasks/{task_id}/reassign")
    return overrule
