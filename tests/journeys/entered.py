"""Works that a story takes for granted: filled in and submitted through the services, with real files."""

from __future__ import annotations

import io
from datetime import date

from playwright.sync_api import FilePayload
from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.entries.draft_input import AuthorInput, DraftInput
from contest_portal.entries.models import Entry
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.screening import Seen, accept_entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media.services.receiving import receive_file
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of
from tests.journeys import works
from tests.journeys.scene import STAFF, TEACHER, SceneSchool


def actor(login_name: str) -> Actor:
    """Who signs in with this name."""
    return actor_of(db.session.scalars(select(Account).where(Account.login_name == login_name)).one())


def painting(
    contest_id: int,
    school: SceneSchool,
    pupil: str = "张晓明",
    *,
    title: str = "月球上的向日葵花园",
    number: int = 1,
    teacher: str = TEACHER,
    submit: bool = True,
) -> int:
    """A painting of that pupil; `number` tells one picture from another. Gives the entry's number of its row."""
    draft = DraftInput(
        title=title,
        summary="在月球的透明穹顶下，向日葵追着地球的光。",
        answers={"technique": "水彩"},
        authors=[AuthorInput(student_id=school.student_ids[pupil], is_first=True)],
        tutors=[school.teacher_id],
    )
    return _enter(contest_id, school, "KH", draft, {"painting": works.repainted(number)}, teacher, submit=submit)


def project(contest_id: int, school: SceneSchool, *, teacher: str = TEACHER, submit: bool = True) -> int:
    """A research project of two pupils."""
    pair = [school.student_ids[name] for name in ("张晓明", "周子涵")]
    draft = DraftInput(
        title=works.PROJECT,
        summary="利用屋顶落差收集雨水，经三级过滤后用于绿化。",
        discipline="技术",
        completed_on=date(2018, 2, 20),
        answers={"novelty_checked_on": "2018-02-10", "uses_wildlife": False},
        authors=[
            AuthorInput(student_id=pair[0], is_first=True, share_percent=60, duty="设计与制作"),
            AuthorInput(student_id=pair[1], share_percent=40, duty="观察记录"),
        ],
        tutors=[school.teacher_id],
    )
    files = {
        "application": works.application(),
        "report": works.report("research", "研究报告"),
        "novelty": works.report("novelty", "查新报告"),
    }
    return _enter(contest_id, school, "CG", draft, files, teacher, submit=submit)


def film(contest_id: int, school: SceneSchool, *, teacher: str = TEACHER, submit: bool = True) -> int:
    """A film of three minutes by one pupil."""
    draft = DraftInput(
        title="荒漠绿洲",
        summary="记录北部荒漠区的治沙过程。",
        answers={"film_type": "科学探究纪录片", "shown_before": False},
        authors=[AuthorInput(student_id=school.student_ids["马雪梅"], is_first=True)],
        tutors=[school.teacher_id],
    )
    files = {"film": works.film(), "application": works.application(2)}
    return _enter(contest_id, school, "DV", draft, files, teacher, submit=submit)


def accept(entry_id: int, staff: str = STAFF) -> None:
    """The office accepts it."""
    entry = db.session.get_one(Entry, entry_id)
    accept_entry(actor(staff), entry_id, Seen(entry.submission_count))


def _enter(
    contest_id: int,
    school: SceneSchool,
    code: str,
    draft: DraftInput,
    files: dict[str, FilePayload],
    teacher: str,
    *,
    submit: bool,
) -> int:
    who = actor(teacher)
    category = db.session.scalars(
        select(Category).where(Category.contest_id == contest_id, Category.code == code)
    ).one()
    entry = create_draft(who, contest_id, category.id, school.id)
    save_draft(who, entry.id, entry.version, draft)
    for slot, file in files.items():
        add_file(who, entry.id, slot, receive_file(io.BytesIO(file["buffer"]), file["name"], None))
    if submit:
        submit_entry(who, entry.id, db.session.get_one(Entry, entry.id).version)
    return entry.id
