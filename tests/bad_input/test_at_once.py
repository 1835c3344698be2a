"""Two requests at the same moment, each with a session of its own, on either database: one wins, one is told in words."""

from __future__ import annotations

import re
import threading
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.entries.models import Entry, EntryVersion, PersonClaim
from contest_portal.entries.queries.entry import entry_by_id
from tests.entries.entry_factories import make_painting, make_place, make_project
from tests.factories import make_account, make_consent, make_school, make_student, make_teacher, sign_in


def pressed_at_once(*presses: tuple[FlaskClient, int]) -> list[tuple[int, str]]:
    """Each client presses 提交 of its entry on the page as it stands now; gives the answers' status and words."""
    ready = threading.Barrier(len(presses))
    answers: list[tuple[int, str]] = []

    def press(client: FlaskClient, entry_id: int, version: str) -> None:
        ready.wait(30)
        answer: Any = client.post(f"/entries/{entry_id}/submit", data={"version": version}, follow_redirects=True)
        answers.append((answer.status_code, re.sub(r"<[^>]+>", "", answer.get_data(as_text=True))))

    versions = [str(entry_by_id(entry_id).version) for _client, entry_id in presses]
    db.session.remove()
    threads = [
        threading.Thread(target=press, args=(client, entry_id, version))
        for (client, entry_id), version in zip(presses, versions, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == len(presses)
    return sorted(answers)


def acts(action: str) -> int:
    return db.session.scalar(select(func.count()).select_from(AuditRecord).where(AuditRecord.action == action)) or 0


def test_of_two_schools_with_a_project_of_one_pupil_one_gets_in_and_the_other_is_told(app: Flask) -> None:
    place = make_place()
    north = make_school(place.office, "北街小学")
    row = make_teacher(north, "赵老师")
    teacher = make_account(Role.TEACHER, school=north, teacher=row)
    friend = make_student(north, "周乐")
    make_consent(friend)
    elsewhere = type(place)(**{**vars(place), "school": north, "teacher": teacher, "teacher_row": row})
    first = make_project(place, [place.pupil]).id
    second = make_project(elsewhere, [friend, place.pupil], title="太阳能灶的研究").id
    pupil = f"student-{place.pupil.id}"
    won, lost = pressed_at_once(
        (sign_in(app.test_client(), place.teacher), first), (sign_in(app.test_client(), teacher), second)
    )
    assert (won[0], lost[0]) == (200, 422)
    assert "本届" in lost[1]
    assert "张晓明" in lost[1]
    states = db.session.scalars(select(Entry.state).order_by(Entry.state)).all()
    assert states == ["draft", "submitted"]
    assert db.session.scalars(select(Entry.number).where(Entry.state == "draft")).all() == [None]
    assert db.session.scalars(select(PersonClaim.person_key).where(PersonClaim.person_key == pupil)).all() == [pupil]
    assert acts("entries.submit") == 1


def test_a_doubled_click_on_submit_makes_one_number_and_one_version(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place).id
    client = sign_in(app.test_client(), place.teacher)
    twin = app.test_client()  # the same browser asks twice: one session, two connections
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    twin.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
    answers = pressed_at_once((client, entry), (twin, entry))
    assert [status for status, _words in answers] == [200, 200]
    assert all("GZ2018-KH-X-0001" in words for _status, words in answers)
    saved = entry_by_id(entry)
    assert (saved.state, saved.number, saved.submission_count) == ("submitted", "GZ2018-KH-X-0001", 1)
    assert db.session.scalar(select(func.count()).select_from(EntryVersion)) == 1
    assert acts("entries.submit") == 1
