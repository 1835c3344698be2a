"""A morning at the door with a bad network: offline, closed, reopened, sent later, two devices, no scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.events.attendance.models import CheckIn
from contest_portal.people.models import Office
from tests import factories
from tests.events.attendance_scene import TODAY, make_party, make_trainee
from tests.events.factories import make_event, make_session
from tests.journeys import scene
from tests.journeys.browsing import Join, Person
from tests.journeys.lines import Line
from tests.journeys.scene import STAFF
from tests.journeys.site import Site

COLLEAGUE = "sunganshi"
WAITS = "还没有送出"


@pytest.fixture
def line(site: Site) -> Iterator[Line]:
    """The site behind a line that can be cut: whatever a browser pretends, nothing reaches the server then."""
    cuttable = Line(site.address)
    site.address = cuttable.address
    yield cuttable
    cuttable.cut()


@dataclass
class Morning:
    """Addresses of the story: the door, its board, a booking's QR."""

    door: str
    board: str
    scan: str
    bookings: dict[str, int]


@pytest.fixture
def morning(site: Site) -> Morning:
    with site.inside():
        office_id = scene.make_office()
        scene.account("孙干事", Role.OFFICE, COLLEAGUE, office_id=office_id)
        office = db.session.get_one(Office, office_id)
        event = make_event(office)
        session = make_session(event, f"{TODAY} 09:00")
        parties = {
            "KQM": make_party(
                event, factories.make_school(office, "南街小学"), "KQM", [session], pupils=90, adults=4, classes=[45, 45],
                wheelchairs=1,
            ),
            "RST": make_party(event, factories.make_school(office, "西关小学"), "RST", [session], pupils=40, adults=2),
        }  # fmt: skip
        return Morning(
            f"/office/sessions/{session.id}/check-in",
            f"/office/events/{event.id}/board",
            f"/check-in/{parties['RST'].token}",
            {code: one.id for code, one in parties.items()},
        )


def counted(site: Site) -> list[tuple[int | None, str, int, int]]:
    with site.inside():
        rows = db.session.scalars(select(CheckIn).where(CheckIn.undone_at.is_(None)).order_by(CheckIn.id))
        return [(one.booking_id, one.party_name, one.pupils, one.adults) for one in rows]


def type_party(page: Page, code: str, pupils: int, adults: int) -> None:
    """Three letters, two counts, the button."""
    page.locator("#code").fill(code)
    party = page.locator(f"#party-{code}")
    expect(party.locator("input[name=pupils]")).to_be_focused()
    party.locator("input[name=pupils]").fill(str(pupils))
    party.locator("input[name=adults]").fill(str(adults))
    party.get_by_role("button", name="签到", exact=True).click()


def wait_until_kept(page: Page) -> None:
    """The page itself is kept, its worker is ready."""
    expect(page.locator("[data-arrivals-ready]")).to_be_visible()


def at_the_door(people: Join, morning: Morning, name: str = STAFF) -> Person:
    return people(phone=True).sign_in(name).go(morning.door)


def waiting(page: Page) -> int:
    found: int = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('arrival:')).length")
    return found


def reopened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_a_party_is_found_by_three_letters_and_counted_at_once(site: Site, people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    person.page.locator("#code").fill("k")
    expect(person.page.locator("#party-RST")).to_be_hidden()
    type_party(person.page, "kqm".upper(), 88, 4)
    expect(person.page.locator("#party-KQM .party-state")).to_contain_text("已到 88+4")
    expect(person.page.locator("#arrivals-numbers")).to_contain_text("92")
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4)]
    person.go(morning.board).sees("92")


