"""Reads of the page on which a way of judging is tried out."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Round, RoundCategory, RoundJudge
from contest_portal.judging.simulation_models import SimulationRun


def job_key(run_id: int) -> str:
    """The key of the job that draws the contests."""
    return f"simulate-{run_id}"


def run_of(office_id: int, digest: str) -> SimulationRun | None:
    """What the office has asked before."""
    return db.session.scalar(
        select(SimulationRun).where(SimulationRun.office_id == office_id, SimulationRun.digest == digest)
    )


def job_of(run_id: int) -> Job | None:
    """The job that draws the contests of a run."""
    return db.session.scalar(select(Job).where(Job.key == job_key(run_id)))


def size_of(round_row: Round) -> tuple[int, int]:
    """(works, judges) that a round has now: accepted works of its categories, judges with a seat."""
    categories = select(RoundCategory.category_id).where(RoundCategory.round_id == round_row.id)
    works = select(func.count(Entry.id)).where(Entry.category_id.in_(categories), Entry.state == "accepted")
    judges = select(func.count(RoundJudge.id)).where(RoundJudge.round_id == round_row.id)
    found = db.session.execute(select(works.scalar_subquery(), judges.scalar_subquery())).one()
    return int(found[0]), int(found[1])
