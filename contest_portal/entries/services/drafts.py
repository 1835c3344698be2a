"""Drafts: made, saved as often as typed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import stage_group_of
from contest_portal.entries.draft_input import AuthorInput, DraftInput, cleaned, refusals
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.people_picker import reaches_elsewhere
from contest_portal.entries.queries.submitted import snapshot_of, submitted_snapshot
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.snapshots import same_content
from contest_portal.people.grades import stage_of
from contest_portal.people.models import School, Student, Teacher


def create_draft(actor: Actor, contest_id: int, category_id: int, school_id: int) -> Entry:
    """A new empty entry of the school in the category. The teacher who makes it is put in: as the author where
    teachers enter, else as the tutor. Raises Conflict when the contest is not open, TooLate after its deadline."""
    with unit_of_work(actor, "entries.create_draft") as work:
        entry, rules = blank_entry(work, actor, contest_id, category_id, school_id)
        require_changeable(entry)
        _put_in_maker(work, actor, entry, rules)
        work.session.add(entry)
        work.record(entry, after={"category_id": category_id, "school_id": school_id})
    return entry


def blank_entry(
    work: Work, actor: Actor, contest_id: int, category_id: int, school_id: int
) -> tuple[Entry, CategoryRules]:
    """An entry of the school in the category, not added yet, and the rules. Raises NotFound for what does not belong
    together."""
    category = work.session.get(Category, category_id, options=[joinedload(Category.contest)])
    school = found(School, school_id)
    if category is None or category.contest_id != contest_id or category.contest.office_id != school.office_id:
        raise NotFound
    if school.state != "approved":
        raise Conflict("entries.school_not_approved", N_("学校尚未通过审核，不能申报作品。"))
    rules, moment = category.rules, now()
    entry = Entry(
        contest=category.contest,
        category=category,
        school=school,
        state="draft",
        stage_code=rules.stage_groups[0].code if len(rules.stage_groups) == 1 else "",
        answers={},
        version=1,
        submission_count=0,
        created_by=actor.account_id,
        created_at=moment,
        updated_at=moment,
    )
    return entry, rules


def _put_in_maker(work: Work, actor: Actor, entry: Entry, rules: CategoryRules) -> None:
    teacher = work.session.get(Teacher, actor.teacher_id) if actor.teacher_id else None
    if teacher is None or teacher.school_id != entry.school.id:
        return
    if rules.applicant_kind == "teacher":
        entry.authors.append(Author(teacher=teacher, position=1, is_first=True))
    elif rules.tutors.maximum:
        entry.tutors.append(Tutor(teacher=teacher, position=1))


def save_draft(actor: Actor, entry_id: int, seen_version: int, draft: DraftInput) -> Entry:
    """Save all that the form says. What is incomplete or against the rules is kept and told by the checks.

    Raises Stale when somebody saved since `seen_version` (files that came or went meanwhile do no harm), Invalid for what
    is not kept (texts far too long, control characters, two first authors, people who cannot be named), Conflict or
    TooLate when the time is over. Nothing changes, and the version stays, when the draft says what is there already.
    """
    with unit_of_work(actor, "entries.save_draft") as work:
        entry = locked_entry(entry_id)
        require_changeable(entry)
        if not entry.typed_version <= seen_version <= entry.version:
            raise Stale
        rules = entry.category.rules
        draft = cleaned(draft)
        _refuse(refusals(draft, labels_of(rules)))
        people = _people(work, entry, rules, draft)
        changed = _changed_texts(entry, rules, draft, people)
        if _authors_differ(entry, draft.authors):
            _write_authors(entry, draft.authors, people)
            changed.append("authors")
        if [tutor.teacher_id for tutor in entry.tutors] != list(draft.tutors):
            _write_tutors(entry, draft.tutors, people)
            changed.append("tutors")
        if changed:
            mark_changed(entry, rules)
            work.record(entry, after={"changed": changed, "version": entry.version})
    return entry


def labels_of(rules: CategoryRules) -> dict[str, Message | str]:
    """The fields' names by their anchors."""
    return {
        "title": Message(N_("作品名称")),
        "summary": rules.summary.label if rules.summary else Message(N_("内容简介")),
        "group-name": Message(N_("申报群体名称")),
        "discipline": rules.discipline_label,
        **{f"field-{field.code}": field.label for field in rules.fields},
    }


def mark_changed(entry: Entry, rules: CategoryRules) -> None:
    """Note a change of the content: a new version for forms, the school's approval asked anew, and whether the entry
    differs from what was submitted."""
    entry.version += 1
    entry.updated_at = now()
    entry.approval_asked_at = entry.school_approved_at = None
    if entry.submission_count:
        submitted = submitted_snapshot(entry)
        entry.has_unsubmitted_changes = submitted is None or not same_content(snapshot_of(entry, rules), submitted)


def _refuse(problems: Sequence[tuple[str, Message]]) -> None:
    if problems:
        fields = [FieldProblem(anchor, message) for anchor, message in problems]
        raise Invalid("entries.not_kept", N_("有内容无法保存，没有改动任何内容。"), problems=fields)


