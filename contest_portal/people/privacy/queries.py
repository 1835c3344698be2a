"""Reads for the pages about personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.people.models import Account, School, Student, Teacher
from contest_portal.people.privacy.models import Erasure, LegalHold, RetentionRun
from contest_portal.people.privacy.rules import rule_of

LAST_RUNS = 20


@dataclass(frozen=True)
class RunLine:
    """What one rule erased in a run."""

    title: object
    count: int


@dataclass(frozen=True)
class RunRow:
    """One run of an office."""

    at: datetime
    by: str
    is_daily: bool
    lines: Sequence[RunLine]


@dataclass(frozen=True)
class Waiting:
    """A person whose erasing waits for a second person, or whose data is kept for now."""

    kind: str
    subject_id: int
    name: str
    school: str
    why: str
    by: str
    at: datetime


def last_runs(office_id: int) -> list[RunRow]:
    """The office's last twenty runs, the newest first."""
    rows = db.session.execute(
        select(RetentionRun, Account.name)
        .outerjoin(Account, Account.id == RetentionRun.run_by)
        .where(RetentionRun.office_id == office_id)
        .order_by(RetentionRun.id.desc())
        .limit(LAST_RUNS)
    )
    return [RunRow(run.run_at, name or "", run.is_daily, _lines(run)) for run, name in rows]


def waiting_erasures(office_id: int) -> list[Waiting]:
    """Requests that wait for a second person, the oldest first. Two statements."""
    return _waiting(Erasure, office_id, "asked_by", "asked_at")


def held_persons(office_id: int) -> list[Waiting]:
    """Persons whose data is kept for now. Two statements."""
    return _waiting(LegalHold, office_id, "set_by", "set_at")


def _waiting(model: Any, office_id: int, by: str, at: str) -> list[Waiting]:
    found = []
    for kind, table in (("student", Student), ("teacher", Teacher)):
        rows = db.session.execute(
            select(model, table.name, School.name.label("school"), Account.name.label("by"))
            .join(table, table.id == model.subject_id)
            .join(School, School.id == table.school_id)
            .outerjoin(Account, Account.id == getattr(model, by))
            .where(model.office_id == office_id, model.kind == kind, model.open_key.is_not(None))
        )
        found += [
            Waiting(kind, one.subject_id, name, school, one.why, person or "", getattr(one, at))
            for one, name, school, person in rows
        ]
    return sorted(found, key=lambda one: one.at)


def _lines(run: RetentionRun) -> list[RunLine]:
    found = [(rule_of(line["code"]), line) for line in run.lines]
    return [RunLine(rule.title if rule else line["code"], line["count"]) for rule, line in found]
