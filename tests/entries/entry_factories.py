"""Entries for tests: complete drafts with real files, made through the services."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from PIL import Image

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.pdf import render_pdf_source
from contest_portal.entries.draft_input import AuthorInput, DraftInput
from contest_portal.entries.models import Entry
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.media.services.receiving import Received, receive_file
from contest_portal.people.models import Office, School, Student, Teacher
from tests.factories import (
    make_account,
    make_consent,
    make_contest,
    make_office,
    make_school,
    make_student,
    make_teacher,
)

_serial = itertools.count(1)


@dataclass
class Place:
    """An office with an open contest, a school with its manager, a teacher who signs in, and a pupil."""

    office: Office
    contest: Contest
    school: School
    manager: Actor
    teacher_row: Teacher
    teacher: Actor
    staff: Actor
    pupil: Student

    def category(self, code: str) -> Category:
        return next(one for one in self.contest.categories if one.code == code)


def make_place(**contest_values: Any) -> Place:
    office = make_office()
    contest = make_contest(office, **contest_values)
    school = make_school(office)
    row = make_teacher(school, "李志强", subject="科学")
    pupil = make_student(school, "张晓明", class_name="3班")
    make_consent(pupil)
    return Place(
        office,
        contest,
        school,
        make_account(Role.SCHOOL_MANAGER, school=school, name="王校长"),
        row,
        make_account(Role.TEACHER, school=school, teacher=row, name="李志强"),
        make_account(Role.OFFICE, office=office, name="科协小赵"),
        pupil,
    )


def jpeg(width: int = 3240, height: int = 2280, colour: int | None = None) -> bytes:
    """A JPEG of one colour, other bytes at each call."""
    shade = next(_serial) if colour is None else colour
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade % 256, shade // 256 % 256, 90)).save(
        out, "JPEG", quality=60, comment=str(shade)
    )
    return out.getvalue()


def pdf(words: str = "研究报告") -> bytes:
    """A one-page PDF, another at each call."""
    source = '#let data = json(bytes(sys.inputs.at("data")))\n#set document(date: none)\n#data.words'
    return render_pdf_source(source, {"words": f"{words} {next(_serial)}"})


def received(content: bytes, name: str, accepted: tuple[str, ...] | None = None) -> Received:
    return receive_file(io.BytesIO(content), name, accepted)


def painting_input(pupil: Student, teacher: Teacher | None = None, **values: Any) -> DraftInput:
    """A complete painting: everything but its picture."""
    return DraftInput(
        title=values.pop("title", "月球上的空中农场"),
        summary=values.pop("summary", "在月球的透明穹顶下，机器人照料着空中农场。"),
        answers=values.pop("answers", {"technique": "水粉"}),
        authors=values.pop("authors", [AuthorInput(student_id=pupil.id)]),
        tutors=[teacher.id] if teacher else [],
        **values,
    )


def make_painting(place: Place, *, actor: Actor | None = None, pupil: Student | None = None, **values: Any) -> Entry:
    """A draft of a painting that can be submitted as it is."""
    actor, pupil = actor or place.teacher, pupil or place.pupil
    entry = create_draft(actor, place.contest.id, place.category("KH").id, values.pop("school", place.school).id)
    save_draft(actor, entry.id, entry.version, painting_input(pupil, **values))
    add_file(actor, entry.id, "painting", received(jpeg(), "月球农场.jpg"))
    return entry


def make_project(place: Place, pupils: list[Student], **values: Any) -> Entry:
    """A draft of a research project that can be submitted as it is; shares are even."""
    entry = create_draft(place.teacher, place.contest.id, place.category("CG").id, place.school.id)
    even = 100 // len(pupils)
    authors = [
        AuthorInput(
            student_id=pupil.id,
            is_first=number == 0,
            share_percent=100 - even * (len(pupils) - 1) if number == 0 else even,
            duty="设计与实验",
        )
        for number, pupil in enumerate(pupils)
    ]
    draft = DraftInput(
        title=values.pop("title", "校园雨水回收装置的研究"),
        summary="利用屋顶落差收集雨水，经三级过滤后用于绿化。",
        discipline="技术",
        completed_on=date(2018, 2, 20),
        answers={"novelty_checked_on": "2018-02-01", "guidance": "指导选题。", "uses_wildlife": False},
        authors=authors,
        tutors=[place.teacher_row.id],
        **values,
    )
    save_draft(place.teacher, entry.id, entry.version, draft)
    for slot, name in (("application", "申报书.pdf"), ("report", "研究报告.pdf"), ("novelty", "查新报告.pdf")):
        add_file(place.teacher, entry.id, slot, received(pdf(name), name))
    return entry
