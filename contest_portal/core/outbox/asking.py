"""Asking for the job that makes and sends messages, at a moment; by itself it comes once an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.job_wakeup import bell
from contest_portal.core.jobs import PACKAGES
from contest_portal.core.models import Job
from contest_portal.core.outbox.rows import add_new

SEND = "core.send_messages"
LANE = PACKAGES
GATHERED = timedelta(minutes=5)
"""How long notices gather before they go out, so that ten works accepted in a row make one mail."""


def gathering_ends(moment: datetime) -> datetime:
    """The end of the five minutes in which `moment` lies."""
    seconds = int(GATHERED.total_seconds())
    return datetime.fromtimestamp((int(moment.timestamp()) // seconds + 1) * seconds, UTC)


def ask_soon() -> None:
    """Once what gathers now is complete; asked for once by however many acts."""
    ask_at(gathering_ends(now()))


def ask_now() -> None:
    """For what somebody waits for: a released message, a link that confirms an address."""
    ask_at(now())


def ask_at(moment: datetime) -> None:
    """A row for the job, due at `moment`, in a transaction of its own: an act that is done does not fail for it.

    Called after a commit; nothing is rolled back here, since that would make what the caller holds be read again.
    """
    db.session.connection(execution_options={"writes": True})
    row = {"kind": SEND, "key": f"{SEND}@{moment.isoformat()}", "payload": {}, "lane": LANE, "run_at": moment}
    add_new(Job, [row])
    db.session.commit()
    bell().ring()
