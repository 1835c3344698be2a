"""Awards of tutors and schools, by points: the rule, and who is confirmed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.results.awards.merits import MeritRule
from contest_portal.results.awards.models import MeritAward, MeritTable
from contest_portal.results.awards.queries.merits import confirmed_mark, merit_lines, stored_merit_rule


def save_merit_rule(actor: Actor, contest_id: int, kind: str, seen_version: int, rule: MeritRule) -> None:
    """Save how points are counted. Raises Stale where somebody else saved since."""
    with unit_of_work(actor, "results.save_merit_rule") as work:
        contest = locked(Contest, contest_id)
        before, version = stored_merit_rule(contest_id, kind)
        if version != seen_version:
            raise Stale(N_("您打开此页之后，别人又保存了计分办法。您填写的内容还在下面，请核对后再保存。"))
        row = work.session.scalar(
            select(MeritTable).where(MeritTable.contest_id == contest_id, MeritTable.kind == kind).with_for_update()
        )
        if row is None:
            row = MeritTable(contest_id=contest_id, kind=kind, version=0)
            work.session.add(row)
        row.document, row.version = rule.to_json(), row.version + 1
        row.saved_by, row.saved_at = actor.account_id, now()
        work.record(contest, before={kind: before.to_json()}, after={kind: row.document})


def confirm_merits(
    actor: Actor, contest_id: int, kind: str, seen_version: int, chosen: Collection[int], seen_mark: int | None = None
) -> int:
    """Confirm who is honoured, in place of an earlier confirmation, which stays on record. Returns how many.

    `seen_mark`: `confirmed_mark` when the page was opened, None where nobody looked at a page. Raises Stale when the rule was
    changed or others confirmed since, Invalid for more than there are places, or for one below the least points.
    """
    with unit_of_work(actor, "results.confirm_merits") as work:
        contest = locked(Contest, contest_id)
        rule, version = stored_merit_rule(contest_id, kind)
        if version != seen_version:
            raise Stale(N_("您打开此页之后，计分办法改过。请核对最新的得分再确认。"))
        if seen_mark is not None and confirmed_mark(contest_id, kind) != seen_mark:
            raise Stale(
                N_("您打开此页之后，别人又确认了表彰名单。您的勾选还在下面，请与标有「已确认」的核对后再确认。")
            )
        if len(set(chosen)) > rule.places:
            words = N_("勾选了 %(count)s 个，表彰名额是 %(places)s 个，多 %(more)s 个。")
            message = Message.of(words, count=len(set(chosen)), places=rule.places, more=len(set(chosen)) - rule.places)
            raise Invalid("results.merits_too_many", message, field="chosen")
        able = {line.id: line for line in merit_lines(contest_id, kind, rule) if line.merit.points >= rule.minimum}
        if not set(chosen) <= able.keys():
            words = N_("勾选的名单中有不足 %(minimum)s 分的，请核对。")
            raise Invalid("results.merits_below", Message.of(words, minimum=rule.minimum), field="chosen")
        column = MeritAward.teacher_id if kind == "tutor" else MeritAward.school_id
        standing = (MeritAward.contest_id == contest_id, column.is_not(None), MeritAward.superseded_at.is_(None))
        before = [
            [whose, award] for whose, award in work.session.execute(select(column, MeritAward.award).where(*standing))
        ]
        work.session.execute(update(MeritAward).where(*standing).values(superseded_at=now()))
        for line in able.values():
            if line.id in set(chosen):
                work.session.add(
                    MeritAward(
                        contest_id=contest_id,
                        award=rule.award,
                        teacher_id=line.id if kind == "tutor" else None,
                        school_id=line.id if kind == "school" else None,
                        points=str(line.merit.points),
                        terms=[[term.label, term.count, str(term.points)] for term in line.merit.terms],
                        confirmed_by=actor.account_id,
                        confirmed_at=now(),
                    )
                )
        work.session.flush()
        work.record(
            contest,
            before={"kind": kind, "confirmed": sorted(before)},
            after={"award": rule.award, "kind": kind, "confirmed": sorted(set(chosen))},
        )
    return len(set(chosen))
