"""A work that the office above returns: everybody below who has to do with it learns why and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.i18n import minute
from contest_portal.core.models import Notice
from contest_portal.entries.models import Entry
from contest_portal.entries.services.screening import Seen, return_entry
from contest_portal.results.handoff.services import answers, handing_over
from tests.factories import make_account, sign_in
from tests.results.handoff.test_one_deployment import World, above_entries, page, posted, rows

pytestmark = pytest.mark.database
UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)


@pytest.fixture
def world(app: Flask) -> World:
    world = World()
    handing_over.hand_over(world.staff, world.contest_id)
    return world


@pytest.fixture
def manager(world: World) -> Actor:
    return make_account(Role.SCHOOL_MANAGER, school=world.school)


def told(actor: Actor) -> list[tuple[str, str]]:
    statement = select(Notice).where(Notice.account_id == actor.account_id).order_by(Notice.id)
    return [(f"{one.title} {one.body} {one.params}", one.url) for one in db.session.scalars(statement)]


def screened_back(world: World, entry: Entry, until: datetime = UNTIL) -> None:
    return_entry(world.upper, entry.id, Seen(submission=entry.submission_count), [], "图片不清楚", until)


def test_a_return_in_screening_reaches_the_school_and_the_office(
    world: World, manager: Actor, client: FlaskClient
) -> None:
    screened_back(world, above_entries(world)[0])
    own = world.entries[0]
    ((title, url),) = told(manager)
    assert (own.title in title, minute(UNTIL) in title, url) == (True, True, f"/entries/{own.id}")
    ((title, url),) = told(world.staff)
    assert (own.title in title, minute(UNTIL) in title, url) == (True, True, f"/office/handoffs/{rows('out')[0].id}")
    for actor, address in ((manager, f"/entries/{own.id}"), (world.staff, f"/office/handoffs/{rows('out')[0].id}")):
        shown = page(client, actor, address)
        assert "图片不清楚" in shown
        assert minute(UNTIL) in shown
    assert minute(UNTIL) in page(client, manager, f"/handoff/works/{own.id}")


def test_of_a_whole_that_is_returned_the_office_is_told_once_the_school_of_each(world: World, manager: Actor) -> None:
    answers.return_handoff(world.upper, rows("in")[0].id, "汇总表没有盖章", UNTIL)
    assert [url for _title, url in told(world.staff)] == [f"/office/handoffs/{rows('out')[0].id}"]
    assert sorted(url for _title, url in told(manager)) == [f"/entries/{one.id}" for one in world.entries]


def test_a_work_that_was_accepted_above_is_not_offered_for_correction(
    world: World, manager: Actor, client: FlaskClient
) -> None:
    above_entries(world)[0].state = "accepted"
    db.session.commit()
    answers.return_handoff(world.upper, rows("in")[0].id, "汇总表没有盖章", UNTIL)
    shown = page(client, world.staff, f"/office/handoffs/{rows('out')[0].id}")
    assert f"/handoff/works/{world.entries[0].id}" not in shown
    assert f"/handoff/works/{world.entries[1].id}" in shown
    assert "上级退回更正" not in page(client, manager, f"/entries/{world.entries[0].id}")
    assert [url for _title, url in told(manager)] == [f"/entries/{world.entries[1].id}"]


def test_an_entry_that_nobody_handed_up_is_returned_as_ever(world: World, manager: Actor) -> None:
    own = world.entries[0]
    own.state = "submitted"
    db.session.commit()
    return_entry(world.staff, own.id, Seen(submission=1), [], "缺签字", UNTIL)
    assert len(told(manager)) == 1


def test_a_returned_work_that_was_not_put_right_is_asked_about_and_stays_returned(
    world: World, client: FlaskClient
) -> None:
    screened_back(world, above_entries(world)[0])
    world.entries[1].title = "改好的题目"
    db.session.commit()
    address = f"/office/contests/{world.contest_id}/handoff"
    assert "leave_returned" not in page(client, world.staff, address)
    asked = sign_in(client, world.staff).post(address)
    assert asked.status_code == 422
    assert f"1 件退回更正的作品还没有更正：{world.entries[0].number}" in asked.text
    assert 'name="leave_returned"' in asked.text
    assert len(rows("in")) == 1

    assert "已上报" in posted(client, world.staff, address, leave_returned="y")
    first, second = above_entries(world)
    assert (first.state, first.fix_until, first.submission_count) == ("returned", UNTIL, 1)
    assert (second.state, second.title) == ("submitted", "改好的题目")
    newest = rows("in")[-1]
    assert {one.source_number: one.outcome for one in newest.lines} == {
        world.entries[0].number: "same",
        world.entries[1].number: "changed",
    }
    assert minute(UNTIL) in page(client, world.staff, f"/office/handoffs/{rows('out')[-1].id}")


def test_put_right_it_goes_up_without_a_question(world: World) -> None:
    screened_back(world, above_entries(world)[0])
    world.entries[0].title = "改好的题目"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.state for one in above_entries(world)] == ["submitted", "submitted"]


def test_of_a_whole_that_came_back_only_the_work_returned_by_itself_waits(world: World) -> None:
    screened_back(world, above_entries(world)[0])
    answers.return_handoff(world.upper, rows("in")[0].id, "汇总表没有盖章", UNTIL)
    with pytest.raises(Conflict, match="还没有更正"):
        handing_over.hand_over(world.staff, world.contest_id)
    handing_over.hand_over(world.staff, world.contest_id, leave_returned=True)
    assert [one.state for one in above_entries(world)] == ["returned", "submitted"]
