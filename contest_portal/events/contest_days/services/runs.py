"""Verbs on runs: typed by one, confirmed by another, changed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.marks import read_score, read_seconds
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, RunChange, Team
from contest_portal.people.services.two_people import require_second_person

OUTCOMES = ("ran", "stopped", "absent")


@dataclass(frozen=True)
class RunData:
    """What one run reached, as it was typed. `seen_version` is 0 where nothing stood on the page."""

    team_id: int
    outcome: str
    score: str = ""
    time: str = ""
    note: str = ""
    seen_version: int = 0


def type_runs(actor: Actor, group_id: int, number: int, rows: Sequence[RunData]) -> int:
    """Keep what was typed of several teams' run `number`. What is confirmed stays as it is. Gives how many are new.

    All or none: raises Invalid with each mistake at `rows-INDEX-FIELD`, Stale where somebody else typed the same
    team meanwhile, Conflict before the lot.
    """
    with unit_of_work(actor, "events.type_runs") as work:
        group = locked(ContestGroup, group_id)
        _require_running(group, number)
        teams = {one.id: one for one in work.session.scalars(select(Team).where(Team.group_id == group.id))}
        runs = {one.team_id: one for one in _runs(work, group, number)}
        problems: list[FieldProblem] = []
        typed = 0
        for index, row in enumerate(rows):
            if row.team_id not in teams:
                raise NotFound
            values = _values(row, index, problems)
            if values is None:
                continue
            known = runs.get(row.team_id)
            if known is not None and values == _kept(known):
                continue
            if (known.version if known else 0) != row.seen_version:
                words = N_("%(team)s的第 %(run)s 轮成绩刚刚被他人录入或改动，请刷新后核对。")
                raise Stale(Message.of(words, team=teams[row.team_id].name, run=number))
            if known is not None and known.confirmed_at is not None:
                raise Conflict("events.run_confirmed", N_("已确认的成绩请用「更正」修改，并写明原因。"))
            _write(work, actor, known or Run(team_id=row.team_id, number=number, version=0), values, "")
            typed += 1
        if problems:
            raise Invalid("events.runs", problems[0].message, problems=problems)
        if typed:
            _withdraw_list(work, group)
            work.record(group, after={"run": number, "typed": typed})
    return typed


def confirm_runs(actor: Actor, group_id: int, seen: Sequence[tuple[int, int]]) -> int:
    """Confirm runs (id, version as it stood on the page) against the paper. Gives how many.

    Raises Stale where one was changed meanwhile, Conflict where the same person typed it.
    """
    with unit_of_work(actor, "events.confirm_runs") as work:
        group = locked(ContestGroup, group_id)
        runs = {one.id: one for one in _runs(work, group)}
        confirmed = []
        for run_id, version in seen:
            row = runs.get(run_id)
            if row is None:
                raise NotFound
            if row.confirmed_at is not None and row.confirmed_by == actor.account_id:
                continue
            if row.version != version or row.confirmed_at is not None:
                raise Stale
            words = N_("成绩要由录入人以外的另一人确认。")
            require_second_person(actor, row.typed_by, Conflict("events.two_people", words))
            row.confirmed_by, row.confirmed_at = actor.account_id, now()
            row.version += 1
            confirmed.append(row.id)
        if confirmed:
            work.record(group, after={"confirmed": confirmed})
    return len(confirmed)


def correct_run(actor: Actor, run_id: int, data: RunData, why: str) -> Run:
    """Change a run that was typed, with a reason; another person confirms it again, and a list that was not published
    yet is withdrawn. Raises Invalid, Stale."""
    with unit_of_work(actor, "events.correct_run") as work:
        row = locked(Run, run_id)
        group = locked(ContestGroup, row.team.group_id)
        if row.version != data.seen_version:
            raise Stale
        problems: list[FieldProblem] = []
        values = _values(data, None, problems)
        why = " ".join(why.split())[:200]
        if not why:
            problems.append(FieldProblem("why", Message(N_("请写明原因。"))))
        if values is None and not problems:
            problems.append(FieldProblem("score", Message(N_("请填写得分。"))))
        elif not problems and values == _kept(row):
            problems.append(FieldProblem("score", Message(N_("与现有成绩相同，没有可更正的内容。"))))
        if problems or values is None:
            raise Invalid("events.run", problems[0].message, problems=problems)
        before = {"outcome": row.outcome, "score": row.score, "seconds": row.seconds}
        _write(work, actor, row, values, why)
        _withdraw_list(work, group)
        work.record(row, before=before, after=dict(zip(("outcome", "score", "seconds"), values, strict=False)), why=why)
    return row


_Values = tuple[str, float | None, float | None, str]


def _kept(run: Run) -> _Values:
    return run.outcome, run.score, run.seconds, run.note


def require_drawn(group: ContestGroup) -> None:
    """Raise Conflict before the order of the group's teams was drawn."""
    if group.drawn_at is None:
        raise Conflict("events.not_drawn", N_("这个组别还没有抽签，抽签之后才能录入成绩。"))


