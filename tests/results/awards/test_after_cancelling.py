"""After an award was cancelled: who would move up, whose honour rested on it, two people confirming at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import Notice
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.awards.prizes.awarding import Level, PrizeRule
from contest_portal.results.awards.queries.fallen_merits import fallen_merits
from contest_portal.results.awards.queries.merits import DEFAULTS, merit_awards, merit_lines
from contest_portal.results.awards.queries.successors import award_successors
from contest_portal.results.awards.services import merits, prizes, release
from tests.factories import make_account, make_school, sign_in
from tests.results.awards.test_awards import Place
from tests.results.objections.test_remedies import Upheld

pytestmark = pytest.mark.database


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def cancelled(place: Place, number: int = 0) -> None:
    with unit_of_work(place.leader, "results.test_cancel") as work:
        prizes.cancel_award(work, place.entries[number].id, "异议成立")


def newest(place: Place) -> AwardList:
    row = db.session.query(AwardList).order_by(AwardList.version.desc()).first()
    assert row is not None
    return row


def test_the_next_in_line_by_the_awards_rule_is_proposed_and_nothing_moves_by_itself(
    place: Place, client: FlaskClient
) -> None:
    approved = place.approved()
    assert award_successors(place.category.id) == []
    cancelled(place)
    moved = {one.entry.title[4:]: (one.before, one.award, one.is_tied) for one in award_successors(place.category.id)}
    # The first place goes to the two at 2, who wait for the committee; behind them the last third award is free for the eighth.
    assert moved["2"] == moved["3"] == ("二等奖", "", True)
    assert moved["8"] == ("", "三等奖", False)
    assert newest(place).id == approved.id, "nothing was made anew"
    sign_in(client, place.staff)
    for address in (f"/office/categories/{place.category.id}/awards", f"/office/contests/{place.contest.id}/awards"):
        assert "空出的名额可以由下一名递补" in client.get(address).text
    client.post(f"/office/categories/{place.category.id}/awards")
    assert newest(place).state == "draft"
    assert award_successors(place.category.id) == []


def test_the_case_page_names_who_would_move_up_and_whose_honour_rested_on_the_award(
    app: Flask, client: FlaskClient
) -> None:
    case = Upheld()
    world = case.world
    levels = (Level("一等奖", count=1), Level("二等奖", count=1))
    prizes.save_rule(world.staff, world.category.id, 0, PrizeRule(levels=levels, by_count=True))
    made = AwardList(contest_id=world.contest.id, category_id=world.category.id, version=1, made_at=now())
    made.state = "approved"
    db.session.add(made)
    db.session.commit()
    page = sign_in(client, case.handler).get(f"/office/objections/{case.row.id}").text
    assert "取消与更正" in page
    assert "获奖名单空出了名额" not in page
    db.session.add(
        AwardLine(
            award_list_id=made.id, entry_id=case.entry.id, award="一等奖", position=1, state="cancelled",
            cancelled_at=now(), cancelled_why="异议成立",
        )
    )  # fmt: skip
    db.session.commit()
    db.session.expire_all()
    page = client.get(f"/office/objections/{case.row.id}").text
    assert "获奖名单空出了名额" in page
    assert "递补：重新生成获奖名单" in page


def test_an_honour_that_rested_on_a_cancelled_award_is_told_until_it_is_confirmed_anew(
    place: Place, client: FlaskClient
) -> None:
    place.approved()
    (line,) = merit_lines(place.contest.id, "tutor", DEFAULTS["tutor"])
    merits.confirm_merits(place.staff, place.contest.id, "tutor", 0, [line.id])
    assert fallen_merits(place.contest.id) == []
    for number in range(8):
        cancelled(place, number)
    (fallen,) = fallen_merits(place.contest.id)
    assert (fallen.name, fallen.before, fallen.now) == ("李老师", 19, 0)
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/awards/merits?kind=tutor"
    for one in (f"/office/contests/{place.contest.id}/awards", address,
                f"/office/contests/{place.contest.id}/publication?kind=award"):  # fmt: skip
        assert "以下表彰不再够分，请重新确认" in client.get(one).text
    page = client.get(address).text
    box = re.search(r'<input[^>]*name="confirm-chosen"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0], "one press confirms anew without them"
    seen = re.search(r'name="confirm-seen" value="(\d+)"', page)
    assert seen is not None
    assert client.post(address, data={"confirm-version": "0", "confirm-seen": seen[1]}).status_code == 302
    assert merit_awards(place.contest.id) == []
    assert fallen_merits(place.contest.id) == []


def test_who_confirms_by_an_older_page_is_told_that_others_confirmed_since(place: Place, client: FlaskClient) -> None:
    place.approved()
    (line,) = merit_lines(place.contest.id, "tutor", DEFAULTS["tutor"])
    sign_in(client, place.staff)
    address = f"/office/contests/{place.contest.id}/awards/merits?kind=tutor"
    assert 'name="confirm-seen" value="0"' in client.get(address).text
    merits.confirm_merits(place.leader, place.contest.id, "tutor", 0, [line.id])
    answer = client.post(address, data={"confirm-version": "0", "confirm-seen": "0"})
    assert answer.status_code == 409
    assert "别人又确认了表彰名单" in answer.text
    assert [one.teacher_id for one in merit_awards(place.contest.id)] == [line.id]


def test_a_school_reads_that_its_award_was_cancelled_after_an_objection(place: Place, client: FlaskClient) -> None:
    place.approved()
    with unit_of_work(place.leader, "results.test_cancel") as work:
        prizes.cancel_award(work, place.entries[0].id, "因异议成立取消（异议 GZ2018-YY-0001）")
    release.set_release(place.staff, place.contest.id, 0, now(), rank=False, score=False, comments=False, at_once=True)
    sign_in(client, make_account(Role.SCHOOL_MANAGER, school=place.school))
    page = client.get("/school/results").text
    assert "因异议成立取消（异议 GZ2018-YY-0001）" in page
    assert "其他作品" not in page


def test_schools_and_teachers_are_told_when_results_are_released_and_when_the_moment_moves(
    place: Place, client: FlaskClient
) -> None:
    place.approved()
    manager = make_account(Role.SCHOOL_MANAGER, school=place.school)
    stranger = make_account(Role.SCHOOL_MANAGER, school=make_school(place.office, "南关小学"))
    parts = {"rank": True, "score": False, "comments": False}
    soon = now() + timedelta(days=1)
    release.set_release(place.staff, place.contest.id, 0, soon, **parts)
    release.set_release(place.staff, place.contest.id, 1, soon, **{**parts, "score": True})
    release.set_release(place.staff, place.contest.id, 2, now(), at_once=True, **parts)
    told = [one.title for one in db.session.query(Notice).filter_by(account_id=manager.account_id).order_by(Notice.id)]
    assert told == ["%(contest)s的评审结果将于 %(at)s 发布", "%(contest)s的评审结果已经发布"]
    assert db.session.query(Notice).filter_by(account_id=stranger.account_id).count() == 0
