"""A relation that is noted while somebody else gives tasks: whoever comes second sees what the first has done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from contest_portal.core.database import db
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Judge, Round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.services import judges, opening, reassigning, relations, sheets
from contest_portal.judging.services.relations import NewRelation
from tests.judging.making import Scene, make_judge, make_scene, open_round, plan_round, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    scene = make_scene(judges=0, entries=4)
    for name in ("王芳", "李娜", "张伟", "刘洋"):
        make_judge(scene, name)
    return scene


def forbidden(row: Round) -> set[tuple[int, int]]:
    """Living tasks of judges who must keep away from the work."""
    db.session.rollback()
    given = {(task.judge_id, task.entry_id) for task in tasks_of(row)}
    every = ties_of_judges(db.session.scalars(select(Judge)).all())
    return given & set(conflicts_between(every, ties_of_entries({entry_id for _judge, entry_id in given})))


@contextmanager
def stops_before(sign: str) -> Iterator[tuple[threading.Event, threading.Event, threading.Event]]:
    """(reached, go on, second waits): the thread "first" stops before its statement with this sign; the thread "second"
    is about to wait for it."""
    reached, go_on, waits = threading.Event(), threading.Event(), threading.Event()

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        name = threading.current_thread().name
        if name == "first" and sign in statement and not reached.is_set():
            reached.set()
            go_on.wait(timeout=30)
        elif name == "second" and (
            "IMMEDIATE" in statement or ("FROM round " in statement and "FOR UPDATE" in statement)
        ):
            waits.set()

    engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield reached, go_on, waits
    finally:
        event.remove(engine, "before_cursor_execute", look)


def at_once(app: Flask, first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """`first` has looked at all relations and is about to give tasks when `second` comes. Gives what failed."""
    failed: list[str] = []
    ended = threading.Event()

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            try:
                act()
            except Exception as error:  # noqa: BLE001 - told by the test
                failed.append(repr(error))
            finally:
                db.session.remove()
                if threading.current_thread().name == "second":
                    ended.set()
                    waits.set()

    db.session.rollback()
    with stops_before("INSERT INTO assignment") as (reached, go_on, waits):
        one = threading.Thread(target=run, args=(first,), name="first")
        other = threading.Thread(target=run, args=(second,), name="second")
        one.start()
        assert reached.wait(timeout=30)
        other.start()
        assert waits.wait(timeout=30)
        go_on.set()
        one.join(timeout=60)
        other.join(timeout=60)
    return failed


def noting(scene: Scene, way: str) -> Callable[[], object]:
    """A relation of the scene's first judge to its first work, noted in one of the ways."""
    judge, entry, school = scene.judges[0], scene.entries[0], scene.schools[0]
    judge_id, entry_id, school_id, staff, office_id = judge.id, entry.id, school.id, scene.staff, scene.office.id
    moved = replace(judges.data_of(judge), employer=school.name)
    own = scene.actor(judge)
    return {
        "added": lambda: relations.add_relation(staff, judge_id, why="外甥", entry_id=entry_id, kind="kin"),
        "declared": lambda: relations.declare_school(own, school_id, "以前在那里工作"),
        "matrix": lambda: relations.import_relations(
            staff, office_id, [NewRelation(judge_id, None, entry_id, "教研指导")]
        ),
        "employer": lambda: judges.edit_judge(staff, judge_id, moved),
        "table": lambda: judges.import_judges(staff, office_id, [moved]),
    }[way]


@pytest.mark.parametrize("way", ["added", "declared", "matrix", "employer", "table"])
def test_a_round_that_opens_meanwhile_gives_no_forbidden_task(app: Flask, scene: Scene, way: str) -> None:
    row = plan_round(scene, reads=4)
    round_id, version, staff = row.id, row.version, scene.staff
    assert at_once(app, lambda: opening.open_round(staff, round_id, version), noting(scene, way)) == []
    assert len(tasks_of(row)) >= 4 * 3
    assert forbidden(row) == set()


def test_a_task_that_is_given_by_hand_meanwhile_goes_on_to_another(app: Flask, scene: Scene) -> None:
    """The taker has no other task in the round, so that only the seat says that the round matters."""
    row = open_round(scene, reads=1)
    taker = scene.judges[0]
    entry_id = scene.entries[0].id
    for task in tasks_of(row, taker):
        other = next(one for one in scene.judges[1:])
        reassigning.reassign_task(scene.staff, task.id, other.id, "先腾出来")
    task_id = next(one.id for one in tasks_of(row) if one.entry_id == entry_id)
    taker_id, staff = taker.id, scene.staff
    give = lambda: reassigning.reassign_task(staff, task_id, taker_id, "人手不够")  # noqa: E731
    assert at_once(app, give, noting(scene, "added")) == []
    assert forbidden(row) == set()


def test_what_a_judge_declares_on_seeing_a_work_holds_in_a_round_that_opens_meanwhile(app: Flask, scene: Scene) -> None:
    first = open_round(scene, reads=4)
    row = plan_round(scene, reads=3)
    judge = scene.judges[0]
    round_id, version, staff, own = row.id, row.version, scene.staff, scene.actor(judge)
    task_id = tasks_of(first, judge)[0].id
    declare = lambda: sheets.declare_conflict(own, task_id, "是我侄女的作品")  # noqa: E731
    assert at_once(app, lambda: opening.open_round(staff, round_id, version), declare) == []
    assert forbidden(row) == set()
    assert forbidden(first) == set()
