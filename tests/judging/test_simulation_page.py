"""The page on which an office tries out a way of judging: from the form by the job to the picture."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.judging.recall_picture import recall_picture, recall_sentences
from contest_portal.judging.services import simulation
from contest_portal.judging.simulation_models import SimulationRun
from tests import factories
from tests.judging.making import make_scene, plan_round

pytestmark = pytest.mark.database
SMALL = {
    "entries": "24", "judges": "5", "places": "4", "panels": "random", "panel_count": "",
    "sd_entry": "6", "sd_judge": "5", "sd_noise": "7",
}  # fmt: skip


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    return factories.sign_in(client, factories.make_account(Role.OFFICE, office=factories.make_office()))


def test_a_design_is_asked_for_worked_out_and_shown(app: Flask, staff: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(simulation, "REPLICATES", 2)  # two contests are enough to see the way through
    monkeypatch.setattr(simulation, "FEWEST", 2)
    answer = staff.post("/office/simulation", data=SMALL)
    assert answer.status_code == 302
    waiting = staff.get(answer.location).text
    assert "正在测算" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    jobs.run_all()
    page = staff.get(answer.location).text
    assert "测算结果" in page
    assert "hx-trigger" not in page.split('id="simulation-found"')[1].split(">")[0]
    assert "<polyline" in page
    assert "每件评 3 次、按平均分取前 4 名" in page


def test_the_same_question_is_worked_out_once(app: Flask, staff: FlaskClient) -> None:
    first, second = (staff.post("/office/simulation", data=SMALL).location for _ in range(2))
    assert first == second
    assert db.session.scalar(select(func.count(SimulationRun.id))) == 1
    assert jobs.waiting_count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entries": "many"}, "field-entries"),
        ({"places": "24"}, "名额应至少 1 个、少于作品数 24，现在是 24"),
        ({"panels": "closed", "panel_count": "9"}, "评审组数应至少 2 个"),
        ({"panels": "closed", "panel_count": ""}, "评审组数应至少 2 个"),
        ({"panels": "nonsense"}, "field-panels"),
        ({"sd_noise": "nan"}, "偶然误差应是 0 到 100 分"),
        ({"sd_entry": "inf"}, "作品水平的差别应是 0 到 100 分"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(staff: FlaskClient, change: dict, words: str) -> None:
    answer = staff.post("/office/simulation", data=SMALL | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count(SimulationRun.id))) == 0
    assert staff.get("/office/simulation", query_string=SMALL | change).status_code == 200


def test_a_rounds_own_figures_stand_in_the_form(app: Flask, client: FlaskClient) -> None:
    scene = make_scene(judges=3, entries=6)
    row = plan_round(scene)
    location = factories.sign_in(client, scene.staff).get(f"/office/rounds/{row.id}/simulation").location
    assert "entries=6" in location
    assert "judges=3" in location


def found(reads: int, raw: float, mixed: float, boundary: float | None = None, used: str = "mixed") -> dict[str, Any]:
    recall = {"raw": raw, "mixed": mixed} | ({} if boundary is None else {"boundary": boundary})
    return {
        "reads": reads, "quota": 20, "recall": recall, "se": dict.fromkeys(recall, 0.005), "used": {"mixed": {used: 1.0}},
        "boundary": {"first_reads": 2, "boundary_reads": 240},
    }  # fmt: skip


def test_the_sentences_say_what_the_figures_say(app: Flask) -> None:
    result = [found(2, 0.4, 0.45), found(3, 0.5, 0.6, 0.7), found(4, 0.6, 0.66, 0.75), found(5, 0.65, 0.71, 0.8)]
    with app.test_request_context():
        said = recall_sentences(result)
        assert "平均有 10.0 件入选（50%）" in said[0]
        assert said[1] == "扣除评委宽严后为 60%。"
        assert "其余 240 次只给名额线附近的作品，可达 70%" in said[2]
        assert said[3] == "只评一轮要达到这个比例，大约每件要评 5 次。"
        assert "不作校正" in recall_sentences([found(3, 0.5, 0.5, used="raw")])[1]
        assert "5 次也达不到" in recall_sentences([*result[:3], found(5, 0.6, 0.65)])[-1]


def test_the_picture_has_the_figures_in_its_table(app: Flask) -> None:
    with app.test_request_context():
        drawn = recall_picture([found(2, 0.4, 0.45), found(3, 0.5, 0.6, 0.7)])
    assert list(drawn.rows[0]) == ["2", "40% ± 0.5", "45% ± 0.5", "—"]
    assert list(drawn.rows[1])[3] == "70% ± 0.5"


def test_a_contest_that_takes_minutes_says_so(staff: FlaskClient) -> None:
    answer = staff.post("/office/simulation", data={**SMALL, "entries": "3000", "judges": "100", "places": "300"})
    assert "大约需要 2 分钟" in staff.get(answer.location).text


def test_a_contest_that_a_page_has_not_the_time_for_is_refused_with_its_time(staff: FlaskClient) -> None:
    """The largest that the command takes would hold up every other slow job for minutes."""
    largest = {**SMALL, "entries": "5000", "judges": "500", "places": "500"}
    answer = staff.post("/office/simulation", data=largest)
    assert answer.status_code == 422
    for page in (answer.text, staff.get(f"/office/simulation?{urlencode(largest)}").text):
        assert "5000 件作品、500 名评委约需测算 6 分钟，网页上最多 3 分钟" in page
    assert jobs.waiting_count() == 0
    assert db.session.scalar(select(func.count(SimulationRun.id))) == 0
