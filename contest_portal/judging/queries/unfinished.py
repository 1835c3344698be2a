"""What a round that is closed now would give up: tasks without a sheet, and how far they have come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.judging.marks import check_marks
from contest_portal.judging.models import Assignment
from contest_portal.judging.queries.own_pile import rubrics_of_rounds
from contest_portal.judging.sheet_models import PaperSheet

WAITING = ("typed", "differs")
"""States of paper sheets that are typed in and do not count yet."""


@dataclass(frozen=True)
class Unfinished:
    """Tasks to do; of them those whose paper sheet is typed in and not checked, and those whose draft is complete."""

    tasks: int = 0
    papers: int = 0
    drafts: int = 0


def unfinished_of_round(round_id: int) -> Unfinished:
    """Two statements, one more where there are drafts."""
    todo = (Assignment.round_id == round_id, Assignment.state == "todo")
    waits = exists().where(PaperSheet.assignment_id == Assignment.id, PaperSheet.state.in_(WAITING))
    counted = select(func.count(Assignment.id), func.count(Assignment.id).filter(waits)).where(*todo)
    tasks, papers = db.session.execute(counted).one()
    rows = db.session.execute(
        select(Assignment.draft_marks, Entry.category_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(*todo, Assignment.draft_saved_at.is_not(None), ~waits)
    ).all()
    rubrics = rubrics_of_rounds([round_id]) if rows else {}
    drafts = 0
    for marks, category_id in rows:
        rubric = rubrics.get((round_id, category_id), ())
        drafts += bool(rubric and not check_marks(marks, rubric)[1])
    return Unfinished(tasks, papers, drafts)


def waiting_papers(round_id: int) -> set[int]:
    """The tasks still to do of a round whose paper sheet is typed in and not checked: one statement."""
    return set(
        db.session.scalars(
            select(PaperSheet.assignment_id)
            .join(Assignment, Assignment.id == PaperSheet.assignment_id)
            .where(Assignment.round_id == round_id, Assignment.state == "todo", PaperSheet.state.in_(WAITING))
        )
    )