def test_an_hour_without_network_with_the_page_closed_and_opened_again(
    site: Site, line: Line, people: Join, morning: Morning
) -> None:
    person = at_the_door(people, morning)
    context = person.page.context
    wait_until_kept(person.page)
    context.set_offline(True)
    line.cut()
    type_party(person.page, "KQM", 88, 4)
    expect(person.page.locator("#party-KQM .party-state")).to_contain_text("已记下 88+4，等待送出")
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    person.page.close()
    again = reopened(context, morning.door)
    expect(again.locator("h1")).to_contain_text("第 1 场签到")
    expect(again.locator("[data-arrivals-offline]")).to_be_visible()
    expect(again.locator("#party-KQM .party-state")).to_contain_text("已记下 88+4，等待送出")
    expect(again.locator("#party-KQM [data-party-form]")).to_be_hidden()
    type_party(again, "RST", 39, 2)
    again.get_by_text("登记没有预约的队伍").click()
    for name, pupils in (("老年大学", "0"), ("青少年宫", "12")):
        again.locator("#walk-in-name").fill(name)
        again.locator("#walk-in-pupils").fill(pupils)
        again.locator("#walk-in-adults").fill("3")
        again.get_by_role("button", name="登记", exact=True).click()
        again.get_by_text("登记没有预约的队伍").click()
    assert (waiting(again), counted(site)) == (4, [])
    line.mend()
    context.set_offline(False)
    expect(again.locator("[data-arrivals-outbox]")).to_contain_text("已送出 4 条签到")
    expect(again.locator("#party-RST .party-state")).to_contain_text("已到 39+2")
    expect(again.locator("#walk-ins")).to_contain_text("青少年宫")
    assert waiting(again) == 0
    assert counted(site) == [
        (morning.bookings["KQM"], "", 88, 4),
        (morning.bookings["RST"], "", 39, 2),
        (None, "老年大学", 0, 3),
        (None, "青少年宫", 12, 3),
    ]


def test_what_waits_goes_from_whatever_page_is_opened_next(site: Site, people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    context = person.page.context
    context.set_offline(True)
    type_party(person.page, "KQM", 88, 4)
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    person.page.close()
    context.set_offline(False)
    page = reopened(context, "/work")
    expect(page.locator(".arrivals-outbox")).to_contain_text("已送出 1 条签到")
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4)]


