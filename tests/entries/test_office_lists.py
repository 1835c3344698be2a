"""The office's lists of entries: filters, order, export, and the number of statements whatever their size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from contest_portal.contests.models import Contest
from contest_portal.core.clock import MovingClock, end_of_day, now, today
from contest_portal.core.database import db
from contest_portal.core.listing import Listing
from contest_portal.entries.models import Author, Entry, EntryVersion
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.office import FILTERS, entries_page
from contest_portal.entries.queries.screening import current_contest_id
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.screening import Seen, accept_entry, return_entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.people.models import Student
from tests.entries.entry_factories import Place, make_painting, make_place, make_project, painting_input
from tests.factories import make_consent, make_contest, make_school, make_student, sign_in

MOST_STATEMENTS = 15


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run meanwhile, transactions' own aside."""
    found: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def many_entries(place: Place, count: int, state: str = "submitted") -> None:
    """Paintings of as many pupils, written directly."""
    category, moment = place.category("KH"), now()
    first = (db.session.scalar(select(Entry.id).order_by(Entry.id.desc()).limit(1)) or 0) + 1
    first_pupil = (db.session.scalar(select(Student.id).order_by(Student.id.desc()).limit(1)) or 0) + 1
    db.session.execute(
        insert(Student),
        [
            {
                "id": first_pupil + n,
                "office_id": place.office.id,
                "school_id": place.school.id,
                "name": f"学生{n:05d}",
                "sex": "女",
                "birth_on": place.pupil.birth_on,
                "grade": 4,
                "school_year": 2017,
                "updated_at": moment,
                "state": "active",
            }
            for n in range(count)
        ],
    )
    db.session.execute(
        insert(Entry),
        [
            {
                "id": first + n,
                "contest_id": place.contest.id,
                "category_id": category.id,
                "school_id": place.school.id,
                "state": state,
                "number": f"GZ2018-KH-X-{first + n + 1000:05d}",
                "stage_code": "X",
                "title": f"画作{n:05d}",
                "summary": "说明",
                "answers": {"technique": "水粉"},
                "submission_count": 1,
                "created_at": moment,
                "updated_at": moment,
                "submitted_at": moment,
                "first_submitted_at": moment,
            }
            for n in range(count)
        ],
    )
    db.session.execute(
        insert(Author),
        [{"entry_id": first + n, "student_id": first_pupil + n, "position": 1, "is_first": True} for n in range(count)],
    )
    db.session.execute(
        insert(EntryVersion),
        [
            {"entry_id": first + n, "number": 1, "snapshot": {"files": []}, "digest": "0" * 64, "submitted_at": moment}
            for n in range(count)
        ],
    )
    db.session.commit()


def submitted(place: Place, entry: Entry) -> Entry:
    return submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


@pytest.mark.parametrize(
    "page",
    [
        "/office/contests/{contest}/entries",
        "/office/contests/{contest}/entries?q=学生00&sort=-school&state=submitted",
        "/office/contests/{contest}/entries.xlsx",
        "/office/contests/{contest}/screening",
        "/office/contests/{contest}/screening/{category}",
        "/office/contests/{contest}/exceptions",
    ],
)
def test_a_list_takes_as_many_statements_for_thirty_entries_as_for_one(
    app: Flask, client: FlaskClient, page: str
) -> None:
    place = make_place()
    sign_in(client, place.staff)
    address = page.format(contest=place.contest.id, category=place.category("KH").id)
    numbers = []
    for more in (1, 29):
        many_entries(place, more)
        db.session.remove()
        with counted() as statements:
            assert client.get(address).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= MOST_STATEMENTS, statements


