"""What happens in the tests of notices: somebody is told, the jobs run, rows are looked at."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Actor
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.notices import notify
from contest_portal.core.outbox.kinds import MAIL
from contest_portal.core.outbox.models import NoticeAddress, OutboxMessage
from contest_portal.core.text import Message
from tests.factories import made

TITLE = "《张晓明的月球农场》已退回修改"


def reached(actor: Actor, address: str = "lizhiqiang@example.org", channel: str = MAIL) -> NoticeAddress:
    """A confirmed address of the account."""
    row: NoticeAddress = made(
        NoticeAddress(account_id=actor.account_id, channel=channel, address=address, asked_at=now(), confirmed_at=now())
    )
    return row


def tell(sender: Actor, *receivers: Actor, action: str = "entries.return_entry", title: str = TITLE) -> None:
    """An act of the sender's tells the receivers something that names a pupil and a work."""
    with unit_of_work(sender, action) as work:
        notify(
            work, [one.account_id or 0 for one in receivers], Message(title), Message("原因：缺件"), url="/entries/7"
        )
        work.record(("entry", 7))


def pass_time(clock: MovingClock, **amount: float) -> int:
    """Move the clock on and do the jobs that are due by then. Gives how many."""
    clock.advance(**amount)
    return jobs.run_all()


def messages() -> list[OutboxMessage]:
    db.session.rollback()
    wanted = select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
    return list(db.session.scalars(wanted))


def states() -> list[str]:
    return [row.state for row in messages()]
