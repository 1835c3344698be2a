"""The results of a contest day: one types them at the table, another compares, one lists and the other publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.contest_days.services import groups, lots, teams
from contest_portal.people.models import Office
from tests import factories
from tests.events.factories import make_event, moment
from tests.journeys import scene
from tests.journeys.browsing import Join
from tests.journeys.scene import STAFF
from tests.journeys.site import Site

COLLEAGUE = "sunganshi"
TEAMS = ("火星一队", "月球队")


@dataclass
class Day:
    """Addresses of the story."""

    group: str
    results: str


@pytest.fixture
def day(site: Site) -> Day:
    """Two teams of two schools, one run, the order drawn."""
    with site.inside():
        office_id = scene.make_office()
        typist = scene.account("孙干事", Role.OFFICE, COLLEAGUE, office_id=office_id)
        office = db.session.get_one(Office, office_id)
        event = make_event(
            office, "甘州区青少年机器人竞赛", kind="contest_day",
            booking_opens_at=now() - timedelta(days=1), booking_closes_at=now() + timedelta(minutes=1),
        )  # fmt: skip
        data = groups.GroupData(
            "小学组", moment("2018-05-12 09:00"), tables=2, runs=1, fewest=1, most=2, stages=["小学"]
        )
        group = groups.add_group(typist, event.id, data)
        for name, school_name in zip(TEAMS, ("西关小学", "东街小学"), strict=True):
            school = factories.make_school(office, school_name)
            manager = factories.make_account(Role.SCHOOL_MANAGER, school=school)
            coach, pupil = factories.make_teacher(school, "陈建国"), factories.make_student(school, "马雪梅", grade=5)
            teams.register_team(manager, group.id, teams.TeamData(name, coach.id, [pupil.id]))
        site.clock.advance(minutes=2)
        lots.draw_group(typist, group.id, group.version, seed=7)
        return Day(f"/office/groups/{group.id}", f"/events/{event.id}/results")


def test_what_one_types_another_confirms_and_publishes(site: Site, people: Join, day: Day) -> None:
    typist = people(phone=True).sign_in(COLLEAGUE)
    typist.go(f"{day.group}/runs").sees(*TEAMS)
    for place, (score, time) in enumerate((("80", "1:00"), ("80", "0:50"))):
        typist.fill(**{f"rows-{place}-score": score, f"rows-{place}-time": time})
    typist.press("保存成绩").told("已保存 2 项成绩，等待另一人确认。")
    typist.go(f"{day.group}/confirm").sees("您录入的成绩，要由另一人确认", "没有等待您确认的成绩")
    assert typist.page.get_by_role("button", name="确认所选成绩").count() == 0

    other = people().sign_in(STAFF)
    other.go(f"{day.group}/ranking").sees("2 项等待另一人确认")
    other.go(f"{day.group}/confirm").sees("孙干事")
    for box in other.page.locator("input[name=run]").all():
        box.check()
    other.press("确认所选成绩").told("已确认 2 项成绩。")

    typist.go(f"{day.group}/ranking").press("生成名次表").sees("名次表要由生成人以外的另一人核对并公布。")
    visitor = people(phone=True).go(day.results).sees("还没有公布成绩")
    other.go(f"{day.group}/ranking").confirm("公布成绩")
    visitor.go(day.results).sees("小学组", *TEAMS)
    first = visitor.page.locator("tbody tr").first.inner_text()
    assert "50" in first  # the same points, ten seconds faster
