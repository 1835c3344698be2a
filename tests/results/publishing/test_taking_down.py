"""A list pulled at once by two people: what everybody sees afterwards, who may do it, and that it happens once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotAllowed, TooLate
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.people.models import Office
from contest_portal.results.publishing.models import Publication, TakeDown
from contest_portal.results.publishing.services import publications, taking_down
from tests.factories import make_account, sign_in
from tests.results.publishing.scene import TITLE, Place
from tests.results.publishing.test_publications import objection

WHY = "作品名称里误写了学生的身份证号，家长来电反映。"
WORDS = "名单内容有误，正在核对，更正后另行公示。"

pytestmark = pytest.mark.database


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def colleague(place: Place, role: Role = Role.OFFICE) -> Actor:
    return make_account(role, office=db.session.get_one(Office, place.contest.office_id), name="钱科员")


def pulled(place: Place, row: Publication) -> Publication:
    proposal = taking_down.propose_take_down(place.staff, row.id, WHY, WORDS)
    return taking_down.confirm_take_down(place.leader, proposal.id)


def test_nothing_of_a_pulled_list_is_read_any_more(place: Place, client: FlaskClient) -> None:
    old = place.published()
    place.without_first()
    row = place.published("取消一件。")
    assert row.open_until is not None
    assert row.open_until >= today()
    sign_in(client, place.staff)
    no_day = '下线日期</dt><dd><span class="text-muted">—</span>'
    assert no_day not in client.get(f"/office/publications/{row.id}").text
    pulled(place, row)
    assert no_day in client.get(f"/office/publications/{row.id}").text
    for one in (old, row):
        page = client.get(f"/lists/{one.id}").text
        assert "提前下线" in page
        assert WORDS in page
        assert f"/lists/{one.id}/objection" not in page
        assert WHY not in page
        answers = [
            client.get(f"/lists/{one.id}{part}", follow_redirects=True).data.decode()
            for part in ("", "/print", "/list.pdf", "/list.xlsx", "/list.json", "/objection")
        ]
        for text in answers:
            assert TITLE in text
            assert "张晓" not in text
            assert "火星医院" not in text
            assert "西关小学" not in text
    assert TITLE not in client.get("/lists").text
    assert TITLE not in client.get("/").text
    archive = client.get("/lists/archive").text
    assert archive.count(TITLE) == 1
    assert "提前下线" in archive


def test_a_list_of_awards_takes_its_gallery_along(place: Place, client: FlaskClient) -> None:
    row = place.published()
    row.kind = "award"
    db.session.commit()
    pulled(place, row)
    assert client.get(f"/contests/{place.contest.id}/gallery").status_code == 404


def test_one_person_proposes_and_another_one_confirms(place: Place) -> None:
    row = place.published()
    proposal = taking_down.propose_take_down(place.leader, row.id, WHY, WORDS)
    assert db.session.get_one(Publication, row.id).state == "public"
    with pytest.raises(NotAllowed, match="另一位"):
        taking_down.confirm_take_down(place.leader, proposal.id)
    with pytest.raises(NotAllowed, match="提出人"):
        taking_down.withdraw_take_down(place.staff, proposal.id)
    with pytest.raises(Conflict, match="已经有人提出"):
        taking_down.propose_take_down(place.staff, row.id, WHY, WORDS)
    told = db.session.scalars(select(Notice.account_id).where(Notice.title.contains("紧急下线"))).all()
    assert place.staff.account_id in told
    assert place.leader.account_id not in told
    assert taking_down.confirm_take_down(place.staff, proposal.id).state == "pulled"
    with pytest.raises(Conflict, match="不必重复"):
        taking_down.confirm_take_down(place.staff, proposal.id)
    assert audit.verify(db.session)[1] is None
    whys = db.session.scalars(select(AuditRecord.why).where(AuditRecord.action == "results.confirm_take_down"))
    assert list(whys) == [WHY]


def test_a_proposal_taken_back_changes_nothing_and_another_may_follow(place: Place) -> None:
    row = place.published()
    proposal = taking_down.propose_take_down(place.staff, row.id, WHY, WORDS)
    taking_down.withdraw_take_down(place.staff, proposal.id)
    with pytest.raises(Conflict):
        taking_down.confirm_take_down(place.leader, proposal.id)
    assert db.session.get_one(Publication, row.id).state == "public"
    assert pulled(place, row).state == "pulled"


@pytest.mark.parametrize(
    ("why", "words", "field"), [("不好", WORDS, "why"), (WHY, "更正", "words"), (" " * 20, WORDS, "why")]
)
def test_reason_and_words_for_the_public_are_more_than_a_word(place: Place, why: str, words: str, field: str) -> None:
    row = place.published()
    with pytest.raises(Invalid, match="10 至") as caught:
        taking_down.propose_take_down(place.staff, row.id, why, words)
    assert [one.field for one in caught.value.problems] == [field]
    assert db.session.scalar(select(TakeDown)) is None


@pytest.mark.parametrize("words", ["因%s同学的信息有误，正在核对。", "因 %s 同学的信息有误，正在核对。"])
def test_the_public_words_name_nobody_of_this_version_or_an_older_one(place: Place, words: str) -> None:
    first = place.published().content["sections"][0]["lines"][0]["names"]
    place.without_first()
    row = place.published("取消一件。")
    listed = row.content["sections"][0]["lines"][0]["names"]
    for name in (first, listed, f"{first[0]} {first[1:]}"):
        with pytest.raises(Invalid, match="不能写名单中的姓名") as caught:
            taking_down.propose_take_down(place.staff, row.id, WHY, words % name)
        assert [one.field for one in caught.value.problems] == ["words"]
    assert db.session.scalar(select(TakeDown)) is None


@pytest.mark.parametrize("number", ["990000200801011234", "13800001234", "138 0000 1234", "１３８００００１２３４"])
def test_the_public_words_have_no_long_number(place: Place, number: str) -> None:
    row = place.published()
    with pytest.raises(Invalid, match="长号码") as caught:
        taking_down.propose_take_down(place.staff, row.id, WHY, f"因名单中出现{number}，正在核对。")
    assert [one.field for one in caught.value.problems] == ["words"]
    short = "名单于2018年12月1日公示，内容有误，请拨打8211234咨询。"
    assert taking_down.propose_take_down(place.staff, row.id, WHY, short).state == "proposed"


def test_what_is_wrong_with_reason_and_words_is_told_together(place: Place) -> None:
    row = place.published()
    with pytest.raises(Invalid) as caught:
        taking_down.propose_take_down(place.staff, row.id, "不好", "更正13800001234")
    assert [one.field for one in caught.value.problems] == ["why", "words"]


def test_it_waits_on_the_start_page_of_those_who_may_confirm(place: Place, client: FlaskClient) -> None:
    row = place.published()
    proposal = taking_down.propose_take_down(place.staff, row.id, WHY, WORDS)
    for actor in (place.leader, colleague(place)):
        shown = sign_in(client, actor).get("/work").text
        assert ("紧急下线待确认" in shown, "等待您处理" in shown) == (True, True)
        assert f'href="/office/publications/{row.id}"' in shown.split("最近的消息")[0]
    for actor in (place.staff, colleague(place, Role.SUPERVISOR)):
        assert "紧急下线待确认" not in sign_in(client, actor).get("/work").text
    taking_down.confirm_take_down(place.leader, proposal.id)
    assert "紧急下线待确认" not in sign_in(client, colleague(place)).get("/work").text


def test_who_was_asked_to_confirm_learns_that_it_was_taken_back(place: Place) -> None:
    proposal = taking_down.propose_take_down(place.staff, place.published().id, WHY, WORDS)
    taking_down.withdraw_take_down(place.staff, proposal.id)
    told = db.session.scalars(select(Notice.account_id).where(Notice.title.contains("提议已撤回"))).all()
    assert place.leader.account_id in told
    assert place.staff.account_id not in told


def test_only_the_version_in_force_is_pulled(place: Place) -> None:
    old = place.published()
    with pytest.raises(Conflict):
        taking_down.propose_take_down(place.staff, place.draft("补充。").id, WHY, WORDS)
    place.without_first()
    place.published("取消一件。")
    with pytest.raises(Conflict, match="现行"):
        taking_down.propose_take_down(place.staff, old.id, WHY, WORDS)


def test_two_confirm_at_once_and_one_is_told(app: Flask, place: Place) -> None:
    row = place.published()
    proposal_id = taking_down.propose_take_down(place.staff, row.id, WHY, WORDS).id
    others = [place.leader, colleague(place)]
    db.session.remove()
    ready, outcomes = threading.Barrier(2), []

    def press(actor: Actor) -> None:
        with app.app_context():
            ready.wait(30)
            try:
                outcomes.append(taking_down.confirm_take_down(actor, proposal_id).state)
            except DomainError as error:
                outcomes.append(f"{error.status}")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["409", "pulled"]


def test_the_office_sees_who_when_and_why_and_publishes_anew(place: Place, client: FlaskClient) -> None:
    row = place.published()
    address = f"/office/publications/{row.id}"
    sign_in(client, place.staff)
    assert client.post(f"{address}/take-down", data={"why": "短", "words": WORDS}).status_code == 422
    client.post(f"{address}/take-down", data={"why": WHY, "words": WORDS})
    proposal_id = db.session.scalar(select(TakeDown.id))
    assert "撤回提议" in client.get(address).text
    assert client.post(f"/office/take-downs/{proposal_id}/confirm").status_code == 403
    sign_in(client, place.leader)
    assert "确认紧急下线" in client.get(address).text
    assert client.post(f"/office/take-downs/{proposal_id}/confirm").status_code == 302
    assert client.post(f"/office/take-downs/{proposal_id}/confirm").status_code == 409
    page = client.get(address).text
    assert WHY in page
    assert "确认，名单下线" in page
    assert "下线日期</label>" not in page
    place.without_first()
    with pytest.raises(Invalid, match="更正"):
        place.draft()
    again = place.published("更正一件作品的名称。")
    page = client.get(f"/lists/{again.id}").text
    assert "张晓2" in page
    assert "张晓1<" not in page  # what differs from the list that was pulled is not told
    assert "张晓1（" not in page
    assert f"/lists/{again.id}" in client.get(f"/lists/{row.id}").text
    assert f'/lists/{row.id}"' not in client.get("/lists/archive").text


def test_no_objection_is_taken_and_a_case_goes_on(place: Place) -> None:
    row = place.published()
    case = objection(place, row, 0)
    pulled(place, row)
    with pytest.raises(TooLate, match="提前下线"):
        objection(place, row, 1)
    db.session.refresh(case)
    assert case.state == "received"


def test_a_pulled_list_is_not_put_up_again_by_a_day(place: Place) -> None:
    row = pulled(place, place.published())
    with pytest.raises(Conflict):
        publications.set_down_on(place.leader, row.id, today())
