"""The trail of what was done: one record an act, each chained to the one before by SHA-256.

A record is noted while the verb runs and chained as the transaction's last step, so that the head of the chain is
locked for a moment only. The head is sealed by a key outside the database (core/audit_seal.py).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.orm import Session, scoped_session

from contest_portal.core import audit_seal
from contest_portal.core.actor import Actor
from contest_portal.core.networks import network_of

START = "0" * 64
SHORTEST_DIGEST = 16
"""Digits of a digest that are printed."""
RECORDS_AT_ONCE = 1000
AnySession = Session | scoped_session[Any]

log = logging.getLogger(__name__)


def note(
    session: AnySession,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: int | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    why: str,
    office_id: int | None,
) -> None:
    """Keep one act for the chain; it is written when the unit of work ends. `office_id`: whose record it is."""
    from contest_portal.core.clock import now

    session.info.setdefault("audit", []).append(
        {
            "at": now(),
            "account_id": actor.account_id,
            "actor": "console" if actor.is_console else str(actor.role or ""),
            "office_id": office_id,
            "school_id": actor.school_id,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "before": before or {},
            "after": after or {},
            "why": why,
            "address": network_of(actor.address),  # what is chained can never be erased; the whole is in the session
            "request_id": actor.request_id,
        }
    )


def chain(session: AnySession) -> None:
    """Write the noted acts at the end of the chain. Called by the unit of work alone.

    Three short statements by the tables, not by the models: this is a part of every request that changes anything.
    """
    noted: list[dict[str, Any]] = session.info.pop("audit", [])
    if not noted:
        return
    statements, connection = _statements(), session.connection()
    head = connection.execute(statements.locked_head).first()
    if head is None:
        raise RuntimeError("the audit chain has no head: run `contest-portal db upgrade`")
    last_count, last_digest, last_seal = count, digest, _ = tuple(head)
    rows = []
    for values in noted:
        count += 1
        digest = _digest(count, values, digest)
        rows.append({"id": count, **values, "digest": digest})
    seal = audit_seal.next_seal(last_count, last_digest, last_seal, (count, digest))
    if not seal:
        log.error("the head %d of the audit chain is not the one that was sealed: run `contest-portal audit verify`", last_count)  # fmt: skip
    connection.execute(statements.insertion, rows)
    # A seal that did not fit stays as it is, and does not fit the new head either.
    connection.execute(statements.new_head, {"new_count": count, "new_digest": digest, "new_seal": seal or last_seal})


@dataclass(frozen=True)
class _Statements:
    locked_head: Executable
    insertion: Executable
    new_head: Executable


@cache
def _statements() -> _Statements:
    from contest_portal.core.models import AuditHead, AuditRecord

    one = AuditHead.id == 1
    values: dict[str, Any] = {
        "count": bindparam("new_count"),
        "digest": bindparam("new_digest"),
        "seal": bindparam("new_seal"),
    }
    return _Statements(
        select(AuditHead.count, AuditHead.digest, AuditHead.seal).where(one).with_for_update(),
        insert(AuditRecord.__table__),  # type: ignore[arg-type]
        update(AuditHead.__table__).where(one).values(values),  # type: ignore[arg-type]
    )


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _digest(number: int, values: dict[str, Any], previous: str) -> str:
    text = _encode([number, {**values, "at": values["at"].isoformat()}, previous])
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
    missing number after the last. Acts that come meanwhile are walked too. Memory holds some records.
    """
    digest, expected, seen = START, 0, -1
    while True:
        for number, kept, values in _records(session, seen):
            expected += 1
            digest = _digest(expected, values, digest)
            if (number, kept) != (expected, digest):
                return expected, expected
        count, last, _seal = head_row(session)
        if (count, last) == (expected, digest):
            return expected, None
        if count <= expected or expected == seen:
            return expected, min(count, expected) + 1
        seen = expected


def _records(session: AnySession, after: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(number, digest, the other fields) of the records after this number; of all where it is below 0."""
    from contest_portal.core.models import AuditRecord

    table = AuditRecord.__table__
    statement = select(table.c.id, table.c.digest, *(table.c[name] for name in FIELDS)).order_by(table.c.id)
    if after >= 0:
        statement = statement.where(table.c.id > after)
    for number, digest, *values in session.execute(statement, execution_options={"yield_per": RECORDS_AT_ONCE}):
        yield number, digest, dict(zip(FIELDS, values, strict=True))


def fits(session: AnySession, count: int, digest: str) -> bool:
    """Whether the chain still holds a head that was printed or mailed earlier: its number, and its digest or the first
    digits of it. A chain that was cut, or written anew from some record on, holds none of the later ones."""
    from contest_portal.core.models import AuditRecord

    kept = session.scalar(select(AuditRecord.digest).where(AuditRecord.id == count))
    return kept is not None and len(digest) >= SHORTEST_DIGEST and kept.startswith(digest.lower())


def head(session: AnySession) -> tuple[int, str]:
    """How many records there are, and the digest that binds them all."""
    count, digest, _seal = head_row(session)
    return count, digest


def head_row(session: AnySession) -> tuple[int, str, str]:
    """The same with the seal, empty where there is none. No digest at all where somebody has removed the row."""
    from contest_portal.core.models import AuditHead

    row = session.execute(select(AuditHead.count, AuditHead.digest, AuditHead.seal)).one_or_none()
    return (0, "", "") if row is None else (row[0], row[1], row[2])


def act_of(session: AnySession, object_type: str, object_id: int, moment: datetime) -> tuple[int, str] | None:
    """Number and digest of the act by which an object became, at `moment`, what it is: whoever keeps them can ask later
    whether the chain holds them. None where there is no such act."""
    from contest_portal.core.models import AuditRecord

    of_it = select(AuditRecord.id, AuditRecord.digest).where(
        AuditRecord.object_type == object_type, AuditRecord.object_id == object_id, AuditRecord.at >= moment
    )
    row = session.execute(of_it.order_by(AuditRecord.id).limit(1)).first()
    return None if row is None else (row.id, row.digest)
