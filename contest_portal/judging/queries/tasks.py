"""What a judge reads: own rounds with their tasks, and one task with the work, without whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category
from contest_portal.contests.rules import CategoryRules, Criterion
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.i18n import yes_no
from contest_portal.core.text import N_
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.entries.queries.blind import masks_of
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.rubrics import rubric_of
from contest_portal.judging.states import Phase, phase
from contest_portal.media.blind_copies import derivative_of_copy, kind_of_copy
from contest_portal.media.facts import FILMS, PICTURES, FileFacts, Kind
from contest_portal.media.models import Blob
from contest_portal.media.previews import FilePreviews
from contest_portal.media.queries import previews_of
from contest_portal.media.serving import name_under_number
from contest_portal.people.models import Student, Teacher

LIVE = ("todo", "submitted")


def task(task_id: int) -> Assignment:
    """The task with round, judge and work as its page needs them: two statements. Raises NotFound."""
    row = db.session.scalar(
        select(Assignment)
        .where(Assignment.id == task_id)
        .options(
            joinedload(Assignment.round).joinedload(Round.contest),
            joinedload(Assignment.judge),
            joinedload(Assignment.entry).joinedload(Entry.category),
            joinedload(Assignment.entry).selectinload(Entry.files).joinedload(EntryFile.blob),
        )
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class TaskLine:
    """One task in the judge's list. `state` is what the judge sees: todo, draft or submitted."""

    id: int
    number: str
    title: str
    stage: str
    state: str
    total: float | None


@dataclass(frozen=True)
class TaskGroup:
    """A judge's tasks of one category in one round."""

    category: str
    measure: str
    lines: Sequence[TaskLine]


@dataclass(frozen=True)
class RoundTasks:
    """A judge's part in one round. `next_id` is the first task still to do."""

    round: Round
    phase: Phase
    groups: Sequence[TaskGroup]
    done: int
    live: int
    next_id: int | None


def judges_of(actor: Actor) -> Any:
    """The condition that a judge is the actor's own, for the office acted in."""
    return and_(Judge.account_id == actor.account_id, Judge.office_id == actor.office_id)


