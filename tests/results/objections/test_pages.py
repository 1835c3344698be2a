"""The pages of objections over HTTP: the public's form, the secret link, the office's case, schools' own pages."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services import decisions, statements
from tests.entries.entry_factories import jpeg, pdf
from tests.factories import sign_in
from tests.results.objections.scene import (
    GROUNDS,
    ID,
    NAME,
    PHONE,
    UNIT,
    Scene,
    assigned,
    inquired,
    lodge,
    make_painting,
    make_scene,
)

SECRET = (NAME, PHONE, ID, UNIT, GROUNDS)
DECISION = "经查，该作品与网上图片雷同，取消推荐资格。"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def typed(scene: Scene, **values: Any) -> dict[str, Any]:
    return {
        "entry_number": scene.entries[0].number,
        "grounds": GROUNDS,
        "name": NAME,
        "id_number": ID,
        "unit": UNIT,
        "phone": PHONE,
        **values,
    }


def send(client: FlaskClient, scene: Scene, **values: Any) -> TestResponse:
    return client.post(f"/lists/{scene.publication.id}/objection", data=typed(scene, **values))


def page(client: FlaskClient, actor: Actor, address: str) -> TestResponse:
    return sign_in(client, actor).get(address)


def test_somebody_objects_and_follows_the_case(client: FlaskClient, scene: Scene) -> None:
    form = client.get(f"/lists/{scene.publication.id}/objection?entry={scene.entries[1].number}")
    assert f'selected value="{scene.entries[1].number}"' in form.text
    files = [(io.BytesIO(jpeg(640, 480)), "对比.jpg"), (io.BytesIO(pdf()), "说明.pdf")]
    answer = send(client, scene, files=files)
    assert answer.status_code == 302
    followed = client.get(answer.location)
    assert all(word in followed.text for word in ("GZ2018-YY-0001", "对比.jpg、说明.pdf", GROUNDS))
    assert (followed.headers["Cache-Control"], followed.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    slip = client.get(f"{answer.location}/slip.pdf")
    assert slip.data.startswith(b"%PDF")
    code = answer.location.rsplit("/", 1)[1]
    assert client.post("/objections", data={"code": code.lower()}).location == answer.location
    assert client.post("/objections", data={"code": "0000"}).status_code == 422
    assert client.get("/objections/0000-0000-0000-0000").status_code == 404


def test_what_is_wrong_is_told_and_what_was_typed_stays(client: FlaskClient, scene: Scene) -> None:
    answer = send(client, scene, phone="12", files=[(io.BytesIO(b"MZ program"), "病毒.jpg")])
    assert answer.status_code == 422
    assert all(word in answer.text for word in ("无法识别", "病毒.jpg」不是照片或 PDF", GROUNDS, NAME))
    large = send(client, scene, files=[(io.BytesIO(b"\xff\xd8\xff" + bytes(10 << 20)), "大图.jpg")])
    assert "「大图.jpg」有 10.0 MB，超过每个文件 10 MB 的上限" in large.text
    many = send(client, scene, files=[(io.BytesIO(jpeg(32, 32)), f"{n}.jpg") for n in range(7)])
    assert "材料最多 6 个文件，现在有 7 个" in many.text
    assert db.session.scalar(select(Objection)) is None


def painted_by(scene: Scene, author: str, title: str, place: int, **values: str) -> Entry:
    entry = make_painting(scene, title, place, **values)
    student = entry.authors[0].student
    assert student is not None
    student.name = author
    db.session.commit()
    return entry


def test_who_is_not_on_the_list_objects_by_title_and_author(client: FlaskClient, scene: Scene) -> None:
    """The list names the works that won; a work that lost has no line to be chosen."""
    lost = painted_by(scene, "马兰花", "深海 信箱", 9)
    assert lost.number is not None
    form = client.get(f"/lists/{scene.publication.id}/objection").text
    assert "不在名单中的作品" in form
    assert lost.number not in form
    assert send(client, scene, entry_number="not-listed").status_code == 422
    for title, author in (("深海信箱", "马兰"), ("别的题目", "马兰花")):
        answer = send(client, scene, entry_number="not-listed", title=title, author=author)
        assert answer.status_code == 422
        assert "没有找到这位作者的这件作品" in answer.text
        assert GROUNDS in answer.text
    answer = send(client, scene, entry_number="not-listed", title="《深海信箱》", author="马兰花")
    assert answer.status_code == 302
    assert "深海 信箱" in client.get(answer.location).text
    row = db.session.scalars(select(Objection)).one()
    assert row.entry_id == lost.id
    assert "深海 信箱" in page(client, scene.leader, f"/office/objections/{row.id}").text


def test_a_work_that_takes_no_part_is_not_found_by_its_name(client: FlaskClient, scene: Scene) -> None:
    for place, state in ((7, "draft"), (8, "withdrawn")):
        painted_by(scene, "马兰花", "深海信箱", place, state=state)
        given = {"entry_number": "not-listed", "title": "深海信箱", "author": "马兰花"}
        assert "没有找到这位作者的这件作品" in send(client, scene, **given).text
    assert db.session.scalar(select(Objection)) is None


def test_more_than_all_evidence_may_weigh_is_not_read(client: FlaskClient, scene: Scene) -> None:
    assert send(client, scene, files=[(io.BytesIO(bytes(62 << 20)), "film.mp4")]).status_code == 413


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, scene: Scene) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert send(client, scene).status_code == 400


def test_one_address_cannot_send_without_end(app: Flask, client: FlaskClient, scene: Scene) -> None:
    from contest_portal.core.rate_limits import limiter

    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(app)
    try:
        slips = [send(client, scene, grounds="短").status_code for _ in range(12)]
        answers = [send(client, scene, grounds=f"{GROUNDS}{i}") for i in range(11)]
    finally:
        limiter.enabled = False
    assert slips == [422] * 12  # who mistypes is not kept out
    assert [answer.status_code for answer in answers[:10]] == [302] * 10
    assert answers[10].status_code == 429
    told = re.search(r"请约 (\d+) 分钟后再试", answers[10].text)
    assert told
    assert 1 <= int(told[1]) <= 60
    assert "登录失败" not in answers[10].text


def test_after_the_last_day_the_page_says_whom_to_ask(client: FlaskClient, scene: Scene) -> None:
    from datetime import date

    scene.publication.open_until = date(2018, 2, 28)
    scene.office.phone = "0936-8210000"
    db.session.commit()
    form = client.get(f"/lists/{scene.publication.id}/objection")
    assert "公示期已过" in form.text
    assert "0936-8210000" in form.text
    assert "<textarea" not in form.text
    assert send(client, scene).status_code == 409


def test_only_who_has_a_task_reads_who_objects(client: FlaskClient, scene: Scene) -> None:
    row, _code = inquired(scene, files=[])
    address = f"/office/objections/{row.id}"
    for actor in (scene.handler, scene.second):
        text = page(client, actor, address).text
        assert [word for word in SECRET if word not in text] == [PHONE, ID]
        opened = client.post(f"{address}/objector").text
        assert all(word in opened for word in SECRET)
        assert "查看异议人的完整号码</strong>" in opened
    for where in (address, f"/office/contests/{scene.contest.id}/objections"):
        text = page(client, scene.leader, where).text
        assert row.number in text
        assert [word for word in SECRET if word in text] == []
    book = page(client, scene.leader, f"/office/contests/{scene.contest.id}/objections/export")
    cells = [str(one) for row in openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0].values for one in row]
    assert {row.number, scene.entries[0].title} <= set(cells)
    assert [word for word in SECRET if word in "".join(cells)] == []


def test_evidence_is_given_to_who_has_a_task_alone(client: FlaskClient, scene: Scene) -> None:
    from contest_portal.results.evidence import GivenFile

    picture = jpeg(64, 64)
    row, _code = assigned(scene, files=[GivenFile("a.jpg", picture)])
    address = f"/office/objections/{row.id}/files/{row.files[0].id}"
    assert page(client, scene.handler, address).data == picture
    assert page(client, scene.leader, address).status_code == 403
    assert page(client, scene.manager, address).status_code == 404
    other, _code = lodge(scene, 1, files=[GivenFile("b.jpg", jpeg(64, 64))])
    assert page(client, scene.handler, f"/office/objections/{row.id}/files/{other.files[0].id}").status_code == 404


def test_the_case_is_led_to_its_answer_on_its_page(client: FlaskClient, scene: Scene) -> None:
    row, code = lodge(scene)
    case = f"/office/objections/{row.id}"

    def act(actor: Actor, name: str, **values: Any) -> TestResponse:
        text = page(client, actor, case).text
        found = re.search(r'name="version" value="(\d+)"', text)
        return client.post(f"{case}/{name}", data={"version": found[1] if found else "", **values})

    wrong = act(scene.leader, "assign", handler=scene.handler.account_id, second=scene.handler.account_id)
    assert wrong.status_code == 422
    assert "须是两个人" in wrong.text
    act(scene.leader, "assign", handler=scene.handler.account_id, second=scene.second.account_id)
    assert act(scene.handler, "refuse", **{"refuse-why": ""}).status_code == 422
    act(scene.handler, "accept")
    act(scene.handler, "notes", text="电话核实了一次。")
    asked = act(scene.handler, "ask", whom=f"school-{scene.school.id}", question=f"{NAME}说这是抄的，请说明。")
    assert "为异议人保密" in asked.text
    act(scene.handler, "ask", whom=f"school-{scene.school.id}", question="请说明创作过程。")
    statement = page(client, scene.manager, "/statements")
    assert "请说明创作过程。" in statement.text
    assert [word for word in SECRET if word in statement.text] == []
    where = re.search(r'href="(/statements/\d+)"', statement.text)
    assert where is not None
    own = client.get(where[1])
    assert [word for word in SECRET if word in own.text] == []
    client.post(where[1], data={"answer": "课堂完成。", "files": [(io.BytesIO(jpeg(64, 64)), "课堂.jpg")]})
    assert "课堂完成。" in page(client, scene.handler, case).text
    act(scene.handler, "propose", outcome="upheld", decision=DECISION)
    assert act(scene.second, "disagree", **{"disagree-why": ""}).status_code == 422
    act(scene.second, "sign")
    late = client.post(f"{case}/sign", data={"version": "1"})
    assert late.status_code == 409
    assert "现在是「已裁定，待答复」" in late.text
    act(scene.handler, "answer", answer="异议成立，感谢监督。")
    assert "异议成立，感谢监督。" in client.get(f"/objections/{code}").text
    text = page(client, scene.leader, case).text
    assert all(word in text for word in ("王干事", "钱干事", "处理决定"))


def test_the_objector_reads_nothing_before_the_answer(client: FlaskClient, scene: Scene) -> None:
    row, code = inquired(scene)
    statements.ask_statement(scene.handler, row.id, f"school-{scene.school.id}", "请说明创作过程。")
    row = db.session.get_one(Objection, row.id)
    decisions.propose_decision(scene.handler, row.id, row.row_version, "upheld", DECISION)
    text = client.get(f"/objections/{code}").text
    assert [word for word in (DECISION, "王干事", "钱干事", "请说明创作过程。") if word in text] == []
    assert client.post(f"/objections/{code}/withdraw").status_code == 302
    assert client.post(f"/objections/{code}/withdraw").status_code == 409


def test_late_cases_stand_first_and_are_marked(client: FlaskClient, scene: Scene, clock: Any) -> None:
    first, _code = lodge(scene, 0)
    clock.advance(days=4)
    second, _code = lodge(scene, 1)
    clock.advance(days=2)
    text = page(client, scene.leader, f"/office/contests/{scene.contest.id}/objections").text
    assert text.index(first.number) < text.index("已超期", text.index(first.number)) < text.index(second.number)
    late = client.get(f"/office/contests/{scene.contest.id}/objections?late=1").text
    assert (first.number in late, second.number in late) == (True, False)


def test_who_is_kept_away_finds_nothing_of_the_case(client: FlaskClient, scene: Scene) -> None:
    row, _code = assigned(scene)
    answer = sign_in(client, scene.handler).post(
        f"/office/objections/{row.id}/conflicts",
        data={"account_id": scene.handler.account_id, "why": "亲属"},
    )
    assert answer.location.endswith("/objections")
    text = client.get(answer.location).text
    assert row.number not in text
    assert "另有 1 个案件您须回避" in text
    assert client.get(f"/office/objections/{row.id}").status_code == 404


def test_terms_are_set_on_their_page(client: FlaskClient, scene: Scene) -> None:
    address = f"/office/contests/{scene.contest.id}/objections/terms"
    form = page(client, scene.handler, address)
    assert re.search(r'name="inquire_days"[^>]*value="10"', form.text)
    days = {"accept_days": 2, "inquire_days": 15, "sign_days": 3, "answer_days": 2, "statement_days": 3}
    assert client.post(address, data={"version": "0", **days}).status_code == 302
    assert client.post(address, data={"version": "0", **days}).status_code == 422
    assert client.post(address, data={"version": "1", **days, "sign_days": "x"}).status_code == 422
