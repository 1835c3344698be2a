"""Wishes become a plan: frozen, computed by a job, adjusted by hand, taken away, published to all at one moment."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.jobs import run_next
from contest_portal.core.models import Notice
from contest_portal.events.allocating.models import EventPlan, PlanMove
from contest_portal.events.allocating.queries.standing import outcome_of, plan_of
from contest_portal.events.allocating.queries.wishes import wish_table
from contest_portal.events.allocating.services.plans import ask_plan, move_party
from contest_portal.events.allocating.services.publishing import publish_plan
from contest_portal.events.booking import services as booking
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPlace
from contest_portal.events.booking.party import Details, Party
from contest_portal.events.booking.places import places_of
from contest_portal.events.booking.presenting import class_name
from contest_portal.events.commands.allocate import allocate_sessions
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Office
from tests import factories
from tests.events.factories import make_event, make_session
from tests.events.party_factories import Booker, booker, classes, require_counts

pytestmark = pytest.mark.database


@dataclass
class Museum:
    """An event with wishes: three sessions on one day (50 people each), one on the next."""

    office: Office
    event: Event
    sessions: list[EventSession]
    staff: Actor
    clock: MovingClock
    schools: dict[str, Booker]

    def wish(self, school: str, party: Party, *numbers: int, may_split: bool = False, priority: int = 1) -> Booking:
        """A party wishes these sessions, by number from 1."""
        if school not in self.schools:
            self.schools[school] = booker(self.office, school)
        by = self.schools[school]
        wished = [self.sessions[number - 1].id for number in numbers]
        details = Details("王老师", "13900000001", may_split=may_split)
        row = booking.wish(by.actor, self.event.id, by.school.id, wished, party, details)
        if priority != 1:
            booking.set_priorities(self.staff, self.event.id, [row.id], priority, "乡村学校")
        return row

    def close(self) -> None:
        """The time for wishes is over."""
        assert self.event.booking_closes_at
        self.clock.move_to(self.event.booking_closes_at + timedelta(seconds=1))

    def plan(self, seed: int = 7) -> EventPlan:
        """Closed, frozen, computed."""
        self.close()
        row = ask_plan(self.staff, self.event.id, seed=seed)
        while run_next():
            pass
        db.session.expire_all()
        return db.session.get_one(EventPlan, row.id)

    def number(self, session_id: int) -> int:
        return next(one.number for one in self.sessions if one.id == session_id)

    def places(self, row: Booking) -> dict[int, int]:
        """What the party has, by the number of the session."""
        db.session.expire_all()
        return {self.number(session): people for session, people in places_of(row).items()}


@pytest.fixture
def museum(app: object, clock: MovingClock) -> Museum:
    office = factories.make_office()
    event = make_event(
        office, mode="wishes", splittable=True, booking_opens_at=now(), booking_closes_at=now() + timedelta(days=7)
    )
    starts = ("2018-09-10 09:00", "2018-09-10 10:30", "2018-09-10 14:30", "2018-09-11 09:00")
    sessions = [make_session(event, one, capacity=50) for one in starts]
    return Museum(office, event, sessions, factories.make_account(Role.OFFICE, office=office), clock, {})


def test_the_wishes_become_places_for_all_at_one_moment(museum: Museum) -> None:
    large, small = museum.wish("西关小学", classes(45), 1), museum.wish("东街小学", classes(20), 1, 2)
    left = museum.wish("南关小学", classes(30), 1)
    row = museum.plan()
    db.session.expire_all()
    assert {one.state for one in (large, small, left)} == {"wished"}
    publish_plan(museum.staff, row.id)
    assert museum.places(large) == {1: 45}
    assert museum.places(small) == {2: 20}
    assert museum.places(left) == {}
    assert [one.state for one in (large, small, left)] == ["booked", "booked", "unplaced"]
    require_counts(museum.event)


def test_a_school_learns_nothing_before_and_its_wish_and_the_reason_after(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1)
    second, left = museum.wish("东街小学", classes(20), 1, 2), museum.wish("南关小学", classes(30), 1)
    row = museum.plan()
    assert outcome_of(second).line is None
    publish_plan(museum.staff, row.id)
    db.session.expire_all()
    given, lacking = outcome_of(second).line, outcome_of(left).line
    assert given is not None
    assert lacking is not None
    assert given.standing.wish == 2
    assert lacking.standing.reason == "所填的场次剩下的名额都不够 30 人：最多的一场还剩 5 个名额。"


def test_every_school_is_told_once_what_it_got(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1)
    museum.wish("南关小学", classes(30), 1)
    publish_plan(museum.staff, museum.plan().id)
    told = {}
    for name, by in museum.schools.items():
        rows = db.session.scalars(select(Notice).where(Notice.account_id == by.actor.account_id)).all()
        told[name] = [one.title % one.params for one in rows if "安排公布了" in one.title]
    assert told == {
        "西关小学": ["「中国流动科技馆甘州区巡展」的安排公布了：贵校 45 人已排上场次"],
        "南关小学": ["「中国流动科技馆甘州区巡展」的安排公布了：贵校 30 人没有排上，可以加入候补"],
    }


def test_priorities_decide_before_people(museum: Museum) -> None:
    crowd, rural = museum.wish("西关小学", classes(50), 1), museum.wish("乡村小学", classes(10), 1, priority=3)
    publish_plan(museum.staff, museum.plan().id)
    assert (museum.places(rural), museum.places(crowd)) == ({1: 10}, {})


def test_a_divided_party_stays_together_by_classes_on_neighbouring_sessions(museum: Museum) -> None:
    row = museum.wish("西关小学", classes(40, 30), 1, may_split=True)
    publish_plan(museum.staff, museum.plan().id)
    places = museum.places(row)
    assert set(places) == {1, 2}
    assert sorted(places.values()) == [30, 40]
    groups = db.session.scalars(select(BookingGroup).where(BookingGroup.booking_id == row.id)).all()
    assert {museum.number(one.session_id or 0): one.pupils for one in groups} == places


def test_nothing_is_planned_while_schools_may_wish_or_without_wishes(museum: Museum) -> None:
    with pytest.raises(Conflict, match="截止之后才能计算方案"):
        ask_plan(museum.staff, museum.event.id)
    museum.close()
    with pytest.raises(Conflict, match="没有学校填报志愿"):
        ask_plan(museum.staff, museum.event.id)


def test_a_new_plan_supersedes_the_one_before_and_a_published_one_is_the_last(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1)
    first, second = museum.plan(seed=1), museum.plan(seed=2)
    db.session.expire_all()
    assert (first.version, first.state, second.version, second.state) == (1, "superseded", 2, "ready")
    with pytest.raises(Conflict, match="已被新的方案取代"):
        publish_plan(museum.staff, first.id)
    publish_plan(museum.staff, second.id)
    with pytest.raises(Conflict, match="方案已经公布，不能再计算"):
        ask_plan(museum.staff, museum.event.id)
    with pytest.raises(Conflict, match="已经公布"):
        publish_plan(museum.staff, second.id)


def test_the_bundle_computed_again_gives_the_same_bytes(museum: Museum, client: FlaskClient, tmp_path: Path) -> None:
    for number in range(8):
        museum.wish(f"第{number}小学", classes(25, 5 + number), 1, 2, may_split=number % 2 == 0)
    row = museum.plan(seed=2018)
    browser = factories.sign_in(client, museum.staff)
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"/office/plans/{row.id}/bundle.zip").data))
    problem = tmp_path / "problem.json"
    problem.write_bytes(archive.read("problem.json"))
    said = CliRunner().invoke(allocate_sessions, [str(problem), "--seed", "2018", "--json"], catch_exceptions=False)
    assert said.stdout_bytes == archive.read("answer.json")
    assert "--seed 2018" in archive.read("README.txt").decode()


def test_a_party_is_moved_by_hand_within_the_room_and_with_a_reason(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1)
    left = museum.wish("南关小学", classes(30), 1)
    row = museum.plan()
    full, free = museum.sessions[0].id, museum.sessions[3].id
    with pytest.raises(Invalid, match="请写明原因"):
        move_party(museum.staff, row.id, left.id, {free: 30}, " ")
    with pytest.raises(Invalid, match="第 1 场还差 25 个名额"):
        move_party(museum.staff, row.id, left.id, {full: 30}, "协商")
    with pytest.raises(Invalid, match="相加应等于"):
        move_party(museum.staff, row.id, left.id, {free: 29}, "协商")
    with pytest.raises(Invalid, match="学校没有填报这一场"):
        move_party(museum.staff, row.id, left.id, {free: 30}, "协商")
    move_party(museum.staff, row.id, left.id, {free: 30}, "与学校电话商定", despite=True)
    publish_plan(museum.staff, row.id)
    assert museum.places(left) == {4: 30}
    assert left.state == "booked"
    assert [one.why for one in db.session.scalars(select(PlanMove))] == ["与学校电话商定"]


def test_a_party_taken_out_by_hand_is_told_so(museum: Museum) -> None:
    out = museum.wish("西关小学", classes(45), 1)
    row = museum.plan()
    move_party(museum.staff, row.id, out.id, {}, "学校要求")
    publish_plan(museum.staff, row.id)
    line = outcome_of(out).line
    assert line is not None
    assert (line.standing.code, museum.places(out)) == ("by_hand", {})


def test_who_cancelled_after_the_freeze_is_left_out(museum: Museum) -> None:
    gone, stays = museum.wish("西关小学", classes(20), 1), museum.wish("东街小学", classes(20), 1)
    row = museum.plan()
    booking.cancel(museum.schools["西关小学"].actor, gone.id)
    publish_plan(museum.staff, row.id)
    assert (museum.places(gone), museum.places(stays)) == ({}, {1: 20})
    require_counts(museum.event)


def test_if_a_session_has_less_room_meanwhile_nothing_is_published(museum: Museum) -> None:
    row_of = [museum.wish("西关小学", classes(20), 2), museum.wish("东街小学", classes(45), 1)]
    row = museum.plan()
    session = db.session.get_one(EventSession, museum.sessions[0].id)
    session.capacity = 40
    db.session.commit()
    with pytest.raises(Conflict, match="还剩 40 个位置，您这次需要 45 个"):
        publish_plan(museum.staff, row.id)
    db.session.expire_all()
    assert [one.state for one in row_of] == ["wished", "wished"]
    assert db.session.scalars(select(BookingPlace)).all() == []
    assert db.session.get_one(Event, museum.event.id).plan_published_at is None


def test_an_unplaced_party_may_wait_for_a_place(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1)
    left = museum.wish("南关小学", classes(30), 1)
    publish_plan(museum.staff, museum.plan().id)
    booking.join(museum.schools["南关小学"].actor, left.id, [museum.sessions[0].id])
    db.session.expire_all()
    assert left.state == "waiting"


def test_the_table_of_wishes_counts_people_by_position(museum: Museum) -> None:
    museum.wish("西关小学", classes(45), 1, 2)
    museum.wish("东街小学", classes(60), 1, may_split=True)
    table = wish_table(museum.event.id)
    assert (table.parties, table.schools, table.people, table.priorities) == (2, 2, 105, {1: 2})
    assert [(one.first, one.all, one.heat) for one in table.demands] == [
        (105, 105, 5), (0, 45, 0), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip
    assert table.times == ["09:00", "10:30", "14:30"]
    assert [[cell is None for cell in cells] for _day, cells in table.days] == [[False] * 3, [False, True, True]]


def test_the_office_plans_adjusts_and_publishes_through_its_pages(
    museum: Museum, client: FlaskClient, anonymous: Callable[[], FlaskClient]
) -> None:
    museum.wish("西关小学", classes(45), 1)
    left = museum.wish("南关小学", classes(20, 15), 1, may_split=True)
    museum.close()
    browser = factories.sign_in(client, museum.staff)
    assert "80 / 50" in browser.get(f"/office/events/{museum.event.id}/wishes").get_data(as_text=True)
    asked = browser.post(f"/office/events/{museum.event.id}/wishes", data={"seed": "5"})
    address = asked.headers["Location"]
    assert "正在计算" in browser.get(address).get_data(as_text=True)
    while run_next():
        pass
    assert "西关小学（45）" in browser.get(address).get_data(as_text=True)
    one, other = museum.sessions[1].id, museum.sessions[3].id
    form = {"session": "", "classes-0": one, "classes-1": other, "why": "分两天"}
    answer = browser.post(f"{address}/parties/{left.id}", data=form)
    assert answer.status_code == 422
    assert "这几场不在同一天，或不相邻。" in answer.get_data(as_text=True)
    assert browser.post(f"{address}/parties/{left.id}", data={**form, "despite": "y"}).status_code == 302
    own = factories.sign_in(anonymous(), museum.schools["南关小学"].actor)
    assert "方案还没有公布" in own.get(f"/bookings/{left.id}/plan").get_data(as_text=True)
    assert browser.post(f"{address}/publish").status_code == 302
    text = own.get(f"/bookings/{left.id}/plan").get_data(as_text=True)
    assert "第 2 场 2018-09-10 10:30–12:00，20 人" in text
    assert "第 4 场 2018-09-11 09:00–10:30，15 人" in text
    book = load_workbook(io.BytesIO(browser.get(f"{address}/export").data))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "西关小学（45）" in cells


def test_before_publishing_it_is_asked_with_how_many_have_no_place(museum: Museum, client: FlaskClient) -> None:
    museum.wish("西关小学", classes(45), 1)
    plan = museum.plan()
    browser = factories.sign_in(client, museum.staff)
    asked = "公布后不能撤回，也不能重新计算。现在公布？"
    page = browser.get(f"/office/plans/{plan.id}").text
    assert asked in page
    assert "没有排上 0 队" not in page
    party = db.session.scalars(select(Booking)).one()
    move_party(museum.staff, plan.id, party.id, {}, "学校要求")
    assert f"已安排 0 队，没有排上 1 队。{asked}" in browser.get(f"/office/plans/{plan.id}").text


def test_a_divided_party_opens_class_by_class_and_is_not_dropped_for_a_class_without_a_session(
    museum: Museum, client: FlaskClient
) -> None:
    row = museum.wish("西关小学", classes(40, 30), 1, may_split=True)
    plan = museum.plan()
    browser = factories.sign_in(client, museum.staff)
    address = f"/office/plans/{plan.id}/parties/{row.id}"
    first, second = (str(one.id) for one in museum.sessions[:2])

    def shown(name: str) -> str | None:
        return chosen(browser.get(address).get_data(as_text=True), name)

    standing = {people: str(session) for session, people in plan_of(plan).standings[row.id].places.items()}
    assert standing.keys() == {40, 30}
    assert set(standing.values()) == {first, second}
    assert [shown(name) for name in ("session", "classes-0", "classes-1")] == ["classes", standing[40], standing[30]]
    missing = class_name(*db.session.execute(select(BookingGroup.grade, BookingGroup.class_name)).all()[1])
    for session in ("", "classes"):
        form = {"session": session, "classes-0": standing[40], "classes-1": "", "why": "电话商定"}
        answer = browser.post(address, data=form)
        assert answer.status_code == 422
        assert f"{missing}还没有选场次。" in answer.get_data(as_text=True)
    stays = browser.post(
        address, data={"session": "", "classes-0": standing[40], "classes-1": standing[30], "why": "x"}
    )
    assert "要整队一起改，请把各班改为「与整队相同」" in stays.get_data(as_text=True)
    assert db.session.scalars(select(PlanMove)).all() == []
    swapped = {"session": "classes", "classes-0": standing[30], "classes-1": standing[40], "why": "电话商定"}
    assert browser.post(address, data=swapped).status_code == 302
    assert [shown(name) for name in ("classes-0", "classes-1")] == [standing[30], standing[40]]
    out = {"session": "", "classes-0": "", "classes-1": "", "why": "学校要求"}
    assert browser.post(address, data=out).status_code == 302
    assert [shown(name) for name in ("session", "classes-0")] == [None, None]


def chosen(page: str, name: str) -> str | None:
    """The value that the list of the page stands on; None where it is the empty one."""
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    assert found
    option = re.search(r'<option selected value="([^"]*)"', found[0])
    return (option[1] or None) if option else None


@pytest.fixture
def anonymous(client: FlaskClient) -> Callable[[], FlaskClient]:
    """Another browser."""
    return client.application.test_client


def test_a_plan_keeps_how_many_parties_a_session_takes_so_that_it_can_be_published(museum: Museum) -> None:
    first, *_rest = museum.sessions
    first.most_parties = 1
    db.session.commit()
    ours = museum.wish("西关小学", classes(10), 1)
    theirs = museum.wish("东关小学", classes(20), 1)
    plan = museum.plan()
    standing = plan_of(plan).standings
    assert (standing[theirs.id].places, standing[ours.id].code) == ({first.id: 20}, "many_parties")
    with pytest.raises(Invalid, match="最多接待 1 支队伍"):
        move_party(museum.staff, plan.id, ours.id, {first.id: 10}, "补上")
    publish_plan(museum.staff, plan.id)
    assert museum.places(theirs) == {1: 20}
    require_counts(museum.event)


def test_a_plan_of_many_parties_is_read_page_by_page_those_without_a_place_first(
    museum: Museum, client: FlaskClient
) -> None:
    schools = [f"{number:02d}号小学" for number in range(33)]
    for name in schools:
        museum.wish(name, classes(20), 4)  # two of them find room
    row = museum.plan()
    browser = factories.sign_in(client, museum.staff)
    page = browser.get(f"/office/plans/{row.id}").text
    table = page.partition('id="parties"')[2].partition("按场次")[0]
    assert sum(name in table for name in schools) == 30
    assert table.count("剩下的名额都不够") == 30
    second = browser.get(f"/office/plans/{row.id}?page=2").text.partition('id="parties"')[2].partition("按场次")[0]
    assert sum(name in second for name in schools) == 3
    assert second.count("第 1 志愿") == 2
    placed = browser.get(f"/office/plans/{row.id}?result=placed").text.partition('id="parties"')[2]
    assert "剩下的名额都不够" not in placed
    found = browser.get(f"/office/plans/{row.id}?q=07号").text.partition('id="parties"')[2].partition("按场次")[0]
    assert [name for name in schools if name in found] == ["07号小学"]
