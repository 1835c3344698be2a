"""The head of the trail of acts, mailed each Monday: whoever changes the database cannot change what lies in a mailbox."""

from __future__ import annotations

from typing import Any

from flask import current_app

from contest_portal.core import audit
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import CannotBeDone, job
from contest_portal.core.outbox.channels import NotSent, Outgoing, Unsure, channel_of
from contest_portal.core.outbox.kinds import MAIL
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

MONDAY = 0


@job("core.mail_audit_head", N_("寄出操作记录的校验码"))
def mail_head(_payload: dict[str, Any]) -> None:
    """To each address of the setting, on Mondays. Of some addresses that refuse the others get theirs."""
    settings: Settings = current_app.config["SETTINGS"]
    addresses = settings.audit_head_mail.replace(",", " ").split()
    if not addresses or not settings.smtp_url or local(now()).weekday() != MONDAY:
        return
    count, digest = audit.head(db.session)
    db.session.rollback()
    failed: Message | None = None
    channel = channel_of(MAIL)
    try:
        for place, address in enumerate(addresses):
            key = f"audit-head-{local(now()):%Y%m%d}-{place}"
            try:
                channel.send(Outgoing(key, address, _subject(), _text(count, digest)))
            except (NotSent, Unsure) as failure:
                failed = failure.reason
    finally:
        channel.close()
    if failed is not None:
        raise CannotBeDone(failed)


def _subject() -> str:
    return f"操作记录链 {local(now()):%Y-%m-%d}"


def _text(count: int, digest: str) -> str:
    site = current_app.config["SETTINGS"].public_url or ""
    return (
        f"{site}\n截至 {local(now()):%Y-%m-%d %H:%M}，操作记录共 {count} 条，校验码：\n\n{count}:{digest}\n\n"
        f"请保留这封邮件。以后运行 contest-portal audit verify --head {count}:{digest[:16]}，"
        "就能知道这以前的操作记录有没有被截断或重写。\n"
    )


every_day("core.mail_audit_head", hour=8)
