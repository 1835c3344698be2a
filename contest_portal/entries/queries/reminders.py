"""What schools should still do before a contest's deadline. A constant number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.rules import SlotRules
from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.people.models import Membership


@dataclass(frozen=True)
class Drafts:
    """One account's works of a contest that are not submitted. `missing`: material → in how many of them."""

    account_id: int
    contest: Contest
    count: int
    missing: Mapping[str, int]


@dataclass(frozen=True)
class Approvals:
    """Works of a contest that a school's manager should say yes or no to."""

    account_id: int
    contest: Contest
    count: int


def drafts_due(first: datetime, last: datetime) -> list[Drafts]:
    """Per account and contest that closes between the two moments. Three statements."""
    rows = db.session.execute(
        select(Entry, Contest, Category)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(Category, Category.id == Entry.category_id)
        .where(*_closing(first, last), Entry.state == "draft", Entry.created_by.is_not(None))
        .order_by(Entry.contest_id, Entry.created_by, Entry.id)
    ).all()
    held = _slots_held([entry.id for entry, _contest, _category in rows])
    counts: dict[tuple[int, int], int] = Counter()
    missing: dict[tuple[int, int], Counter[str]] = {}
    contests: dict[int, Contest] = {}
    for entry, contest, category in rows:
        key = (contest.id, entry.created_by or 0)
        contests[contest.id] = contest
        counts[key] += 1
        absent = _absent(category.rules.slots, entry.answers, held.get(entry.id, set()))
        missing.setdefault(key, Counter()).update(slot.label for slot in absent)
    return [Drafts(key[1], contests[key[0]], count, missing[key]) for key, count in counts.items()]


def approvals_due(first: datetime, last: datetime) -> list[Approvals]:
    """Per manager and contest that closes between the two moments. One statement."""
    rows = db.session.execute(
        select(Membership.account_id, Contest, func.count(Entry.id.distinct()))
        .select_from(Entry)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(Membership, Membership.school_id == Entry.school_id)
        .where(
            *_closing(first, last),
            Entry.state == "draft",
            Entry.approval_asked_at.is_not(None),
            Entry.school_approved_at.is_(None),
            Membership.role == str(Role.SCHOOL_MANAGER),
            Membership.is_active,
        )
        .group_by(Membership.account_id, Contest.id)
        .order_by(Contest.id, Membership.account_id)
    )
    return [Approvals(*row) for row in rows]


def _closing(first: datetime, last: datetime) -> tuple[ColumnElement[bool], ...]:
    closes = Contest.submission_closes_at
    return Contest.state == "open", Contest.is_practice.is_(False), closes > first, closes <= last


def _absent(slots: Iterable[SlotRules], answers: Mapping[str, object], held: set[str]) -> list[SlotRules]:
    """The materials that must be there and are not; as the checks of an entry ask for them."""
    return [
        slot
        for slot in slots
        if (slot.required or (slot.required_when is not None and answers.get(slot.required_when) is True))
        and slot.code not in held
    ]


def _slots_held(entry_ids: list[int]) -> dict[int, set[str]]:
    held: dict[int, set[str]] = {}
    for start in range(0, len(entry_ids), 1000):
        piece = entry_ids[start : start + 1000]
        rows = db.session.execute(
            select(EntryFile.entry_id, EntryFile.slot_code).where(EntryFile.entry_id.in_(piece)).distinct()
        )
        for entry_id, code in rows:
            held.setdefault(entry_id, set()).add(code)
    return held
