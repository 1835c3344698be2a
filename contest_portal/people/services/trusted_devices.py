"""Browsers that an account is not asked for its second factor in: for some weeks, as long as nothing changes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.core.sealing import digest
from contest_portal.people.models import TrustedDevice


def trust(work: Work, account_id: int, *, browser: str, address: str) -> str:
    """Inside the verb that passed the second factor: the token that the browser keeps from now on."""
    token, moment = secrets.token_urlsafe(32), now()
    work.session.add(
        TrustedDevice(
            token_digest=digest(token),
            account_id=account_id,
            browser=browser[:200],
            address=address,
            made_at=moment,
            seen_at=moment,
            expires_at=moment + timedelta(days=current_app.config["SETTINGS"].trusted_device_days),
        )
    )
    return token


def trusted_device(account_id: int, tokens: Sequence[str]) -> TrustedDevice | None:
    """The account's living device that has one of these tokens."""
    if not tokens:
        return None
    return db.session.scalar(
        select(TrustedDevice)
        .where(
            TrustedDevice.token_digest.in_([digest(token) for token in tokens]),
            TrustedDevice.account_id == account_id,
            TrustedDevice.ended_at.is_(None),
            TrustedDevice.expires_at > now(),
        )
        .limit(1)
    )


def end_trust(actor: Actor, device_id: int) -> None:
    """Ask for the second factor in that browser again. Raises NotFound for somebody else's."""
    with unit_of_work(actor, "people.end_trust") as work:
        ended = work.session.execute(
            update(TrustedDevice)
            .where(
                TrustedDevice.id == device_id,
                TrustedDevice.account_id == actor.account_id,
                TrustedDevice.ended_at.is_(None),
            )
            .values(ended_at=now())
        )
        if not ended.rowcount:  # type: ignore[attr-defined]
            raise NotFound
        work.record(("trusted_device", device_id))
