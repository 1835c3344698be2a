"""What happened to an entry, for the school's page: made, handed to the school, submitted, decided, withdrawn; by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, EntryVersion, ScreeningDecision
from contest_portal.entries.queries.submitted import VersionLine
from contest_portal.people.models import Account

_DECISIONS = {
    "accept": (N_("审核通过"), "success"),
    "return": (N_("退回修改"), "warning"),
    "reject": (N_("审核不通过"), "danger"),
    "reopen": (N_("重新审核"), "info"),
}

# The school's own steps, as the trail names them.
_SCHOOL_STEPS = {
    "entries.ask_for_approval": (N_("送学校管理员"), "info"),
    "entries.approve_by_school": (N_("学校同意"), "success"),
    "entries.send_back_by_school": (N_("学校退回"), "warning"),
}
_CREATION, _WITHDRAWAL = "entries.create_draft", "entries.withdraw"


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


def versions_and_decisions(entry_id: int) -> tuple[list[VersionLine], list[ScreeningDecision]]:
    """The submitted versions and what the office decided on them, each the newest first; one statement."""
    rows = db.session.execute(
        select(EntryVersion.number, EntryVersion.submitted_at, EntryVersion.digest, Account.name, ScreeningDecision)
        .outerjoin(Account, EntryVersion.submitted_by == Account.id)
        .outerjoin(
            ScreeningDecision,
            (ScreeningDecision.entry_id == EntryVersion.entry_id)
            & (ScreeningDecision.entry_version == EntryVersion.number),
        )
        .where(EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.number.desc(), ScreeningDecision.id.desc())
    ).all()
    versions = {row.number: VersionLine(row.number, row.submitted_at, row.name or "", row.digest) for row in rows}
    decisions = {row.ScreeningDecision.id: row.ScreeningDecision for row in rows if row.ScreeningDecision}
    return list(versions.values()), [decisions[one] for one in sorted(decisions, reverse=True)]


def words_of(decision: ScreeningDecision) -> str:
    """The decision's reasons and own words in one text."""
    reasons = "、".join(str(reason) for reason in decision.reasons)
    return "\n".join(part for part in (reasons, decision.words) if part)


@dataclass(frozen=True)
class SchoolStep:
    """A step taken before submission, or the withdrawal. `who` is empty where it was the office."""

    action: str
    at: datetime
    who: str
    why: str


@dataclass(frozen=True)
class People:
    """Who made the entry, and the school's own steps with who took them, the oldest first."""

    maker: str
    steps: tuple[SchoolStep, ...]

    def last(self, action: str) -> SchoolStep | None:
        """The newest step of that kind."""
        return next((one for one in reversed(self.steps) if one.action == action), None)

    @property
    def sender(self) -> str:
        """Who handed the entry to the school's manager last."""
        step = self.last("entries.ask_for_approval")
        return step.who if step else ""


def people_behind(entry: Entry) -> People:
    """From the trail, in one statement. Who is not of the school stays unnamed."""
    rows = db.session.execute(
        select(AuditRecord.action, AuditRecord.at, AuditRecord.school_id, AuditRecord.why, Account.name)
        .outerjoin(Account, Account.id == AuditRecord.account_id)
        .where(
            AuditRecord.object_type == "entry",
            AuditRecord.object_id == entry.id,
            AuditRecord.action.in_((_CREATION, *_SCHOOL_STEPS, _WITHDRAWAL)),
        )
        .order_by(AuditRecord.id)
    )
    steps = tuple(
        SchoolStep(row.action, row.at, row.name or "" if row.school_id == entry.school_id else "", row.why)
        for row in rows
    )
    return People(next((one.who for one in steps if one.action == _CREATION), ""), steps)


def history_of(
    entry: Entry, people: People, versions: list[VersionLine], decisions: list[ScreeningDecision]
) -> list[Happening]:
    """All steps, the newest first, from what was already read."""
    happenings = [Happening(Message(N_("新建草稿")), entry.created_at, people.maker, "", "neutral")]
    for step in people.steps:
        if step.action in _SCHOOL_STEPS:
            source, tone = _SCHOOL_STEPS[step.action]
            happenings.append(Happening(Message(source), step.at, step.who, step.why, tone))
    for one in reversed(versions):
        title = Message.of(N_("提交第 %(number)s 版"), number=one.number)
        happenings.append(Happening(title, one.submitted_at, one.submitted_by, "", "info"))
    for decision in reversed(decisions):
        source, tone = _DECISIONS[decision.decision]
        happenings.append(Happening(Message(source), decision.decided_at, "", words_of(decision), tone))
    if entry.withdrawn_at:
        act = people.last(_WITHDRAWAL)
        by_office = act is not None and not act.who
        title, who = Message(N_("主办单位撤回") if by_office else N_("撤回")), act.who if act else ""
        happenings.append(Happening(title, entry.withdrawn_at, who, entry.withdrawn_why, "neutral"))
    return sorted(happenings, key=lambda one: one.at)[::-1]
