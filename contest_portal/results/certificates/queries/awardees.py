"""Who is to have a certificate: the people behind the approved awards, with what their certificates say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, case, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, subqueryload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.people.models import Teacher
from contest_portal.results.awards.models import AwardLine, AwardList, MeritAward, SpecialAward
from contest_portal.results.cases import has_open_case
from contest_portal.results.naming import author_names

PUPIL, TEACHER = "同学", "老师"
CASE, FALLEN = "case", "fallen"
"""Why a work's certificates are not given: a case about it is open; it is not accepted any more."""
LAST = 1_000_000
"""Behind every category."""


@dataclass(frozen=True)
class Awardee:
    """One certificate to be given. `subject_key` names whom and what it is for, whatever award it became.

    `values` are those of the fields that the person and the work decide; the rest comes with the certificate. `hold`: CASE or
    FALLEN where it is not to be given.
    """

    kind: str
    award: str
    subject_key: str
    entry_id: int | None
    school_id: int | None
    values: Mapping[str, str]
    hold: str = ""

    @property
    def recipient(self) -> str:
        return self.values["姓名"]


@dataclass(frozen=True)
class _Given:
    """An award of a work: of the award list, or (`key` names it) a special one."""

    entry_id: int
    award: str
    category: str
    key: str = ""


def awardees_of(contest: Contest, *, is_one_each: bool, entry_id: int | None = None) -> list[Awardee]:
    """Everybody who is to have one, by category, award list and place; authors before their tutors; special awards; at
    the end tutors and schools that are honoured for the whole contest. Who must wait, or gets none any more, says so."""
    given = _given_awards(contest.id, entry_id)
    entries = _entries(contest.id, entry_id)
    found: list[Awardee] = []
    for one in given:
        entry, hold = entries[one.entry_id]
        values = _values(entry, one.award, one.category, contest.name)
        key = f"entry-{entry.id}{one.key}"
        people = [*_authors(entry, key, one.award, values, is_one_each=is_one_each)]
        if not one.key:
            people.extend(_tutors(entry, key, one.award, values))
        found.extend(replace(person, hold=hold) for person in people)
    return found if entry_id is not None else [*found, *_merits(contest)]


def _of_lists(contest_id: int) -> list[ColumnElement[bool]]:
    """What holds of a line that stands: its list is approved, its award is given."""
    return [AwardList.contest_id == contest_id, AwardList.state == "approved", AwardLine.state == "given"]


def _specials(contest_id: int) -> list[ColumnElement[bool]]:
    return [SpecialAward.contest_id == contest_id, SpecialAward.cancelled_at.is_(None)]


def _given_awards(contest_id: int, entry_id: int | None) -> list[_Given]:
    lines = (
        select(
            AwardLine.entry_id, AwardLine.award, Category.name, literal(0).label("special"), Category.position, AwardLine.position.label("place")
        )
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Category, Category.id == AwardList.category_id)
        .where(*_of_lists(contest_id))
    )  # fmt: skip
    specials = (
        select(
            SpecialAward.entry_id, SpecialAward.name, Category.name, SpecialAward.id, literal(LAST), SpecialAward.id
        )
        .join(Entry, Entry.id == SpecialAward.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(*_specials(contest_id))
    )  # fmt: skip
    both = union_all(lines, specials).subquery()
    wanted, award, category, special, position, place = both.c
    statement = select(wanted, award, category, special).order_by(position, place, wanted)
    if entry_id is not None:
        statement = statement.where(wanted == entry_id)
    return [
        _Given(entry, award, category, f":special-{special}" if special else "")
        for entry, award, category, special in db.session.execute(statement)
    ]


def _entries(contest_id: int, entry_id: int | None) -> dict[int, tuple[Entry, str]]:
    """The awarded works by id, with what holds their certificates back."""
    hold = case((Entry.state != "accepted", FALLEN), (has_open_case(Entry.id), CASE), else_="")
    listed = select(AwardLine.entry_id).join(AwardList, AwardList.id == AwardLine.award_list_id)
    special = select(SpecialAward.entry_id).where(*_specials(contest_id))
    wanted = or_(Entry.id.in_(listed.where(*_of_lists(contest_id))), Entry.id.in_(special))
    statement = (
        select(Entry, hold)
        .where(Entry.contest_id == contest_id, wanted)
        .options(
            joinedload(Entry.school),
            subqueryload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
            joinedload(Entry.tutors).joinedload(Tutor.teacher),
        )
    )
    if entry_id is not None:
        statement = statement.where(Entry.id == entry_id)
    return {row.id: (row, why) for row, why in db.session.execute(statement).unique()}


def _merits(contest: Contest) -> Iterator[Awardee]:
    rows = db.session.scalars(
        select(MeritAward)
        .where(MeritAward.contest_id == contest.id, MeritAward.superseded_at.is_(None))
        .options(joinedload(MeritAward.teacher).joinedload(Teacher.school), joinedload(MeritAward.school))
        .order_by(MeritAward.award, MeritAward.id)
    )
    for row in rows:
        school = row.school or (row.teacher.school if row.teacher else None)
        whose = f"teacher-{row.teacher_id}" if row.teacher else f"school-{row.school_id}"
        values = {
            "姓名": row.teacher.name if row.teacher else "",
            "称呼": TEACHER if row.teacher else "",
            "奖项": row.award,
        }
        values |= {"学校": school.name if school else "", "赛事": contest.name}
        if row.teacher is None:
            values["姓名"] = values["学校"]
        yield Awardee("school", row.award, f"merit:{whose}:{row.award}", None, school.id if school else None, values)


def _values(entry: Entry, award: str, category: str, contest_name: str) -> dict[str, str]:
    return {
        "姓名": author_names(entry),
        "学校": entry.school.name,
        "作品": entry.title,
        "奖项": award,
        "类别": category,
        "辅导教师": "、".join(tutor.teacher.name for tutor in entry.tutors),
        "赛事": contest_name,
    }


def _authors(entry: Entry, key: str, award: str, values: dict[str, str], *, is_one_each: bool) -> Iterator[Awardee]:
    place = (entry.id, entry.school_id)
    if not is_one_each or entry.group_name or not entry.authors:
        names = entry.group_name or author_names(entry)
        yield Awardee("author", award, key, *place, {**values, "姓名": names, "称呼": ""})
        return
    for author in entry.authors:
        person = author.student or author.teacher
        whose = f"student-{author.student_id}" if author.student_id else f"teacher-{author.teacher_id}"
        own = {"姓名": person.name if person else "", "称呼": PUPIL if author.student_id else TEACHER}
        yield Awardee("author", award, f"{key}:{whose}", *place, {**values, **own})


def _tutors(entry: Entry, key: str, award: str, values: dict[str, str]) -> Iterator[Awardee]:
    for tutor in entry.tutors:
        own = {"姓名": tutor.teacher.name, "称呼": TEACHER}
        yield Awardee("tutor", award, f"{key}:tutor-{tutor.teacher_id}", entry.id, entry.school_id, {**values, **own})
