"""The trail looked at as a whole: its chain, the seal of its head, the heads that were kept beside the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from contest_portal.core import audit, audit_seal
from contest_portal.core.actor import Actor
from contest_portal.core.audit import AnySession
from contest_portal.core.audit_seal import KeptHead, Seal
from contest_portal.core.database import begin_writing, db, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import job
from contest_portal.core.models import AuditHead, AuditRecord
from contest_portal.core.text import N_, Message

HEADS_AT_ONCE = 500


@dataclass(frozen=True)
class Examined:
    """What was found: number of records, number of the first that does not fit (None when all fit), how the seal of the
    head stands, and a head kept beside the keys that the chain does not hold (None when it holds all)."""

    count: int
    broken: int | None
    seal: Seal
    lost: KeptHead | None


def examine(session: AnySession) -> Examined:
    """Walk the chain, then look at what nobody could make who has no key: the seal, the kept heads."""
    count, broken = audit.verify(session)
    return Examined(count, broken, audit_seal.standing(*audit.head_row(session)), lost_head(session))


def lost_head(session: AnySession) -> KeptHead | None:
    """The first head kept beside the keys that the chain does not hold."""
    heads = [one for one in audit_seal.kept_heads() if one.count]
    for start in range(0, len(heads), HEADS_AT_ONCE):
        piece = heads[start : start + HEADS_AT_ONCE]
        wanted = select(AuditRecord.id, AuditRecord.digest).where(AuditRecord.id.in_([one.count for one in piece]))
        there = {row.id: row.digest for row in session.execute(wanted)}
        for one in piece:
            if there.get(one.count) != one.digest:
                return one
    return None


def keep_head() -> Seal:
    """Write the head beside the keys where its seal is right. A trail of a time before the seals gets its first."""
    begin_writing()
    count, digest, seal = audit.head_row(db.session)
    found = audit_seal.standing(count, digest, seal)
    if found is Seal.NOT_YET:
        seal, found = audit_seal.seal_of(count, digest), Seal.RIGHT
        db.session.execute(update(AuditHead).where(AuditHead.digest == digest).values(seal=seal))
    db.session.commit()
    if found is Seal.RIGHT and lost_head(db.session) is None:
        audit_seal.keep_head(count, digest, seal)
    db.session.rollback()
    return found


def seal_anew(actor: Actor, why: str) -> None:
    """Put a seal on the trail as it is now, after somebody has found out why the old one does not fit; that is an act in
    the trail itself. Kept heads that it does not hold are set aside. Raises Conflict where the chain itself is broken."""
    found = examine(db.session)
    db.session.rollback()
    if found.broken is not None:
        source = N_("操作记录在第 %(number)s 条处不一致，不能加封。请从备份中恢复。")
        raise Conflict("core.audit_broken", Message.of(source, number=found.broken))
    with unit_of_work(actor, "core.seal_audit") as work:
        head = locked(AuditHead, 1)
        before = {"count": head.count, "digest": head.digest, "seal": head.seal, "found": found.seal}
        head.seal = audit_seal.seal_of(head.count, head.digest)
        work.record(head, before=before, why=why)
        if found.lost is not None:
            audit_seal.set_heads_aside()
    keep_head()


@job("core.keep_audit_head", N_("留存操作记录的校验码"))
def keep_daily(_payload: dict[str, Any]) -> None:
    """Each day, so that a trail that is cut to an older head and its seal is missed."""
    keep_head()


every_day("core.keep_audit_head", hour=3)
