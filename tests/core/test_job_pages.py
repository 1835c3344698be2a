"""The office's page of jobs: what it shows, to whom, and failed ones again."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.models import AuditRecord, Job
from contest_portal.core.text import N_, Message
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media import renditions
from contest_portal.media.derivatives import Made
from contest_portal.media.facts import Problem
from contest_portal.media.models import Derivative
from contest_portal.media.probing import DerivativeError
from tests.entries.entry_factories import Place, make_painting, make_place
from tests.factories import made, make_account, make_office, sign_in

KIND = "tests.fails"


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def office(place: Place, client: FlaskClient) -> FlaskClient:
    return sign_in(client, place.staff)


def make_job(place: Place, state: str, number: int = 1, **values: Any) -> Job:
    moment = values.pop("at", None) or place.contest.created_at
    row: Job = made(
        Job(
            kind=KIND,
            key=f"{state}-{number}",
            payload={},
            state=state,
            run_at=moment,
            office_id=place.office.id,
            **values,
        )
    )
    return row


def shown(client: FlaskClient, address: str = "/office/jobs") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_a_failed_job_is_shown_with_its_reason_and_done_again_at_a_press(
    place: Place, office: FlaskClient, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = False

    def fail(_payload: dict[str, Any]) -> None:
        if not works:
            raise Invalid("tests.reason", Message.of(N_("影片 %(minutes)s 分钟，转换超时"), minutes=12))

    monkeypatch.setitem(jobs.HANDLERS, KIND, fail)
    row = make_job(place, "waiting")
    for _ in range(jobs.MOST_ATTEMPTS):
        clock.advance(minutes=2)
        jobs.run_all()
    text = shown(office, "/office/jobs?state=failed")
    assert "影片 12 分钟，转换超时" in text
    assert f"编号 {row.id}" in text
    assert re.search(r"后台任务 \s*1\b", shown(office, "/work")), "the badge beside the menu's item"
    works = True
    answer = office.post(f"/office/jobs/{row.id}/retry", follow_redirects=True)
    assert "已重新排队" in answer.get_data(as_text=True)
    assert db.session.scalar(select(AuditRecord.action).order_by(AuditRecord.id.desc())) == "core.retry_job"
    jobs.run_all()
    assert shown(office, "/office/jobs?state=failed").count("影片 12 分钟") == 0
    assert office.post(f"/office/jobs/{row.id}/retry").status_code == 409


def test_a_preview_that_cannot_be_made_fails_at_once_and_is_made_when_retried(
    place: Place, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_painting(place)

    def too_slow(*_given: Any) -> Made:
        raise DerivativeError(Problem.TOOK_TOO_LONG)

    with monkeypatch.context() as broken:
        broken.setattr(renditions, "make", too_slow)
        jobs.run_all()
    text = shown(office, "/office/jobs?state=failed")
    assert "大图没有生成：在规定时间内没有生成完" in text
    row = db.session.scalars(select(Job).where(Job.key.like("derive-%-screen"))).one()
    assert (row.state, row.attempts) == ("failed", 1)
    office.post(f"/office/jobs/{row.id}/retry")
    jobs.run_all()
    assert db.session.scalar(select(Derivative.state).where(Derivative.kind == "screen")) == "ready"
    assert "大图没有生成" not in shown(office, "/office/jobs?state=failed")


def test_all_failed_jobs_are_done_again_at_once_but_those_of_other_offices(place: Place, office: FlaskClient) -> None:
    own = [make_job(place, "failed", number) for number in range(3)]
    foreign = make_job(place, "failed", 9)
    foreign.office_id = make_office("肃州区科学技术协会").id
    db.session.commit()
    assert "3 项任务已重新排队" in office.post("/office/jobs/retry", follow_redirects=True).get_data(as_text=True)
    db.session.expire_all()
    assert {row.state for row in own} == {"waiting"}
    assert foreign.state == "failed"


def test_another_office_sees_neither_the_job_nor_its_button(place: Place, client: FlaskClient) -> None:
    row = make_job(place, "failed", problem={"source": "只给本区看", "params": {}})
    other = sign_in(client, make_account(Role.OFFICE, office=make_office("肃州区科学技术协会")))
    assert "只给本区看" not in shown(other)
    assert other.post(f"/office/jobs/{row.id}/retry").status_code == 404


def test_each_preview_is_called_what_it_is(place: Place, office: FlaskClient) -> None:
    make_painting(place)
    rows = re.findall(r"<tr>.*?</tr>", office.get("/office/jobs").get_data(as_text=True), re.DOTALL)
    named = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in rows]
    assert sum("缩略图 编号" in row for row in named) == 1
    assert sum("大图 编号" in row for row in named) == 1
    assert not any("、" in row.split("编号")[0] for row in named if "编号" in row)


def test_every_kind_of_job_has_a_name_that_the_office_can_read(app: Flask) -> None:
    own = [kind for kind, handler in jobs.HANDLERS.items() if handler.__module__.startswith("contest_portal.")]
    assert len(own) > 8
    unnamed = [kind for kind in own if not re.search(r"[\u4e00-\u9fff]{2}", str(jobs.NAMES[kind].source))]
    assert not unnamed
    for kind in renditions.QUICK + renditions.SLOW:
        for of in ("media.derive", "media.render"):
            assert jobs.THINGS[of][kind]


def test_a_preview_is_named_by_its_work_and_a_draft_by_its_school_and_title_too(
    place: Place, office: FlaskClient
) -> None:
    entry = make_painting(place, title="月球上的空中农场")
    assert "草稿：西关小学《月球上的空中农场》：月球农场.jpg" in shown(office)
    assert f"/entries/{entry.id}" not in office.get("/office/jobs").get_data(as_text=True), (
        "it is no page of the office"
    )
    submit_entry(place.teacher, entry.id, entry.version)
    assert "月球上的空中农场：月球农场.jpg" in shown(office)


def test_the_list_is_exported_as_it_is_filtered(place: Place, office: FlaskClient, clock: MovingClock) -> None:
    later = clock.now() + timedelta(hours=1)
    make_job(place, "running", progress=42, started_at=clock.now(), attempts=1)
    make_job(place, "failed", problem={"source": "文件已损坏。", "params": {}}, finished_at=later)
    make_job(place, "done", progress=100, finished_at=later)
    text = shown(office)
    assert "42%" in text
    assert text.index("文件已损坏") < text.index("42%"), "what failed comes first"
    book = load_workbook(io.BytesIO(office.get("/office/jobs/export?state=running").data))
    rows = list(book.active.iter_rows(values_only=True))
    found = next(row for row in rows if row[3] == "正在处理")
    assert found[4] == 42
    assert not [row for row in rows if row[3] in {"失败", "已完成"}]


def test_done_jobs_are_forgotten_after_a_month_and_failed_ones_never(
    app: Flask, place: Place, clock: MovingClock
) -> None:
    make_job(place, "done", finished_at=clock.now())
    make_job(place, "failed", finished_at=clock.now())
    clock.advance(days=31)
    ask_for_due()
    jobs.run_all()
    assert list(db.session.scalars(select(Job.state).where(Job.kind == KIND))) == ["failed"]
