"""The last look before tasks are given: nobody reads what the judge must keep away from, whoever planned it; and what
keeps that look true until the tasks stand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import Pair, conflicts_between
from contest_portal.judging.models import Judge, Round, RoundJudge
from contest_portal.judging.queries.reassigning import overruled_pairs
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges


def hold_rounds_of(judge_ids: Collection[int]) -> None:
    """Lock the rounds, planned or open, that these judges have a place in, in the order of their ids.

    Called before something is noted that a judge must keep away from. Who gives tasks holds the round: either that is
    done, and the new tasks are seen here, or it comes later, and its last look sees what was noted. Rounds come before
    judges, as in every verb that gives tasks.
    """
    seats = select(RoundJudge.round_id).where(RoundJudge.judge_id.in_(judge_ids))
    rounds = select(Round.id).where(Round.id.in_(seats), Round.state.in_(("planned", "open")))
    db.session.execute(rounds.order_by(Round.id).with_for_update())


def refuse_conflicts(row: Round, pairs: Collection[Pair]) -> None:
    """Called in the transaction that gives tasks to (judge, entry) pairs, with what is known at that moment.

    Raises Conflict naming the judge and the reason, unless a leader has overruled it for this pair in this round.
    """
    judges = db.session.scalars(select(Judge).where(Judge.id.in_({judge_id for judge_id, _entry in pairs}))).all()
    found = conflicts_between(ties_of_judges(judges), ties_of_entries({entry_id for _judge, entry_id in pairs}))
    forbidden = (set(pairs) & set(found)) - overruled_pairs(row.id)
    if forbidden:
        pair = min(forbidden)
        name = next(judge.name for judge in judges if judge.id == pair[0])
        told = N_("%(name)s须回避这件作品（%(reason)s），不能评阅。")
        raise Conflict("judging.conflict", Message.of(told, name=name, reason=found[pair]), field="judge_id")
