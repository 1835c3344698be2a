"""Asking for the job that makes and sends messages, at a moment; by itself it comes once an hour."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import OperationalError

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.job_wakeup import bell
from contest_portal.core.jobs import PACKAGES
from contest_portal.core.models import Job
from contest_portal.core.outbox.rows import add_new

SEND = "core.send_messages"
LANE = PACKAGES
log = logging.getLogger(__name__)
GATHERED = timedelta(minutes=5)
"""How long notices gather before they become messages, so that ten works accepted in a row make one mail."""
SHOWN = timedelta(minutes=5)
"""How long a message then stands in the outbox, where staff can read and hold it, before it goes out."""


def gathering_ends(moment: datetime) -> datetime:
    """The end of the five minutes in which `moment` lies."""
    seconds = int(GATHERED.total_seconds())
    return datetime.fromtimestamp((int(moment.timestamp()) // seconds + 1) * seconds, UTC)


def ask_soon() -> None:
    """Once what gathers now is complete; asked for once by however many acts."""
    ask_at(gathering_ends(now()))


def ask_now() -> None:
    """For what somebody waits for: a released message, a link that confirms an address. A row of its own each time."""
    _ask(now(), uuid4().hex)


def ask_at(moment: datetime) -> None:
    """A row for the job, due at `moment`; asked for once by whoever names the same moment."""
    _ask(moment, moment.isoformat())


def _ask(moment: datetime, which: str) -> None:
    """In a transaction of its own: an act that is done does not fail for it, the hourly job makes up for what was lost.

    Called after a commit; nothing is rolled back before, since that would make what the caller holds be read again.
    """
    try:
        db.session.connection(execution_options={"writes": True})
        add_new(Job, [{"kind": SEND, "key": f"{SEND}@{which}", "payload": {}, "lane": LANE, "run_at": moment}])
        db.session.commit()
    except OperationalError:
        db.session.rollback()
        log.warning("the job that sends messages could not be asked for; it comes within the hour", exc_info=True)
    bell().ring()
