"""What works hold about a person, how it is erased, and what drafts nobody submitted are kept for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select

from contest_portal.contests.models import Contest
from contest_portal.core.database import Work, db
from contest_portal.core.text import N_, Message
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.likeness_models import EntryContent
from contest_portal.entries.models import Author, Entry, EntryFile, EntryVersion, Tutor
from contest_portal.entries.models_batch import BatchItem
from contest_portal.entries.snapshots import digest_of
from contest_portal.media.models import Blob
from contest_portal.people.models import Student, Teacher
from contest_portal.people.privacy.name_in_texts import in_all_texts, name_taken_out
from contest_portal.people.privacy.own_holdings import plain
from contest_portal.people.privacy.registry import Fate, Held, HeldFile, Person, eraser, holder
from contest_portal.people.privacy.rules import Rule, add_rule

_AS_WORK = Message(N_("作品是评审和名单的依据，与其他作者共有；其中此人的姓名换成编号，没有提交过的个人草稿删除。"))


@holder("author", "tutor", "entry", "entry_version")
def works(person: Person) -> Iterable[Held]:
    """Works of the person or under the person's guidance, with what was submitted and the files of own works."""
    rows = db.session.scalars(select(Entry).where(_of(person)).order_by(Entry.id)).all()
    files = db.session.execute(
        select(EntryFile.entry_id, EntryFile.file_name, Blob.sha256)
        .join(Blob, Blob.id == EntryFile.blob_id)
        .where(EntryFile.entry_id.in_(_by(person)))
        .order_by(EntryFile.id)
    )
    held = [HeldFile(f"{one.entry_id}-{one.file_name}", one.sha256) for one in files]
    yield Held("works", Message(N_("作品")), Fate.NAMELESS, _AS_WORK, [plain(one) for one in rows], held)
    parts = [
        plain(one) for model in (Author, Tutor) for one in db.session.scalars(select(model).where(_is(model, person)))
    ]
    yield Held("parts", Message(N_("作者和辅导教师")), Fate.NAMELESS, _AS_WORK, parts)
    versions = db.session.scalars(select(EntryVersion).where(EntryVersion.entry_id.in_(_by(person))))
    submitted = [
        {
            "entry_id": one.entry_id,
            "number": one.number,
            "submitted_at": one.submitted_at.isoformat(),
            **_own(one, person),
        }
        for one in versions
    ]
    yield Held("submitted", Message(N_("提交过的内容")), Fate.NAMELESS, _AS_WORK, submitted)


@holder("name_trace", "batch_item", "painting_batch")
def traces(person: Person) -> Iterable[Held]:
    """Where the name was found in works, and pictures that were matched to the pupil."""
    found = select(NameTrace).where(NameTrace.entry_id.in_(_ids(person)), NameTrace.name.contains(person.name))
    why = Message(N_("只在盲评前遮盖姓名时使用。"))
    yield Held(
        "traces",
        Message(N_("作品中出现姓名的地方")),
        Fate.ERASED,
        why,
        [plain(one) for one in db.session.scalars(found)],
    )
    items = db.session.scalars(select(BatchItem).where(_matched(person)).order_by(BatchItem.id))
    why = Message(N_("批量上传时的文件名和匹配结果。"))
    yield Held("batch", Message(N_("批量上传的图片")), Fate.NAMELESS, why, [plain(one) for one in items])


@eraser
def erase_from_works(work: Work, person: Person) -> Mapping[str, int]:
    """Drafts of the person alone go; of all others the name gives way to the pseudonym, wherever it is written."""
    counts = {"entry": 0, "entry_version": 0, "entry_file": 0, "name_trace": 0, "batch_item": 0}
    for entry in work.session.scalars(select(Entry).where(_of(person)).with_for_update()).all():
        if _is_own_draft(entry, person):
            work.session.delete(entry)
        else:
            _erase_from_work(work, entry, person, counts)
        counts["entry"] += 1
    for item in work.session.scalars(select(BatchItem).where(_matched(person))):
        _erase_from_item(item, person)
        counts["batch_item"] += 1
    return counts


def _erase_from_item(item: BatchItem, person: Person) -> None:
    if person.kind == "teacher":
        item.tutor_name = ""
        return
    ending = item.path.rpartition(".")[2]
    item.path, item.title = f"{item.id}.{ending}"[:300], name_taken_out(person.name, person.pseudonym, ())(item.title)
    item.why, item.candidates = [], []


def _matched(person: Person) -> ColumnElement[bool]:
    return (BatchItem.student_id if person.kind == "student" else BatchItem.tutor_id) == person.id


