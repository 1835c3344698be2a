"""A published list and the people around it, for tests of objections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.people.models import Office, School, Teacher
from contest_portal.people.sessions import visitor
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services.cases import accept_case, assign_case
from contest_portal.results.objections.services.lodging import Objecting, lodge_objection
from contest_portal.results.public_list.content import PublicLine, Section, content_digest, to_content
from contest_portal.results.publishing.models import Publication
from tests.factories import (
    id_number,
    made,
    make_account,
    make_contest,
    make_office,
    make_school,
    make_student,
    make_teacher,
)

GROUNDS = "这幅画与网上一幅画的构图和颜色完全一样，不是本人所画。"
NAME, PHONE, ID, UNIT = "高某某", "13912340000", id_number(date(1980, 3, 4), "女", serial=77), "甘州区民主街道"


@dataclass
class Scene:
    """An office of a leader and two of staff; a school; a list with three paintings, open for objections."""

    office: Office
    school: School
    tutor: Teacher
    contest: Contest
    leader: Actor
    handler: Actor
    second: Actor
    manager: Actor
    entries: list[Entry] = field(default_factory=list)
    publication: Publication = field(default_factory=Publication)

    @property
    def category(self) -> Category:
        return next(one for one in self.contest.categories if one.code == "KH")


def make_scene(
    titles: tuple[str, ...] = ("月球农场", "细胞列车", "云朵收集站"), until: date = date(2018, 3, 8)
) -> Scene:
    office = make_office()
    school = make_school(office)
    scene = Scene(
        office,
        school,
        make_teacher(school, "李老师"),
        make_contest(office),
        make_account(Role.LEADER, office=office, name="赵主席"),
        make_account(Role.OFFICE, office=office, name="王干事"),
        make_account(Role.OFFICE, office=office, name="钱干事"),
        make_account(Role.SCHOOL_MANAGER, school=school, name="孙主任"),
    )
    scene.entries = [make_painting(scene, title, place) for place, title in enumerate(titles, start=1)]
    scene.publication = publish(scene, scene.entries, until)
    return scene


def make_painting(scene: Scene, title: str, place: int, **values: Any) -> Entry:
    entry = Entry(
        contest_id=scene.contest.id,
        category_id=values.pop("category_id", scene.category.id),
        school_id=scene.school.id,
        state=values.pop("state", "accepted"),
        number=f"GZ2018-KH-X-{place:04d}",
        stage_code="X",
        title=title,
        answers={},
        created_at=now(),
        updated_at=now(),
        **values,
    )
    entry.authors = [Author(student_id=make_student(scene.school, f"张晓{place}").id, position=1, is_first=True)]
    entry.tutors = [Tutor(teacher_id=scene.tutor.id, position=1)]
    made(entry)
    return entry


def publish(scene: Scene, entries: list[Entry], until: date, version: int = 1) -> Publication:
    """The list as it stands on the public page."""
    lines = tuple(
        PublicLine(number, "张晓", scene.school.name, one.title, "推荐", entry_number=one.number or "")
        for number, one in enumerate(entries, start=1)
    )
    content = to_content([Section(scene.category.name, scene.category.measure, lines)])
    row = Publication(
        contest_id=scene.contest.id,
        version=version,
        state="public",
        title="推荐名单公示",
        content=content,
        content_sha256=content_digest(content),
        shortlist_ids=[],
        made_at=now(),
        published_at=now(),
        open_until=until,
    )
    made(row)
    return row


def objecting(entry: Entry, **values: Any) -> Objecting:
    given = {"name": NAME, "phone": PHONE, "grounds": GROUNDS, "unit": UNIT, "id_number": ID, **values}
    return Objecting(entry_number=entry.number or "", **given)


def lodge(scene: Scene, place: int = 0, **values: Any) -> tuple[Objection, str]:
    return lodge_objection(visitor(), scene.publication.id, objecting(scene.entries[place], **values))


def assigned(scene: Scene, place: int = 0, **values: Any) -> tuple[Objection, str]:
    """A case that two people have."""
    row, code = lodge(scene, place, **values)
    handler_id, second_id = scene.handler.account_id or 0, scene.second.account_id or 0
    return assign_case(scene.leader, row.id, row.row_version, handler_id, second_id), code


def inquired(scene: Scene, place: int = 0, **values: Any) -> tuple[Objection, str]:
    """A case that was accepted for inquiry."""
    row, code = assigned(scene, place, **values)
    return accept_case(scene.handler, row.id, row.row_version), code
