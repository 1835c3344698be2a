"""What sending and handing over share: the row of a hand-off that leaves, its lines, whom to tell."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.models import Job
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Blob
from contest_portal.people.models import Office
from contest_portal.results.handoff.models import Handoff, HandoffLine, HandoffPartner
from contest_portal.results.handoff.package.content import Content
from contest_portal.results.handoff.package.manifest import Manifest
from contest_portal.results.handoff.queries.going_up import lines_going_up, works_under_objection
from contest_portal.results.handoff.services.taking import (
    give_receipt,
    supersede_earlier,
    write_lines,
)
from contest_portal.results.lists.models import ShortlistLine


def refuse_while_making(work: Work, contest_id: int) -> None:
    """Versions follow one another. A package whose job is over and left nothing holds nobody up."""
    rows = select(Handoff.id).where(
        Handoff.contest_id == contest_id, Handoff.direction == "out", Handoff.state == "making"
    )
    keys = [f"handoff-{number}" for number in work.session.scalars(rows)]
    if keys and work.session.scalar(select(Job.id).where(Job.key.in_(keys), Job.state.in_(["waiting", "running"]))):
        raise Conflict("handoff.making", N_("上一次的上报包还在生成，请等它完成。"))


def confirmed_receiver(contest: Contest, partner_id: int | None) -> HandoffPartner | None:
    """Whom the package is sealed for; None: for nobody. Raises Invalid unless the office confirmed its keys."""
    if partner_id is None:
        return None
    partner = found(HandoffPartner, partner_id)
    if partner.office_id != contest.office_id or partner.state != "confirmed":
        raise Invalid("handoff.unconfirmed", N_("这个单位的公钥还没有经领导确认，不能加密给它。"), field="partner_id")
    return partner


def require_lines(contest_id: int) -> Sequence[ShortlistLine]:
    """The lines that go up. Raises Conflict, which says why, where there are none."""
    lines = lines_going_up(contest_id)
    if not lines and works_under_objection(contest_id)[0]:
        words = N_("已审定的名单中，作品都因异议成立不能上报。请重新生成、审定名单后再上报。")
        raise Conflict("handoff.all_struck", words)
    if not lines:
        raise Conflict("handoff.nothing", N_("还没有已审定的推荐名单，没有可以上报的作品。请先审定名单。"))
    return lines


def outgoing(work: Work, actor: Actor, contest: Contest, *, id_numbers: bool, phones: bool) -> Handoff:
    """The next revision of what the contest hands up, without its lines yet."""
    revision = work.session.scalar(
        select(func.max(Handoff.revision)).where(Handoff.contest_id == contest.id, Handoff.direction == "out")
    )
    above = contest.feeds_into
    parent = found(Office, contest.office_id).parent
    receiver = above.office.name if above else parent.name if parent else ""
    row = Handoff(
        office_id=contest.office_id,
        contest_id=contest.id,
        direction="out",
        uid=uuid.uuid4().hex,
        revision=(revision or 0) + 1,
        state="making",
        counterpart=receiver,
        counterpart_contest=(above.name if above else contest.feeds_into_name)[:100],
        document={},
        options={"id_numbers": id_numbers, "phones": phones},
        made_by=actor.account_id,
        made_at=now(),
    )
    work.session.add(row)
    return row


def keep_sent(
    work: Work, row: Handoff, manifest: Manifest, content: Content, digests: dict[str, str], numbers: dict[str, int]
) -> None:
    """The hand-off is made: its lines, its receipt; earlier ones are over."""
    row.document = summary_of(manifest)
    row.digest = digest_of_manifest(manifest)
    left_out = [one.number for one in works_under_objection(row.contest_id)[0]]
    if left_out:
        row.options = {**row.options, "left_out": left_out}
    lines = [
        HandoffLine(
            source_number=one.number,
            category_code=one.category,
            title=one.title,
            digest=digests[one.number],
            entry_id=numbers[one.number],
            outcome="sent",
            answer={},
        )
        for one in content.entries
    ]
    write_lines(work, row, lines)
    supersede_earlier(row)
    row.state, row.problem = "handed", None
    row.version += 1
    give_receipt(work, row, locked(Office, row.office_id))
    work.record(
        row,
        action="results.hand_off",
        after={
            "uid": row.uid,
            "revision": row.revision,
            "receipt": row.receipt_number,
            "digest": row.digest,
            "entries": len(lines),
            "left_out": left_out,
            **{key: row.options.get(key, False) for key in ("id_numbers", "phones")},
        },
    )


def summary_of(manifest: Manifest) -> dict[str, Any]:
    """The manifest as it is kept: without its files, which are counted."""
    plain = asdict(manifest)
    for name in ("files", "signing_key", "encryption_key"):
        plain.pop(name)
    plain["counts"] = [asdict(one) for one in manifest.counts]
    return {**plain, "file_count": len(manifest.files), "file_bytes": manifest.total_bytes}


def digest_of_manifest(manifest: Manifest) -> str:
    """The SHA-256 of the signed bytes."""
    return hashlib.sha256(manifest.to_bytes()).hexdigest()


def blobs_of(content: Content) -> dict[str, Blob]:
    """The records of the files, by hash. Raises Conflict where one is not known here."""
    wanted = {one.sha256 for entry in content.entries for one in entry.files}
    rows = db.session.scalars(select(Blob).where(Blob.sha256.in_(wanted))).all()
    known = {one.sha256: one for one in rows}
    if missing := wanted - set(known):
        raise Conflict("handoff.no_file", Message.of(N_("有 %(count)s 个文件不在系统中。"), count=len(missing)))
    return known
