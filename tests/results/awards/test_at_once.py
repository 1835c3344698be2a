"""Two people decide or approve at once: the second waits, then sees what the first has done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.results.awards.models import AwardDecision, AwardList, SpecialAward
from contest_portal.results.awards.services import prizes, special
from tests.factories import make_account
from tests.results.awards.test_awards import VERDICT, Place

pytestmark = pytest.mark.database


@pytest.fixture
def place(app: Flask) -> Place:
    return Place()


def at_once(app: Flask, sign: str, first: Callable[[], object], second: Callable[[], object]) -> dict[str, str]:
    """`first` stops before its statement with this sign until `second` is about to wait for it. Gives who failed, and how."""
    failed: dict[str, str] = {}
    reached, go_on = threading.Event(), threading.Event()

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        name = threading.current_thread().name
        if name == "first" and sign in statement and not reached.is_set():
            reached.set()
            go_on.wait(timeout=30)
        elif name == "second" and ("IMMEDIATE" in statement or "FOR UPDATE" in statement):
            go_on.set()

    def run(act: Callable[[], object]) -> None:
        name = threading.current_thread().name
        with app.app_context():
            try:
                act()
            except Exception as error:  # noqa: BLE001 - told by the test
                failed[name] = f"{type(error).__name__}: {error}"
            finally:
                db.session.remove()
                if name == "second":
                    go_on.set()

    db.session.rollback()
    engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        one = threading.Thread(target=run, args=(first,), name="first")
        other = threading.Thread(target=run, args=(second,), name="second")
        one.start()
        assert reached.wait(timeout=30)
        other.start()
        one.join(timeout=60)
        other.join(timeout=60)
    finally:
        event.remove(engine, "before_cursor_execute", look)
    db.session.rollback()
    db.session.expire_all()
    return failed


def states(place: Place) -> list[tuple[int, str]]:
    rows = db.session.scalars(select(AwardList).order_by(AwardList.version))
    return [(row.version, row.state) for row in rows]


def test_of_two_leaders_who_approve_one_does(app: Flask, place: Place) -> None:
    draft = place.settled()
    list_id, seen, first = draft.id, draft.row_version, place.leader
    second = make_account(Role.LEADER, office=place.office, name="钱主席")
    failed = at_once(
        app,
        "UPDATE award_list",
        lambda: prizes.approve_awards(first, list_id, seen),
        lambda: prizes.approve_awards(second, list_id, seen),
    )
    assert list(failed) == ["second"]
    assert "不必重复操作" in failed["second"]
    assert states(place) == [(1, "approved")]
    assert db.session.get_one(AwardList, list_id).approved_by == first.account_id


def test_who_approves_while_the_committee_decides_is_told_that_the_list_moved(app: Flask, place: Place) -> None:
    draft = place.settled()
    list_id, seen, staff, leader = draft.id, draft.row_version, place.staff, place.leader
    category_id, entry_id = place.category.id, place.entries[6].id
    failed = at_once(
        app,
        "INSERT INTO award_line",
        lambda: prizes.decide_award(staff, category_id, [entry_id], "", VERDICT),
        lambda: prizes.approve_awards(leader, list_id, seen),
    )
    assert list(failed) == ["second"]
    assert failed["second"].startswith("Stale")
    assert states(place) == [(1, "draft")]


def test_a_decision_that_comes_during_an_approval_leaves_what_was_approved(app: Flask, place: Place) -> None:
    draft = place.settled()
    list_id, seen, staff, leader = draft.id, draft.row_version, place.staff, place.leader
    category_id, entry_id = place.category.id, place.entries[6].id
    before = place.told(draft)
    failed = at_once(
        app,
        "UPDATE award_list",
        lambda: prizes.approve_awards(leader, list_id, seen),
        lambda: prizes.decide_award(staff, category_id, [entry_id], "", VERDICT),
    )
    assert failed == {}
    assert states(place) == [(1, "approved"), (2, "draft")]
    assert place.told(db.session.get_one(AwardList, list_id)) == before


def test_of_two_decisions_on_the_same_list_the_second_is_not_recorded(app: Flask, place: Place) -> None:
    draft = place.settled()
    seen, staff, category_id = draft.row_version, place.staff, place.category.id
    other, entry_id = make_account(Role.OFFICE, office=place.office, name="孙干事"), place.entries[6].id
    before = db.session.scalar(select(func.count(AwardDecision.id))) or 0
    failed = at_once(
        app,
        "INSERT INTO award_decision",
        lambda: prizes.decide_award(staff, category_id, [entry_id], "", VERDICT, seen_version=seen),
        lambda: prizes.decide_award(other, category_id, [entry_id], "三等奖", VERDICT, seen_version=seen),
    )
    assert list(failed) == ["second"]
    assert failed["second"].startswith("Stale")
    assert db.session.scalar(select(func.count(AwardDecision.id))) == before + 1


def test_a_special_award_given_twice_at_once_is_given_once(app: Flask, place: Place) -> None:
    staff, contest_id, number = place.staff, place.contest.id, place.entries[0].number or ""
    failed = at_once(
        app,
        "INSERT INTO special_award",
        lambda: special.give_special(staff, contest_id, number, "创意奖", "", "想法独到"),
        lambda: special.give_special(staff, contest_id, number, "创意奖", "", "想法独到"),
    )
    assert list(failed) == ["second"]
    assert "已经有这个专项奖" in failed["second"]
    assert db.session.scalar(select(func.count(SpecialAward.id))) == 1
