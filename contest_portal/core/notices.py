"""Messages inside the site: one row an account, in the reader's language when it is read.

What leaves the site by mail or SMS is made of these rows by a job (core/outbox/queueing.py), so no act waits for it and
none fails for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import Work, begin_writing, db
from contest_portal.core.models import Notice
from contest_portal.core.outbox.asking import ask_soon
from contest_portal.core.outbox.channels import is_any_set
from contest_portal.core.outbox.kinds import IN_APP, KINDS, kind_of_action
from contest_portal.core.outbox.models import NoticeChoice
from contest_portal.core.text import Message

MOST_SHOWN = 100
MOST_NAMED = 500


def notify(
    work: Work,
    account_ids: Iterable[int],
    title: Message,
    body: Message | None = None,
    url: str = "",
    *,
    kind: str = "",
) -> None:
    """Tell each account, in the same transaction as the act itself. Values of the messages must be plain texts.

    `kind`: one of `KINDS`; left out, it is the kind of the act's room.
    """
    notify_each(work, [Telling(account_ids, title, body, url)], kind=kind)


@dataclass(frozen=True)
class Telling:
    """What some accounts are told."""

    account_ids: Iterable[int]
    title: Message
    body: Message | None = None
    url: str = ""


def notify_each(work: Work, tellings: Iterable[Telling], *, kind: str = "") -> None:
    """Tell each its own, as `notify` does: however many they are, in two statements."""
    kind = kind or kind_of_action(work.action)
    wanted = [(one, account_id) for one in tellings for account_id in sorted(set(one.account_ids))]
    if not wanted:
        return
    without = without_inbox({account_id for _one, account_id in wanted}, kind)
    rows = [
        notice_row(account_id, one.title, one.body, one.url, kind=kind, in_inbox=account_id not in without)
        for one, account_id in wanted
    ]
    work.session.execute(insert(Notice), [{**row, "office_id": work.actor.office_id} for row in rows])
    if is_any_set():
        work.after_commit(ask_soon)


def notice_row(
    account_id: int, title: Message, body: Message | None, url: str, *, kind: str, in_inbox: bool
) -> dict[str, Any]:
    """A notice's values. Where nothing leaves the site, it is not looked at again; nor is one that calls for nobody."""
    params: dict[str, Any] = {**title.params, **(body.params if body else {})}
    moment = now()
    return {
        "account_id": account_id,
        "title": title.source,
        "body": body.source if body else "",
        "params": {key: str(value) for key, value in params.items()},
        "url": url,
        "created_at": moment,
        "kind": kind,
        "in_inbox": in_inbox,
        "read_at": None if in_inbox else moment,
        "queued_at": None if is_any_set() else moment,
    }


def without_inbox(account_ids: Collection[int], kind: str) -> set[int]:
    """Which of them do not want this kind inside the site; one statement, none for a kind that nobody can switch off."""
    if KINDS[kind].must_show or not account_ids:
        return set()
    off = select(NoticeChoice.account_id).where(
        NoticeChoice.kind == kind, NoticeChoice.channel == IN_APP, NoticeChoice.is_on.is_(False)
    )
    if len(account_ids) > MOST_NAMED:  # few switch a kind off: all of them are fewer than a long list of names
        return set(db.session.scalars(off)) & set(account_ids)
    return set(db.session.scalars(off.where(NoticeChoice.account_id.in_(list(account_ids)))))


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


def notices_of(account_id: int, kind: str = "") -> list[tuple[Notice, Message, Message]]:
    """The account's newest notices, of one kind where asked, with title and body ready to be translated."""
    wanted = select(Notice).where(Notice.account_id == account_id, Notice.in_inbox)
    if kind:
        wanted = wanted.where(Notice.kind == kind)
    rows = db.session.scalars(wanted.order_by(Notice.id.desc()).limit(MOST_SHOWN))
    return [(row, Message(row.title, row.params), Message(row.body, row.params)) for row in rows]


def kinds_of(account_id: int) -> dict[str, int]:
    """Kind → how many notices of it the account has in its inbox, in the order of `KINDS`; others are left out."""
    counted = (
        select(Notice.kind, func.count()).where(Notice.account_id == account_id, Notice.in_inbox).group_by(Notice.kind)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {code: found[code] for code in KINDS if code in found}


def mark_read(account_id: int) -> None:
    """Mark all of the account's notices as read. Not an act that the trail needs."""
    begin_writing()
    db.session.execute(
        update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None)).values(read_at=now())
    )
    db.session.commit()