def _values(row: RunData, index: int | None, problems: list[FieldProblem]) -> _Values | None:
    """What was typed as values; None where nothing was, or where it is wrong."""
    front = "" if index is None else f"rows-{index}-"
    outcome, score, time = row.outcome or "ran", row.score.strip(), row.time.strip()
    note = " ".join(row.note.split())[:200]
    if outcome not in OUTCOMES:
        problems.append(FieldProblem(f"{front}outcome", Message(N_("请选择「完成」「中止」或「缺席」。"))))
        return None
    if outcome != "ran":
        if score or time:
            words = Message(N_("「中止」和「缺席」没有成绩：请清空得分和用时，或改选「完成」。"))
            problems.append(FieldProblem(f"{front}score", words))
            return None
        return outcome, None, None, note
    if not score:
        if time or note:
            problems.append(FieldProblem(f"{front}score", Message(N_("请填写得分。"))))
        return None
    points, seconds = read_score(score), read_seconds(time) if time else None
    if points is None:
        words = Message.of(N_("得分应是数，最多三位小数，现为「%(text)s」。"), text=score[:20])
        problems.append(FieldProblem(f"{front}score", words))
    if time and seconds is None:
        words = Message.of(N_("用时请写成 1:23.45（1 分 23.45 秒）或 83.45（秒），现为「%(text)s」。"), text=time[:20])
        problems.append(FieldProblem(f"{front}time", words))
    if points is None or (time and seconds is None):
        return None
    return outcome, points, seconds, note


def _write(work: Work, actor: Actor, row: Run, values: _Values, why: str) -> None:
    if row.version:
        kept = {"outcome": row.outcome, "score": row.score, "seconds": row.seconds}
        work.session.add(RunChange(run_id=row.id, **kept, why=why, by=row.typed_by, at=row.typed_at))
    else:
        work.session.add(row)
    row.outcome, row.score, row.seconds, row.note = values
    row.typed_by, row.typed_at = actor.account_id or 0, now()
    row.confirmed_by = row.confirmed_at = None
    row.version = (row.version or 0) + 1


def _require_running(group: ContestGroup, number: int) -> None:
    require_drawn(group)
    if not 1 <= number <= group.runs:
        raise NotFound


def _runs(work: Work, group: ContestGroup, number: int | None = None) -> list[Run]:
    statement = select(Run).join(Team, Team.id == Run.team_id).where(Team.group_id == group.id)
    if number is not None:
        statement = statement.where(Run.number == number)
    return list(work.session.scalars(statement))


def _withdraw_list(work: Work, group: ContestGroup) -> None:
    open_lists = select(GroupResult).where(
        GroupResult.group_id == group.id, GroupResult.published_at.is_(None), GroupResult.withdrawn_at.is_(None)
    )
    for one in work.session.scalars(open_lists):
        one.withdrawn_at = now()
