"""What everybody may take: only what is public, nothing small, nothing of persons."""

from __future__ import annotations

import csv
import io

from flask import Flask
from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.rate_limits import limiter
from contest_portal.events.attendance.models import CheckIn
from contest_portal.people.models import Office, Student
from contest_portal.reports.annual import CategoryNumbers
from contest_portal.reports.open_data import DATASETS, HIDDEN, _stages, written
from contest_portal.results.records.models import Participation
from tests.events.factories import make_event, make_session
from tests.factories import made, make_contest, make_office, make_school
from tests.reports.test_annual_numbers import approve, make_entries
from tests.results.publishing.scene import Place
from tests.statements import counted


def table(app: Flask, name: str) -> list[dict[str, str]]:
    answer = app.test_client().get(f"/open-data/{name}.csv")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_page_explains_every_column_and_the_dictionary_has_the_same(app: Flask) -> None:
    page = app.test_client().get("/open-data").text
    described = [(row["dataset"], row["column"]) for row in table(app, "dictionary")]
    assert described == [(one.name, column.name) for one in DATASETS for column in one.columns]
    for name, column in described:
        assert f"/open-data/{name}.csv" in page
        assert f"<code>{column}</code>" in page
    assert app.test_client().get("/open-data/people.csv").status_code == 404


def test_every_file_has_the_columns_that_are_described(app: Flask) -> None:
    for one in DATASETS:
        head = app.test_client().get(f"/open-data/{one.name}.csv").data.decode("utf-8-sig").splitlines()[0]
        assert head.split(",") == [column.name for column in one.columns]


def test_numbers_of_categories_wait_for_a_public_list(app: Flask) -> None:
    contest = make_contest(make_office())
    approve(contest, make_entries(contest, make_school(contest.office), "KH", "X", "accepted", 9))
    make_contest(contest.office, name="练习", is_practice=True)
    make_contest(contest.office, name="草稿", state="draft")
    assert [row["contest"] for row in table(app, "contests")] == [contest.name]
    assert table(app, "categories") == []


def test_a_few_participants_are_hidden(app: Flask) -> None:
    contest = make_contest(make_office())
    school, other = make_school(contest.office, "甲小学"), make_school(contest.office, "乙小学")
    row = made(Participation(contest_id=contest.id, school_id=school.id, students=3, teachers=1, reported_at=now()))
    db.session.commit()
    assert [line["participants"] for line in table(app, "contests")] == [HIDDEN]
    made(Participation(contest_id=contest.id, school_id=other.id, students=1, teachers=0, reported_at=now()))
    db.session.commit()
    assert [line["participants"] for line in table(app, "contests")] == [str(row.students + row.teachers + 1)]


def test_a_published_list_is_named_with_its_address_and_its_check_sum(app: Flask) -> None:
    place = Place()
    row = place.published()
    [line] = table(app, "lists")
    assert line["sha256"] == row.content_sha256
    assert line["address"].endswith(f"/lists/{row.id}")
    assert {one["contest"] for one in table(app, "categories")} == {place.contest.name}
    names = db.session.scalars(select(Student.name)).all()
    assert names
    for one in DATASETS:
        text = app.test_client().get(f"/open-data/{one.name}.csv").data.decode("utf-8-sig")
        assert not [name for name in names if name in text]


def test_small_parts_of_a_category_are_hidden_together() -> None:
    def cells(primary: tuple[int, int], secondary: tuple[int, int]) -> tuple[object, ...]:
        stages = {"小学": primary, "中学": secondary}
        return tuple(_stages(CategoryNumbers("科幻画作品", "件", 0, 0, stages=stages)))

    assert cells((40, 10), (30, 30)) == (40, 10, 30, 30)
    assert cells((40, 0), (0, 0)) == (40, 0, 0, 0)
    assert cells((40, 37), (30, 10)) == (HIDDEN,) * 4  # three stayed behind: they follow from 40 and 37
    assert _stages(CategoryNumbers("辅导员方案", "个", 20, 17)) == ("",) * 4


def test_visits_and_sessions_of_public_events(app: Flask) -> None:
    office: Office = make_office()
    event = make_event(office, "流动科技馆")
    session = make_session(event, "2018-09-12 09:00", capacity=150, taken=30)
    make_session(make_event(office, "还没公布", state="draft"), "2018-09-12 09:00")
    made(CheckIn(key="a", session_id=session.id, pupils=120, adults=5, arrived_at=now(), recorded_at=now()))
    db.session.commit()
    [line] = table(app, "events")
    assert (line["event"], line["year"], line["visits"], line["sessions"]) == ("流动科技馆", "2018", "125", "1")
    [one] = table(app, "sessions")
    assert (one["day"], one["starts"], one["capacity"], one["free"]) == ("2018-09-12", "09:00", "150", "120")


def test_a_name_like_a_formula_is_a_text() -> None:
    assert written(["name"], [["=1+1"], ["-3"], ["好"]]).decode("utf-8-sig").splitlines()[1:] == ["'=1+1", "'-3", "好"]


def test_events_of_all_offices_take_the_same_statements_and_a_file_may_be_kept_a_while(app: Flask) -> None:
    for number in range(3):
        session = make_session(
            make_event(make_office(f"第{number}科协", number_prefix=f"P{number}"), "巡展"), "2018-09-12 09:00"
        )
        made(
            CheckIn(
                key=f"k{number}", session_id=session.id, pupils=100, adults=number, arrived_at=now(), recorded_at=now()
            )
        )
    with counted(db.engine) as statements:
        lines = table(app, "events")
    assert [(one["office"], one["visits"]) for one in lines] == [
        ("第0科协", "100"), ("第1科协", "101"), ("第2科协", "102"),
    ]  # fmt: skip
    assert len(statements) <= 6
    assert app.test_client().get("/open-data/events.csv").headers["Cache-Control"] == "public, max-age=300"


def test_files_are_given_to_one_place_sixty_times_an_hour(app: Flask) -> None:
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(app)
    client = app.test_client()
    try:
        given = [client.get("/open-data/dictionary.csv").status_code for _ in range(61)]
    finally:
        limiter.enabled = False
    assert (set(given[:60]), given[60]) == ({200}, 429)
