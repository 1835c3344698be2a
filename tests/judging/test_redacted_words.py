"""Words that the office has redacted: no judge of a blind round reads them anywhere, the office does, and it can be undone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.models import AuditRecord
from contest_portal.core.notices import notices_of
from contest_portal.entries.blind_models import NameTrace
from contest_portal.entries.models import Entry
from contest_portal.entries.redacting import SQUARES, Redaction, redacted
from contest_portal.entries.services.name_traces import settle_trace
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import schedule_of
from contest_portal.judging.services import interview_changes, interviews
from contest_portal.judging.services.interviews import SessionData
from tests.factories import made, make_account, sign_in
from tests.judging.making import Scene, make_entry, make_scene, open_round, tasks_of

WORD = "张晓明"
TEXTS = {
    "title": f"{WORD}的月球农场",
    "summary": f"作者{WORD}，和同学一起种菜。\n{WORD}画。",
    "technique": f"灵感来自{WORD}的爷爷。",
}


def redact_all(scene: Scene, entry: Entry) -> None:
    """What the search finds in these texts, redacted."""
    for place, text in TEXTS.items():
        begin = text.find(WORD)
        while begin >= 0:
            trace = made(
                NameTrace(
                    entry_id=entry.id, place=place, page=0, letter=begin, length=3, name=WORD, role="author",
                    words=WORD, is_certain=True, boxes=[],
                )
            )  # fmt: skip
            settle_trace(scene.staff, entry.id, trace.id, "redacted")
            begin = text.find(WORD, begin + 1)


class Judged:
    """A round of two paintings, one with the words; the judge is signed in."""

    def __init__(self, client: FlaskClient, *, blind: bool = True) -> None:
        self.client, self.scene = client, make_scene(judges=1, entries=1)
        answers = {"technique": TEXTS["technique"]}
        texts = {"title": TEXTS["title"], "summary": TEXTS["summary"], "answers": answers}
        self.entry = make_entry(self.scene, self.scene.schools[0], **texts)  # type: ignore[arg-type]
        redact_all(self.scene, self.entry)
        self.round: Round = open_round(self.scene, reads=1, is_blind=blind)
        tasks = tasks_of(self.round)
        self.task = next(one for one in tasks if one.entry_id == self.entry.id)
        self.other = next(one for one in tasks if one.entry_id != self.entry.id)
        sign_in(client, self.scene.actor(self.scene.judges[0]))

    def addresses(self) -> Iterator[str]:
        """Every page under /judge whose places can be filled."""
        values = {"task_id": self.task.id, "round_id": self.round.id}
        for rule in self.client.application.url_map.iter_rules():
            if rule.rule.startswith("/judge") and "GET" in (rule.methods or ()) and rule.arguments <= set(values):
                yield self.client.application.url_map.bind("localhost").build(
                    rule.endpoint, {one: values[one] for one in rule.arguments}
                )
        yield f"/judge/tasks/{self.task.id}/compare?with={self.other.id}"
        yield f"/judge/tasks/{self.other.id}/compare?with={self.task.id}"
        yield f"/judge/tasks/{self.other.id}"
        yield "/notices"

    def read(self) -> dict[str, str]:
        pages = {}
        for address in self.addresses():
            answer = self.client.get(address)
            assert answer.status_code == 200, address
            pages[address] = answer.get_data(as_text=True)
        return pages


@pytest.fixture
def judged(app: Flask, client: FlaskClient) -> Judged:
    return Judged(client)


def test_no_page_of_a_judge_holds_the_words(judged: Judged) -> None:
    pages = judged.read()
    assert not [address for address, html in pages.items() if WORD in html]
    own = pages[f"/judge/tasks/{judged.task.id}"]
    assert f"{SQUARES}的月球农场" in own
    assert f"作者{SQUARES}，和同学一起种菜。" in own
    assert f"{SQUARES}画。" in own
    assert f"灵感来自{SQUARES}的爷爷。" in own
    for address in ("/judge", f"/judge/rounds/{judged.round.id}/pile"):
        assert f"{SQUARES}的月球农场" in pages[address], address


def test_what_is_printed_or_sent_to_judges_does_not_hold_them(judged: Judged) -> None:
    sign_in(judged.client, judged.scene.staff)
    paper = f"/office/rounds/{judged.round.id}/paper"
    sheets = judged.client.get(f"{paper}/print").data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheets)).pages)
    assert judged.entry.number is not None
    assert judged.entry.number[-4:] in text
    assert "张晓明" not in text.replace("\n", "")
    book = load_workbook(io.BytesIO(judged.client.get(f"{paper}/template").data))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert f"{SQUARES}的月球农场" in cells
    assert not [cell for cell in cells if WORD in cell]


def test_the_office_reads_the_words_and_can_undo_it(judged: Judged) -> None:
    traces = db.session.scalars(select(NameTrace).where(NameTrace.place == "title")).all()
    settle_trace(judged.scene.staff, judged.entry.id, traces[0].id, "open")
    assert f"{TEXTS['title']}" in judged.read()["/judge"]
    record = db.session.scalars(
        select(AuditRecord).where(AuditRecord.action == "entries.settle_name").order_by(AuditRecord.id.desc())
    ).first()
    assert record is not None
    assert (record.before["state"], record.after["state"]) == ("redacted", "open")
    sign_in(judged.client, judged.scene.staff)
    html = judged.client.get(f"/office/rounds/{judged.round.id}/works").get_data(as_text=True)
    assert TEXTS["title"] in html


def test_judges_of_a_round_that_is_not_blind_read_everything(client: FlaskClient, app: Flask) -> None:
    pages = Judged(client, blind=False).read()
    assert TEXTS["title"] in pages["/judge"]


def test_interviews_and_their_messages_do_not_hold_them(app: Flask, client: FlaskClient) -> None:
    scene = make_scene(judges=1, entries=0)
    teacher = make_account(Role.TEACHER, school=scene.schools[0])
    entry = make_entry(scene, scene.schools[0], title=TEXTS["title"], created_by=teacher.account_id)
    redact_all(scene, entry)
    round_id = open_round(scene, mode="interview", reads=1, is_blind=True).id
    start = now().replace(second=0, microsecond=0) + timedelta(days=1)
    data = SessionData("301 室", start, start + timedelta(hours=1), 10)
    interviews.add_session(scene.staff, round_id, data)
    interviews.draw_order(scene.staff, round_id, version_of(round_id), seed=5)
    interviews.tell_order(scene.staff, round_id, version_of(round_id))
    [slot] = [slot for session in schedule_of(round_id).sessions for slot in session.slots]
    place = f"{slot.session_id}-3"
    interview_changes.move_slot(scene.staff, round_id, slot.id, place, version_of(round_id), "学生有考试")
    sign_in(client, scene.actor(scene.judges[0]))
    own = client.get("/judge").get_data(as_text=True)
    assert "301 室" in own
    assert WORD not in own
    judges, teachers = (
        "\n".join(f"{title} {body}" for _row, title, body in notices_of(account or 0))
        for account in (scene.judges[0].account_id, teacher.account_id)
    )
    assert f"《{SQUARES}的月球农场》" in judges
    assert WORD not in judges
    assert TEXTS["title"] in teachers


def version_of(round_id: int) -> int:
    return db.session.get_one(Round, round_id, populate_existing=True).version


def test_words_of_a_file_are_not_redacted_but_masked(judged: Judged) -> None:
    from tests.judging.making import add_file

    file = add_file(judged.entry, "painting", "pdf", "报告.pdf", b"%PDF-1.4")
    trace = made(
        NameTrace(
            entry_id=judged.entry.id, blob_id=file.blob_id, place="painting", page=1, letter=0, length=3, name=WORD,
            role="author", words=WORD, is_certain=True, boxes=[],
        )
    )  # fmt: skip
    with pytest.raises(Invalid, match="遮盖"):
        settle_trace(judged.scene.staff, judged.entry.id, trace.id, "redacted")


def test_squares_do_not_tell_how_long_a_name_is_and_follow_words_that_moved() -> None:
    name = Redaction(2, 3, WORD)
    assert redacted("作者张晓明。", [name]) == "作者■■■。"
    assert redacted("作者张 晓明。", [Redaction(2, 4, "张 晓明")]) == "作者■■■。"
    assert redacted("本作品的作者张晓明，张晓明。", [name]) == "本作品的作者■■■，■■■。"
    assert redacted("张晓明", [Redaction(0, 3, WORD), Redaction(1, 2, "晓明")]) == "■■■"
    assert redacted("没有姓名", [name]) == "没有姓名"
