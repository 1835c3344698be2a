"""The demo's two months of submission: drafts, files, submissions, exceptions, in the order of the clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import TooLate
from contest_portal.demo import calendar
from contest_portal.demo.files import FilePlan, files_of
from contest_portal.demo.works import DUTIES, WorkPlan
from contest_portal.demo.world import World, teacher_login
from contest_portal.entries.draft_input import AuthorInput, DraftInput
from contest_portal.entries.models import Entry
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.exceptions import grant_exception
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.school_approval import approve_by_school, ask_for_approval
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.people.services.invitations import invite_teachers

EXCUSE = "学校所在乡镇 5 月 15 日停电，经核实属实，准予补报一次。"
WITHDRAWN = ("作者转学，不再参加。", "项目数据有误，需要重新实验。")


@dataclass(frozen=True)
class Event:
    """Something that happens to an entry at a moment: begun or submitted."""

    moment: datetime
    act: str
    work: WorkPlan


def invite_makers(world: World) -> str:
    """The teachers who fill entries in get accounts from their managers."""
    makers = {work.maker.number: work.maker for work in world.every_work}
    by_school: dict[int, list[int]] = {}
    for number in sorted(makers):
        by_school.setdefault(makers[number].school, []).append(number)
    number_of = {world.teacher_ids[number]: number for number in makers}
    for index, numbers in by_school.items():
        world.clock.advance(minutes=6)
        teacher_ids = [world.teacher_ids[number] for number in numbers]
        for issued in invite_teachers(world.managers[index], world.school_ids[index], teacher_ids=teacher_ids):
            teacher = makers[number_of[issued.invitation.teacher_id or 0]]
            login_name = teacher_login(teacher)
            actor = world.join(issued.code, Role.TEACHER, login_name=login_name, phone=teacher.phone)
            world.teachers[teacher.number] = actor
            world.note_login("教师", teacher.name, world.schools[index].name, login_name)
    return f"{len(makers)} 名教师"


def announce_files(world: World, returned: list[tuple[WorkPlan, FilePlan]]) -> None:
    """Let every entry's files come in ahead, in the order in which they are needed; last those signed anew."""
    rules = {code: db.session.get_one(Category, one).rules for code, one in world.categories.items()}
    kinds = {(code, slot.code): slot.kinds for code, own in rules.items() for slot in own.slots}
    begun = sorted(world.every_work, key=lambda one: (one.created_at, one.number))
    files = [(work, file) for work in begun for file in files_of(world.plan, world.schools[work.school], work)]
    world.intake.announce((file, kinds[work.code, file.slot]) for work, file in [*files, *returned])


def enter_all(world: World) -> str:
    """Begin and submit every entry at its moment."""
    events = [Event(work.created_at, "begin", work) for work in world.works]
    events += [Event(work.submitted_at, "submit", work) for work in world.works if work.fate != "draft"]
    events += [Event(_second_thought(work), "withdraw", work) for work in world.works if is_taken_back(work)]
    counts: Counter[str] = Counter()
    for event in sorted(events, key=lambda one: (one.moment, one.work.number, one.act)):
        world.go_to(event.moment)
        if event.act == "begin":
            counts["files"] += begin(world, event.work)
        elif event.act == "withdraw":
            withdraw(world, event.work)
        else:
            counts[submit(world, event.work)] += 1
    drafts = sum(work.fate == "draft" for work in world.works)
    return (
        f"提交 {counts['submitted']} 件，草稿 {drafts} 件，逾期被拒 {counts['refused']} 次，"
        f"准予补报 {counts['excused']} 件，文件 {counts['files']} 个"
    )


def is_taken_back(work: WorkPlan) -> bool:
    """Whether the school withdraws the entry itself, before the deadline."""
    return work.fate == "withdrawn" and not work.by_office


def _second_thought(work: WorkPlan) -> datetime:
    return min(work.submitted_at + timedelta(hours=30), calendar.WINDOWS[work.contest][1] - timedelta(minutes=2))


def begin(world: World, work: WorkPlan) -> int:
    """Make the draft and put the files in. Gives how many."""
    actor = world.teachers[work.maker.number]
    entry = create_draft(
        actor, world.contests[work.contest], world.categories[work.code], world.school_ids[work.school]
    )
    world.entries[work.number] = entry.id
    save_draft(actor, entry.id, entry.version, content_of(world, work))
    files = files_of(world.plan, world.schools[work.school], work)
    for file in files:
        add_file(actor, entry.id, file.slot, world.intake.take(file))
    return len(files)


def content_of(world: World, work: WorkPlan) -> DraftInput:
    """What the teacher types."""
    authors = [
        AuthorInput(
            student_id=world.pupil_ids[pupil.number],
            is_first=place == 0,
            share_percent=work.shares[place] if len(work.pupils) > 1 else None,
            duty=DUTIES[(work.number + place) % len(DUTIES)] if len(work.pupils) > 1 else "",
        )
        for place, pupil in enumerate(work.pupils)
    ]
    if work.author is not None:
        authors = [AuthorInput(teacher_id=world.teacher_ids[work.author.number], is_first=True)]
    return DraftInput(
        title=work.title,
        summary=work.summary,
        group_name=work.group_name,
        stage_code=work.stage,
        discipline=work.discipline,
        completed_on=work.completed_on,
        answers=work.answers,
        authors=authors,
        tutors=[world.teacher_ids[tutor.number] for tutor in work.tutors],
    )


def submit(world: World, work: WorkPlan) -> str:
    """Submit, with the school's approval where it wants that; what comes late is refused unless it is excused."""
    actor, entry_id = world.teachers[work.maker.number], world.entries[work.number]
    try:
        hand_in(world, actor, entry_id, work)
        return "submitted"
    except TooLate:
        if not work.excused:
            return "refused"
    grant_exception(world.staff[0], entry_id, calendar.EXCEPTION_UNTIL, EXCUSE)
    world.go_to(work.submitted_at + timedelta(hours=5))
    hand_in(world, actor, entry_id, work)
    return "excused"


def hand_in(world: World, actor: Actor, entry_id: int, work: WorkPlan) -> None:
    """The teacher's click, after the manager's where the school requires it."""
    if world.schools[work.school].requires_approval:
        ask_for_approval(actor, entry_id, seen(entry_id))
        world.clock.advance(seconds=5)
        approve_by_school(world.managers[work.school], entry_id, seen(entry_id))
    submit_entry(actor, entry_id, seen(entry_id))


def seen(entry_id: int) -> int:
    """The entry's version as its page shows it now."""
    return db.session.get_one(Entry, entry_id, populate_existing=True).version


def withdraw(world: World, work: WorkPlan) -> None:
    """The school takes an entry back before the deadline."""
    why = WITHDRAWN[work.number % len(WITHDRAWN)]
    withdraw_entry(world.managers[work.school], world.entries[work.number], why)