def _people(work: Work, entry: Entry, rules: CategoryRules, draft: DraftInput) -> dict[str, Student | Teacher]:
    """The draft's people by key. Refuses whoever is not on a roster of the office, has left, or is of another school
    where the category names the own school's people only."""
    student_ids = {author.student_id for author in draft.authors if author.student_id is not None}
    teacher_ids = {author.teacher_id for author in draft.authors if author.teacher_id is not None} | set(draft.tutors)
    people: dict[str, Student | Teacher] = {}
    if student_ids:
        students = work.session.scalars(
            select(Student).where(Student.id.in_(student_ids)).options(joinedload(Student.school))
        )
        people |= {f"student-{one.id}": one for one in students}
    if teacher_ids:
        teachers = work.session.scalars(
            select(Teacher).where(Teacher.id.in_(teacher_ids)).options(joinedload(Teacher.school))
        )
        people |= {f"teacher-{one.id}": one for one in teachers}
    named = {_key(author) for author in entry.authors} | {f"teacher-{tutor.teacher_id}" for tutor in entry.tutors}
    asked = [(f"authors-{n}", author.key, "author") for n, author in enumerate(draft.authors, start=1)]
    asked += [(f"tutors-{n}", f"teacher-{one}", "tutor") for n, one in enumerate(draft.tutors, start=1)]
    problems = []
    for anchor, key, role in asked:
        elsewhere = reaches_elsewhere(rules, "author" if role == "author" else "tutor")
        if (reason := _unfit(entry, people.get(key), named=key in named, elsewhere=elsewhere)) is not None:
            problems.append((anchor, reason))
    _refuse(problems)
    return people


def _unfit(entry: Entry, person: Student | Teacher | None, *, named: bool, elsewhere: bool) -> Message | None:
    if person is None or person.office_id != entry.school.office_id:
        return Message(N_("名册中没有这个人，请重新选择"))
    if named:
        return None
    if person.state != "active":
        return Message.of(N_("%(name)s已不在校，请重新选择"), name=person.name)
    if person.school_id != entry.school_id and not elsewhere:
        return Message(N_("这一类别只能填写本校名册中的人，请重新选择"))
    return None


def _key(author: Author) -> str:
    return f"student-{author.student_id}" if author.student_id is not None else f"teacher-{author.teacher_id}"


def _changed_texts(
    entry: Entry, rules: CategoryRules, draft: DraftInput, people: Mapping[str, Student | Teacher]
) -> list[str]:
    known = {field.code for field in rules.fields}
    values: dict[str, Any] = {
        "title": draft.title,
        "summary": draft.summary,
        "group_name": draft.group_name,
        "discipline": draft.discipline,
        "completed_on": draft.completed_on,
        "stage_code": _stage(rules, draft, people),
        "answers": {code: value for code, value in draft.answers.items() if code in known},
    }
    changed = [name for name, value in values.items() if getattr(entry, name) != value]
    for name in changed:
        setattr(entry, name, values[name])
    return changed


def _stage(rules: CategoryRules, draft: DraftInput, people: Mapping[str, Student | Teacher]) -> str:
    """The group that the authors' grades give; where they give none, the chosen one if the category has it."""
    authors = [people[author.key] for author in draft.authors]
    derived = stage_group_of(rules, (stage_of(one.grade) for one in authors if isinstance(one, Student)))
    if derived is not None:
        return derived.code
    return draft.stage_code if rules.stage_group(draft.stage_code) else ""


def _authors_differ(entry: Entry, wanted: Sequence[AuthorInput]) -> bool:
    there = [(_key(one), one.is_first, one.share_percent, one.duty) for one in entry.authors]
    return there != [(one.key, one.is_first, one.share_percent, one.duty) for one in wanted]


def _write_authors(entry: Entry, wanted: Sequence[AuthorInput], people: Mapping[str, Student | Teacher]) -> None:
    there = {_key(author): author for author in entry.authors}
    rows = []
    for position, one in enumerate(wanted, start=1):
        row, person = there.get(one.key) or Author(), people[one.key]
        if isinstance(person, Student):
            row.student = person
        else:
            row.teacher = person
        row.position, row.is_first, row.share_percent, row.duty = position, one.is_first, one.share_percent, one.duty
        rows.append(row)
    entry.authors[:] = rows


def _write_tutors(entry: Entry, wanted: Sequence[int], people: Mapping[str, Student | Teacher]) -> None:
    there = {tutor.teacher_id: tutor for tutor in entry.tutors}
    rows = []
    for position, teacher_id in enumerate(wanted, start=1):
        row = there.get(teacher_id) or Tutor(teacher=people[f"teacher-{teacher_id}"])
        row.position = position
        rows.append(row)
    entry.tutors[:] = rows


def delete_draft(actor: Actor, entry_id: int) -> None:
    """Delete a draft that was never submitted, with its files' names. Raises Conflict for any other entry."""
    with unit_of_work(actor, "entries.delete_draft") as work:
        entry = locked_entry(entry_id)
        if entry.state != "draft" or entry.submission_count:
            raise Conflict("entries.not_a_draft", N_("已提交过的作品不能删除，可以撤回。"))
        work.record(entry, before={"category_id": entry.category_id, "school_id": entry.school_id})
        work.session.delete(entry)
