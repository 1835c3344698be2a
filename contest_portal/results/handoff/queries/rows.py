"""Reads of hand-offs for their pages, in a constant number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.kept_messages import kept
from contest_portal.core.listing import Listing, Page, paginate
from contest_portal.core.models import Job
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.states import state_name
from contest_portal.people.models import Account, Office
from contest_portal.results.handoff.models import Handoff, HandoffLine, HandoffPartner, HandoffPlaces, OfficeKeys
from contest_portal.results.handoff.package.content import ResultPart
from contest_portal.results.handoff.queries.corrections import day_of, is_returned
from contest_portal.results.handoff.queries.recalls import why_recalled
from contest_portal.results.handoff.queries.results import results_of

STATES: Mapping[tuple[str, str], str] = {
    ("out", "making"): N_("正在生成"),
    ("out", "failed"): N_("生成失败"),
    ("out", "handed"): N_("已上报"),
    ("out", "returned"): N_("被退回"),
    ("out", "superseded"): N_("已有新版"),
    ("in", "checking"): N_("正在检查"),
    ("in", "received"): N_("待收下"),
    ("in", "taking"): N_("正在收下"),
    ("in", "taken"): N_("已收下"),
    ("in", "refused"): N_("没有收下"),
    ("in", "returned"): N_("已退回"),
    ("in", "superseded"): N_("已有新版"),
}
TONES = {
    **dict.fromkeys(("making", "checking", "received", "taking"), "warning"),
    **dict.fromkeys(("failed", "refused", "returned"), "danger"),
    **dict.fromkeys(("handed", "taken"), "success"),
}
OUTCOMES: Mapping[str, str] = {
    "sent": N_("已上报"),
    "new": N_("新增"),
    "same": N_("与上一版相同"),
    "changed": N_("有更新"),
    "kept": N_("已审核，不改动"),
    "withdrawn": N_("不再推荐，撤回"),
    "recalled": N_("报送单位已撤回，待处理"),
}
WORKING = ("making", "checking", "taking")


def handoff_by_id(handoff_id: int) -> Handoff:
    """The hand-off with its contest, office, and the other side's row. Raises NotFound."""
    row: Handoff | None = db.session.scalar(
        select(Handoff)
        .where(Handoff.id == handoff_id)
        .options(
            joinedload(Handoff.contest).joinedload(Contest.office),
            joinedload(Handoff.office),
            joinedload(Handoff.source),
        )
    )
    if row is None:
        raise NotFound
    return row


def with_lines(row: Handoff) -> Handoff:
    """The same with all its lines and their entries: for receipts."""
    found: Handoff = db.session.scalars(
        select(Handoff)
        .where(Handoff.id == row.id)
        .options(selectinload(Handoff.lines).joinedload(HandoffLine.entry))
        .execution_options(populate_existing=True)
    ).one()
    return found


def partner_by_id(partner_id: int) -> HandoffPartner:
    """Raises NotFound."""
    row = db.session.get(HandoffPartner, partner_id)
    if row is None:
        raise NotFound
    return row


def partners_of(office_id: int) -> Sequence[HandoffPartner]:
    """The offices whose keys this one has, those that wait for a leader first."""
    return db.session.scalars(
        select(HandoffPartner)
        .where(HandoffPartner.office_id == office_id, HandoffPartner.state != "removed")
        .order_by(HandoffPartner.state.desc(), HandoffPartner.name, HandoffPartner.id)
    ).all()