def _erase_from_work(work: Work, entry: Entry, person: Person, counts: dict[str, int]) -> None:
    versions = work.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == entry.id)).all()
    others = _others(entry, versions, person)
    change = name_taken_out(person.name, person.pseudonym, others)
    entry.title = change(entry.title)[:200]
    entry.summary, entry.group_name = change(entry.summary), change(entry.group_name)[:100]
    entry.answers = in_all_texts(entry.answers, change)
    for author in entry.authors:
        author.duty = "" if _is_this(author, person) else change(author.duty)[:200]
    for file in entry.files:
        if (changed := change(file.file_name)) != file.file_name:
            file.file_name = changed[-200:]
            counts["entry_file"] += 1
    for content in work.session.scalars(select(EntryContent).where(EntryContent.entry_id == entry.id)):
        content.file_name = change(content.file_name)[-200:]
    for version in versions:
        version.snapshot = _nameless(version.snapshot, person, change)
        version.erased_digest = digest_of(version.snapshot)
        counts["entry_version"] += 1
    named = (NameTrace.name.contains(person.name, autoescape=True), NameTrace.name.not_in(others))
    gone = delete(NameTrace).where(NameTrace.entry_id == entry.id, *named)
    result: Any = work.session.execute(gone.execution_options(synchronize_session=False))
    counts["name_trace"] += int(result.rowcount)


def name_change_in(work: Work, entry: Entry, person: Person) -> Callable[[str], str]:
    """How texts about the work lose the person's name and keep those of the others."""
    versions = work.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == entry.id)).all()
    return name_taken_out(person.name, person.pseudonym, _others(entry, versions, person))


def _others(entry: Entry, versions: Sequence[EntryVersion], person: Person) -> set[str]:
    """The names of those who have a part in the work beside the person, or had one when it was submitted."""
    people = [one.student or one.teacher for one in entry.authors] + [one.teacher for one in entry.tutors]
    now_there = {one.name for one in people if one is not None and not _is_row_of(one, person)}
    submitted = [one for row in versions for part in _PARTS for one in row.snapshot.get(part, ())]
    return now_there | {one["name"] for one in submitted if one["key"] != person.key}


def _is_row_of(row: Student | Teacher, person: Person) -> bool:
    return isinstance(row, Student) is (person.kind == "student") and row.id == person.id


_PARTS = ("authors", "tutors")
_OF_A_PERSON = ("ethnic_group", "class_name", "position", "job_title", "subject", "duty", "birth_month")


def _nameless(snapshot: Mapping[str, Any], person: Person, change: Callable[[str], str]) -> dict[str, Any]:
    """The document without what it says of the person: that they took part stays, and what it says of the others."""
    people = {part: [_part_without(one, person, change) for one in snapshot.get(part, ())] for part in _PARTS}
    texts = {key: in_all_texts(value, change) for key, value in snapshot.items() if key not in _PARTS}
    return {**texts, **people}


def _part_without(part: Mapping[str, Any], person: Person, change: Callable[[str], str]) -> dict[str, Any]:
    if part["key"] == person.key:
        emptied = {key: "" for key in _OF_A_PERSON if key in part}
        return {**part, **emptied, "name": person.pseudonym}
    return {key: value if key == "name" else in_all_texts(value, change) for key, value in part.items()}


def _own(version: EntryVersion, person: Person) -> dict[str, Any]:
    """What a submitted version says of the person and the work: not of the other authors."""
    document = version.snapshot
    about = [one for part in ("authors", "tutors") for one in document.get(part, ()) if one["key"] == person.key]
    return {"title": document.get("title", ""), "summary": document.get("summary", ""), "about": about}


def _is_own_draft(entry: Entry, person: Person) -> bool:
    alone = len(entry.authors) == 1 and _is_this(entry.authors[0], person)
    return alone and entry.state == "draft" and not entry.submission_count


def _is_this(author: Author, person: Person) -> bool:
    return (author.student_id if person.kind == "student" else author.teacher_id) == person.id


def _is(model: type[Author | Tutor], person: Person) -> ColumnElement[bool]:
    if person.kind == "student":
        return Author.student_id == person.id if model is Author else Tutor.id.is_(None)
    return model.teacher_id == person.id


def _by(person: Person) -> Any:
    """Ids of works of which the person is an author."""
    return select(Author.entry_id).where(_is(Author, person))


def _ids(person: Person) -> Any:
    return select(Entry.id).where(_of(person))


def _of(person: Person) -> ColumnElement[bool]:
    return or_(Entry.id.in_(_by(person)), Entry.id.in_(select(Tutor.entry_id).where(_is(Tutor, person))))


def _old_drafts(before: datetime, office_id: int | None) -> ColumnElement[bool]:
    own = and_(Contest.id == Entry.contest_id, Contest.office_id == office_id, Contest.submission_closes_at < before)
    never_sent = and_(Entry.state == "draft", Entry.submission_count == 0, Entry.updated_at < before)
    return and_(never_sent, exists().where(own))


def _delete_drafts(work: Work, ids: Sequence[int]) -> None:
    for entry in work.session.scalars(select(Entry).where(Entry.id.in_(ids))).all():
        work.session.delete(entry)


add_rule(
    Rule(
        "drafts",
        Message(N_("从未提交的作品草稿及其文件（自申报截止起）")),
        Message(N_("已提交的作品全部保留")),
        365,
        30,
        Entry.id,
        _old_drafts,
        _delete_drafts,
    )
)