def test_a_booking_s_qr_opens_without_a_network_on_the_kept_page(line: Line, people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    context = person.page.context
    wait_until_kept(person.page)
    context.set_offline(True)
    line.cut()
    page = reopened(context, morning.scan)
    expect(page).to_have_url(re.compile(r"/check-in#party-RST$"))
    expect(page.locator("#party-RST input[name=pupils]")).to_be_focused()


def test_an_answer_lost_on_the_way_doubles_nothing(site: Site, people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The server takes what was sent; the browser hears nothing of it, the first time."""
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort("connectionreset")

    person.page.route("**/check-in", lose)
    type_party(person.page, "KQM", 88, 4)
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4)]
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text("已送出 1 条签到", timeout=60_000)
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4)]


def test_another_device_that_was_first_is_told_of_with_its_counts(site: Site, people: Join, morning: Morning) -> None:
    first, second = at_the_door(people, morning), at_the_door(people, morning, COLLEAGUE)
    second.page.context.set_offline(True)
    type_party(second.page, "KQM", 90, 4)
    expect(second.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    type_party(first.page, "KQM", 88, 4)
    expect(first.page.locator("#party-KQM .party-state")).to_contain_text("已到 88+4")
    second.page.context.set_offline(False)
    told = second.page.locator("[data-arrivals-outbox]")
    expect(told).to_contain_text("已由赵文静在 09:00 签到：学生 88 人、带队 4 人")
    expect(second.page.locator("#party-KQM .party-state")).to_contain_text("已到 88+4")
    second.look()
    second.press("打开那条签到", within=told)
    second.fill(pupils=90, adults=4, why="两边各数一遍，以这次为准").press("更正")
    second.told("人数已更正")
    second.go(morning.door)
    second.page.get_by_role("button", name="知道了").click()
    expect(second.page.locator("#party-KQM .party-state")).to_contain_text("已到 90+4")
    assert waiting(second.page) == 0
    assert counted(site) == [(morning.bookings["KQM"], "", 90, 4)]


def test_signing_out_takes_the_kept_list_away_and_asks_for_what_is_not_sent(people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    wait_until_kept(person.page)
    person.page.route(
        "**/check-in", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    type_party(person.page, "KQM", 88, 4)
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    asked: list[str] = []

    def leave_all_the_same(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    person.page.on("dialog", leave_all_the_same)
    with person.page.expect_navigation():
        person.menu().get_by_role("button", name="退出登录").click()
    assert len(asked) == 1
    assert "1 条签到没有送出" in asked[0]
    assert person.page.evaluate("caches.keys()") == []
    assert waiting(person.page) == 0


def test_a_list_kept_on_a_shared_device_goes_with_the_sign_in_and_what_is_not_sent_stays(
    site: Site, people: Join, morning: Morning
) -> None:
    person = at_the_door(people, morning)
    wait_until_kept(person.page)
    context = person.page.context
    context.set_offline(True)
    type_party(person.page, "KQM", 88, 4)
    expect(person.page.locator("[data-arrivals-outbox]")).to_contain_text(WAITS)
    person.page.close()
    context.clear_cookies()  # the sign-in is over, nobody has pressed a button
    context.set_offline(False)
    page = reopened(context, "/events")
    page.wait_for_function("localStorage.getItem('arrivals-kept') === null")
    assert "check-in-pages" not in page.evaluate("caches.keys()")
    assert waiting(page) == 1
    person.page = page
    person.sign_in(STAFF)
    expect(page.locator(".arrivals-outbox")).to_contain_text("已送出 1 条签到")
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4)]


def test_a_list_of_days_ago_is_not_kept(people: Join, morning: Morning) -> None:
    person = at_the_door(people, morning)
    wait_until_kept(person.page)
    kept = "async () => (await (await caches.open('check-in-pages')).keys()).map(one => new URL(one.url).pathname)"
    person.page.evaluate(
        """async (path) => {
          const days = 3 * 86400000, headers = {Date: new Date(Date.now() - days).toUTCString()};
          await (await caches.open('check-in-pages')).put(path, new Response('old', {headers}));
        }""",
        f"{morning.door}/".replace("/check-in/", "0/check-in"),
    )
    assert len(person.page.evaluate(kept)) == 2
    person.page.reload()
    wait_until_kept(person.page)
    assert person.page.evaluate(kept) == [morning.door]


def test_the_morning_without_scripts(site: Site, people: Join, morning: Morning) -> None:
    person = people(phone=True, scripts=False).sign_in(STAFF).go(morning.door)
    person.fill(code="KQM").press("找队伍")
    party = person.page.locator("#party-KQM")
    party.locator("input[name=pupils]").fill("88")
    party.locator("input[name=adults]").fill("4")
    person.press("签到", within=party.locator("form.party-form"))
    person.told("已签到：南街小学，学生 88 人，带队 4 人。")
    person.page.get_by_text("登记没有预约的队伍").click()
    person.fill(party_name="老年大学")
    person.page.locator("#walk-in-pupils").fill("0")
    person.page.locator("#walk-in-adults").fill("12")
    person.press("登记").told("已签到：老年大学")
    assert counted(site) == [(morning.bookings["KQM"], "", 88, 4), (None, "老年大学", 0, 12)]


def test_names_of_a_training_are_ticked_on_a_phone_and_certified(site: Site, people: Join, morning: Morning) -> None:
    with site.inside():
        office = db.session.scalars(select(Office)).one()
        event = make_event(office, "科技辅导员培训", kind="training", is_course=True)
        parts = [make_session(event, f"{TODAY} 09:00"), make_session(event, f"{TODAY} 11:00")]
        school = factories.make_school(office, "长安学校")
        party = make_party(event, school, "TRN", parts, pupils=0, adults=2)
        for name in ("陈建国", "马晓燕"):
            make_trainee(party, school, name)
        calls = [f"/office/sessions/{one.id}/presence" for one in parts]
        overview = f"/office/events/{event.id}/presence"
    person = people(phone=True).sign_in(STAFF)
    person.go(calls[0])
    person.page.get_by_label("陈建国").check()
    person.page.get_by_label("马晓燕").check()
    person.press("保存点名").told("新到 2 人").sees("已到 2 人")
    person.go(calls[1])
    person.page.get_by_label("陈建国").check()
    person.press("保存点名").told("新到 1 人")
    site.clock.advance(minutes=210)
    person.sign_in(STAFF).go(overview).sees("马晓燕")
    name, content = person.download("下载培训证明")
    assert name == "培训证明（科技辅导员培训）.pdf"
    assert content.startswith(b"%PDF")
    person.go(morning.door).sees("还没有签到的队伍").go(morning.board.replace("board", "attendance"))