def own_rounds(actor: Actor) -> list[RoundTasks]:
    """The actor's tasks by round, the running ones first: two statements."""
    moment = now()
    rounds = db.session.scalars(
        select(Round)
        .where(
            Round.state != "planned",
            Round.id.in_(
                select(Assignment.round_id)
                .join(Judge, Judge.id == Assignment.judge_id)
                .where(judges_of(actor), Assignment.state.in_(LIVE))
            ),
        )
        .order_by(Round.closes_at.desc(), Round.id.desc())
        .options(joinedload(Round.contest))
    ).all()
    rows = db.session.execute(
        select(Assignment, Entry.number, Entry.title, Entry.stage_code, Category, ScoreSheet.total)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .outerjoin(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .where(judges_of(actor), Assignment.state.in_(LIVE), Assignment.round_id.in_([one.id for one in rounds]))
        .order_by(Assignment.round_id, Category.position, Assignment.position, Assignment.id)
    ).all()
    found = [_round_tasks(row, [line for line in rows if line.Assignment.round_id == row.id], moment) for row in rounds]
    return sorted(found, key=lambda one: one.phase != "running")


def _round_tasks(row: Round, rows: Sequence[Any], moment: Any) -> RoundTasks:
    groups: dict[int, tuple[Category, CategoryRules, list[TaskLine]]] = {}
    next_id, done = None, 0
    for task_, number, title, stage_code, category, total in rows:
        if category.id not in groups:
            groups[category.id] = (category, category.rules, [])
        state = "draft" if task_.state == "todo" and task_.draft_saved_at else task_.state
        if task_.state == "todo" and next_id is None:
            next_id = task_.id
        done += task_.state == "submitted"
        stage = groups[category.id][1].stage_group(stage_code)
        groups[category.id][2].append(
            TaskLine(task_.id, number or "", title, stage.name if stage else "", state, total)
        )
    return RoundTasks(
        row,
        phase(row.state, row.opens_at, row.closes_at, moment),
        [TaskGroup(category.name, category.measure, lines) for category, _rules, lines in groups.values()],
        done,
        len(rows),
        next_id,
    )


@dataclass(frozen=True)
class TaskFile:
    """A file of the work as a judge sees it. `look`: picture, film, pdf, other, or hidden where a blind round cannot show
    it; `name` says nothing of anybody. `copy`: the state of what the judge gets of the file itself in a blind round
    (ready, coming, failed); ready in others. `blob`: the content that the judge gets, in every look; where parts of the
    file are masked it is the masked one, None until that is made."""

    id: int
    look: str
    label: str
    name: str
    facts: FileFacts
    previews: FilePreviews
    copy: str
    blob: Blob | None

    @property
    def is_under_way(self) -> bool:
        return self.copy == "coming" or self.previews.is_under_way


@dataclass(frozen=True)
class TaskPage:
    """One task: the work without whose it is (unless the round is not blind), the rubric, the neighbours.

    `place` of `live` in the judge's order; `next_todo_id` is the next task still to do, after this one or from the
    start again.
    """

    task: Assignment
    phase: Phase
    category: Category
    stage: str
    discipline_label: str
    summary_label: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[TaskFile]
    identity: Sequence[tuple[str, str]]
    rubric: Sequence[Criterion]
    sheet: ScoreSheet | None
    place: int
    live: int
    done: int
    previous_id: int | None
    next_id: int | None
    next_todo_id: int | None


def task_page(row: Assignment) -> TaskPage:
    """Everything that the page of a task shows: four statements, six where the round is not blind."""
    entry, rules, blind = row.entry, row.entry.category.rules, row.round.is_blind
    stage = rules.stage_group(entry.stage_code)
    order = _order_of(row)
    ids = [id_ for id_, _state in order]
    here = ids.index(row.id)
    todo = [id_ for id_, state in (*order[here + 1 :], *order[:here]) if state == "todo"]
    summary = rules.summary if rules.summary and (rules.summary.judges_see or not blind) else None
    return TaskPage(
        task=row,
        phase=phase(row.round.state, row.round.opens_at, row.round.closes_at, now()),
        category=entry.category,
        stage=stage.name if stage else "",
        discipline_label=rules.discipline_label,
        summary_label=summary.label if summary else "",
        fields=_fields(entry, rules, blind=blind),
        files=task_files(row),
        identity=[] if blind else _identity(entry),
        rubric=rubric_of_task(row),
        sheet=current_sheet(row.id),
        place=here + 1,
        live=len(ids),
        done=sum(state == "submitted" for _id, state in order),
        previous_id=ids[here - 1] if here else None,
        next_id=ids[here + 1] if here + 1 < len(ids) else None,
        next_todo_id=todo[0] if todo else None,
    )


def _order_of(row: Assignment) -> list[tuple[int, str]]:
    """(id, state) of the judge's tasks in the round, in the order in which they are met."""
    rows = db.session.execute(
        select(Assignment.id, Assignment.state)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Category, Category.id == Entry.category_id)
        .where(Assignment.round_id == row.round_id, Assignment.judge_id == row.judge_id, Assignment.state.in_(LIVE))
        .order_by(Category.position, Assignment.position, Assignment.id)
    )
    return [(id_, state) for id_, state in rows]


def next_todo(row: Assignment) -> int | None:
    """The judge's next task still to do after this one, or from the start again."""
    order = _order_of(row)
    here = next((place for place, (id_, _state) in enumerate(order) if id_ == row.id), len(order) - 1)
    return next((id_ for id_, state in (*order[here + 1 :], *order[:here]) if state == "todo"), None)


def rubric_of_task(row: Assignment) -> tuple[Criterion, ...]:
    """The frozen rubric of the work's category in the task's round."""
    return frozen_rubric(row.round_id, row.entry.category_id)


def frozen_rubric(round_id: int, category_id: int) -> tuple[Criterion, ...]:
    """A category's rubric as it stood when the round opened."""
    document = db.session.scalar(
        select(RoundCategory.rubric).where(RoundCategory.round_id == round_id, RoundCategory.category_id == category_id)
    )
    return rubric_of(document or [])


def current_sheet(task_id: int) -> ScoreSheet | None:
    """The sheet that counts."""
    return db.session.scalar(select(ScoreSheet).where(ScoreSheet.assignment_id == task_id, ScoreSheet.is_current))


