"""Migrations: all the way up, all the way down, and what they build is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text

from contest_portal import create_app
from contest_portal.core import audit
from contest_portal.core.database import Base, db
from contest_portal.settings import Settings


@pytest.fixture
def unmigrated(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An application on a database without any table."""
    application = create_app(Settings(instance=tmp_path / "instance", database_url=database_url), testing=True)
    with application.app_context():
        db.drop_all()
        db.session.commit()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.mark.database
def test_the_migrations_build_what_the_models_say(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert audit.verify(db.session) == (0, None)


@pytest.mark.database
def test_down_to_nothing_and_up_again(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    assert db.session.execute(text("SELECT count FROM audit_head")).scalar() == 0
