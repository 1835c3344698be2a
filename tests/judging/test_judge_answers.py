"""An invited judge accepts or declines by the slip, without an account; the office sees it, rounds go by it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import Notice
from contest_portal.judging.models import Judge
from contest_portal.judging.queries.answers import unanswered
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import judges, rounds
from contest_portal.judging.services.answers import accept_invitation, decline_invitation
from contest_portal.judging.services.repairing import apply_repair
from contest_portal.people.models import Account
from contest_portal.people.services.invitations import LinkOver, revoke_invitation
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.sessions import visitor
from tests import factories
from tests.judging.making import Scene, make_judge, make_scene, open_round, plan_round, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=3, entries=8)


@pytest.fixture
def guest(scene: Scene) -> Judge:
    """One more judge, invited, without an account."""
    row = make_judge(scene, "沈知秋", account=scene.staff)
    row.account_id, row.state = None, "invited"
    db.session.commit()
    return row


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def invited(scene: Scene, judge: Judge) -> str:
    return judges.invite_judges(scene.staff, scene.office.id, [judge.id])[0].code


def told(scene: Scene) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.account_id == scene.staff.account_id))
    return [f"{one.title % one.params} {one.body % one.params}" for one in rows]


class TestPage:
    def test_it_says_what_for_and_the_answer_needs_no_account(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        row = plan_round(scene, reads=2)
        code, accounts = invited(scene, guest), len(db.session.scalars(select(Account)).all())
        html = client.get(f"/i/{code}").get_data(as_text=True)
        assert scene.contest.name in html
        assert scene.category().name in html
        assert f"{local(row.closes_at):%Y-%m-%d}" in html
        assert "约 4 件作品" in html  # 8 works, 2 reads each, 4 judges
        client.post(f"/judge-invitations/{code}/accept")
        db.session.expire_all()
        assert (guest.state, guest.account_id) == ("invited", None)
        assert guest.accepted_at is not None
        assert len(db.session.scalars(select(Account)).all()) == accounts
        assert any("接受了邀请" in one for one in told(scene))
        html = client.get(f"/i/{code}").get_data(as_text=True)
        assert "您已接受邀请" in html
        assert "开通账号" in html

    def test_declining_takes_a_reason_and_frees_the_round(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        row = plan_round(scene, reads=2)
        code = invited(scene, guest)
        refused = client.post(f"/judge-invitations/{code}/decline", data={"why": " "})
        assert refused.status_code == 422
        assert "请填写原因" in refused.get_data(as_text=True)
        answer = client.post(f"/judge-invitations/{code}/decline", data={"why": "外出学习"})
        assert "已告知主办单位" in answer.get_data(as_text=True)
        db.session.expire_all()
        assert (guest.state, guest.answer_why) == ("declined", "外出学习")
        assert any("谢绝了邀请" in one and "外出学习" in one for one in told(scene))
        preview = preview_plan(round_to_plan(row.id), 1)
        assert preview.plan is not None
        assert guest.id not in preview.plan.loads
        with pytest.raises(Conflict, match="谢绝"):
            rounds.choose_judges(scene.staff, row.id, [rounds.Seat(guest.id)])
        assert "您已谢绝这次邀请" in client.get(f"/i/{code}").get_data(as_text=True)
        with pytest.raises(Conflict):
            accept_invitation(visitor(), code)
        judges.restore_judge(scene.staff, guest.id)
        db.session.expire_all()
        assert (guest.state, guest.answer_why) == ("invited", "")

    def test_without_a_round_the_contests_that_run_are_named(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        guest.expertise = ["KH", "物理"]
        db.session.commit()
        html = client.get(f"/i/{invited(scene, guest)}").get_data(as_text=True)
        assert scene.category().name in html
        assert "件数待定" in html
        scene.contest.is_practice = True
        db.session.commit()
        html = client.get(f"/i/{invited(scene, guest)}").get_data(as_text=True)
        assert "确定后另行通知" in html
        assert scene.contest.name not in html

    def test_a_withdrawn_link_and_one_of_somebody_else_answer_nothing(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        issued = judges.invite_judges(scene.staff, scene.office.id, [guest.id])[0]
        revoke_invitation(scene.staff, issued.invitation.id)
        with pytest.raises(LinkOver):
            accept_invitation(visitor(), issued.code)
        assert client.post(f"/judge-invitations/{issued.code}/accept").status_code == 410
        assert client.post("/judge-invitations/AAAA-AAAA-AAAA-AAAA/decline", data={"why": "x"}).status_code == 404
        assert guest.accepted_at is None

    def test_opening_the_account_at_once_is_an_answer_too(self, scene: Scene, guest: Judge) -> None:
        code = invited(scene, guest)
        join_with_new_account(visitor(), code, login_name="shenzhiqiu", password="Hexi-1958-Zhangye")
        db.session.expire_all()
        assert guest.state == "active"
        assert guest.accepted_at is not None


class TestOffice:
    def test_the_list_tells_who_accepted_who_declined_and_who_has_not_answered(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        others = []
        for name in ("祁远山", "顾南枝"):
            row = make_judge(scene, name, account=scene.staff)
            row.account_id, row.state = None, "invited"
            others.append(row)
        db.session.commit()
        invited(scene, guest)
        accept_invitation(visitor(), invited(scene, others[0]))
        decline_invitation(visitor(), invited(scene, others[1]), "时间冲突")
        assert unanswered(scene.office.id) == [guest.id]
        factories.sign_in(client, scene.staff)
        html = client.get("/office/judges").get_data(as_text=True)
        assert "1 名评委收到邀请单后还没有答复" in html
        for state, name in (("unanswered", "沈知秋"), ("accepted", "祁远山"), ("declined", "顾南枝")):
            rows = client.get(f"/office/judges?state={state}").get_data(as_text=True)
            listed = set(re.findall("沈知秋|祁远山|顾南枝", rows.partition("<tbody>")[2].partition("</tbody>")[0]))
            assert listed == {name}
        book = load_workbook(io.BytesIO(client.get("/office/judges/export").data))
        cells = {row[1]: row[6] for row in book.active.iter_rows(values_only=True) if row[1]}
        assert cells["沈知秋"] == "已发邀请，未答复"
        assert cells["顾南枝"] == "已谢绝：时间冲突"

    def test_a_plan_tells_who_has_not_answered_from_who_has_only_no_account_yet(
        self, scene: Scene, guest: Judge
    ) -> None:
        row = plan_round(scene, reads=2)

        def told_of(name: str) -> list[str]:
            return [str(one) for one in preview_plan(round_to_plan(row.id), 1).warnings if name in str(one)]

        assert ["还没有接受邀请" in one for one in told_of(guest.name)] == [True]
        accept_invitation(visitor(), invited(scene, guest))
        assert ["还没有开通账号" in one for one in told_of(guest.name)] == [True]

    def test_judges_without_an_invitation_are_listed_apart(
        self, scene: Scene, guest: Judge, client: FlaskClient
    ) -> None:
        factories.sign_in(client, scene.staff)
        assert guest.name in client.get("/office/judges?state=uninvited").get_data(as_text=True)
        assert guest.name not in client.get("/office/judges?state=unanswered").get_data(as_text=True)
        invited(scene, guest)
        assert guest.name not in client.get("/office/judges?state=uninvited").get_data(as_text=True)
        assert guest.name in client.get("/office/judges?state=unanswered").get_data(as_text=True)

    def test_who_declines_in_mid_round_leaves_the_tasks_to_a_repair(self, scene: Scene, guest: Judge) -> None:
        running = open_round(scene, reads=2)
        count = len(tasks_of(running, guest))
        assert count
        decline_invitation(visitor(), invited(scene, guest), "生病")
        assert any(f"还有 {count} 件" in one for one in told(scene))
        wish = RepairWish()
        shown = preview_repair(running, wish)
        apply_repair(scene.staff, running.id, wish, shown.digest, running.version, "谢绝")
        assert tasks_of(running, guest) == []
        assert len(tasks_of(running)) == 16

    def test_an_expired_link_is_not_waiting_for_an_answer(self, scene: Scene, guest: Judge) -> None:
        issued = judges.invite_judges(scene.staff, scene.office.id, [guest.id])[0]
        issued.invitation.expires_at = now() - timedelta(days=1)
        db.session.commit()
        assert unanswered(scene.office.id) == []
