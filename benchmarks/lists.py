"""The first pages of long lists: server time of the office's list of 5,000 entries, its queue and its overview."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measurement import Measurement, timed
from contest_portal import create_app
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead
from contest_portal.entries.models import Entry
from contest_portal.settings import Settings

ENTRIES = 5_000
PAGES = {
    "list of the office": "entries",
    "list, third page by title": "entries?page=3&sort=title",
    "overview of screening": "screening",
}


def measure() -> list[Measurement]:
    """Milliseconds of server time of each page, over HTTP without the network."""
    # Made by the tests' own factories, so that the rows are such as the program makes.
    from tests import factories

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder) / "i"), testing=True)
        with app.app_context():
            db.create_all()
            db.session.add(AuditHead(id=1, count=0, digest="0" * 64))
            db.session.commit()
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
            client = factories.sign_in(app.test_client(), factories.make_account(Role.OFFICE, office=office))
            base = f"/office/contests/{contest.id}"
        results = []
        for name, path in PAGES.items():
            seconds = timed(
                f"{name}, {ENTRIES} entries, server time", lambda p=path: _open(client, f"{base}/{p}"), repeats=9
            )
            results.append(
                Measurement(seconds.name, seconds.value * 1000, "ms", 100, seconds.repeats, seconds.spread * 1000)
            )
    return results


def _open(client: object, path: str) -> None:
    answer = client.get(path)  # type: ignore[attr-defined]
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
