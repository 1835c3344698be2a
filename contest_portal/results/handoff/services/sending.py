"""Handing up: a package for an office elsewhere, made by a job; or at once, to an office in the same deployment."""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid
from contest_portal.core.jobs import PACKAGES, enqueue, is_last_attempt, job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.models import Job
from contest_portal.core.notices import notify
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Blob
from contest_portal.people.models import Membership, Office
from contest_portal.results.handoff.models import Handoff, HandoffLine, HandoffPartner
from contest_portal.results.handoff.package.content import Content, entry_digest
from contest_portal.results.handoff.package.envelope import seal
from contest_portal.results.handoff.package.manifest import Manifest
from contest_portal.results.handoff.package.paths import PackagePaths
from contest_portal.results.handoff.queries.going_up import lines_going_up, works_under_objection
from contest_portal.results.handoff.services.again import begin_again
from contest_portal.results.handoff.services.keys import ensure_keys, private_keys, public_keys
from contest_portal.results.handoff.services.packing import (
    counts_of,
    gathered,
    manifest_of,
    package_name,
    remove_quietly,
    write_package,
)
from contest_portal.results.handoff.services.taking import (
    compared,
    give_receipt,
    over_places,
    supersede_earlier,
    take_content,
    unmapped,
)
from contest_portal.results.lists.models import ShortlistLine
from contest_portal.results.loading import contest_with_categories


def begin_package(
    actor: Actor, contest_id: int, *, partner_id: int | None = None, id_numbers: bool = False, phones: bool = False
) -> Handoff:
    """Ask for a package of the approved lists; `partner_id`: encrypt it to this confirmed partner.

    Raises Conflict where no approved list stands or a package is being made, Invalid for ID numbers that would travel
    in the clear, or for a partner whose keys nobody confirmed.
    """
    ensure_keys(actor, found(Contest, contest_id).office_id)
    with unit_of_work(actor, "results.begin_handoff") as work:
        contest = locked(Contest, contest_id)
        _require_lines(contest_id)
        _refuse_while_making(work, contest_id)
        partner = _partner(contest, partner_id)
        if id_numbers and partner is None:
            raise Invalid(
                "handoff.open_id_numbers",
                N_("含身份证号的上报包必须加密。请选择收件单位；还没有对方公钥的，请先导入并由领导确认。"),
                field="partner_id",
            )
        row = _outgoing(work, actor, contest, id_numbers=id_numbers, phones=phones)
        if partner is not None:
            row.counterpart, row.fingerprint = partner.name, partner.fingerprint
        row.options = {**row.options, "partner_id": partner_id}
        work.session.flush()
        work.record(row, after={"contest_id": contest_id, "revision": row.revision, **row.options})
        enqueue(work, "results.make_handoff", {"handoff_id": row.id}, key=f"handoff-{row.id}", lane=PACKAGES)
    return row


def _refuse_while_making(work: Work, contest_id: int) -> None:
    """Versions follow one another. A package whose job is over and left nothing holds nobody up."""
    rows = select(Handoff.id).where(
        Handoff.contest_id == contest_id, Handoff.direction == "out", Handoff.state == "making"
    )
    keys = [f"handoff-{number}" for number in work.session.scalars(rows)]
    if keys and work.session.scalar(select(Job.id).where(Job.key.in_(keys), Job.state.in_(["waiting", "running"]))):
        raise Conflict("handoff.making", N_("上一次的上报包还在生成，请等它完成。"))


def _partner(contest: Contest, partner_id: int | None) -> HandoffPartner | None:
    if partner_id is None:
        return None
    partner = found(HandoffPartner, partner_id)
    if partner.office_id != contest.office_id or partner.state != "confirmed":
        raise Invalid("handoff.unconfirmed", N_("这个单位的公钥还没有经领导确认，不能加密给它。"), field="partner_id")
    return partner


def _require_lines(contest_id: int) -> Sequence[ShortlistLine]:
    lines = lines_going_up(contest_id)
    if not lines and works_under_objection(contest_id)[0]:
        words = N_("已审定的名单中，作品都因异议成立不能上报。请重新生成、审定名单后再上报。")
        raise Conflict("handoff.all_struck", words)
    if not lines:
        raise Conflict("handoff.nothing", N_("还没有已审定的推荐名单，没有可以上报的作品。请先审定名单。"))
    return lines


