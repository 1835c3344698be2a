"""How many entries stand in each state, by contest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.school_list import scope_of


def counts_for_school(actor: Actor, contest_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Of the entries that the actor works on: the school's for its manager, a teacher's own."""
    return _by_contest(scope_of(actor).where(Entry.contest_id.in_(contest_ids)))


def counts_for_office(actor: Actor, contest_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Of all entries of the actor's office's contests."""
    own = select(Entry).join(Contest, Contest.id == Entry.contest_id).where(Contest.office_id == actor.office_id)
    return _by_contest(own.where(Entry.contest_id.in_(contest_ids)))


def _by_contest(entries: Select[Any]) -> dict[int, dict[str, int]]:
    columns = (Entry.contest_id, Entry.state)
    counts: dict[int, dict[str, int]] = {}
    for contest_id, state, count in db.session.execute(
        entries.with_only_columns(*columns, func.count(Entry.id)).group_by(*columns)
    ):
        counts.setdefault(contest_id, {})[state] = count
    return counts
