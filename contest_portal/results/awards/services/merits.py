"""Special awards, tutors' and schools' awards by points, and the moment from which schools see their results."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, now
from contest_portal.core.database import locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.results.awards.merits import MeritRule
from contest_portal.results.awards.models import MeritAward, MeritTable, ResultRelease, SpecialAward
from contest_portal.results.awards.queries.merits import merit_lines, release_of, stored_merit_rule


def _twice() -> Conflict:
    return Conflict("results.special_twice", N_("这件作品已经有这个专项奖。"))


on_breach("uq_special_award_standing", _twice)


def give_special(
    actor: Actor, contest_id: int, entry_number: str, name: str, sponsor: str, reason: str
) -> SpecialAward:
    """Give a work a special award. Raises Invalid for a number that no accepted work has, Conflict when it has it already."""
    number, name = entry_number.strip(), name.strip()
    if not name or not reason.strip():
        raise Invalid("results.special_blank", N_("请填写奖项名称和授奖理由。"), field="name")
    with unit_of_work(actor, "results.give_special") as work:
        contest = locked(Contest, contest_id)
        entry = work.session.scalar(
            select(Entry).where(Entry.contest_id == contest_id, Entry.number == number, Entry.state == "accepted")
        )
        if entry is None:
            words = N_("没有编号为「%(number)s」的参评作品，请核对编号。")
            raise Invalid("results.special_entry", Message.of(words, number=number), field="entry_number")
        known = work.session.scalar(
            select(SpecialAward)
            .where(
                SpecialAward.contest_id == contest_id,
                SpecialAward.entry_id == entry.id,
                SpecialAward.name == name,
                SpecialAward.cancelled_at.is_(None),
            )
            .with_for_update()
        )
        if known is not None:
            raise _twice()
        row = SpecialAward(contest_id=contest.id, entry_id=entry.id, name=name)
        row.sponsor, row.reason = sponsor.strip(), reason.strip()
        row.recorded_by, row.recorded_at = actor.account_id, now()
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"entry": number, "award": name, "sponsor": row.sponsor}, why=row.reason)
    return row


def cancel_special(actor: Actor, special_award_id: int, why: str) -> None:
    """Take a special award back; the record stays."""
    if not why.strip():
        raise Invalid("results.no_reason", N_("请写明原因，原因会留下记录。"), field="why")
    with unit_of_work(actor, "results.cancel_special") as work:
        row = locked(SpecialAward, special_award_id)
        if row.cancelled_at is not None:
            raise Conflict("results.special_cancelled", N_("这个专项奖已经取消，不必重复操作。"))
        row.cancelled_at, row.cancelled_why = now(), why.strip()
        work.record(row, before={"state": "given", "award": row.name}, after={"state": "cancelled"}, why=why.strip())


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


def confirm_merits(actor: Actor, contest_id: int, kind: str, seen_version: int, chosen: Collection[int]) -> int:
    """Confirm who is honoured, in place of an earlier confirmation, which stays on record. Returns how many.

    Raises Stale when the rule was changed since the page was opened, Invalid for more than there are places, or for one
    below the least points.
    """
    with unit_of_work(actor, "results.confirm_merits") as work:
        contest = locked(Contest, contest_id)
        rule, version = stored_merit_rule(contest_id, kind)
        if version != seen_version:
            raise Stale(N_("您打开此页之后，计分办法改过。请核对最新的得分再确认。"))
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


def set_release(
    actor: Actor,
    contest_id: int,
    seen_version: int,
    released_at: datetime,
    *,
    rank: bool,
    score: bool,
    comments: bool,
    at_once: bool = False,
    why: str = "",
) -> ResultRelease:
    """Set from when the contest's schools see their results, and which parts.

    `at_once`: a moment that is over already is meant. `why`: the reason for taking back what schools see, recorded. Raises
    Stale, and Invalid where one of the two is missing.
    """
    parts = {"rank": rank, "score": score, "comments": comments}
    with unit_of_work(actor, "results.set_release") as work:
        contest = locked(Contest, contest_id)
        row = release_of(contest_id)
        if (row.version if row else 0) != seen_version:
            raise Stale(N_("您打开此页之后，别人又保存了成绩发布设置。请核对后再保存。"))
        if row is None or row.released_at > now():
            if released_at <= now() and not at_once:
                raise _in_the_past(released_at)
        elif (released_at > now() or _fewer(_parts(row), parts)) and not why.strip():
            raise _takes_back(row.released_at)
        before = _told(row.released_at, _parts(row)) if row else {}
        if row is None:
            row = ResultRelease(contest_id=contest_id, version=0)
            work.session.add(row)
        row.released_at, row.version = released_at, row.version + 1
        row.shows_rank, row.shows_score, row.shows_comments = rank, score, comments
        row.saved_by, row.saved_at = actor.account_id, now()
        work.session.flush()
        work.record(contest, before=before, after=_told(released_at, parts), why=why.strip())
    return row


def _in_the_past(moment: datetime) -> Invalid:
    words = N_(
        "%(at)s 已经过去，保存后各学校马上就能看到评审结果。确实要马上发布的，请勾选后再保存；日期填错的，请改正。"
    )
    return Invalid("results.release_past", Message.of(words, at=f"{local(moment):%Y-%m-%d %H:%M}"), field="at_once")


def _takes_back(since: datetime) -> Invalid:
    words = N_(
        "评审结果已从 %(at)s 起向学校公开。推迟发布或减少内容，学校已经看到的会看不到，请写明原因，原因会留下记录。"
    )
    return Invalid("results.release_taken_back", Message.of(words, at=f"{local(since):%Y-%m-%d %H:%M}"), field="why")


def _parts(row: ResultRelease) -> dict[str, bool]:
    return {"rank": row.shows_rank, "score": row.shows_score, "comments": row.shows_comments}


def _fewer(before: dict[str, bool], after: dict[str, bool]) -> bool:
    return any(is_on and not after[name] for name, is_on in before.items())


def _told(moment: datetime, parts: dict[str, bool]) -> dict[str, Any]:
    """A release as the audit keeps it."""
    return {"release": moment.isoformat(), "parts": [name for name, is_on in parts.items() if is_on]}
