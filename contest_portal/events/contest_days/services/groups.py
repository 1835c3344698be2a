"""Verbs on groups of a contest day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.database import locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.models import ContestGroup, Team
from contest_portal.events.planning.models import Event
from contest_portal.people.services.checked import checking

STAGES = ("小学", "初中", "高中")
MOST_TABLES, MOST_RUNS, MOST_MINUTES, MOST_MEMBERS, MOST_PAUSE = 50, 10, 240, 30, 600

on_breach(
    "uq_contest_group_event_id_name",
    lambda: Invalid("events.group_name", N_("这个活动已有同名的组别，请换一个名称。"), field="name"),
)


@dataclass(frozen=True)
class GroupData:
    """A group as the office wants it. `most_a_school`: teams of one school, None: any number."""

    name: str
    starts_at: datetime | None
    tables: int = 1
    runs: int = 2
    minutes: int = 5
    pause_minutes: int = 0
    fewest: int = 1
    most: int = 10
    most_a_school: int | None = None
    table_word: str = "赛台"
    stages: Sequence[str] = ()


def add_group(actor: Actor, event_id: int, data: GroupData) -> ContestGroup:
    """A group of a contest day. Raises Invalid, Conflict for an event of another kind or one that is over."""
    with unit_of_work(actor, "events.add_group") as work:
        event = locked(Event, event_id)
        _require_contest_day(event)
        row = ContestGroup(event_id=event.id, drawing={})
        _write(row, _checked(data))
        work.session.add(row)
        work.record(row, after={"event": event.id, **_facts(row)})
    return row


def change_group(actor: Actor, group_id: int, seen_version: int, data: GroupData) -> ContestGroup:
    """Before the lot everything may change, after it only the name. Raises Invalid, Stale, Conflict."""
    with unit_of_work(actor, "events.change_group") as work:
        row = seen_group(group_id, seen_version)
        _require_contest_day(row.event)
        clean, before = _checked(data), _facts(row)
        if row.drawn_at is not None:
            row.name = clean.name
            if _facts_of(clean) != {**before, "name": clean.name}:
                words = N_("已经抽签，只能修改组别名称。要改时间、赛台或轮数，请先「撤回抽签」。")
                raise Conflict("events.group_drawn", words)
        else:
            _write(row, clean)
        row.version += 1
        work.record(row, before=before, after=_facts(row))
    return row


def drop_group(actor: Actor, group_id: int) -> None:
    """Take a group away that no team has entered. Raises Conflict."""
    with unit_of_work(actor, "events.drop_group") as work:
        row = locked(ContestGroup, group_id)
        count = work.session.scalar(select(func.count()).select_from(Team).where(Team.group_id == row.id)) or 0
        if count:
            words = Message.of(N_("这个组别已有 %(count)s 支队伍报名过，不能删除。"), count=count)
            raise Conflict("events.group_has_teams", words)
        work.record(row, before={"event": row.event_id, **_facts(row)})
        work.session.delete(row)


def seen_group(group_id: int, seen_version: int) -> ContestGroup:
    """The group, locked, as it stood on the page. Raises NotFound, Stale."""
    row = locked(ContestGroup, group_id)
    if row.version != seen_version:
        raise Stale
    return row


def _require_contest_day(event: Event) -> None:
    if event.kind != "contest_day":
        raise Conflict("events.no_contest_day", N_("只有「竞赛活动」才有组别和队伍。"))
    if event.state in {"closed", "cancelled"}:
        raise Conflict("events.over", N_("活动已结束或已取消，不能再改动组别。"))


def _checked(data: GroupData) -> GroupData:
    with checking("events.group") as check:
        name = check.text(data.name, "name", 50, label=N_("组别名称"), required=True)
        word = check.text(data.table_word, "table_word", 10, label=N_("赛台叫法"), required=True)
        for field, value, least, most, label in (
            ("tables", data.tables, 1, MOST_TABLES, N_("赛台数")),
            ("runs", data.runs, 1, MOST_RUNS, N_("轮数")),
            ("minutes", data.minutes, 1, MOST_MINUTES, N_("每场用时（分钟）")),
            ("pause_minutes", data.pause_minutes, 0, MOST_PAUSE, N_("轮间休息（分钟）")),
            ("fewest", data.fewest, 1, MOST_MEMBERS, N_("每队最少人数")),
            ("most", data.most, 1, MOST_MEMBERS, N_("每队最多人数")),
            ("most_a_school", 1 if data.most_a_school is None else data.most_a_school, 1, 100, N_("每校最多队数")),
        ):
            if not least <= value <= most:
                words = N_("%(label)s应为 %(least)s–%(most)s，现为 %(value)s。")
                check.add(field, Message.of(words, label=Message(label), least=least, most=most, value=value))
        if data.most < data.fewest:
            check.add("most", N_("每队最多人数不能小于最少人数。"))
        if not set(data.stages) <= set(STAGES):
            check.add("stages", N_("请从小学、初中、高中里选择学段。"))
        if data.starts_at is None:
            check.add("starts_at", N_("请填写第一轮开始的时间。"))
    values = {**data.__dict__, "name": name, "table_word": word}
    return GroupData(**{**values, "stages": [one for one in STAGES if one in data.stages]})


def _write(row: ContestGroup, data: GroupData) -> None:
    for field, value in data.__dict__.items():
        setattr(row, field, value)


def _facts(row: ContestGroup) -> dict[str, Any]:
    return _facts_of(GroupData(**{field: getattr(row, field) for field in GroupData.__dataclass_fields__}))


def _facts_of(data: GroupData) -> dict[str, Any]:
    starts_at = data.starts_at.astimezone(UTC).isoformat() if data.starts_at else None
    return {**data.__dict__, "stages": list(data.stages), "starts_at": starts_at}
