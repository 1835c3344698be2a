"""What happened to an entry, for the school's page: submissions, the office's decisions, withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.queries.submitted import VersionLine

_DECISIONS = {
    "accept": (N_("审核通过"), "success"),
    "return": (N_("退回修改"), "warning"),
    "reject": (N_("审核不通过"), "danger"),
    "reopen": (N_("重新审核"), "info"),
}


@dataclass(frozen=True)
class Happening:
    """A step in the entry's history. `who` only where it is a person of the school."""

    title: Message
    at: datetime
    who: str
    text: str
    tone: str


def decisions_of(entry_id: int) -> list[ScreeningDecision]:
    """The office's decisions, the newest first."""
    return list(
        db.session.scalars(
            select(ScreeningDecision)
            .where(ScreeningDecision.entry_id == entry_id)
            .order_by(ScreeningDecision.id.desc())
        )
    )


def words_of(decision: ScreeningDecision) -> str:
    """The decision's reasons and own words in one text."""
    reasons = "、".join(str(reason) for reason in decision.reasons)
    return "\n".join(part for part in (reasons, decision.words) if part)


def history_of(entry: Entry, versions: list[VersionLine], decisions: list[ScreeningDecision]) -> list[Happening]:
    """All steps, the newest first, from what was already read."""
    happenings = [Happening(Message(N_("新建草稿")), entry.created_at, "", "", "neutral")]
    for one in reversed(versions):
        title = Message.of(N_("提交第 %(number)s 版"), number=one.number)
        happenings.append(Happening(title, one.submitted_at, one.submitted_by, "", "info"))
    for decision in reversed(decisions):
        source, tone = _DECISIONS[decision.decision]
        happenings.append(Happening(Message(source), decision.decided_at, "", words_of(decision), tone))
    if entry.withdrawn_at:
        happenings.append(Happening(Message(N_("撤回")), entry.withdrawn_at, "", entry.withdrawn_why, "neutral"))
    return sorted(happenings, key=lambda one: one.at)[::-1]
