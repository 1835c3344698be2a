"""One person typed by hand, read and checked exactly as a row of a roster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from contest_portal.core.actor import Actor
from contest_portal.core.clock import today
from contest_portal.core.errors import Conflict, FieldProblem, Invalid
from contest_portal.core.sealing import sealer
from contest_portal.core.spreadsheets import Row, Sheet, column_letter
from contest_portal.core.text import N_, Message
from contest_portal.people.models import School
from contest_portal.people.queries.known_people import known_people
from contest_portal.people.roster import (
    FIELD_TITLES,
    RosterKind,
    RosterReading,
    RowOutcome,
    compare_roster,
    id_keys,
    read_roster,
)
from contest_portal.people.roster.columns import fields_of
from contest_portal.people.roster.comparing import NAMES_ANOTHER
from contest_portal.people.services.number_misses import count_misses


def read_person(
    kind: RosterKind, texts: Mapping[str, str], school: School, *, id_required: bool | None = None
) -> RosterReading:
    """The one person that the fields' texts give. Raises Invalid naming every field that is wrong."""
    fields = fields_of(kind)
    titles = tuple(str(FIELD_TITLES[field]) for field in fields)
    values = tuple(texts.get(field, "").strip() or None for field in fields)
    sheet = Sheet("", (Row(1, titles), Row(2, values)))
    reading = read_roster(sheet, kind, today=today(), school_kind=school.kind, id_required=id_required)
    by_letter = {column_letter(index): field for index, field in enumerate(fields)}
    problems = [
        FieldProblem(by_letter.get(problem.column, "name"), problem.message)
        for problem in reading.problems
        if problem.severity == "error"
    ]
    if not any(values):
        problems = [FieldProblem("name", FIELD_TITLES["name"])]
    if problems:
        raise Invalid("people.person", problems[0].message, problems=problems)
    return reading


def outcome_of(reading: RosterReading, school: School) -> RowOutcome:
    """What the one person would be on the school's roster."""
    keys = id_keys(reading, sealer().person_digest)
    existing = known_people(school, reading.kind, keys.values())
    return compare_roster(reading, existing, school_id=school.id, key_of=keys)[0]


def count_number_of_another(actor: Actor, reading: RosterReading, school: School) -> None:
    """Count the number where it is of somebody of another school by another name: before the act itself refuses it,
    since what is rolled back counts nothing. Raises Conflict where too many were given today."""
    count_misses(actor, school, int(outcome_of(reading, school).names_another))


def version_of(updated_at: datetime) -> int:
    """A person's version: the moment of the last change, in microseconds."""
    return int(updated_at.timestamp()) * 1_000_000 + updated_at.microsecond


def refuse_known(outcome: RowOutcome, *, doubt_accepted: bool) -> None:
    """Refuse who is on the school's roster already, and who may be until that was looked into. Raises Conflict."""
    if outcome.kind in {"changed", "unchanged"}:
        raise Conflict(
            "people.person_known", N_("名册中已有这个人，无需重复添加。请在名册中查找并修改。"), field="name"
        )
    if outcome.names_another:
        raise Conflict("people.number_of_another", Message(NAMES_ANOTHER), field="id_number")
    if outcome.kind == "doubtful" and not doubt_accepted:
        assert outcome.reason is not None
        raise Conflict("people.person_doubtful", outcome.reason, field="doubt_accepted")