def _outgoing(work: Work, actor: Actor, contest: Contest, *, id_numbers: bool, phones: bool) -> Handoff:
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


@job("results.make_handoff", N_("生成上报包"))
def make_handoff(payload: dict[str, Any]) -> None:
    """Write, sign and encrypt the package, and keep it for download. Done again it begins anew."""
    make_package(payload["handoff_id"])


def make_package(handoff_id: int) -> None:
    """The job itself; also called by the command line, which waits for it."""
    row = found(Handoff, handoff_id)
    if row.state == "failed":  # its job was put back on the page of jobs
        with unit_of_work(console_actor("job"), "results.make_handoff_again") as work:
            begin_again(work, locked(Handoff, handoff_id))
    if row.state != "making":
        return
    try:
        _make(row)
    except Exception as failure:
        if is_last_attempt() or isinstance(failure, DomainError):
            _failed(handoff_id, failure)
        raise


def _make(row: Handoff) -> None:
    contest = contest_with_categories(row.contest_id)
    assert contest is not None
    keys = private_keys(console_actor("job"), contest.office_id)
    lines = _require_lines(contest.id)
    partner_id = row.options.get("partner_id")
    receiver = public_keys(found(HandoffPartner, partner_id)) if partner_id else None
    paths = [_temporary(), _temporary()]
    try:
        with paths[0].open("w+b") as plain:
            manifest, content = write_package(plain, row, contest, lines, keys, report_progress)
            if receiver is not None:
                plain.seek(0)
                with paths[1].open("wb") as sealed:
                    seal(plain, sealed, receiver)
        name = package_name(row, contest, is_sealed=receiver is not None)
        row_id, digests = row.id, {one.number: entry_digest(one, content) for one in content.entries}
        numbers = {line.entry.number or f"#{line.entry_id}": line.entry_id for line in lines}
        db.session.rollback()
        stored = storage().adopt(paths[1] if receiver is not None else paths[0])
    finally:
        remove_quietly(*paths)
    with unit_of_work(console_actor("job"), "results.make_handoff") as work:
        done = locked(Handoff, row_id)
        if done.state != "making":
            return
        done.package_file_sha256, done.package_bytes, done.package_name = stored.sha256, stored.size, name
        _sent(work, done, manifest, content, digests, numbers)


def _temporary() -> Path:
    staging().prepare()
    with tempfile.NamedTemporaryFile(dir=staging().temporary, prefix="handoff-", delete=False) as file:
        return Path(file.name)


