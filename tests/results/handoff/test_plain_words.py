"""What a hand-off asks or refuses before it does something that nobody meant, in words; results that people see."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.models import Notice
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.snapshots import digest_of
from contest_portal.people.models import Office
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.handoff.models import Handoff, HandoffPlaces
from contest_portal.results.handoff.services import answers, deciding, handing_over
from tests.factories import made, make_account, make_office, sign_in
from tests.results.handoff.deployments import Deployment, category_of
from tests.results.handoff.test_one_deployment import World, above_entries, page, posted, rows


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def addressed(pair: tuple[Deployment, Deployment], file: Path, receiver: str) -> Path:
    """An open package that names this office as its receiver."""
    district, _city = pair
    with district.open():
        parent = make_office(receiver, short_name=receiver, level="city", number_prefix="JQ")
        db.session.get_one(Office, district.office_id).parent_id = parent.id
        db.session.commit()
    district.run("export", district.contest_id, "-o", file)
    return file


def test_a_package_for_another_office_is_asked_about(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    file, city = addressed(pair, tmp_path / "up.zip", "酒泉市科学技术协会"), pair[1]
    told = city.run("import", file, "--contest", city.contest_id, "--yes", code=7)
    assert "报送给「酒泉市科学技术协会」，不是「张掖市科学技术协会」" in told
    with city.open():
        assert db.session.scalar(select(func.count(Entry.id))) == 0
        row = db.session.scalars(select(Handoff)).one()
        with pytest.raises(Conflict, match="酒泉市科学技术协会"):
            deciding.ask_to_take(make_account(Role.OFFICE, office=row.office), row.id, row.version)
    city.run("import", file, "--contest", city.contest_id, "--yes", "--other-receiver")
    with city.open():
        assert db.session.scalar(select(func.count(Entry.id))) == 2


def test_the_page_asks_the_same(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    file, city = addressed(pair, tmp_path / "up.zip", "酒泉市科学技术协会"), pair[1]
    city.run("import", file, "--contest", city.contest_id, "--json")
    with city.open() as app:
        row = db.session.scalars(select(Handoff)).one()
        staff, address = make_account(Role.OFFICE, office=row.office), f"/office/handoffs/{row.id}"
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        assert "不是「张掖市科学技术协会」" in page(client, staff, address)
        posted(client, staff, f"{address}/take", version=row.version)
        assert db.session.get_one(Handoff, row.id, populate_existing=True).state == "received"
        posted(client, staff, f"{address}/take", version=row.version, for_other="y")
        assert db.session.get_one(Handoff, row.id, populate_existing=True).state == "taking"


def test_the_short_name_of_this_office_is_its_name_too(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    file, city = addressed(pair, tmp_path / "up.zip", "张掖市科协"), pair[1]
    city.run("import", file, "--contest", city.contest_id, "--yes")


def test_where_no_file_can_be_written_no_version_is_made(pair: tuple[Deployment, Deployment], tmp_path: Path) -> None:
    district, _city = pair
    error = district.refused("export", district.contest_id, "-o", tmp_path / "none" / "up.zip")
    assert isinstance(error, Invalid)
    assert str(tmp_path / "none") in str(error.message)
    with district.open():
        assert db.session.scalar(select(func.count(Handoff.id))) == 0


def test_the_very_same_is_not_handed_up_twice(world: World) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    with pytest.raises(Conflict, match="没有变化：与第 1 版"):
        handing_over.hand_over(world.staff, world.contest_id)
    handing_over.hand_over(world.staff, world.contest_id, phones=True)
    assert [one.revision for one in rows("out")] == [1, 2]


def test_what_came_with_an_earlier_version_is_told(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id, id_numbers=True)
    world.entries[0].title = "改了题目"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    for actor, row in ((world.staff, rows("out")[-1]), (world.upper, rows("in")[-1])):
        assert "此前第 1 版包含的仍然保留" in page(client, actor, f"/office/handoffs/{row.id}")


def test_an_award_from_above_stands_on_the_works_own_pages(world: World, client: FlaskClient) -> None:
    manager = make_account(Role.SCHOOL_MANAGER, school=world.school)
    handing_over.hand_over(world.staff, world.contest_id)
    (came,), first = rows("in"), above_entries(world)[0]
    first.state = "accepted"
    values = {"contest_id": world.above_id, "category_id": first.category_id, "version": 1, "made_at": now()}
    given = AwardList(**values, state="approved")
    given.lines = [AwardLine(entry_id=first.id, award="一等奖", position=1)]
    made(given)
    own = world.entries[0]
    snapshot = snapshot_of(own, own.category.rules)
    kept = {"snapshot": snapshot, "digest": digest_of(snapshot), "submitted_at": now()}
    made(EntryVersion(entry_id=own.id, number=1, **kept))
    assert "上级结果" not in page(client, manager, f"/entries/{own.id}")
    answers.send_results_back(world.upper, came.id)
    for actor, address in ((manager, f"/entries/{own.id}"), (world.staff, f"/office/entries/{own.id}")):
        shown = page(client, actor, address)
        assert "上级结果" in shown
        assert "一等奖" in shown
    told = select(func.count(Notice.id)).where(
        Notice.account_id == manager.account_id, Notice.url == f"/entries/{own.id}"
    )
    assert db.session.scalar(told) == 1
    own_page = page(client, manager, "/school/results")
    assert ("上级奖项" in own_page, "市赛 一等奖" in own_page) == (True, True)
    answers.send_results_back(world.upper, came.id)
    assert db.session.scalar(told) == 1, "an award is told once"


def test_sending_back_without_any_award_is_asked_about(world: World, client: FlaskClient) -> None:
    handing_over.hand_over(world.staff, world.contest_id)
    (came,) = rows("in")
    assert "现在只送回审核结果？" in page(client, world.upper, f"/office/handoffs/{came.id}")
    answers.send_results_back(world.upper, came.id)
    title = db.session.scalars(select(Notice).where(Notice.account_id == world.staff.account_id)).one().title
    assert "还没有奖项" in title


def test_a_draft_contest_says_when_it_takes_packages_in(world: World, client: FlaskClient) -> None:
    contest = db.session.get_one(Contest, world.above_id)
    contest.state = "draft"
    db.session.commit()
    assert "发布之后才能在这里上传" in page(client, world.upper, f"/office/contests/{world.above_id}/handoff")


def test_places_may_be_typed_in_wide_digits(world: World, client: FlaskClient) -> None:
    category = category_of(world.above, "KH")
    posted(
        client, world.upper, f"/office/contests/{world.above_id}/handoff/places", **{f"places-{category.id}-0": "３"}
    )
    assert db.session.scalars(select(HandoffPlaces.places)).all() == [3]


def test_an_older_version_that_waits_is_over_when_a_newer_one_came(world: World, client: FlaskClient) -> None:
    category = category_of(world.above, "KH")
    category.code = "ART"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    assert "点「保存类别对应」，才能收下" in page(client, world.upper, f"/office/handoffs/{rows('in')[0].id}")
    category.code = "KH"
    db.session.commit()
    handing_over.hand_over(world.staff, world.contest_id)
    assert [one.state for one in rows("in")] == ["superseded", "taken"]
    assert sign_in(client, world.upper).get(f"/office/handoffs/{rows('in')[0].id}").status_code == 200
