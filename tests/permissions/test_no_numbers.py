"""No page, list or sheet that anybody gets by an address shows a whole ID number or telephone, no address and no log line holds one."""

from __future__ import annotations

import logging
import re

import pytest
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.sealing import person_digest
from contest_portal.people.models import Student, Teacher
from tests.permissions.matrix import ASKING, Line, read_lines
from tests.permissions.site import Site, text_of

READERS = ("教师本人", "管理员本校", "工作人员本级", "监督员本级")
"""Who sees most: a leader sees what staff see, a judge none of these people."""
NUMBERS = {
    "child": "990000200805120013",
    "guardian": "13900000071",
    "teacher": "990000198004050026",
    "phone": "13900000072",
}
"""What the scene's pupil and teacher get, so that it can be looked for."""

LINES = [
    line
    for line in read_lines()
    if line.method == "GET" and not line.variant and any(sign == "可" for sign in line.signs)
]


@pytest.fixture(scope="module")
def numbered(site: Site) -> Site:
    """The site, its pupil and teacher with numbers that are looked for."""
    with site.app.app_context():
        child = db.session.get_one(Student, site.scene.values["student_id"])
        teacher = db.session.get_one(Teacher, site.scene.values["teacher_id"])
        child.id_number, child.id_digest = NUMBERS["child"], person_digest(NUMBERS["child"])
        child.guardian_phone = NUMBERS["guardian"]
        teacher.id_number, teacher.id_digest = NUMBERS["teacher"], person_digest(NUMBERS["teacher"])
        teacher.phone, teacher.phone_digest = NUMBERS["phone"], person_digest(NUMBERS["phone"])
        db.session.commit()
    return site


def told(text: str) -> list[str]:
    return [name for name, number in NUMBERS.items() if number in text]


def test_nothing_that_is_got_by_an_address_holds_a_whole_number(
    numbered: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found = []
    for line in LINES:
        answers = {one: numbered.ask(line, one) for one in READERS if line.signs[ASKING.index(one)] == "可"}
        found += [
            f"{line.request} as {column}: {told(text)}"
            for column, answer in answers.items()
            if (text := text_of(answer) + str(answer.headers)) and told(text)
        ]
    assert not found, "\n".join(found)
    assert not told("\n".join(record.getMessage() for record in caplog.records))


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
