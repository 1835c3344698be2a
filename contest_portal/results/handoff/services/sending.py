"""Handing up a package for an office elsewhere, made by a job."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid
from contest_portal.core.jobs import PACKAGES, enqueue, is_last_attempt, job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.results.handoff.models import Handoff, HandoffPartner
from contest_portal.results.handoff.package.digests import entry_digest
from contest_portal.results.handoff.package.envelope import seal
from contest_portal.results.handoff.services.again import begin_again
from contest_portal.results.handoff.services.keys import ensure_keys, private_keys, public_keys
from contest_portal.results.handoff.services.packing import (
    package_name,
    remove_quietly,
    write_package,
)
from contest_portal.results.handoff.services.rows import (
    confirmed_receiver,
    keep_sent,
    outgoing,
    refuse_while_making,
    require_lines,
)
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
        require_lines(contest_id)
        refuse_while_making(work, contest_id)
        partner = confirmed_receiver(contest, partner_id)
        if id_numbers and partner is None:
            raise Invalid(
                "handoff.open_id_numbers",
                N_("含身份证号的上报包必须加密。请选择收件单位；还没有对方公钥的，请先导入并由领导确认。"),
                field="partner_id",
            )
        row = outgoing(work, actor, contest, id_numbers=id_numbers, phones=phones)
        if partner is not None:
            row.counterpart, row.fingerprint = partner.name, partner.fingerprint
        row.options = {**row.options, "partner_id": partner_id}
        work.session.flush()
        work.record(row, after={"contest_id": contest_id, "revision": row.revision, **row.options})
        enqueue(work, "results.make_handoff", {"handoff_id": row.id}, key=f"handoff-{row.id}", lane=PACKAGES)
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
        if is_last_attempt(failure) or isinstance(failure, DomainError):
            _failed(handoff_id, failure)
        raise


def _make(row: Handoff) -> None:
    contest = contest_with_categories(row.contest_id)
    assert contest is not None
    keys = private_keys(console_actor("job"), contest.office_id)
    lines = require_lines(contest.id)
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
        keep_sent(work, done, manifest, content, digests, numbers)


def _temporary() -> Path:
    staging().prepare()
    with tempfile.NamedTemporaryFile(dir=staging().temporary, prefix="handoff-", delete=False) as file:
        return Path(file.name)


def _failed(handoff_id: int, failure: Exception) -> None:
    db.session.rollback()
    words = failure.message if isinstance(failure, DomainError) else Message(N_("生成没有完成，请重试。"))
    with unit_of_work(console_actor("job"), "results.handoff_failed") as work:
        row = locked(Handoff, handoff_id)
        row.state, row.problem = "failed", keep(words)
        work.record(row, after={"state": "failed"})


def discard_package(actor: Actor, handoff_id: int) -> None:
    """Remove the package's file; the hand-off itself, its lines and its receipt stay."""
    with unit_of_work(actor, "results.discard_handoff_package") as work:
        row = locked(Handoff, handoff_id)
        if row.direction != "out" or row.package_file_sha256 is None:
            raise Conflict("handoff.no_package", N_("文件包已经删除了。"))
        work.record(row, before={"bytes": row.package_bytes})
        row.package_file_sha256 = None
