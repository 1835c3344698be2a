"""Asking for many jobs at once: others who want to save something wait until the caller's transaction is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.core.job_wakeup import bell
from contest_portal.core.jobs import QUICK, enqueue
from contest_portal.core.models import Job


@dataclass(frozen=True)
class Asked:
    """A job that somebody asks for; as the arguments of `enqueue`."""

    kind: str
    payload: dict[str, Any]
    key: str
    lane: str = QUICK


def enqueue_all(work: Work, asked: Sequence[Asked], *, office_id: int | None = None) -> None:
    """Ask for these jobs as `enqueue` does, each key once, in two statements."""
    if not asked:
        return
    known = set(work.session.scalars(select(Job.key).where(Job.key.in_([one.key for one in asked]))))
    new = {one.key: one for one in asked if one.key not in known}
    office_id = office_id or work.actor.office_id
    if not new:
        return
    if office_id is None:  # the office of the job at work, which `enqueue` knows
        _one_by_one(work, list(new.values()))
        return
    common = {"office_id": office_id, "run_at": now()}
    rows = [
        {"kind": one.kind, "key": one.key, "payload": one.payload, "lane": one.lane, **common} for one in new.values()
    ]
    work.session.flush()
    try:
        with work.session.begin_nested():
            work.session.execute(insert(Job), rows)
    except IntegrityError:  # one of them was asked for by somebody else at the same moment
        _one_by_one(work, list(new.values()))
        return
    work.after_commit(bell().ring)


def _one_by_one(work: Work, asked: Sequence[Asked]) -> None:
    for one in asked:
        enqueue(work, one.kind, one.payload, key=one.key, lane=one.lane)
