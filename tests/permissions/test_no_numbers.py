"""No page, list, sheet or printed file that anybody gets by an address shows a whole ID number or telephone; no address,
no error page, no mail, no job and no line of the log holds one, nor a name."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord, Job, Notice
from contest_portal.core.operating import logs
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.core.sealing import person_digest
from contest_portal.events.booking.models import Booking
from contest_portal.judging.models import Judge
from contest_portal.people.models import Account, Consent, School, Student, Teacher
from contest_portal.people.views import students as student_views
from contest_portal.results.objections.models import Objection
from tests.people.roster_files import csv_file, pupil
from tests.permissions.matrix import ASKING, Line, read_lines
from tests.permissions.site import Site, text_of

READERS = ("教师本人", "管理员本校", "工作人员本级", "监督员本级")
"""Who sees most: a leader sees what staff see, a judge none of these people."""
NUMBERS = {
    "child": "990000200805120013",
    "guardian": "13900000071",
    "teacher": "990000198004050026",
    "phone": "13900000072",
    "judge": "13900000073",
    "contact": "13900000074",
    "booking": "13900000075",
    "objector": "13900000076",
    "objector's": "990000197001010019",
}
"""What the scene's pupil, teacher, judge, school's contact, leader of a visit and objector get, so that it can be looked for."""

BY_DESIGN = {
    ("/bookings/<int:booking_id>", "教师本人"): {"booking"},
    ("/bookings/<int:booking_id>", "管理员本校"): {"booking"},
    ("/bookings/<int:booking_id>/change", "教师本人"): {"booking"},
    ("/bookings/<int:booking_id>/change", "管理员本校"): {"booking"},
    ("/school", "管理员本校"): {"contact"},
    ("/office/sessions/<int:session_id>/check-in", "工作人员本级"): {"booking"},
}
"""Where a whole number is shown: to whom it belongs, and at the door, where a party that does not come is called."""

NEW = {"诸葛明亮": "990000200805120048", "令狐小冲": "990000200805120099"}
"""Pupils of a roster that somebody uploads; the second one's number is wrong."""

LINES = [
    line
    for line in read_lines()
    if line.method == "GET" and not line.variant and any(sign == "可" for sign in line.signs)
]


@pytest.fixture(scope="module")
def numbered(site: Site) -> Site:
    """The site, its people with numbers that are looked for."""
    with site.app.app_context():
        child = db.session.get_one(Student, site.scene.values["student_id"])
        teacher = db.session.get_one(Teacher, site.scene.values["teacher_id"])
        child.id_number, child.id_digest = NUMBERS["child"], person_digest(NUMBERS["child"])
        child.guardian_phone = NUMBERS["guardian"]
        teacher.id_number, teacher.id_digest = NUMBERS["teacher"], person_digest(NUMBERS["teacher"])
        teacher.phone, teacher.phone_digest = NUMBERS["phone"], person_digest(NUMBERS["phone"])
        judge = db.session.get_one(Judge, site.scene.values["judge_id"])
        judge.phone, judge.phone_digest = NUMBERS["judge"], person_digest(NUMBERS["judge"])
        db.session.get_one(School, site.scene.values["school_id"]).contact_phone = NUMBERS["contact"]
        for booking in db.session.scalars(select(Booking)):
            booking.leader_phone = NUMBERS["booking"]
        for case in db.session.scalars(select(Objection)):
            case.objector_phone, case.objector_id_number = NUMBERS["objector"], NUMBERS["objector's"]
        db.session.commit()
    return site


