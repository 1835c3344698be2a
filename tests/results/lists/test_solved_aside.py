"""The list is computed while others can save; what they changed meanwhile counts."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from contest_portal.core.audit import verify
from contest_portal.core.database import db, is_under_way, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditRecord
from contest_portal.entries.models import Entry
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services import solving
from contest_portal.results.lists.services.decisions import Verdict, decide_place, leave_empty
from contest_portal.results.lists.services.shortlists import make_shortlist
from contest_portal.results.quotas.models import CommitteeDecision
from tests.judging.making import counted
from tests.results.lists.ranked import Ranked

pytestmark = pytest.mark.database


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[bool]]:
    """Has other people's acts done, one each time that a list is computed. Gives whether a unit of work was open then."""

    def arrange(*acts: Callable[[], object]) -> list[bool]:
        real, waiting, seen = solving.list_of, list(acts), []

        def computed(*inputs: object) -> object:
            seen.append(is_under_way())
            if waiting:
                waiting.pop(0)()
            return real(*inputs)  # type: ignore[arg-type]

        monkeypatch.setattr(solving, "list_of", computed)
        return seen

    return arrange


def withdraw(app: Flask, entry_id: int) -> Callable[[], None]:
    """Somebody else's thread takes the work away; it would wait for a lock that is held."""

    def act() -> None:
        def other() -> None:
            with app.app_context():
                db.session.get_one(Entry, entry_id).state = "withdrawn"
                db.session.commit()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
        assert not thread.is_alive(), "somebody else could not save while the list was computed"

    return act


def test_others_save_while_the_list_is_computed_and_it_is_computed_anew(
    app: Flask, meanwhile: Callable[..., list[bool]]
) -> None:
    world = Ranked()
    world.save(total=2)
    seen = meanwhile(withdraw(app, world.id_of(1)))
    world.make()
    assert seen == [False, False]
    assert world.titles() == [2, 3]
    assert db.session.query(Shortlist).count() == 1
    assert db.session.query(AuditRecord).filter_by(action="results.make_shortlist").count() == 1


def test_a_decision_is_recorded_once_however_often_the_list_is_computed(
    app: Flask, meanwhile: Callable[..., list[bool]]
) -> None:
    world = Ranked()
    world.save(total=2)
    world.make()
    seen = meanwhile(withdraw(app, world.id_of(2)), withdraw(app, world.id_of(3)))
    decide_place(world.staff, world.category.id, world.id_of(6), "in", "评委会复议", "评委会")
    assert seen == [False, False, False]
    assert world.titles() == [1, 6]
    assert db.session.query(CommitteeDecision).count() == 1
    assert verify(db.session)[1] is None


def test_where_it_never_rests_nothing_is_saved(app: Flask, meanwhile: Callable[..., list[bool]]) -> None:
    world = Ranked()
    world.save(total=2)
    meanwhile(*(withdraw(app, world.id_of(number)) for number in range(1, 6)))
    with pytest.raises(Conflict, match="没有保存。请稍后再试一次"):
        world.make()
    assert db.session.query(Shortlist).count() == 0


def test_within_another_act_it_is_computed_there(app: Flask, meanwhile: Callable[..., list[bool]]) -> None:
    world = Ranked()
    world.save(total=2)
    seen = meanwhile()
    with unit_of_work(world.staff, "tests.both"):
        make_shortlist(world.staff, world.category.id)
    assert seen == [True]
    assert world.titles() == [1, 2]


def test_two_lists_in_one_act_are_both_computed_before(app: Flask, meanwhile: Callable[..., list[bool]]) -> None:
    world = Ranked()
    world.save(total=3, may_stay_empty=True)
    seen = meanwhile()

    @solving.solved_aside
    def strike() -> None:
        with unit_of_work(world.staff, "tests.both"):
            decide_place(world.staff, world.category.id, world.id_of(1), "out", "异议成立", "组委会")
            leave_empty(world.staff, world.category.id, 1, Verdict("异议成立", "组委会"))

    strike()
    assert seen == [False, False]
    assert world.titles() == [2, 3]


def test_a_longer_list_takes_as_many_statements(app: Flask) -> None:
    counts = []
    for number, size in enumerate((4, 12)):
        world = Ranked(range(1, size + 1), name=f"第{number}区科协", number_prefix=f"Q{number}")
        world.save(total=size // 2)
        world.make()
        with counted(app) as found:
            world.make()
        counts.append(len(found))
        assert db.session.query(ShortlistLine).filter_by(shortlist_id=world.newest().id).count() == size
    assert counts[0] == counts[1]
