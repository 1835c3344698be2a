"""Messages inside the site: one row an account, in the reader's language when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import Work, db
from contest_portal.core.models import Notice
from contest_portal.core.text import Message

MOST_SHOWN = 100


def notify(work: Work, account_ids: Iterable[int], title: Message, body: Message | None = None, url: str = "") -> None:
    """Tell each account, in the same transaction as the act itself. Values of the messages must be plain texts."""
    params: dict[str, Any] = {**title.params, **(body.params if body else {})}
    for account_id in sorted(set(account_ids)):
        work.session.add(
            Notice(
                account_id=account_id,
                title=title.source,
                body=body.source if body else "",
                params={key: str(value) for key, value in params.items()},
                url=url,
                created_at=now(),
            )
        )


def settle(work: Work, url: str) -> None:
    """What these notices ask for is over: those that lead to `url` count as read from now on."""
    work.session.execute(update(Notice).where(Notice.url == url, Notice.read_at.is_(None)).values(read_at=now()))


def unread_count(account_id: int) -> int:
    """How many notices the account has not read."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
        )
        or 0
    )


def notices_of(account_id: int) -> list[tuple[Notice, Message, Message]]:
    """The account's newest notices with title and body ready to be translated."""
    rows = db.session.scalars(
        select(Notice).where(Notice.account_id == account_id).order_by(Notice.id.desc()).limit(MOST_SHOWN)
    )
    return [(row, Message(row.title, row.params), Message(row.body, row.params)) for row in rows]


def mark_read(account_id: int) -> None:
    """Mark all of the account's notices as read. Not an act that the trail needs."""
    db.session.execute(
        update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None)).values(read_at=now())
    )
    db.session.commit()