def told(text: str) -> list[str]:
    return [name for name, number in NUMBERS.items() if number in text]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """What a server would write, each line as text and as JSON, with all that can be said; `caplog` has it unmasked."""
    caplog.set_level(logging.DEBUG)
    written = io.StringIO()
    handlers = [logging.StreamHandler(written), logging.StreamHandler(written)]
    root = logging.getLogger()
    for handler, formatter in zip(handlers, (logs.Line(), logs.JsonLine()), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    yield written
    for handler in handlers:
        root.removeHandler(handler)


def names_of(site: Site) -> set[str]:
    """Everybody who is in the database, and who is only in the roster that is uploaded."""
    with site.app.app_context():
        columns = (Student.name, Teacher.name, Account.name, Consent.guardian_name, Judge.name, Booking.leader_name)
        found = {name for column in columns for name in db.session.scalars(select(column))}
    return {name for name in found if len(name) > 1} | set(NEW)


def named(site: Site, text: str) -> list[str]:
    return sorted(name for name in names_of(site) if name in text)


def own_lines(caplog: pytest.LogCaptureFixture) -> str:
    """What the program itself says, before anything is masked."""
    return "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("contest_portal"))


def printed(answer: TestResponse) -> str:
    """The words of a PDF that the program printed; the scene's uploads only begin like one."""
    if not answer.data.startswith(b"%PDF") or b"startxref" not in answer.data:
        return ""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_nothing_that_is_got_by_an_address_holds_a_whole_number(
    numbered: Site, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    found = []
    for line in LINES:
        answers = {one: numbered.ask(line, one) for one in READERS if line.signs[ASKING.index(one)] == "可"}
        found += [
            f"{line.request} as {column}: {whose}"
            for column, answer in answers.items()
            if (whose := set(told(text_of(answer) + printed(answer) + str(answer.headers))))
            != BY_DESIGN.get((line.address, column), set())
        ]
    assert not found, "\n".join(found)
    said = log.getvalue() + own_lines(caplog)
    assert "GET /schools/<int:school_id>/students" in said, "a log without lines would hold nothing either"
    assert not told(said)
    assert not named(numbered, said)


def test_lists_do_show_the_pupil_and_the_last_digits(numbered: Site) -> None:
    line = Line("GET", "/schools/<int:school_id>/students", "", "")
    text = text_of(numbered.ask(line, "管理员本校"))
    assert "张晓明" in text
    assert re.search(r"990000\*+\w{4}", text), "the mask of a number, or this test looks where nobody is"


def test_opening_a_number_is_recorded_without_it(numbered: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client = numbered.app.test_client()
    client.set_cookie(numbered.app.config["SESSION_COOKIE_NAME"], numbered.cookies["管理员本校"])
    student = numbered.scene.values["student_id"]
    answer = client.post(f"/students/{student}/numbers")
    assert NUMBERS["child"] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    wrong = client.post(f"/students/{student}/edit", data={"id_number": NUMBERS["child"][:-1] + "X", "name": ""})
    assert wrong.status_code == 422
    with numbered.app.app_context():
        trail = [(row.before, row.after, row.why) for row in db.session.scalars(select(AuditRecord))]
        notices = [(row.title, row.body, row.params, row.url) for row in db.session.scalars(select(Notice))]
    assert not told(str(trail) + str(notices))
    assert not told("\n".join(record.getMessage() for record in caplog.records))


def as_manager(site: Site) -> FlaskClient:
    client = site.app.test_client()
    client.set_cookie(site.app.config["SESSION_COOKIE_NAME"], site.cookies["管理员本校"])
    return client


def test_a_day_with_mistakes_writes_nobody_down(
    numbered: Site, log: io.StringIO, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing in under a name and a number, a roster with a wrong row, a consent taken back, a page that fails."""
    scene, client = numbered.scene.values, as_manager(numbered)
    answers = [
        numbered.app.test_client().post("/login", data={"name": one, "password": one})
        for one in ("张晓明", NUMBERS["child"], NUMBERS["phone"])
    ]
    rows = [pupil(name, 身份证号=number) for name, number in NEW.items()]
    given = {"kind": "students", "file": (io.BytesIO(csv_file(rows)), "诸葛明亮等.csv")}
    read = client.post(f"/schools/{scene['school_id']}/roster", data=given)
    assert read.status_code == 302, "the roster was not read"
    shown = client.get(read.headers["Location"])
    assert "校验" in shown.text, "the preview tells that a number is wrong"
    client.post(f"/consents/{scene['consent_id']}/withdraw", data={"why": f"监护人{NUMBERS['guardian']}来电"})
    answers += [
        read,
        client.get("/students/张晓明"),
        client.get(f"/schools/{scene['school_id']}/students?q=张晓明&page=x"),
    ]

    def fails(*_: object) -> None:
        raise RuntimeError(f"duplicate key: (name)=(张晓明), (id_number)=({NUMBERS['child']})")

    monkeypatch.setattr(student_views, "grade_words", fails)
    monkeypatch.setitem(numbered.app.config, "PROPAGATE_EXCEPTIONS", False)
    failed = client.get(f"/students/{scene['student_id']}")
    assert failed.status_code == 500
    assert not told(failed.text)
    assert not [name for name in ("张晓明", "duplicate key") if name in failed.text]
    assert "RuntimeError" in log.getvalue(), "the failure is written down"

    places = unquote("\n".join(str(one.headers.get("Location", "")) for one in answers))
    said = log.getvalue() + own_lines(caplog) + places
    assert not told(said)
    assert not [number for number in NEW.values() if number in said]
    assert not named(numbered, said)
    with numbered.app.app_context():
        mails = "".join(one.subject + one.body for one in db.session.scalars(select(OutboxMessage)))
        jobs = "".join(f"{one.key} {one.payload} {one.error}" for one in db.session.scalars(select(Job)))
    assert not told(mails + jobs)
    assert not named(numbered, mails + jobs)
