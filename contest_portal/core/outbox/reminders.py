"""Reminders: what somebody should still do, told once for each thing and day.

@reminder("deadline", N_("报送截止前的提醒"), kind="deadline", hour=8, letter="deadline")
def missing_before_deadline() -> Iterable[Reminding]: ...

The function is asked once a day, after `hour` o'clock of the office's zone. `Reminding.key` names the thing and the day
it is about, "contest-7-2018-05-20": the same key is never told twice to the same account, however often the job runs,
and a deadline that is moved is told anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest_portal.core.database import begin_writing, db
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import job
from contest_portal.core.models import Notice
from contest_portal.core.notices import notice_row, without_inbox
from contest_portal.core.outbox.asking import ask_now
from contest_portal.core.outbox.channels import is_any_set
from contest_portal.core.outbox.rows import add_new
from contest_portal.core.text import Message


@dataclass(frozen=True)
class Reminding:
    """One reminder to one account. `fields`: those of its letter, plain texts without anything about a pupil.

    `valid_until`: after this moment it is not sent any more.
    """

    account_id: int
    key: str
    title: Message
    body: Message | None
    url: str
    office_id: int | None
    fields: Mapping[str, str] = field(default_factory=dict)
    valid_until: datetime | None = None


Ask = Callable[[], Iterable[Reminding]]
REMINDERS: dict[str, Callable[[], int]] = {}
"""Code → the function that does it now and gives how many notices it wrote."""


def reminder(code: str, name: str, *, kind: str, hour: int, letter: str = "notice") -> Callable[[Ask], Ask]:
    """Register who is reminded of what. `letter`: the occasion whose texts the mail and the SMS have."""

    def register(ask: Ask) -> Ask:
        def run() -> int:
            return _remind(code, kind, letter, ask())

        def run_job(_payload: dict[str, Any]) -> None:
            run()

        REMINDERS[code] = run
        job(f"core.remind_{code}", name)(run_job)
        every_day(f"core.remind_{code}", hour=hour)
        return ask

    return register


def _remind(code: str, kind: str, letter: str, asked: Iterable[Reminding]) -> int:
    wanted = {f"{code}-{one.key}-{one.account_id}": one for one in asked}
    begin_writing()
    told = _told(list(wanted))
    new = {key: one for key, one in wanted.items() if key not in told}
    without = without_inbox({one.account_id for one in new.values()}, kind)
    written = add_new(
        Notice,
        [
            {
                **notice_row(
                    one.account_id, one.title, one.body, one.url, kind=kind, in_inbox=one.account_id not in without
                ),
                "office_id": one.office_id,
                "key": key,
                "letter": letter,
                "fields": dict(one.fields),
                "valid_until": one.valid_until,
            }
            for key, one in new.items()
        ],
    )
    db.session.commit()
    if written and is_any_set():
        ask_now()
    return written


def _told(keys: list[str]) -> set[str]:
    """Those that were told before; a constraint sees to it that nothing slips in between."""
    found: set[str] = set()
    for start in range(0, len(keys), 1000):
        found.update(db.session.scalars(select(Notice.key).where(Notice.key.in_(keys[start : start + 1000]))))
    return found
