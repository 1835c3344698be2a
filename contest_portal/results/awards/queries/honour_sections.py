"""What stands on the public list of awards behind the categories: special awards, tutors' and schools' awards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.rules import StageGroup
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.people.models import Teacher
from contest_portal.results.awards.models import MeritAward, SpecialAward
from contest_portal.results.awards.queries.special import special_awards
from contest_portal.results.loading import categories_of
from contest_portal.results.naming import author_names, grade_words
from contest_portal.results.public_list.content import PublicLine, Section

SPECIAL = "专项奖"
SPECIAL_COLUMNS = ("position", "names", "school", "title", "award")
TUTOR_COLUMNS = ("position", "names", "school", "award")
SCHOOL_COLUMNS = ("position", "school", "award")


def honour_sections(contest_id: int) -> list[Section]:
    """A section of special awards, then one for each award of tutors and of schools; none that is empty.

    Each line has a key: a work may have several special awards beside its own, tutors and schools have no entry number.
    Confirming tutors and schools anew makes new records, so their key is the person or school, not the record.
    """
    special = special_awards(contest_id)
    sections = [_special_section(contest_id, special)] if special else []
    merits = db.session.scalars(
        select(MeritAward)
        .where(MeritAward.contest_id == contest_id, MeritAward.superseded_at.is_(None))
        .options(joinedload(MeritAward.teacher).joinedload(Teacher.school), joinedload(MeritAward.school))
    ).all()
    return sections + _merit_sections(merits)


def special_words(name: str, sponsor: str) -> str:
    """The award as the list names it."""
    return f"{name}（{sponsor}）" if sponsor else name


def special_key(special_award_id: int) -> str:
    return f"special:{special_award_id}"


def merit_key(kind: str, whose: int | None, award: str) -> str:
    """`kind`: tutor or school; `whose`: the teacher's or the school's id."""
    return f"{kind}:{whose}:{award}"


def _special_section(contest_id: int, rows: Sequence[SpecialAward]) -> Section:
    rules = {category.id: category.rules for category in categories_of(contest_id)}
    lines = tuple(
        _special_line(number, row, rules[row.entry.category_id].stage_group(row.entry.stage_code))
        for number, row in enumerate(rows, start=1)
    )
    return Section(SPECIAL, "项", lines, SPECIAL_COLUMNS)


def _special_line(number: int, row: SpecialAward, group: StageGroup | None) -> PublicLine:
    entry: Entry = row.entry
    return PublicLine(
        number=number,
        names=author_names(entry),
        group=not entry.authors,
        school=entry.school.name,
        title=entry.title,
        award=special_words(row.name, row.sponsor),
        stage=group.name if group else "",
        entry_number=entry.number or "",
        grade=grade_words(entry),
        discipline=entry.discipline or "",
        key=special_key(row.id),
    )


def _merit_sections(rows: Sequence[MeritAward]) -> list[Section]:
    """Tutors' awards before schools'; within an award by school and name, for all of them are equal."""
    tutors = sorted(
        (
            (row.award, row.teacher.school.name, row.teacher.name, merit_key("tutor", row.teacher_id, row.award))
            for row in rows
            if row.teacher
        ),
    )
    schools = sorted(
        (row.award, row.school.name, "", merit_key("school", row.school_id, row.award)) for row in rows if row.school
    )
    sections = []
    for people, measure, columns in ((tutors, "名", TUTOR_COLUMNS), (schools, "所", SCHOOL_COLUMNS)):
        for award in dict.fromkeys(one[0] for one in people):
            own = [one for one in people if one[0] == award]
            lines = tuple(
                PublicLine(number, name, school, "", award, key=key)
                for number, (_award, school, name, key) in enumerate(own, start=1)
            )
            sections.append(Section(award, measure, lines, columns))
    return sections
