"""Judges with works that they have not judged are reminded before their round closes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.core.i18n import minute
from contest_portal.core.outbox.coming_due import due_window
from contest_portal.core.outbox.letters import letter
from contest_portal.core.outbox.reminders import Reminding, reminder
from contest_portal.core.text import N_, Message
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Judge, Round

letter(
    "unread_tasks",
    "judging",
    N_("评审截止前提醒评委"),
    subject=N_("{round}：{deadline} 截止，还有 {count} 件作品待您评审"),
    body=N_(
        "{name}，您好！\n\n{contest}「{round}」的评审将于 {deadline} 截止，还有 {count} 件作品待您评审。\n{link}\n\n"
        "感谢您的辛勤工作！\n{office}"
    ),
    sms=N_("{name}您好，「{round}」将于{deadline}截止，还有{count}件作品待您评审，请登录完成。{office}"),
    fields={
        "contest": (N_("赛事名称"), "2018年青少年科技创新大赛"),
        "round": (N_("评审轮次"), "初评"),
        "deadline": (N_("截止时间"), "2018-04-10 18:00"),
        "count": (N_("没有评审的作品件数"), "12"),
    },
    roles=("judge",),
)


@reminder("unread_tasks", N_("评审截止前三天，提醒评委"), kind="judging", hour=8, letter="unread_tasks")
def tasks_before_closing() -> Iterator[Reminding]:
    """Each judge with tasks left in an open round that closes within three days; one statement."""
    first, last = due_window()
    rows = db.session.execute(
        select(Judge.account_id, Round, Contest, func.count(Assignment.id))
        .select_from(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Round, Round.id == Assignment.round_id)
        .join(Contest, Contest.id == Round.contest_id)
        .where(
            Assignment.state == "todo",
            Round.state == "open",
            Round.closes_at > first,
            Round.closes_at <= last,
            Judge.account_id.is_not(None),
        )
        .group_by(Judge.account_id, Round.id, Contest.id)
        .order_by(Round.id, Judge.account_id)
    )
    for account_id, row, contest, count in rows:
        yield Reminding(
            account_id=account_id or 0,
            key=f"round-{row.id}-{local(row.closes_at).date().isoformat()}",
            title=Message.of(N_("提醒：「%(round)s」还有 %(count)s 件作品待您评审"), round=row.name, count=count),
            body=Message.of(N_("请在 %(at)s 前完成。"), at=minute(row.closes_at)),
            url=own_round(row.id),
            office_id=contest.office_id,
            fields={
                "contest": contest.name,
                "round": row.name,
                "deadline": minute(row.closes_at),
                "count": str(count),
            },
            valid_until=row.closes_at,
        )
