"""Who is reminded before a contest's deadline: teachers of what is missing, managers of works that wait for their word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contest_portal.contests.models import Contest
from contest_portal.core.clock import local
from contest_portal.core.i18n import minute
from contest_portal.core.outbox.coming_due import due_window
from contest_portal.core.outbox.letters import letter
from contest_portal.core.outbox.reminders import Reminding, reminder
from contest_portal.core.text import N_, Message
from contest_portal.entries.queries.reminders import approvals_due, drafts_due

MOST_NAMED = 5
"""Materials that are named; what follows is told as "等"."""

letter(
    "deadline",
    "deadline",
    N_("报送截止前提醒教师"),
    subject=N_("{contest}：{deadline} 截止，还有 {count} 件作品没有提交"),
    body=N_(
        "{name}，您好！\n\n{contest}的报送将于 {deadline} 截止，您还有 {count} 件作品没有提交。\n{missing}\n\n"
        "截止后不能补报，请尽早完成。\n{link}\n\n{office}"
    ),
    sms=N_("{name}您好，{contest}将于{deadline}截止，您还有{count}件作品没有提交，请尽快登录完成。{office}"),
    fields={
        "contest": (N_("赛事名称"), "2018年青少年科技创新大赛"),
        "deadline": (N_("截止时间"), "2018-03-20 17:00"),
        "count": (N_("没有提交的作品件数"), "2"),
        "missing": (N_("缺少的材料"), "还缺：申报书（2 件）、研究报告（1 件）。"),
    },
    roles=("teacher",),
)
letter(
    "approvals",
    "deadline",
    N_("报送截止前提醒学校管理员"),
    subject=N_("{contest}：{deadline} 截止，{count} 件作品等您审核"),
    body=N_(
        "{name}，您好！\n\n{contest}的报送将于 {deadline} 截止，{school}有 {count} 件作品等您审核同意，教师才能提交。\n"
        "{link}\n\n{office}"
    ),
    sms=N_("{name}您好，{contest}将于{deadline}截止，{count}件作品等您审核同意，请尽快登录办理。{office}"),
    fields={
        "contest": (N_("赛事名称"), "2018年青少年科技创新大赛"),
        "deadline": (N_("截止时间"), "2018-03-20 17:00"),
        "count": (N_("等待审核的作品件数"), "3"),
    },
    roles=("school_manager",),
)


@reminder("deadline", N_("报送截止前三天，提醒教师缺少的材料"), kind="deadline", hour=8, letter="deadline")
def drafts_before_deadline() -> Iterator[Reminding]:
    """Each account with drafts in a contest that closes within three days."""
    for one in drafts_due(*due_window()):
        closes = one.contest.submission_closes_at
        title = N_("「%(contest)s」%(at)s 截止，您还有 %(count)s 件作品没有提交")
        missing = missing_words(one.missing)
        yield Reminding(
            account_id=one.account_id,
            key=_key(one.contest),
            title=Message.of(title, contest=one.contest.name, at=minute(closes), count=one.count),
            body=missing,
            url="/entries?state=draft",
            office_id=one.contest.office_id,
            fields={**_fields(one.contest, one.count), "missing": str(missing)},
            valid_until=closes,
        )


@reminder("approvals", N_("报送截止前三天，提醒学校管理员审核"), kind="deadline", hour=8, letter="approvals")
def approvals_before_deadline() -> Iterator[Reminding]:
    """Each manager of a school with works that were handed in to the school and not answered."""
    for one in approvals_due(*due_window()):
        closes = one.contest.submission_closes_at
        title = N_("「%(contest)s」%(at)s 截止，%(count)s 件作品等您审核同意")
        yield Reminding(
            account_id=one.account_id,
            key=_key(one.contest),
            title=Message.of(title, contest=one.contest.name, at=minute(closes), count=one.count),
            body=None,
            url="/entries?approval=1",
            office_id=one.contest.office_id,
            fields=_fields(one.contest, one.count),
            valid_until=closes,
        )


def missing_words(missing: Mapping[str, int]) -> Message:
    """What is missing, the most frequent first; materials by name and number of works, never works by title."""
    if not missing:
        return Message.of(N_("必交材料已齐，请检查后提交。"))
    most = sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))
    named = "、".join(f"{label}（{count} 件）" for label, count in most[:MOST_NAMED])
    words = N_("还缺：%(named)s等。") if len(most) > MOST_NAMED else N_("还缺：%(named)s。")
    return Message.of(words, named=named)


def _key(contest: Contest) -> str:
    closes = contest.submission_closes_at
    return f"contest-{contest.id}-{local(closes).date().isoformat() if closes else ''}"


def _fields(contest: Contest, count: int) -> dict[str, str]:
    return {"contest": contest.name, "deadline": minute(contest.submission_closes_at), "count": str(count)}