def _sent(
    work: Work, row: Handoff, manifest: Manifest, content: Content, digests: dict[str, str], numbers: dict[str, int]
) -> None:
    """The hand-off is made: its lines, its receipt; earlier ones are over."""
    row.document = summary_of(manifest)
    row.digest = digest_of_manifest(manifest)
    left_out = [one.number for one in works_under_objection(row.contest_id)[0]]
    if left_out:
        row.options = {**row.options, "left_out": left_out}
    row.lines = [
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
            "entries": len(row.lines),
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


def _failed(handoff_id: int, failure: Exception) -> None:
    db.session.rollback()
    words = failure.message if isinstance(failure, DomainError) else Message(N_("生成没有完成，请重试。"))
    with unit_of_work(console_actor("job"), "results.handoff_failed") as work:
        row = locked(Handoff, handoff_id)
        row.state, row.problem = "failed", keep(words)
        work.record(row, after={"state": "failed"})


def hand_over(actor: Actor, contest_id: int, *, id_numbers: bool = False, phones: bool = False) -> Handoff:
    """Hand the approved lists to the contest above, in the same deployment. Gives this side's row.

    Entries stand there at once; where the contest above lacks one of the categories, its office chooses first. Raises
    Conflict or Invalid, with nothing changed, where nothing is approved, the contest above takes nothing in, or its places
    for this office do not suffice.
    """
    contest = contest_with_categories(contest_id)
    if contest is None or contest.feeds_into_id is None:
        raise Conflict("handoff.no_contest_above", N_("本赛事没有设置在本系统中上报到哪项赛事，请改用上报包。"))
    above_id = contest.feeds_into_id
    keys = private_keys(actor, contest.office_id)
    lines = _require_lines(contest_id)
    probe = Handoff(options={"id_numbers": id_numbers, "phones": phones})
    content = gathered(contest, lines, probe, PackagePaths())
    digests = {one.number: entry_digest(one, content) for one in content.entries}
    numbers = {line.entry.number or f"#{line.entry_id}": line.entry_id for line in lines}
    kept = keep_sealed(json.dumps(content.documents(), ensure_ascii=False).encode())
    with unit_of_work(actor, "results.hand_over") as work:
        own, above = locked(Contest, contest_id), locked(Contest, above_id)
        _refuse_while_making(work, contest_id)
        if contest_lines_changed(contest_id, numbers):
            raise Conflict("handoff.moved", N_("名单刚刚有变动，没有上报。请查看最新名单后再上报。"))
        row = _outgoing(work, actor, own, id_numbers=id_numbers, phones=phones)
        work.session.flush()
        manifest = manifest_of(row, own, keys, counts_of(contest, content))
        _sent(work, row, manifest, content, digests, numbers)
        incoming = Handoff(
            office_id=above.office_id,
            contest_id=above.id,
            direction="in",
            uid=row.uid,
            revision=row.revision,
            stream=f"here|{own.id}",
            state="received",
            counterpart=own.office.name,
            counterpart_contest=own.name,
            source_id=row.id,
            document=row.document,
            digest=row.digest,
            options={"here": True, "id_numbers": id_numbers, "phones": phones},
            package_file_sha256=kept,
            made_by=actor.account_id,
            made_at=now(),
        )
        work.session.add(incoming)
        work.session.flush()
        _arrive(work, actor, incoming, above, content)
    return row


def contest_lines_changed(contest_id: int, numbers: dict[str, int]) -> bool:
    """Whether other entries than these would go up now."""
    return {line.entry_id for line in lines_going_up(contest_id)} != set(numbers.values())


def _arrive(work: Work, actor: Actor, incoming: Handoff, above: Contest, content: Content) -> None:
    """Take it at once, or leave it to the upper office to say what the categories are there."""
    if unmapped(incoming, above):
        lines = compared(incoming, content)
        if over := over_places(incoming, above, lines):
            raise Invalid("handoff.over_places", over[0])
        incoming.lines = lines
        work.record(
            incoming, action="results.receive_handoff", after={"uid": incoming.uid, "from": incoming.counterpart}
        )
    else:
        take_content(work, actor, incoming, content, blobs_of(content))
    title = Message.of(
        N_("%(name)s已上报第 %(revision)s 版，共 %(count)s 件"),
        name=incoming.counterpart,
        revision=incoming.revision,
        count=len(content.entries),
    )
    notify(work, staff_of(above.office_id), title, url=f"/office/handoffs/{incoming.id}")


def blobs_of(content: Content) -> dict[str, Blob]:
    """The records of the files, by hash. Raises Conflict where one is not known here."""
    wanted = {one.sha256 for entry in content.entries for one in entry.files}
    rows = db.session.scalars(select(Blob).where(Blob.sha256.in_(wanted))).all()
    known = {one.sha256: one for one in rows}
    if missing := wanted - set(known):
        raise Conflict("handoff.no_file", Message.of(N_("有 %(count)s 个文件不在系统中。"), count=len(missing)))
    return known


def staff_of(office_id: int) -> list[int]:
    """The accounts of the office's staff and leaders."""
    return list(
        db.session.scalars(
            select(Membership.account_id).where(
                Membership.office_id == office_id,
                Membership.role.in_([str(Role.OFFICE), str(Role.LEADER)]),
                Membership.is_active,
            )
        )
    )


def discard_package(actor: Actor, handoff_id: int) -> None:
    """Remove the package's file; the hand-off itself, its lines and its receipt stay."""
    with unit_of_work(actor, "results.discard_handoff_package") as work:
        row = locked(Handoff, handoff_id)
        if row.direction != "out" or row.package_file_sha256 is None:
            raise Conflict("handoff.no_package", N_("文件包已经删除了。"))
        work.record(row, before={"bytes": row.package_bytes})
        row.package_file_sha256 = None
