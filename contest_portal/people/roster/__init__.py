"""Rosters: what a school's workbook says, whether it is right, and what it would change. Pure but for the template."""

from contest_portal.people.roster.columns import FIELD_TITLES, RosterKind
from contest_portal.people.roster.comparing import (
    ExistingPerson,
    RowOutcome,
    compare_roster,
    id_keys,
    people_not_listed,
)
from contest_portal.people.roster.problems import CellProblem
from contest_portal.people.roster.reading import RosterReading, read_roster
from contest_portal.people.roster.template import roster_template
from contest_portal.people.roster.values import RosterRow, StudentValues, TeacherValues

__all__ = [
    "FIELD_TITLES",
    "CellProblem",
    "ExistingPerson",
    "RosterKind",
    "RosterReading",
    "RosterRow",
    "RowOutcome",
    "StudentValues",
    "TeacherValues",
    "compare_roster",
    "id_keys",
    "people_not_listed",
    "read_roster",
    "roster_template",
]
