"""Records of what leaves the site: addresses, choices, an office's texts and held kinds, the messages themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed


class NoticeAddress(Base):
    """Where an account wants to be reached. Nothing is sent there, but the link that confirms it, before it is confirmed."""

    __tablename__ = "notice_address"
    __table_args__ = (
        CheckConstraint("channel in ('mail', 'sms')", name="channel"),
        UniqueConstraint("account_id", "channel"),
        UniqueConstraint("token_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(Sealed)
    token_digest: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class NoticeChoice(Base):
    """What an account has chosen for a kind and a channel; without a row the kind's default holds."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint("channel in ('in_app', 'mail', 'sms')", name="channel"),
        UniqueConstraint("account_id", "kind", "channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    is_on: Mapped[bool]


class NoticeTemplate(Base):
    """An office's own texts for an occasion (a code of `letters.LETTERS`)."""

    __tablename__ = "notice_template"
    __table_args__ = (UniqueConstraint("office_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    code: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sms: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    updated_at: Mapped[datetime]


class OutboxSettings(Base):
    """What an office has decided about its messages: the kinds that wait for somebody to release them."""

    __tablename__ = "outbox_settings"
    __table_args__ = (UniqueConstraint("office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    held_kinds: Mapped[list[Any]]


class OutboxMessage(Base):
    """One mail or SMS to one account. `key` is unique, so that what is asked for twice goes out once.

    waiting → sending → sent; waiting ⇄ held; failed → waiting; waiting, held, failed → dropped. `sending` is written
    before the message is handed over: whoever finds such a row later does not know, and sends it not again by itself.
    `problem`: a kept message. The address is erased with the row's end.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("channel in ('mail', 'sms')", name="channel"),
        CheckConstraint("state in ('waiting', 'held', 'sending', 'sent', 'failed', 'dropped')", name="state"),
        UniqueConstraint("key"),
        Index("ix_outbox_message_due", "state", "next_at"),
        Index("ix_outbox_message_office", "office_id", "state"),
        Index("ix_outbox_message_account", "account_id", "channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(Sealed)
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None]
