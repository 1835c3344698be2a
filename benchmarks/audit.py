"""The trail of acts: a million records searched by a supervisor and walked by `audit verify`; what writing it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, update

from benchmarks.lists import empty_application
from benchmarks.measurement import Measurement, summed_up, timed
from contest_portal.core import audit
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead, AuditRecord, Job

RECORDS = 1_000_000
AT_ONCE = 10_000
SEARCHES = {
    "newest fifty": "",
    "page in the middle": "before=500000",
    "one person": "person=张老师",
    "one kind of act": "action=entries.submit",
    "one work": "object=entry+777",
    "a week half a year ago": "since=2017-09-01&until=2017-09-07",
    "a text of the last 90 days that nothing holds": "text=查无此事",
}
REQUESTS = 60


def measure() -> list[Measurement]:
    """Milliseconds of server time; the chain's seconds; what share of a small request its writing takes."""
    from tests import factories

    with empty_application() as app:
        client = app.test_client()
        with app.app_context():
            office = factories.make_office()
            teacher = factories.make_account(Role.SUPERVISOR, office=office, name="张老师")
            _write_chain(office.id, teacher.account_id or 0)
            supervisor = factories.make_account(Role.SUPERVISOR, office=office)
            staff = factories.make_account(Role.OFFICE, office=office)
            factories.sign_in(client, supervisor)
        found = [_search(client, name, query) for name, query in SEARCHES.items()]
        with app.app_context():
            found.append(timed(f"audit verify of {RECORDS:,} acts", _verify, limit=180, repeats=1, warm=False))
            factories.sign_in(client, staff)
            app.config["WTF_CSRF_ENABLED"] = False
            found.append(_share_of_a_request(client))
    return found


def _write_chain(office_id: int, account_id: int) -> None:
    """Two years of acts, chained as the program chains them."""
    digest, begin = audit.START, now() - timedelta(days=730)
    rows: list[dict[str, Any]] = []
    for number in range(1, RECORDS + 1):
        values = {
            "at": begin + timedelta(seconds=63 * number),
            "account_id": account_id if number % 5000 == 0 else number % 3000 + 100,
            "actor": "teacher",
            "office_id": office_id,
            "school_id": number % 60,
            "action": ("entries.save", "entries.check", "judging.score", "entries.submit")[number % 4],
            "object_type": "entry",
            "object_id": number % 40_000,
            "before": {"state": "draft", "version": number % 9},
            "after": {"state": "submitted", "version": number % 9 + 1},
            "why": "",
            "address": f"10.1.{number % 200}.{number % 250}",
            "request_id": f"{number:032x}",
        }
        digest = audit._digest(number, values, digest)
        rows.append({"id": number, **values, "digest": digest})
        if len(rows) == AT_ONCE:
            db.session.execute(insert(AuditRecord), rows)
            rows = []
    db.session.execute(update(AuditHead).values(count=RECORDS, digest=digest))
    db.session.commit()


def _search(client: FlaskClient, name: str, query: str) -> Measurement:
    def opened() -> None:
        assert client.get(f"/office/audit?{query}").status_code == 200

    return timed(f"{RECORDS:,} acts: {name}", opened).in_milliseconds(limit=1000 if "text" in name else 300)


def _verify() -> None:
    assert audit.verify(db.session) == (RECORDS, None)
    db.session.rollback()


def _share_of_a_request(client: FlaskClient) -> Measurement:
    """Of one of the smallest requests that change anything: a failed job is put back."""
    spent: list[float] = []
    chain = audit.chain

    def timed_chain(session: Any) -> None:
        begun = time.perf_counter()
        chain(session)
        spent.append(time.perf_counter() - begun)

    shares = list(_shares(client, spent, timed_chain, chain))
    return summed_up("share of a small request that writing the trail takes", shares, "%", 10)


def _shares(client: FlaskClient, spent: list[float], timed_chain: Any, chain: Any) -> Iterator[float]:
    ids = []
    for number in range(REQUESTS):
        row = Job(kind="core.tidy_jobs", key=f"bench-{number}", payload={}, state="failed", run_at=now())
        db.session.add(row)
        db.session.flush()
        ids.append(row.id)
    db.session.commit()
    audit.chain = timed_chain
    try:
        for job_id in ids:
            spent.clear()
            begun = time.perf_counter()
            assert client.post(f"/office/jobs/{job_id}/retry").status_code == 302
            yield 100 * sum(spent) / (time.perf_counter() - begun)
    finally:
        audit.chain = chain
