"""The same deployment in three sizes, made once for all list pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from contest_portal import create_app
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.settings import Settings
from tests.conftest import ON_POSTGRESQL, START, empty_database
from tests.lists.place import Place
from tests.lists.world import filled

SIZES = (1, 30) if ON_POSTGRESQL else (1, 30, 3_000)
"""PostgreSQL counts as SQLite does; its three thousand rows would only take time."""


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Place]]:
    """A filled deployment of each size, the smallest first."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(filled_place(request, tmp_path_factory.mktemp(f"rows{size}"), size)) for size in SIZES
        ]


@contextmanager
def filled_place(request: pytest.FixtureRequest, folder: Path, size: int) -> Iterator[Place]:
    """A deployment of its own with so many rows in every list."""
    with empty_database(request, folder) as url:
        settings = Settings(instance=folder / "instance", database_url=url, jobs_embedded=False)
        app = create_app(settings, clock=MovingClock(START), testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            world = filled(size)
            place = Place(app, db.engine, world)
            db.session.remove()
        yield place
        place.engine.dispose()
