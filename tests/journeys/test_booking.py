"""Schools book: wishes that the office makes a plan of, moves by hand and publishes; and places kept under the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.planning.models import EventSession
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session
from tests.journeys import scene
from tests.journeys.browsing import Join, Person
from tests.journeys.scene import MANAGER, STAFF
from tests.journeys.site import Site

OTHER = "dong"
CLASS = "4|2班"


@dataclass
class Events:
    """Numbers of an event with wishes and of one that is booked as schools come, and of their sessions in order."""

    wishes: int
    wished: list[int]
    first_come: int
    sessions: list[int]


@pytest.fixture
def events(site: Site) -> Events:
    with site.inside():
        office_id = scene.make_office()
        scene.make_school(office_id)
        scene.make_school(office_id, "甘州区东街小学", prefix=OTHER)
        office = db.session.get_one(Office, office_id)
        wishes = make_event(
            office, mode="wishes", booking_closes_at=now() + timedelta(days=3), pupils_per_adult=20, most_wishes=2
        )
        open_day = make_event(office, "科普日", kind="open_day", pupils_per_adult=20)
        begin = now() + timedelta(days=20)
        wished = [make_session(wishes, begin + timedelta(hours=2 * number), capacity=50) for number in range(3)]
        sessions = [make_session(open_day, begin + timedelta(hours=2 * number), capacity=40) for number in range(2)]
        return Events(wishes.id, _ids(wished), open_day.id, _ids(sessions))


def _ids(sessions: list[EventSession]) -> list[int]:
    return [one.id for one in sessions]


def test_wishes_become_a_plan_that_is_moved_by_hand_published_and_read(
    site: Site, people: Join, events: Events
) -> None:
    ours, theirs, staff = people(phone=True).sign_in(MANAGER), people().sign_in(OTHER + MANAGER), people()
    for school in (ours, theirs):
        school.go("/bookings").sees("填报志愿，统一安排").press("填报志愿")
        _class_of(school, 40)
        _choose(school, 1, events.wished[0])
        _choose(school, 2, events.wished[1])
        _leader(school).press("提交志愿").told("志愿已提交").sees("志愿已交")

    site.clock.move_to(site.clock.now() + timedelta(days=4))
    ours.go("/bookings").sign_in(MANAGER).go("/bookings").press("查看和修改").sees("志愿填报已截止，不能再修改")
    staff.sign_in(STAFF).go(f"/office/events/{events.wishes}/wishes").sees("志愿填报已经截止")
    staff.page.set_viewport_size({"width": 360, "height": 740})
    staff.page.reload()
    expect(staff.page.locator(".tabs .is-active")).to_be_in_viewport(ratio=1)
    staff.press("计算方案").sees("正在计算")
    site.do_jobs()
    staff.go(f"/office/events/{events.wishes}/wishes").press("查看最新方案（第 1 版）")
    staff.sees("按学校", "甘州区东街小学", "第 1 志愿", "第 2 志愿")
    staff.press("调整", within=staff.row("南街小学")).fill(session=events.wished[2], why="校车只在下午来")
    staff.press("调整").sees("学校没有填报这一场").fill(despite=True).press("调整").told("已调整")
    staff.sees("人工调整").confirm("公布方案", yes="公布").told("方案已公布")

    ours.go("/bookings").sees("已预约", "第 3 场").press("查看和修改").press("安排结果：第几志愿、为什么")
    ours.sees("已排上场次", "志愿以外", "人工调整过")


def test_places_are_kept_under_the_clock_until_they_are_confirmed(site: Site, people: Join, events: Events) -> None:
    ours, theirs = people(phone=True).sign_in(MANAGER), people().sign_in(OTHER + MANAGER)
    visitor = people().go(f"/events/{events.first_come}").sees("余 40 个名额")
    for school in (ours, theirs):
        school.go(f"/events/{events.first_come}").press("预约")
        _class_of(school, 28)
        _choose(school, 1, events.sessions[0])
    ours.press("保留位置，下一步").sees("位置为您保留到")
    theirs.press("保留位置，下一步").sees("这一场坐不下", "还剩 10 个位置")
    visitor.go(f"/events/{events.first_come}").sees("余 10 个名额")
    _leader(ours).press("确认预约").told("预约成功").sees("打印预约单", "第 1 场")
    _choose(theirs, 1, events.sessions[1])
    theirs.press("保留位置，下一步").sees("位置为您保留到")
    site.clock.move_to(site.clock.now() + timedelta(minutes=11))
    _leader(theirs).press("确认预约").sees("占位已超过 10 分钟")
    visitor.go(f"/events/{events.first_come}").sees("余 40 个名额")


def _class_of(person: Person, pupils: int) -> None:
    person.page.locator(f'[name="class"][value="{CLASS}"]').check()
    person.fill_in(f"count-{CLASS}", pupils)
    person.fill_in("adults", 2)


def _choose(person: Person, number: int, session_id: int) -> None:
    person.page.locator(f"#session-{number}").select_option(str(session_id))


def _leader(person: Person) -> Person:
    return person.fill(leader_name="李文静", leader_phone="13900000001")
