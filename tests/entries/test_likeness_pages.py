"""The pages of alike entries: the list, a pair with its verdict, the way there from an entry, who sees nothing of it."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.entries.likeness_models import LikenessPair
from contest_portal.entries.services.verdicts import judge_pair
from contest_portal.entries.services.withdrawal import withdraw_entry
from tests.entries.entry_factories import Place, make_place
from tests.entries.likeness_factories import compare_waiting, made_pair, prose, submit_project, submitted_plain
from tests.factories import make_account, make_contest, make_school, sign_in


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def page(client: FlaskClient, actor: Actor, address: str) -> str:
    answer = sign_in(client, actor).get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def fields(html: str) -> dict[str, str]:
    """What the form of the verdict carries."""
    found = re.search(r'name="seen"[^>]*value="(\w+)"', html)
    return {"seen": found[1] if found else ""}


def state_of(pair: LikenessPair) -> str:
    db.session.rollback()
    return db.session.get_one(LikenessPair, pair.id).state


def test_the_list_shows_open_pairs_first_and_filters(client: FlaskClient, place: Place, clock: MovingClock) -> None:
    old = made_pair(place, score=0.99)
    judge_pair(place.staff, old.id, "open", "coincidence", "同一题材")
    new = made_pair(place, score=0.6)
    html = page(client, place.staff, "/office/likeness")
    assert html.index(f"/office/likeness/{new.id}") < html.index(f"/office/likeness/{old.id}")
    assert "同一题材" in html
    waiting = page(client, place.staff, "/office/likeness?state=open")
    assert f"/office/likeness/{old.id}" not in waiting
    assert "没有符合条件" in page(client, place.staff, "/office/likeness?kind=text")
    assert f"/office/likeness/{new.id}" in page(client, place.staff, f"/office/likeness?contest={place.contest.id}")
    assert "没有符合条件" in page(client, place.staff, "/office/likeness?category=CG")
    assert "练习赛的作品不参加查重" in page(client, place.staff, "/office/likeness?category=CG")
    assert "练习赛的作品不比对" in html


def test_the_menu_counts_what_waits_and_the_start_page_leads_there(client: FlaskClient, place: Place) -> None:
    made_pair(place)
    html = page(client, place.staff, "/work")
    assert f"/office/likeness?contest={place.contest.id}&amp;state=open" in html
    menu = re.search(r'<a[^>]*href="/office/likeness"[^>]*>(.*?)</a>', html, re.DOTALL)
    assert menu is not None
    assert "1" in re.sub(r"<[^>]+>", "", menu[1])


def test_a_pair_of_pictures_stands_side_by_side(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    html = page(client, place.staff, f"/office/likeness/{pair.id}")
    for entry_id, content in ((pair.entry_a_id, pair.content_a), (pair.entry_b_id, pair.content_b)):
        assert f"/office/entries/{entry_id}/versions/1/files/{content.blob_id}/screen" in html
    assert "90.0%" in html


def test_a_pair_of_texts_shows_the_passages_of_both_and_their_shares(client: FlaskClient, place: Place) -> None:
    words = prose(1, 900)
    submit_project(place, words)
    submit_project(place, prose(2, 300) + words[300:600] + prose(3, 300))
    compare_waiting()
    [pair] = db.session.query(LikenessPair).all()
    html = page(client, place.staff, f"/office/likeness/{pair.id}")
    shown = ["".join(one.split()) for one in re.findall(r'class="alike-text">(.*?)</p>', html, re.DOTALL)]
    assert len(shown) == 2
    assert all(words[310:590] in one for one in shown)
    assert re.search(r"相同文字占本件的 3[0-9]\.\d%", html)
    assert "研究报告.pdf" in html


def test_a_verdict_is_given_by_a_button_and_the_next_pair_comes(client: FlaskClient, place: Place) -> None:
    first, second = made_pair(place, score=0.9), made_pair(place, score=0.8)
    html = page(client, place.staff, f"/office/likeness/{first.id}")
    sent = fields(html) | {"verdict": "copied", "words": "构图一致"}
    answer = client.post(f"/office/likeness/{first.id}/verdict", data=sent)
    assert answer.headers["Location"] == f"/office/likeness/{second.id}"
    assert state_of(first) == "copied"
    html = page(client, place.staff, f"/office/likeness/{first.id}")
    assert "构图一致" in html
    assert "科协小赵" in html


def test_words_that_are_missing_are_asked_for_and_nothing_is_lost(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    html = page(client, place.staff, f"/office/likeness/{pair.id}")
    answer = client.post(f"/office/likeness/{pair.id}/verdict", data=fields(html) | {"verdict": "copied"})
    assert answer.status_code == 422
    assert "写明依据" in answer.get_data(as_text=True)
    assert state_of(pair) == "open"


def test_a_colleagues_verdict_is_not_overwritten_unseen(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    html = page(client, place.staff, f"/office/likeness/{pair.id}")
    judge_pair(make_account(Role.OFFICE, office=place.office, name="科协老钱"), pair.id, "open", "same_work", "")
    answer = client.post(f"/office/likeness/{pair.id}/verdict", data=fields(html) | {"verdict": "coincidence"})
    assert answer.status_code == 409
    assert "科协老钱" in answer.get_data(as_text=True)
    assert state_of(pair) == "same_work"


def test_an_entrys_sheet_says_what_it_is_like(client: FlaskClient, place: Place, clock: MovingClock) -> None:
    before = submitted_plain(place)
    clock.advance(days=1)
    place.contest = make_contest(place.office, year=2019)
    entry = submitted_plain(place)
    pair = made_pair(place, entry, before)
    html = page(client, place.staff, f"/office/entries/{entry.id}")
    assert f"与 2018 年 {before.number} 相似" in html
    assert f"/office/likeness/{pair.id}" in html


def test_pairs_of_withdrawn_entries_do_not_wait(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    withdraw_entry(place.staff, pair.entry_a_id, "重复报送")
    assert f"/office/likeness/{pair.id}" not in page(client, place.staff, "/office/likeness")


def test_a_school_learns_nothing_of_pairs(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    manager = make_account(Role.SCHOOL_MANAGER, school=place.school)
    assert sign_in(client, manager).get(f"/office/likeness/{pair.id}").status_code == 404
    assert client.get("/office/likeness").status_code == 403
    assert "相似" not in page(client, manager, f"/entries/{pair.entry_a_id}")


def test_a_supervisor_reads_and_does_not_judge(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place)
    supervisor = make_account(Role.SUPERVISOR, office=place.office)
    assert "/verdict" not in page(client, supervisor, f"/office/likeness/{pair.id}")
    assert client.post(f"/office/likeness/{pair.id}/verdict", data={"seen": "open"}).status_code == 403


def test_the_export_says_what_the_list_says(client: FlaskClient, place: Place) -> None:
    pair = made_pair(place, submitted_plain(place), submitted_plain(place))
    judge_pair(place.staff, pair.id, "open", "coincidence", "同一题材")
    answer = sign_in(client, place.staff).get("/office/likeness/export")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert {"巧合", "同一题材", "科协小赵"} <= set(cells)


def test_two_schools_are_told_apart(client: FlaskClient, place: Place) -> None:
    place.school = make_school(place.office, "东街小学")
    other = submitted_plain(place)
    place.school = make_school(place.office, "西街小学")
    pair = made_pair(place, submitted_plain(place), other)
    html = page(client, place.staff, f"/office/likeness/{pair.id}")
    assert "东街小学" in html
    assert "西街小学" in html
    assert "同一学校" not in html