def test_three_thousand_entries_take_no_more_statements_than_thirty(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    sign_in(client, place.staff)
    contest, category = place.contest.id, place.category("KH").id
    addresses = [
        f"/office/contests/{contest}/entries",
        f"/office/contests/{contest}/entries.xlsx",
        f"/office/contests/{contest}/screening",
        f"/office/contests/{contest}/screening/{category}",
    ]

    def measure() -> list[int]:
        numbers = []
        for address in addresses:
            db.session.remove()
            with counted() as statements:
                assert client.get(address).status_code == 200
            numbers.append(len(statements))
        return numbers

    many_entries(place, 30)
    thirty = measure()
    many_entries(place, 2970)
    assert measure() == thirty
    assert max(thirty) <= MOST_STATEMENTS
    assert "第 1–30 条，共 3,000 条" in client.get(addresses[0]).text


def listed(contest: Contest, **filters: str) -> list[str]:
    listing = Listing.from_url(filters, filters=FILTERS, sort="number")
    return [row.title for row in entries_page(contest, listing).rows]


def test_the_list_is_filtered_and_sorted_by_what_the_url_says(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    second = make_student(place.school, "欧阳海")
    make_consent(second)
    painting = submitted(place, make_painting(place))
    project = submitted(place, make_project(place, [second]))
    make_painting(place, pupil=second, title="草稿")
    assert listed(place.contest) == ["校园雨水回收装置的研究", "月球上的空中农场"]
    assert listed(place.contest, sort="-number") == ["月球上的空中农场", "校园雨水回收装置的研究"]
    assert listed(place.contest, category=str(place.category("KH").id)) == ["月球上的空中农场"]
    assert listed(place.contest, q="欧阳") == ["校园雨水回收装置的研究"]
    assert listed(place.contest, q="kh-x-0001") == ["月球上的空中农场"]
    assert listed(place.contest, q="雨水") == ["校园雨水回收装置的研究"]
    assert listed(place.contest, q="%") == []
    assert listed(place.contest, school=str(make_school(place.office, "东关小学").id)) == []
    assert listed(place.contest, school="nonsense") == []
    assert listed(place.contest, stage="X") == ["校园雨水回收装置的研究", "月球上的空中农场"]
    return_entry(place.staff, painting.id, Seen(1), ["缺件"], "缺说明", end_of_day(today() + timedelta(days=3)))
    assert listed(place.contest, state="returned") == ["月球上的空中农场"]
    assert listed(place.contest, mark="overdue") == []
    clock.advance(days=4)
    assert listed(place.contest, mark="overdue") == ["月球上的空中农场"]
    row = entries_page(place.contest, Listing(filters={"state": "returned"})).rows[0]
    assert (row.authors, row.tutors, row.grounds, row.overdue) == ("张晓明", "", "缺件；缺说明", True)
    assert (row.category, row.stage) == ("科幻画作品", "小学")
    assert project.number == "GZ2018-CG-X-0001"


def test_the_list_shows_what_was_submitted_not_what_is_being_edited(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="正在改的题目"))
    assert listed(place.contest) == ["月球上的空中农场"]


def test_the_export_holds_what_the_list_shows(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place, title="=1+1 的世界"))
    second = make_student(place.school, "欧阳海")
    make_consent(second)
    submitted(place, make_project(place, [second]))
    return_entry(place.staff, entry.id, Seen(1), ["缺件"], "", end_of_day(today() + timedelta(days=3)))
    sign_in(client, place.staff)
    answer = client.get(f"/office/contests/{place.contest.id}/entries.xlsx?state=returned")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == place.contest.name
    assert rows[1][:6] == ["序号", "编号", "类别", "学段", "学科", "作品名称"]
    assert len(rows) == 3
    assert rows[2][:8] == [1, "GZ2018-KH-X-0001", "科幻画作品", "小学", None, "=1+1 的世界", "张晓明", "西关小学"]
    assert rows[2][9] == "退回修改"
    assert rows[2][10].strftime("%Y-%m-%d %H:%M") == "2018-03-01 09:00"
    assert rows[2][13] == "缺件"


def test_the_contest_at_work_stands_first_and_practice_last(app: Flask) -> None:
    place = make_place()
    practice = make_contest(place.office, name="2018年练习赛", is_practice=True)
    elsewhere = replace(place, contest=practice)
    submitted(elsewhere, make_painting(elsewhere))
    assert current_contest_id(place.office.id) == place.contest.id
    last_year = make_contest(place.office, name="2017年大赛", year=2017)
    before = replace(place, contest=last_year)
    old = submitted(before, make_painting(before))
    accept_entry(place.staff, old.id, Seen(1))
    place.contest.year = 2019
    db.session.commit()
    assert current_contest_id(place.office.id) == last_year.id  # the only one of weight with entries
    submitted(place, make_painting(place))
    assert current_contest_id(place.office.id) == place.contest.id


def test_the_newest_open_contest_is_shown_unless_another_is_asked_for(app: Flask, client: FlaskClient) -> None:
    place = make_place()
    older = make_contest(place.office, name="2017年大赛", year=2017)
    make_contest(place.office, name="2019年大赛（草稿）", year=2019, state="draft")
    foreign = make_place_elsewhere()
    assert current_contest_id(place.office.id) == place.contest.id
    assert current_contest_id(place.office.id, older.id) == older.id
    assert current_contest_id(place.office.id, foreign.id) == place.contest.id
    sign_in(client, place.staff)
    assert client.get("/office/entries").location == f"/office/contests/{place.contest.id}/entries"
    assert client.get(f"/office/screening?contest={older.id}").location == f"/office/contests/{older.id}/screening"


def make_place_elsewhere() -> Contest:
    from tests.factories import make_office

    return make_contest(make_office("肃南县科学技术协会"))
