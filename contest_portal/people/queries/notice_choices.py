"""What an account has chosen about its notices, and where it is reached."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.outbox.channels import is_set
from contest_portal.core.outbox.kinds import CHANNELS, IN_APP, KINDS, OUTSIDE, Kind, wants
from contest_portal.core.outbox.models import NoticeAddress, NoticeChoice
from contest_portal.core.sealing import digest
from contest_portal.people.notice_addresses import LINK_GOOD_FOR


@dataclass(frozen=True)
class KindChoice:
    """A line of the page: a kind, and by which channels it comes."""

    kind: Kind
    on: dict[str, bool]


def channels() -> list[str]:
    """The ways that this site has, the inbox first."""
    return [channel for channel in CHANNELS if channel == IN_APP or is_set(channel)]


def choices_of(account_id: int) -> list[KindChoice]:
    """Every kind with what holds for the account. One statement."""
    rows = db.session.scalars(select(NoticeChoice).where(NoticeChoice.account_id == account_id))
    chosen = {(row.kind, row.channel): row.is_on for row in rows}
    ways = channels()
    return [
        KindChoice(kind, {way: wants(code, way, chosen.get((code, way))) for way in ways})
        for code, kind in KINDS.items()
    ]


def addresses_of(account_id: int) -> dict[str, NoticeAddress]:
    """Channel → the address given, confirmed or not."""
    rows = db.session.scalars(select(NoticeAddress).where(NoticeAddress.account_id == account_id))
    return {row.channel: row for row in rows if row.channel in OUTSIDE}


def address_of_token(token: str) -> NoticeAddress | None:
    """The address that a link confirms, while the link is good."""
    row = db.session.scalar(select(NoticeAddress).where(NoticeAddress.token_digest == digest(token)))
    return row if row is not None and row.asked_at > now() - LINK_GOOD_FOR else None
