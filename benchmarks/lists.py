"""List pages: the first page of 5,000 entries, and every list page of the program at 3,000 rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.measurement import Measurement, timed
from contest_portal import create_app
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead
from contest_portal.entries.models import Entry
from contest_portal.settings import Settings

ENTRIES = 5_000
ROWS = 3_000
PAGES = {
    "list of the office": "entries",
    "list, third page by title": "entries?page=3&sort=title",
    "overview of screening": "screening",
}


def measure() -> list[Measurement]:
    """Milliseconds of server time of each page, over HTTP without the network."""
    return [*_many_entries(), *_every_page()]


@contextmanager
def empty_application(database_url: str = "") -> Iterator[Flask]:
    """An application with empty tables, in a folder of its own, at the tests' time; its database is SQLite unless the
    address of another empty one is given."""
    from tests.conftest import START

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            instance=Path(folder) / "i", database_url=database_url, jobs_embedded=False, second_factor="optional"
        )
        app = create_app(settings, clock=MovingClock(START))
        with app.app_context():
            db.create_all()
            db.session.add(AuditHead(id=1, count=0, digest="0" * 64))
            db.session.commit()
        yield app
        with app.app_context():
            db.engine.dispose()


def _many_entries() -> list[Measurement]:
    # Made by the tests' own factories, so that the rows are such as the program makes.
    from tests import factories

    with empty_application() as app:
        client = app.test_client()
        with app.app_context():
            office = factories.make_office()
            schools = [factories.make_school(office, f"第{number}小学") for number in range(40)]
            contest = factories.make_contest(office)
            categories = contest.categories
            moment = now()
            db.session.add_all(
                Entry(
                    contest_id=contest.id,
                    category_id=categories[number % len(categories)].id,
                    school_id=schools[number % len(schools)].id,
                    state=("submitted", "accepted", "returned", "accepted")[number % 4],
                    number=f"GZ2018-{number:05d}",
                    stage_code="X",
                    title=f"作品{number:05d}",
                    answers={},
                    submission_count=1,
                    submitted_at=moment,
                    created_at=moment,
                    updated_at=moment,
                )
                for number in range(ENTRIES)
            )
            db.session.commit()
            factories.sign_in(client, factories.make_account(Role.OFFICE, office=office))
            base = f"/office/contests/{contest.id}"
        return [
            _page(f"{name}, {ENTRIES} entries", client, f"{base}/{path}", repeats=9, limit=100)
            for name, path in PAGES.items()
        ]


def _every_page() -> list[Measurement]:
    """The pages of tests/lists/pages.py, in the deployment that their test fills; most of them show all rows at once.

    Opened twice each, the first time with the template still to be read.
    """
    from tests.factories import sign_in
    from tests.lists.pages import LIST_PAGES
    from tests.lists.world import filled

    with empty_application() as app:
        browsers = {"public": app.test_client()}
        with app.app_context():
            world = filled(ROWS)
            for reader, actor in world.people.items():
                browsers[reader] = sign_in(app.test_client(), actor)
            db.session.remove()
        return [
            _page(
                f"`{page.endpoint}` for {page.reader}, {ROWS} rows{', filtered' if '?' in page.address else ''}",
                browsers[page.reader],
                page.address.format(**world.ids),
                repeats=2,
                warm=False,
            )
            for page in LIST_PAGES
        ]


def _page(
    name: str, client: FlaskClient, address: str, *, repeats: int, warm: bool = True, limit: float | None = None
) -> Measurement:
    found = timed(f"{name}, server time", lambda: _open(client, address), repeats=repeats, warm=warm)
    return found.in_milliseconds(limit)


def _open(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