def task_files(row: Assignment) -> list[TaskFile]:
    """The files that the task's judge may see, in the order of the category's slots: two statements, three where not all
    previews are ready."""
    files: list[TaskFile] = []
    masks = masks_of(row.entry_id)
    shown_blobs = {
        file.id: masks[file.blob_id].masked_blob if file.blob_id in masks else file.blob for file in row.entry.files
    }
    previews = previews_of([blob.id for blob in shown_blobs.values() if blob is not None])
    for slot in row.entry.category.rules.slots:
        if not slot.judges_see and row.round.is_blind:
            continue
        own = [file for file in row.entry.files if file.slot_code == slot.code]
        for position, file in enumerate(own, start=1):
            label = slot.label if len(own) == 1 else f"{slot.label} {position}"
            blob = shown_blobs[file.id]
            kind = Kind((blob or file.blob).kind)
            copy = kind_of_copy(kind) if row.round.is_blind else kind
            name = name_under_number(row.entry.number or "", slot.code, position, copy or kind)
            look = _look(kind) if copy else "hidden"
            made = previews[blob.id].of_judges() if blob else FilePreviews()
            state = _copy_state(kind, made) if row.round.is_blind else "ready"
            if blob is None:
                state = "failed" if masks[file.blob_id].state == "failed" else "coming"
            shown = made if row.round.is_blind else made.without("blind")
            facts = FileFacts.from_json((blob or file.blob).facts)
            files.append(TaskFile(file.id, look, label, name, facts, shown, state, blob))
    return files


def _copy_state(kind: Kind, made: FilePreviews) -> str:
    wanted = derivative_of_copy(kind)
    found = made.get(wanted) if wanted else None
    if found is not None and found.state in {"ready", "failed"}:
        return found.state
    return "coming"


def file_of_task(row: Assignment, file_id: int) -> tuple[Blob, TaskFile]:
    """What the task's judge gets of a file, and the file as it is shown. Raises NotFound, Conflict while the masked copy
    is being made."""
    shown = next((file for file in task_files(row) if file.id == file_id), None)
    if shown is None or (shown.blob is None and shown.copy == "failed"):
        raise NotFound
    if shown.blob is None:
        raise Conflict("media.preparing", N_("匿名副本正在准备，请稍后再看。"))
    return shown.blob, shown


@dataclass(frozen=True)
class WantedFile:
    """A file asked for by address. `look`: original, screen, thumb, poster, film720, tiles or pages; `place`: which tile
    (level, column, row), which page."""

    task: Assignment
    file_id: int
    look: str
    place: tuple[int, ...] = ()


def wanted_file(task_id: int, file_id: int, look: str, *place: int) -> WantedFile:
    """The request with its task. Raises NotFound."""
    return WantedFile(task(task_id), file_id, look, place)


def _look(kind: Kind) -> str:
    if kind in PICTURES:
        return "picture"
    if kind is Kind.PDF:
        return "pdf"
    return "film" if kind in FILMS else "other"


def _fields(entry: Entry, rules: CategoryRules, *, blind: bool) -> list[tuple[str, str]]:
    pairs = []
    for one in rules.fields:
        value = entry.answers.get(one.code)
        if (one.judges_see or not blind) and value not in (None, "", []):
            pairs.append((one.label, yes_no(value) if isinstance(value, bool) else str(value)))
    return pairs


def _identity(entry: Entry) -> list[tuple[str, str]]:
    """(role, names) of the people behind a work, for rounds that are not blind."""
    authors = db.session.scalars(
        select(Author)
        .where(Author.entry_id == entry.id)
        .order_by(Author.position)
        .options(
            joinedload(Author.student).joinedload(Student.school), joinedload(Author.teacher).joinedload(Teacher.school)
        )
    )
    people = [author.student or author.teacher for author in authors]
    tutors = db.session.scalars(
        select(Teacher.name).join(Tutor, Tutor.teacher_id == Teacher.id).where(Tutor.entry_id == entry.id)
    ).all()
    names = [f"{person.name}（{person.school.name}）" for person in people if person]
    return [
        ("authors", "、".join([entry.group_name] if entry.group_name else names)),
        ("tutors", "、".join(tutors)),
    ]


def open_task_count(actor: Actor) -> Select[int]:
    """Counts the tasks that the actor still has to do in running rounds, for the navigation."""
    return (
        select(func.count(Assignment.id))
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(judges_of(actor), Assignment.state == "todo", Round.state == "open", Round.opens_at <= now())
    )