def keys_with_office(office_id: int) -> tuple[Office, OfficeKeys | None]:
    """The office and its keys, None before they were made."""
    found = db.session.execute(
        select(Office, OfficeKeys)
        .outerjoin(OfficeKeys, OfficeKeys.office_id == Office.id)
        .where(Office.id == office_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


@dataclass(frozen=True)
class HandoffView:
    """One hand-off in a list: its row, how many entries it has, its state in words."""

    row: Handoff
    entries: int

    @property
    def state(self) -> Message:
        return Message(STATES[self.row.direction, self.row.state])

    @property
    def tone(self) -> str:
        return TONES.get(self.row.state, "neutral")

    @property
    def problem(self) -> Message | None:
        return kept(self.row.problem) if self.row.problem else None

    @property
    def is_working(self) -> bool:
        return self.row.state in WORKING


def handoffs_of(contest_id: int) -> tuple[list[HandoffView], list[HandoffView]]:
    """What came in to the contest and what went up of it, the newest first."""
    rows = db.session.scalars(select(Handoff).where(Handoff.contest_id == contest_id).order_by(Handoff.id.desc())).all()
    views = [HandoffView(row, _entries(row)) for row in rows]
    incoming = [one for one in views if one.row.direction == "in"]
    return incoming, [one for one in views if one.row.direction == "out"]


def _entries(row: Handoff) -> int:
    return sum(int(one["entries"]) for one in row.document.get("counts", []))


def view_of(row: Handoff) -> HandoffView:
    return HandoffView(row, _entries(row))


def progress_of(row: Handoff) -> int | None:
    """How far the job at work for this hand-off is, in percent; None where there is none."""
    key = {"making": "handoff-{}", "checking": "handoff-check-{}", "taking": "handoff-take-{}"}.get(row.state)
    if key is None:
        return None
    return db.session.scalar(select(Job.progress).where(Job.key == key.format(row.id))) or 0


@dataclass(frozen=True)
class LineView:
    """One entry of a hand-off, with what became of it where that is known."""

    id: int
    entry_id: int | None
    source_number: str
    number: str
    title: str
    category: str
    outcome: Message
    state: Message | None
    state_code: str
    words: str
    awards: Sequence[Mapping[str, Any]]
    recalled: Message | None = None
    is_returned: bool = False
    until: datetime | None = None


def lines_of(row: Handoff, listing: Listing) -> Page[LineView]:
    """The entries of the hand-off, a page of them; `q` looks in numbers and titles. Of what was handed up here, what the upper office did with it."""
    statement = (
        select(HandoffLine)
        .where(HandoffLine.handoff_id == row.id)
        .options(joinedload(HandoffLine.entry))
        .order_by(HandoffLine.id)
    )
    if words := listing.get("q"):
        statement = statement.where(
            HandoffLine.title.contains(words, autoescape=True)
            | HandoffLine.source_number.contains(words, autoescape=True)
        )
    page = paginate(statement, listing)
    above = _states_above(row) if row.direction == "out" else {}
    names = {one["code"]: one["name"] for one in row.document.get("counts", [])}
    return Page([_line(row, one, names, above) for one in page.rows], page.total, listing)


def _states_above(row: Handoff) -> dict[str, ResultPart]:
    """The sender's number → what became of it in the contest above, where that is in this deployment."""
    upper = db.session.scalar(select(Handoff).where(Handoff.source_id == row.id, Handoff.direction == "in"))
    return {} if upper is None else {one.number: one for one in results_of(upper).results}


def _line(row: Handoff, line: HandoffLine, names: Mapping[str, str], above: Mapping[str, ResultPart]) -> LineView:
    entry: Entry | None = line.entry
    waits = line.outcome == "recalled" and entry is not None and entry.state == "accepted"
    if row.direction == "in":
        state, words, until = (entry.state if entry else ""), "", ""
    else:
        told = {**line.answer, **(vars(above[line.source_number]) if line.source_number in above else {})}
        state, words, until = (told.get(key, "") for key in ("state", "words", "fix_until"))
    return LineView(
        id=line.id,
        entry_id=line.entry_id,
        source_number=line.source_number,
        number=(entry.number or "") if entry else "",
        title=line.title,
        category=names.get(line.category_code, line.category_code),
        outcome=Message(OUTCOMES[line.outcome]),
        state=Message(state_name(state)) if state else None,
        state_code=state,
        words=words,
        awards=line.answer.get("awards", []),
        is_returned=row.direction == "out" and is_returned(row.state, state),
        until=day_of(until),
        recalled=Message(why_recalled(row, line.source_number)) if waits else None,
    )


@dataclass(frozen=True)
class PlacesTable:
    """The places of a contest for those who hand up to it: senders (empty: everybody else), and by (category, sender)."""

    senders: Sequence[str]
    places: Mapping[tuple[int, str], int]


def places_table(contest: Contest) -> PlacesTable:
    """Those who ever handed up to the contest, those who may (confirmed partners, offices below), and their places."""
    rows = db.session.scalars(
        select(HandoffPlaces)
        .join(Category, Category.id == HandoffPlaces.category_id)
        .where(Category.contest_id == contest.id)
    ).all()
    below = db.session.scalars(
        select(Office.name).where(Office.parent_id == contest.office_id, ~Office.is_sender_record)
    )
    known = db.session.scalars(
        select(HandoffPartner.name).where(
            HandoffPartner.office_id == contest.office_id, HandoffPartner.state == "confirmed"
        )
    )
    senders = sorted({*below, *known, *(row.sender for row in rows)} - {""})
    return PlacesTable(["", *senders], {(row.category_id, row.sender): row.places for row in rows})


def tally(row: Handoff) -> Counter[str]:
    """How many lines there are of each outcome."""
    rows = db.session.execute(
        select(HandoffLine.outcome, func.count()).where(HandoffLine.handoff_id == row.id).group_by(HandoffLine.outcome)
    )
    return Counter({row.outcome: int(row[1]) for row in rows})


def name_of(account_id: int | None) -> str:
    """Who it was; empty for the console."""
    return db.session.scalar(select(Account.name).where(Account.id == account_id)) or "" if account_id else ""
