"""The year 2018 as the command builds it: once, for all tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from contest_portal import create_app
from contest_portal.core.database import db
from contest_portal.settings import Settings
from tests.demo.builds import command


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The instance folder, and what the command said while it filled it."""
    instance = tmp_path_factory.mktemp("year") / "instance"
    return instance, command(instance, "demo", "--no-serve")


@pytest.fixture(scope="module")
def year(built: tuple[Path, str]) -> Iterator[Flask]:
    """The application over that instance, its context open."""
    app = create_app(Settings(instance=built[0], jobs_embedded=False))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
