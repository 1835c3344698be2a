"""Pages of judging: judges and their relations, rounds, what a judge does, rankings."""

from contest_portal.judging import interview_models, sheet_models, simulation_models  # noqa: F401 - their tables belong to the room
from contest_portal.judging.entry_notes import interview_notes
from contest_portal.judging.services import reminders as _reminders  # noqa: F401  they register themselves
from contest_portal.judging.services import withdrawals
from contest_portal.judging.views import (
    answers,
    boundary,
    interview_changes,
    interviews,
    judges,
    own,
    panels,
    paper,
    paper_tables,
    pile,
    planning,
    progress,
    quality,
    rankings,
    relations,
    repairing,
    requests,
    round_rubrics,
    rounds,
    simulation,
    task_files,
    tasks,
    under_way,
)
from contest_portal.judging.views.blueprint import bp

__all__ = [
    "answers",
    "boundary",
    "interview_changes",
    "interview_notes",
    "interviews",
    "judges",
    "own",
    "panels",
    "paper",
    "paper_tables",
    "pile",
    "planning",
    "progress",
    "quality",
    "rankings",
    "relations",
    "repairing",
    "requests",
    "round_rubrics",
    "rounds",
    "simulation",
    "task_files",
    "tasks",
    "under_way",
    "withdrawals",
]
blueprints = [bp]
