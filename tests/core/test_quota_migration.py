"""Quotas of a landed database become tables of rows and go back; decisions go back as what they did to a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from contest_portal import create_app
from contest_portal.core.clock import now, today
from contest_portal.core.database import db
from contest_portal.results.quotas.models import CommitteeDecision
from contest_portal.settings import Settings
from tests.factories import made
from tests.results.lists.ranked import Ranked


@pytest.fixture
def migrated(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An application on a database that the migrations have built."""
    application = create_app(Settings(instance=tmp_path / "instance", database_url=database_url), testing=True)
    with application.app_context():
        db.drop_all()
        db.session.commit()
        flask_migrate.upgrade()
        yield application
        db.session.remove()
        db.engine.dispose()


def rows(statement: str) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


@pytest.mark.database
def test_places_become_a_table_and_places_again(migrated: Flask) -> None:
    world = Ranked()
    category_id = world.category.id
    world.save(total=4)
    world.make()
    db.session.rollback()
    flask_migrate.downgrade(revision="0003")
    assert rows("SELECT category_id, stage_code, places FROM quota") == [(category_id, "", 4)]
    db.session.execute(
        text("INSERT INTO quota (category_id, stage_code, places) VALUES (:id, 'X', 3)"), {"id": category_id}
    )
    db.session.commit()
    flask_migrate.upgrade()
    assert world.stored().to_json() == {
        "total": 4,
        "minimum_score": None,
        "may_stay_empty": False,
        "rows": [
            {"kind": "ceiling", "where": {"stage": "X"}, "count": 3, "percent": None, "school_id": None, "why": ""}
        ],
    }
    kept = world.newest().quotas
    assert (kept["total"], kept["rows"]) == (4, [])
    assert "quota" not in inspect(db.engine).get_table_names()
    world.make()
    assert world.titles() == [1, 2, 3, 4]


@pytest.mark.database
def test_decisions_go_back_as_what_they_did(migrated: Flask) -> None:
    world = Ranked()
    for number, decision in enumerate(("in", "veto", "tie_in", "tie_out", "clear"), start=1):
        _decide(world, decision, entry_id=world.id_of(number))
    _decide(world, "empty", places=2)
    db.session.rollback()
    flask_migrate.downgrade(revision="0003")
    assert rows("SELECT decision FROM committee_decision ORDER BY id") == [
        ("in",),
        ("out",),
        ("in",),
        ("out",),
        ("clear",),
    ]
    flask_migrate.upgrade()
    assert [row.votes_for for row in db.session.query(CommitteeDecision)] == [None] * 5


def _decide(world: Ranked, decision: str, **values: Any) -> None:
    made(
        CommitteeDecision(
            category_id=world.category.id,
            decision=decision,
            why="合议",
            decided_by_name="评委会",
            decided_on=today(),
            votes_for=5,
            recorded_at=now(),
            **values,
        )
    )
