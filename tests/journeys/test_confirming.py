"""A member of the office who has been away from the desk is asked again who it is, and what the number is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.people.models import Invitation, Office
from tests.factories import id_number, make_school, make_student
from tests.journeys.browsing import Join, rows_of
from tests.journeys.scene import STAFF, make_office
from tests.journeys.site import PASSWORD, Site

NUMBER = id_number(date(2008, 5, 4))


@pytest.fixture
def asking(site: Site) -> Iterator[Site]:
    """The site, which asks again."""
    site.app.config["STEP_UP"] = True
    yield site
    site.app.config["STEP_UP"] = False


@pytest.mark.parametrize("scripts", [True, False])
def test_a_colleague_is_invited_and_a_number_opened(asking: Site, people: Join, scripts: bool) -> None:
    with asking.inside():
        office = db.session.get_one(Office, make_office())
        pupil = make_student(make_school(office, "南街小学"), "张晓明", id_number=NUMBER).id
    staff = people(phone=not scripts, scripts=scripts)
    staff.sign_in(STAFF).go(f"/students/{pupil}")
    asking.clock.advance(minutes=11)

    staff.press("显示完整号码（会留下记录）").sees("请确认是您本人", "查看完整号码")
    assert NUMBER not in staff.text
    staff.fill(**{"again-purpose": "核对参赛报名表", "again-password": "falsch"}).press("确认并继续").sees("密码不正确")
    staff.fill(**{"again-password": PASSWORD}).press("确认并继续").sees(NUMBER)

    asking.clock.advance(minutes=11)
    staff.go("/office").fill(name="李建业", role=str(Role.LEADER)).press("生成邀请单")
    staff.sees("您刚才填写的内容都已保留").fill(**{"again-purpose": "新同事到岗", "again-password": PASSWORD})
    staff.press("确认并继续").sees("李建业")
    with asking.inside():
        assert db.session.scalars(select(Invitation.role).where(Invitation.name == "李建业")).all() == ["leader"]
        opened = select(AuditRecord.why).where(AuditRecord.action == "people.open_student_numbers")
        assert db.session.scalars(opened).all() == ["核对参赛报名表"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_roster_with_whole_numbers_is_fetched_and_one_is_back_on_its_page(
    asking: Site, people: Join, scripts: bool
) -> None:
    with asking.inside():
        office = db.session.get_one(Office, make_office())
        school = make_school(office, "南街小学")
        make_student(school, "张晓明", id_number=NUMBER)
        roster = f"/schools/{school.id}/students"
    staff = people(phone=not scripts, scripts=scripts)
    staff.sign_in(STAFF).go(roster)
    asking.clock.advance(minutes=11)
    export = staff.page.locator("details:has(form[action$='/students/export'])")
    export.locator("summary").click()
    staff.press("确定导出", within=export)
    staff.sees("请确认是您本人").fill(**{"again-purpose": "核对参赛报名表", "again-password": PASSWORD})
    staff.press("确认并继续").sees("已确认")
    _name, content = staff.download("下载文件")
    assert NUMBER in str(rows_of(content))
    staff.press("回到刚才的页面")
    assert staff.page.url.endswith(roster)
