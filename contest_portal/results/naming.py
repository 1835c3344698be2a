"""How a work and its people are written in lists of every kind."""

from __future__ import annotations

from contest_portal.contests.rules import CategoryRules
from contest_portal.entries.models import Entry
from contest_portal.people.grades import grade_name
from contest_portal.results.public_list.content import PublicLine


def public_line(number: int, entry: Entry, rules: CategoryRules, award: str) -> PublicLine:
    """An entry as a line with the public's fields only."""
    group = rules.stage_group(entry.stage_code)
    return PublicLine(
        number=number,
        names=author_names(entry),
        group=not entry.authors,
        school=entry.school.name,
        title=entry.title,
        award=award,
        tutors="、".join(tutor.teacher.name for tutor in entry.tutors),
        stage=group.name if group else "",
        entry_number=entry.number or "",
        grade=grade_words(entry),
        discipline=entry.discipline or "",
    )


def grade_words(entry: Entry) -> str:
    """The authors' grades, each once."""
    grades = [author.student.grade for author in entry.authors if author.student]
    return "、".join(dict.fromkeys(str(grade_name(grade)) for grade in grades))


def author_names(entry: Entry) -> str:
    """The authors joined by 、, or the group's name."""
    people = [author.student or author.teacher for author in entry.authors]
    return "、".join(person.name for person in people if person) or entry.group_name
