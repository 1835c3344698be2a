"""The trail of what was done: one record an act, each chained to the one before by SHA-256.

A record is noted while the verb runs and chained as the transaction's last step, so that the head of the chain is
locked for a moment only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from contest_portal.core.actor import Actor

START = "0" * 64
SHORTEST_DIGEST = 16
"""Digits of a digest that are printed."""
AnySession = Session | scoped_session[Any]


def note(
    session: AnySession,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: int | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    why: str,
) -> None:
    """Keep one act for the chain; it is written when the unit of work ends."""
    from contest_portal.core.clock import now

    session.info.setdefault("audit", []).append(
        {
            "at": now(),
            "account_id": actor.account_id,
            "actor": "console" if actor.is_console else str(actor.role or ""),
            "office_id": actor.office_id,
            "school_id": actor.school_id,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "before": before or {},
            "after": after or {},
            "why": why,
            "address": actor.address,
            "request_id": actor.request_id,
        }
    )


def chain(session: AnySession) -> None:
    """Write the noted acts at the end of the chain. Called by the unit of work alone."""
    from contest_portal.core.models import AuditHead, AuditRecord

    noted: list[dict[str, Any]] = session.info.pop("audit", [])
    if not noted:
        return
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1).with_for_update())
    if head is None:
        raise RuntimeError("the audit chain has no head: run `contest-portal db upgrade`")
    count, digest = head.count, head.digest
    rows = []
    for values in noted:
        count += 1
        digest = _digest(count, values, digest)
        rows.append({"id": count, **values, "digest": digest})
    session.execute(insert(AuditRecord), rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(count=count, digest=digest))


def _digest(number: int, values: dict[str, Any], previous: str) -> str:
    plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
    text = json.dumps([number, plain, previous], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


FIELDS = (
    "at",
    "account_id",
    "actor",
    "office_id",
    "school_id",
    "action",
    "object_type",
    "object_id",
    "before",
    "after",
    "why",
    "address",
    "request_id",
)


def verify(session: AnySession) -> tuple[int, int | None]:
    """Walk the chain. Gives (number of records, number of the first that does not fit, or None when all fit).

    An edit, a removal, an insertion or a reorder shows as a record that does not fit; a cut tail shows as the
    missing number after the last.
    """
    from contest_portal.core.models import AuditHead, AuditRecord

    statement = select(AuditRecord).order_by(AuditRecord.id)
    digest, expected = START, 0
    for record in _stream(session, statement):
        expected += 1
        values = {name: getattr(record, name) for name in FIELDS}
        digest = _digest(expected, values, digest)
        if record.id != expected or record.digest != digest:
            return expected, expected
    head = session.get_one(AuditHead, 1)
    return (expected, None) if (head.count, head.digest) == (expected, digest) else (expected, expected + 1)


def fits(session: AnySession, count: int, digest: str) -> bool:
    """Whether the chain still holds a head that was printed or mailed earlier: its number, and its digest or the first
    digits of it. A chain that was cut, or written anew from some record on, holds none of the later ones."""
    from contest_portal.core.models import AuditRecord

    kept = session.scalar(select(AuditRecord.digest).where(AuditRecord.id == count))
    return kept is not None and len(digest) >= SHORTEST_DIGEST and kept.startswith(digest.lower())


def head(session: AnySession) -> tuple[int, str]:
    """How many records there are, and the digest that binds them all."""
    from contest_portal.core.models import AuditHead

    count, digest = session.execute(select(AuditHead.count, AuditHead.digest)).one()
    return count, digest


def act_of(session: AnySession, object_type: str, object_id: int, moment: datetime) -> tuple[int, str] | None:
    """Number and digest of the act by which an object became, at `moment`, what it is: whoever keeps them can ask later
    whether the chain holds them. None where there is no such act."""
    from contest_portal.core.models import AuditRecord

    of_it = select(AuditRecord.id, AuditRecord.digest).where(
        AuditRecord.object_type == object_type, AuditRecord.object_id == object_id, AuditRecord.at >= moment
    )
    row = session.execute(of_it.order_by(AuditRecord.id).limit(1)).first()
    return None if row is None else (row.id, row.digest)


def _stream(session: AnySession, statement: Select[Any]) -> Iterator[Any]:
    yield from session.scalars(statement.execution_options(yield_per=1000))
