"""Handing messages over, each at most once: what is taken is marked as being sent before a server hears of it.

A row that is found marked so later, because the process died or the answer did not come, may have gone out or not; it
fails with these words and waits for somebody who decides (docs/decisions/notices.md says why).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from contest_portal.core import kept_messages
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db
from contest_portal.core.job_schedule import every_day, every_hour
from contest_portal.core.jobs import job, report_progress
from contest_portal.core.outbox.asking import LANE, SEND, ask_at
from contest_portal.core.outbox.channels import Channel, NotSent, Outgoing, Unsure, channel_of, is_set
from contest_portal.core.outbox.kinds import OUTSIDE
from contest_portal.core.outbox.models import OutboxMessage
from contest_portal.core.outbox.queueing import queue_notices
from contest_portal.core.text import N_, Message

PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""After each attempt that may pass; after the last of them the message fails."""
AT_ONCE = 200
"""Messages in one run; the job asks for itself again, so that what else waits in its lane gets its turn."""
LOST_AFTER = timedelta(minutes=10)
"""A handing-over takes well under two minutes, or its process is gone."""
KEPT = timedelta(days=180)

OVERTAKEN = Message.of(N_("已过时，没有发出。"))
UNKNOWN = Message.of(N_("发送时程序中断，不能确定是否已发出。请核实后决定是否重发。"))
log = logging.getLogger(__name__)


@job(SEND, N_("发送邮件和短信"), is_appointed=True)
def send_messages(_payload: Mapping[str, Any]) -> None:
    """Make messages of new notices, and hand over what is due. May run any number of times, also at once."""
    if not any(is_set(channel) for channel in OUTSIDE):
        return
    queue_notices()
    _give_up_lost()
    _drop_overtaken()
    down = {channel for channel in OUTSIDE if is_set(channel) and not _send_channel(channel)}
    _ask_for_the_rest(down)


def _send_channel(name: str) -> bool:
    """Hand over what is due on one channel. Gives whether the channel is up."""
    channel = channel_of(name)
    try:
        for done in range(AT_ONCE):
            row = _claim(name)
            if row is None:
                break
            if not _hand_over(channel, row):
                return False
            report_progress(done / AT_ONCE)
    finally:
        channel.close()
    return True


def _claim(channel: str) -> OutboxMessage | None:
    """Mark the next due message as being sent. Committed before anybody is told of it."""
    begin_writing()
    due = (OutboxMessage.channel == channel, OutboxMessage.state == "waiting", OutboxMessage.next_at <= now())
    wanted = select(OutboxMessage).where(*due).order_by(OutboxMessage.next_at, OutboxMessage.id).limit(1)
    row = db.session.scalar(wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if row is not None:
        row.state, row.claimed_at, row.attempts = "sending", now(), row.attempts + 1
    db.session.commit()
    return row


def _hand_over(channel: Channel, row: OutboxMessage) -> bool:
    """Send one and note what became of it. Gives whether the channel is up."""
    try:
        channel.send(Outgoing(row.key, row.address or "", row.subject, row.body))
    except NotSent as failure:
        _not_sent(row, failure)
        return not failure.is_down
    except Unsure as failure:
        _end(row, "failed", failure.reason)
    except Exception:  # whatever it is, nobody knows whether the message went out
        log.exception("message %s could not be handed over", row.id)
        _end(row, "failed", UNKNOWN)
    else:
        _end(row, "sent", None)
    return True


def _not_sent(row: OutboxMessage, failure: NotSent) -> None:
    if failure.may_pass and row.attempts <= len(PAUSES):
        pause = PAUSES[row.attempts - 1]
        _note(row, state="waiting", next_at=now() + pause, problem=kept_messages.keep(failure.reason))
    else:
        _end(row, "failed", failure.reason)


def _end(row: OutboxMessage, state: str, reason: Message | None) -> None:
    """A message that is sent needs its address no longer; one that failed may be released again."""
    values: dict[str, Any] = {"state": state, "ended_at": now()}
    values["problem"] = kept_messages.keep(reason) if reason else None
    if state == "sent":
        values["address"] = None
    _note(row, **values)


def _note(row: OutboxMessage, **values: Any) -> None:
    """Only while it is this attempt's: one that counted as lost meanwhile stays so."""
    begin_writing()
    own = (OutboxMessage.id == row.id, OutboxMessage.state == "sending", OutboxMessage.attempts == row.attempts)
    _change(*own, **values)
    db.session.commit()


def _give_up_lost() -> None:
    begin_writing()
    lost = (OutboxMessage.state == "sending", OutboxMessage.claimed_at < now() - LOST_AFTER)
    _change(*lost, state="failed", ended_at=now(), problem=kept_messages.keep(UNKNOWN))
    db.session.commit()


def _drop_overtaken() -> None:
    begin_writing()
    late = (OutboxMessage.state.in_(("waiting", "held")), OutboxMessage.expires_at < now())
    _change(*late, state="dropped", ended_at=now(), address=None, problem=kept_messages.keep(OVERTAKEN))
    db.session.commit()


def _change(*conditions: Any, **values: Any) -> None:
    statement = update(OutboxMessage).where(*conditions).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))


def _ask_for_the_rest(down: set[str]) -> None:
    """The next run, at the earliest moment anything is due; not at once where a server is down."""
    db.session.rollback()
    wanted = select(OutboxMessage.channel, func.min(OutboxMessage.next_at)).where(OutboxMessage.state == "waiting")
    moments = [
        max(due, now() + PAUSES[0]) if channel in down else due
        for channel, due in db.session.execute(wanted.group_by(OutboxMessage.channel))
        if is_set(channel)
    ]
    db.session.rollback()
    if moments:
        ask_at(_next_minute(max(min(moments), now())))


def _next_minute(moment: datetime) -> datetime:
    """Whole minutes, so that runs which see the same rows ask for one."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


@job("core.tidy_messages", N_("清除半年前的邮件和短信记录"))
def tidy_messages(_payload: Mapping[str, Any]) -> None:
    """What ended long ago says nothing that anybody asks; names and texts need not stay."""
    begin_writing()
    old = (OutboxMessage.state.in_(("sent", "failed", "dropped")), OutboxMessage.ended_at < now() - KEPT)
    db.session.execute(delete(OutboxMessage).where(*old).execution_options(synchronize_session=False))
    db.session.commit()


every_hour(SEND, lane=LANE)
every_day("core.tidy_messages", hour=4)
