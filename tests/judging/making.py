"""What tests of judging need: accepted works of several schools, judges with accounts, rounds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.sealing import digest
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.judging.services import opening, rounds, sheets
from contest_portal.judging.services.round_data import RoundData
from contest_portal.media.models import Blob
from contest_portal.people.models import Account, Office, School, Student, Teacher
from contest_portal.people.sessions import actor_of
from tests import factories

_serial = itertools.count(1)
TITLES = (
    "月球上的向日葵花园",
    "会唱歌的空气净化树",
    "海底数据图书馆",
    "沙漠里的云朵收集站",
    "细胞列车",
    "未来的祁连山",
)


@dataclass
class Scene:
    """An office with a contest, its staff, schools, judges and accepted works."""

    office: Office
    contest: Contest
    staff: Actor
    schools: list[School]
    judges: list[Judge] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def category(self, code: str = "KH") -> Category:
        return next(one for one in self.contest.categories if one.code == code)

    def actor(self, judge: Judge) -> Actor:
        """The judge's account as an actor in its role of judge."""
        actor = actor_of(db.session.get_one(Account, judge.account_id))
        place = next(info for info in actor.memberships if info.role is Role.JUDGE)
        return actor.acting_in(place)


def make_scene(*, schools: int = 3, judges: int = 4, entries: int = 6, category: str = "KH") -> Scene:
    office = factories.make_office()
    contest = factories.make_contest(office)
    staff = factories.make_account(Role.OFFICE, office=office)
    names = ("南街小学", "大满镇中心小学", "金安苑小学", "民主小学", "马神庙街小学")
    scene = Scene(office, contest, staff, [factories.make_school(office, f"甘州区{names[i]}") for i in range(schools)])
    for _ in range(judges):
        make_judge(scene)
    for i in range(entries):
        make_entry(scene, scene.schools[i % schools], category=category, title=TITLES[i % len(TITLES)])
    return scene


def make_judge(scene: Scene, name: str = "", *, account: Actor | None = None, **values: Any) -> Judge:
    """A judge who has joined, with an account of its own unless one is given."""
    number = next(_serial)
    name = name or f"评委{number}"
    if account is None:
        account = factories.make_account(Role.JUDGE, office=scene.office, name=name)
    phone = values.pop("phone", f"138{number:08d}")
    row = Judge(
        office_id=scene.office.id,
        account_id=account.account_id,
        name=name,
        phone=phone,
        phone_digest=digest(phone),
        employer=values.pop("employer", "甘州区教育局教研室"),
        expertise=values.pop("expertise", []),
        state=values.pop("state", "active"),
        created_at=now(),
        **values,
    )
    scene.judges.append(factories.made(row))
    return row


def make_entry(
    scene: Scene,
    school: School,
    *,
    category: str = "KH",
    title: str = "月球上的向日葵花园",
    stage: str = "X",
    state: str = "accepted",
    student: Student | None = None,
    tutor: Teacher | None = None,
    **values: Any,
) -> Entry:
    number = next(_serial)
    row = Entry(
        contest_id=scene.contest.id,
        category_id=scene.category(category).id,
        school_id=school.id,
        state=state,
        number=f"GZ2018-{category}-{stage}-{number:04d}",
        stage_code=stage,
        title=title,
        summary=values.pop("summary", "用向日葵发电，为月球基地供能。"),
        answers=values.pop("answers", {}),
        created_at=now(),
        updated_at=now(),
        submitted_at=now(),
        **values,
    )
    student = student or factories.make_student(school, f"学生{number}")
    row.authors.append(Author(student_id=student.id, position=1, is_first=True))
    if tutor is not None:
        row.tutors.append(Tutor(teacher_id=tutor.id, position=1))
    scene.entries.append(factories.made(row))
    return row


def add_file(entry: Entry, slot: str, kind: str, file_name: str, content: bytes) -> EntryFile:
    """A stored file in a slot of the entry."""
    from contest_portal.core.storage import storage

    stored = storage().put_bytes(content)
    blob = factories.made(
        Blob(
            sha256=stored.sha256,
            size_bytes=stored.size,
            kind=kind,
            facts={"kind": kind, "size_bytes": stored.size},
            created_at=now(),
        )
    )
    row: EntryFile = factories.made(
        EntryFile(entry_id=entry.id, slot_code=slot, blob_id=blob.id, file_name=file_name, added_at=now())
    )
    db.session.refresh(entry)
    return row


def plan_round(scene: Scene, *, reads: int = 3, codes: tuple[str, ...] = ("KH",), **values: Any) -> Round:
    """A planned round with all the scene's judges."""
    seats = values.pop("seats", None) or [rounds.Seat(judge.id) for judge in scene.judges]
    data = RoundData(
        name="初评",
        category_ids=[scene.category(code).id for code in codes],
        reads_per_entry=reads,
        opens_at=values.pop("opens_at", now()),
        closes_at=values.pop("closes_at", now() + timedelta(days=7)),
        **values,
    )
    row = rounds.create_round(scene.staff, scene.contest.id, data, seed=2018)
    return rounds.choose_judges(scene.staff, row.id, seats)


def open_round(scene: Scene, **values: Any) -> Round:
    row = plan_round(scene, **values)
    return opening.open_round(scene.staff, row.id, row.version)


def tasks_of(row: Round, judge: Judge | None = None) -> list[Assignment]:
    """The round's living tasks, of one judge where named."""
    tasks = db.session.query(Assignment).filter(
        Assignment.round_id == row.id, Assignment.state.in_(["todo", "submitted"])
    )
    if judge is not None:
        tasks = tasks.filter(Assignment.judge_id == judge.id)
    return list(tasks.order_by(Assignment.id).populate_existing())


def marks(total: float) -> dict[str, float]:
    """Marks of the painting's rubric (50, 25, 25) that sum to `total`."""
    imagination = min(50.0, total)
    science = min(25.0, total - imagination)
    return {"imagination": imagination, "science": science, "painting": total - imagination - science}


def score(scene: Scene, task: Assignment, total: float) -> ScoreSheet:
    """The task's own judge submits marks that sum to `total`."""
    judge = next(one for one in scene.judges if one.id == task.judge_id)
    return sheets.submit_sheet(scene.actor(judge), task.id, task.version, marks(total))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements run inside."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)
