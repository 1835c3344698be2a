"""Forms that say the impossible, over HTTP: refused beside their field, and not a row of the database changes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.drafts import create_draft
from contest_portal.people.models import RosterImport, Student
from tests.contests.pages import form_of
from tests.entries.entry_factories import Place, make_painting, make_place, make_project
from tests.factories import make_consent, make_student, sign_in
from tests.people.roster_files import pupil, xlsx_file

SEEN_BY_LOOKING = {"login_session"}
"""Tables that note that somebody asked for a page."""


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def teacher(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, place.teacher)


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Every row of every table is the same afterwards, the end of the audit chain among them."""
    before = _contents()
    yield
    assert _contents() == before


def _contents() -> dict[str, list[Any]]:
    db.session.rollback()
    tables = [name for name in db.metadata.tables if name not in SEEN_BY_LOOKING]
    rows = {name: db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables}
    db.session.rollback()
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def beside(page: str, field: str) -> str:
    """The error that stands beside the field."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, f"no error stands beside {field}"
    return found[1]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": "长" * 10_000}, "有 10000 字，最多只能保存 200 字"),
        ({"title": "月球\x00农场\x1b\x07"}, "无法显示的控制字符"),
        ({"first": "everybody"}, "第一作者只能有一名，现在标了 2 名"),
    ],
    ids=["10,000 characters", "control characters", "two first authors"],
)
def test_what_the_form_refuses_changes_nothing_at_all(
    teacher: FlaskClient, place: Place, typed: dict[str, Any], message: str
) -> None:
    friend = make_student(place.school, "王小雨")
    make_consent(friend)
    entry = make_project(place, [place.pupil, friend])
    path = f"/entries/{entry.id}/edit"
    form = form_of(teacher.get(path).get_data(as_text=True), "version")
    if "first" in typed:
        typed = {"first": [value for name, (value,) in form.items() if re.fullmatch(r"authors-\d+-person", name)]}
    with nothing_changes():
        answer = teacher.post(path, data={**form, **typed}, content_type="multipart/form-data")
        assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert message in (page if "first" in typed else beside(page, "title"))


@pytest.mark.parametrize(("late_by", "status"), [(60, 302), (61, 409)], ids=["last second", "one second later"])
def test_grace_ends_with_its_last_second(
    client: FlaskClient, place: Place, clock: MovingClock, late_by: int, status: int
) -> None:
    entry = make_painting(place).id
    version = entry_by_id(entry).version
    clock.move_to(place.contest.submission_closes_at + timedelta(seconds=late_by))
    sign_in(client, place.teacher)

    def press() -> Any:
        answer = client.post(f"/entries/{entry}/submit", data={"version": version})
        assert answer.status_code == status
        return answer

    if status == 302:
        press()
        assert entry_by_id(entry).state == "submitted"
        return
    with nothing_changes():
        answer = press()
    assert "截止" in answer.get_data(as_text=True)


def test_a_roster_with_an_error_is_not_applied_by_its_button(client: FlaskClient, place: Place) -> None:
    sign_in(client, place.manager)
    good, bad = pupil("李小红", 21), pupil("王小雨", 22, 性别="未知")
    file = (io.BytesIO(xlsx_file([good, bad])), "名册.xlsx")
    answer = client.post(f"/schools/{place.school.id}/roster", data={"file": file})
    preview = answer.location
    assert "未知" in client.get(preview).get_data(as_text=True)
    with nothing_changes():
        answer = client.post(f"{preview}/apply")
        assert answer.status_code == 422
    assert "1 处错误" in answer.get_data(as_text=True)
    assert db.session.scalars(select(RosterImport.state)).all() == ["previewed"]
    assert db.session.scalars(select(Student.name)).all() == ["张晓明"]


def test_one_draft_more_is_noticed(teacher: FlaskClient, place: Place) -> None:
    """The check of `nothing_changes` itself: a draft more is a change."""
    with pytest.raises(AssertionError), nothing_changes():
        create_draft(place.teacher, place.contest.id, place.category("KH").id, place.school.id)
    assert len(db.session.scalars(select(Entry.id)).all()) == 1
