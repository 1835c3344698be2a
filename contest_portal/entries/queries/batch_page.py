"""A batch with all that its page shows: each row with its state among the others, what workbooks had no use for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest_portal.contests.rules import CategoryRules, SlotRules
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.kept_messages import kept
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.rows import RowFacts, RowState, states_of
from contest_portal.entries.batch.settling import settle
from contest_portal.entries.batch.slots import findings_on, picture_slot
from contest_portal.entries.models import Author, Entry, EntryFile
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batches import given_up, items_of, lines_of, pupils_of, sources_of, teachers_of
from contest_portal.entries.queries.facts import file_facts
from contest_portal.entries.states import LIVING
from contest_portal.media.facts import FileFacts
from contest_portal.people.grades import grade_name
from contest_portal.people.models import Student, Teacher


@dataclass(frozen=True)
class Choice:
    """A pupil to choose: what the form posts, the name, grade and class."""

    value: str
    name: str
    about: tuple[Message | str, ...]


@dataclass(frozen=True)
class Row:
    """One row of the table as its page shows it. `findings` are what the picture itself lacks; they stop nothing."""

    item: BatchItem
    state: RowState
    pupil: Choice | None
    candidates: tuple[Choice, ...]
    findings: tuple[Message, ...]
    tutor: str


@dataclass(frozen=True)
class BatchPage:
    """A batch with all that its page shows. `unused`: rows of workbooks that fit no file. `given_up`: ZIPs and workbooks
    whose reading failed too often."""

    batch: PaintingBatch
    rules: CategoryRules
    slot: SlotRules
    rows: tuple[Row, ...]
    removed: tuple[BatchItem, ...]
    sources: tuple[BatchSource, ...]
    teachers: tuple[Teacher, ...]
    unused: tuple[Message, ...]
    given_up: tuple[BatchSource, ...] = ()
    used_sources: frozenset[int | None] = frozenset()

    @property
    def counts(self) -> Counter[str]:
        """How many rows are ready, made, and in need of a person (open)."""
        found = Counter(row.state.state for row in self.rows)
        return Counter(ready=found["ready"], made=found["made"], open=found["doubt"] + found["needed"])

    @property
    def troubles(self) -> list[tuple[BatchSource, list[Message]]]:
        """The ZIPs and workbooks of which something could not be used, with the reasons."""
        return [(source, [kept(one) for one in source.problems]) for source in self.sources if source.problems]

    def is_fruitless(self, source: BatchSource) -> bool:
        """Whether it is a ZIP out of which nothing at all came."""
        return source.kind == "zip" and source.id not in self.used_sources

    @property
    def is_working(self) -> bool:
        return any(source.state == "waiting" and source not in self.given_up for source in self.sources)


def batch_page(batch: PaintingBatch) -> BatchPage:
    """Everything that the page shows, in a constant number of statements."""
    rules = batch.category.rules
    slot = picture_slot(rules)
    if slot is None:  # the office changed the category's rules meanwhile
        raise NotFound
    items, sources, teachers = items_of(batch.id), sources_of(batch.id), teachers_of(batch.school_id)
    shown = [item for item in items if item.removed_at is None]
    people = _students({one for item in shown for one in (*item.candidates, item.student_id) if one is not None})
    rows = _rows(batch, rules, slot, shown, people, teachers)
    lines = lines_of(sources)
    unused = settle({item.id: item.path for item in items}, lines, pupils_of(batch.school)).unused if lines else ()
    removed = tuple(item for item in items if item.removed_at is not None)
    return BatchPage(
        batch,
        rules,
        slot,
        tuple(rows),
        removed,
        tuple(sources),
        tuple(teachers),
        unused,
        tuple(given_up(sources)),
        frozenset(item.source_id for item in items),
    )


def _rows(
    batch: PaintingBatch,
    rules: CategoryRules,
    slot: SlotRules,
    items: Sequence[BatchItem],
    people: dict[int, _Person],
    teachers: Sequence[Teacher],
) -> list[Row]:
    findings = {
        item.id: findings_on(
            slot, file_facts(slot.code, item.path.rsplit("/", 1)[-1], FileFacts.from_json(item.blob.facts))
        )
        for item in items
    }
    titles = _other_titles(batch, {item.student_id for item in items if item.entry_id is None and item.student_id})
    entered = _entered(batch.school_id, [item.blob_id for item in items if item.entry_id is None])
    facts = [_facts(item, people, teachers, findings[item.id][0], titles, item.blob_id in entered) for item in items]
    states = states_of(facts, next((limit.count for limit in rules.limits if limit.whom == "student"), None))
    names = {teacher.id: teacher.name for teacher in teachers}
    return [
        Row(
            item,
            states[item.id],
            _choice(people[item.student_id]) if item.student_id in people else None,
            tuple(_choice(people[one]) for one in item.candidates if one in people),
            findings[item.id][1],
            item.tutor_name or names.get(item.tutor_id or batch.tutor_id or 0, ""),
        )
        for item in items
    ]


def _facts(
    item: BatchItem,
    people: dict[int, _Person],
    teachers: Sequence[Teacher],
    unusable: tuple[Message, ...],
    titles: dict[int, str],
    is_entered: bool,
) -> RowFacts:
    pupil = people.get(item.student_id) if item.student_id is not None else None
    active = {teacher.id for teacher in teachers}
    return RowFacts(
        row_id=item.id,
        blob_id=item.blob_id,
        pupil_id=pupil.id if pupil else None,
        pupil_name=pupil.name if pupil else "",
        has_left=pupil is not None and pupil.state != "active",
        candidates=sum(one in people for one in item.candidates),
        why=tuple(kept(one) for one in item.why),
        title=item.title,
        tutor_problem=_tutor_problem(item, active),
        unusable=unusable,
        other_title=titles.get(pupil.id) if pupil else None,
        is_entered=is_entered,
        is_kept=item.is_kept,
        is_made=item.entry_id is not None,
    )


def _tutor_problem(item: BatchItem, active: set[int]) -> Message | None:
    if not item.tutor_name or item.tutor_id in active:
        return None
    return Message.of(N_("本校教师名册中没有「%(name)s」，或有几名同名教师，请重新填写辅导教师"), name=item.tutor_name)


@dataclass(frozen=True)
class _Person:
    """What the page shows of a pupil; ID numbers stay sealed."""

    id: int
    name: str
    grade: int
    class_name: str
    state: str


def _students(ids: Collection[int]) -> dict[int, _Person]:
    if not ids:
        return {}
    columns = (Student.id, Student.name, Student.grade, Student.class_name, Student.state)
    return {row.id: _Person(*row) for row in db.session.execute(select(*columns).where(Student.id.in_(ids)))}


def _choice(student: _Person) -> Choice:
    return Choice(f"student-{student.id}", student.name, (grade_name(student.grade), student.class_name))


def _other_titles(batch: PaintingBatch, student_ids: Collection[int]) -> dict[int, str]:
    """Pupil → the title of the living entry of the category in which he or she is an author already."""
    if not student_ids:
        return {}
    rows: Any = db.session.execute(
        select(Author.student_id, Entry.title)
        .join(Entry, Entry.id == Author.entry_id)
        .where(Entry.category_id == batch.category_id, Entry.state.in_(LIVING), Author.student_id.in_(student_ids))
        .order_by(Entry.id)
    )
    return {student: title for student, title in rows}  # noqa: C416 - rows are no pairs to the type checker


def _entered(school_id: int, blob_ids: Collection[int]) -> set[int]:
    """Which of the pictures lie in a living entry of the school already."""
    if not blob_ids:
        return set()
    return set(
        db.session.scalars(
            select(EntryFile.blob_id)
            .join(Entry, Entry.id == EntryFile.entry_id)
            .where(Entry.school_id == school_id, Entry.state.in_(LIVING), EntryFile.blob_id.in_(blob_ids))
            .distinct()
        )
    )
