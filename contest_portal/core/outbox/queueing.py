"""From notices to messages: who has a confirmed address and wants this kind there gets a row in the outbox.

A notice that an act has sent becomes "you have something new of this kind": its own words may hold the title of a work
or a pupil's name, which do not leave the site. All of a kind within five minutes make one message. A reminder has its
own letter, whose fields hold numbers and names of contests only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db
from contest_portal.core.i18n import translate
from contest_portal.core.models import Notice
from contest_portal.core.outbox.asking import SHOWN, gathering_ends
from contest_portal.core.outbox.channels import is_set, settings
from contest_portal.core.outbox.kinds import KINDS, MAIL, OUTSIDE, wants
from contest_portal.core.outbox.letters import LETTERS, NOTICE, Texts, filled_all
from contest_portal.core.outbox.models import (
    NoticeAddress,
    NoticeChoice,
    NoticeTemplate,
    OutboxMessage,
    OutboxSettings,
)
from contest_portal.core.outbox.recipients import Recipient, described
from contest_portal.core.outbox.rows import add_new
from contest_portal.core.text import N_, Message

AT_ONCE = 500
TOO_OLD = timedelta(days=2)
"""Notices older than this become no message: a channel that is set up later does not tell old news."""


@dataclass(frozen=True)
class Known:
    """What is known of the receivers of some notices, and of the offices that send them."""

    recipients: Mapping[tuple[int, int | None], Recipient]
    addresses: Mapping[tuple[int, str], str]
    choices: Mapping[tuple[int, str, str], bool]
    texts: Mapping[tuple[int | None, str], Texts]
    held: Mapping[int | None, Collection[str]]


def queue_notices() -> int:
    """Make messages of all notices that nobody has looked at, 500 at a time. Gives how many messages."""
    made = 0
    while rows := _unseen():
        begin_writing()
        made += add_new(OutboxMessage, _messages(rows))
        seen = update(Notice).where(Notice.id.in_([row.id for row in rows])).values(queued_at=now())
        db.session.execute(seen.execution_options(synchronize_session=False))
        db.session.commit()
    return made


def _unseen() -> Sequence[Notice]:
    db.session.rollback()
    wanted = select(Notice).where(Notice.queued_at.is_(None)).order_by(Notice.id).limit(AT_ONCE)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).all()


def _messages(rows: Sequence[Notice]) -> list[dict[str, Any]]:
    fresh = [row for row in rows if row.created_at > now() - TOO_OLD]
    known = _known(fresh)
    ways = [channel for channel in OUTSIDE if is_set(channel)]
    return [
        message
        for row in fresh
        if (row.account_id, row.office_id) in known.recipients
        for channel in ways
        if (address := known.addresses.get((row.account_id, channel)))
        and wants(row.kind, channel, known.choices.get((row.account_id, row.kind, channel)))
        for message in [_message(row, channel, address, known)]
    ]


def _message(row: Notice, channel: str, address: str, known: Known) -> dict[str, Any]:
    values = letter_values(row, known.recipients[row.account_id, row.office_id])
    texts = filled_all(known.texts.get((row.office_id, row.letter)) or default_texts(row.letter), values)
    is_gathered = row.letter == NOTICE.code
    made_at = gathering_ends(row.created_at) if is_gathered else row.created_at
    key = f"{row.office_id}-{row.kind}-{row.account_id}-{made_at.isoformat()}" if is_gathered else f"notice-{row.id}"
    return {
        "key": f"{channel}-{key}",
        "office_id": row.office_id,
        "account_id": row.account_id,
        "channel": channel,
        "kind": row.kind,
        "address": address,
        "subject": texts.subject if channel == MAIL else "",
        "body": texts.body if channel == MAIL else texts.sms,
        "state": "held" if row.kind in known.held.get(row.office_id, ()) else "waiting",
        "created_at": now(),
        "next_at": made_at + SHOWN,
        "expires_at": row.valid_until,
    }


def letter_values(row: Notice, recipient: Recipient) -> dict[str, str]:
    """The fields of a notice's letter with their values."""
    topic = translate(Message(KINDS[row.kind].label))
    return {**row.fields, **recipient.values(), "topic": topic, "link": link_to(row.url)}


def link_to(path: str) -> str:
    """The whole address where the deployment has said what it is; else where to look after signing in."""
    base = settings().public_url.rstrip("/")
    return f"{base}{path}" if base and path else translate(Message.of(N_("请登录后在「消息」中查看。")))


def default_texts(code: str) -> Texts:
    """The letter's texts until an office writes its own."""
    known = LETTERS.get(code, NOTICE)
    return Texts(known.subject, known.body, known.sms)


def _known(rows: Sequence[Notice]) -> Known:
    """Five statements, whatever the number of notices."""
    accounts = sorted({row.account_id for row in rows})
    offices = sorted({row.office_id for row in rows if row.office_id is not None})
    confirmed = (NoticeAddress.account_id.in_(accounts), NoticeAddress.confirmed_at.is_not(None))
    templates = db.session.scalars(select(NoticeTemplate).where(NoticeTemplate.office_id.in_(offices)))
    choices = db.session.scalars(select(NoticeChoice).where(NoticeChoice.account_id.in_(accounts)))
    own = db.session.scalars(select(OutboxSettings).where(OutboxSettings.office_id.in_(offices)))
    return Known(
        recipients=described({(row.account_id, row.office_id) for row in rows}),
        addresses={
            (one.account_id, one.channel): one.address
            for one in db.session.scalars(select(NoticeAddress).where(*confirmed))
        },
        choices={(one.account_id, one.kind, one.channel): one.is_on for one in choices},
        texts={(one.office_id, one.code): Texts(one.subject, one.body, one.sms) for one in templates},
        held={one.office_id: one.held_kinds for one in own},
    )
