"""What a person decides of a checked package: to which categories, taken whole or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, cast

from sqlalchemy import select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale
from contest_portal.core.jobs import PACKAGES, enqueue, is_last_attempt, job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Blob
from contest_portal.media.services.receiving import Received, receive_file, remember
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.package.content import Content, FilePart
from contest_portal.results.handoff.package.decoding import read_content
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.queries.addressed import other_receiver
from contest_portal.results.handoff.services.opening import content_of_package, opened, require_known_sender
from contest_portal.results.handoff.services.rows import blobs_of
from contest_portal.results.handoff.services.taking import require_takeable, take_content

WRONG_RECEIVER = N_("这个包写明由「%(name)s」报送给「%(wanted)s」，不是「%(own)s」。可能拿错了包，请先向报送单位核实。")


def choose_categories(actor: Actor, handoff_id: int, chosen: Mapping[str, int], seen_version: int) -> Handoff:
    """Say what the sender's categories are here: its code → a category of the contest. Raises Stale, Invalid."""
    with unit_of_work(actor, "results.map_handoff") as work:
        row = _waiting(handoff_id, seen_version)
        own = set(work.session.scalars(select(Category.id).where(Category.contest_id == row.contest_id)))
        if not set(chosen.values()) <= own:
            raise Invalid("handoff.category", N_("请选择本赛事的类别。"))
        row.options = {**row.options, "categories": dict(chosen)}
        row.version += 1
        work.record(row, after={"categories": dict(chosen)})
    return row


def ask_to_take(
    actor: Actor, handoff_id: int, seen_version: int, *, taking_out: bool = False, for_other: bool = False
) -> Handoff:
    """Take the hand-off as it was seen, by a job. `taking_out`: with it, withdraw the accepted works that it names no more.
    `for_other`: although it says that it goes to another office.

    Raises Stale, Conflict, Invalid, saying what stands in the way.
    """
    with unit_of_work(actor, "results.ask_to_take_handoff") as work:
        row = _waiting(handoff_id, seen_version)
        if (other := other_receiver(row, row.office)) and not for_other:
            message = Message.of(WRONG_RECEIVER, name=row.counterpart, wanted=other, own=row.office.name)
            raise Conflict("handoff.other_receiver", message)
        require_takeable(row, found(Contest, row.contest_id), row.lines, taking_out=taking_out)
        row.options = {**row.options, "taking_out": taking_out}
        row.state, row.problem, row.taken_by, row.version = "taking", None, actor.account_id, row.version + 1
        work.record(row, after={"state": "taking", "taking_out": taking_out, **({"for_other": other} if other else {})})
        payload = {"handoff_id": row.id, "membership_id": actor.membership.id if actor.membership else None}
        enqueue(work, "results.take_handoff", payload, key=f"handoff-take-{row.id}", lane=PACKAGES, again=True)
    return row


def _waiting(handoff_id: int, seen_version: int) -> Handoff:
    row = locked(Handoff, handoff_id)
    if row.state != "received":
        raise Conflict("handoff.not_waiting", N_("这次上报已经处理过了，请刷新页面查看。"))
    if row.version != seen_version:
        raise Stale
    return row


def refuse(actor: Actor, handoff_id: int, why: str, seen_version: int) -> None:
    """Refuse what waits: nothing of it is taken. Raises Invalid without a reason."""
    if not why.strip():
        raise Invalid("handoff.no_reason", N_("请写明退回的原因。"), field="why")
    with unit_of_work(actor, "results.refuse_handoff") as work:
        row = _waiting(handoff_id, seen_version)
        row.state, row.return_reason, row.version = "refused", why.strip()[:500], row.version + 1
        row.package_file_sha256 = None
        if row.source_id is not None:
            source = locked(Handoff, row.source_id)
            source.state, source.return_reason = "returned", row.return_reason
        work.record(row, after={"state": "refused"}, why=why.strip()[:500])


@job("results.take_handoff", N_("收下上报的作品"))
def take_handoff(payload: dict[str, Any]) -> None:
    row = found(Handoff, payload["handoff_id"])
    actor = console_actor("job")
    if row.taken_by is not None:
        actor = actor_of(found(Account, row.taken_by), payload.get("membership_id"))
    take_package(actor, row.id)


def take_package(actor: Actor, handoff_id: int) -> Handoff:
    """Take what was asked for. Files first, each checked again; then all records in one transaction.

    What stands in the way after all is kept with the row, which waits again.
    """
    row = found(Handoff, handoff_id)
    if row.state != "taking":
        return row
    try:
        if row.options.get("here"):
            documents = json.loads(open_sealed(row.package_file_sha256 or ""))
            content = read_content(documents)
            return _take(actor, handoff_id, content, {})
        with opened(row.office_id, row.package_file_sha256 or "") as package:
            require_known_sender(row.office_id, package)
            content = content_of_package(package)
            received = _files_of(package, content)
        return _take(actor, handoff_id, content, received)
    except DomainError as refusal:
        _waits_again(handoff_id, refusal.message)
        raise
    except Exception as failure:
        if is_last_attempt(failure):
            _waits_again(handoff_id, Message(N_("收下没有完成，没有留下任何内容。请再试一次。")))
        raise


def _files_of(package: Package, content: Content) -> dict[str, Received]:
    """Store every file of the entries, hashed on the way and looked at in the sandbox. What a failure leaves is swept."""
    found_files: dict[str, Received] = {}
    files: list[FilePart] = [one for entry in content.entries for one in entry.files]
    for number, one in enumerate(files, start=1):
        if one.sha256 not in found_files:
            with package.open(one.path) as stream:
                received = receive_file(cast("IO[bytes]", stream), one.name)
                stream.finish()
            found_files[one.sha256] = received
        report_progress(0.9 * number / len(files))
    return found_files


def _take(actor: Actor, handoff_id: int, content: Content, received: Mapping[str, Received]) -> Handoff:
    with unit_of_work(actor, "results.take_handoff") as work:
        row = locked(Handoff, handoff_id)
        if row.state != "taking":
            return row
        blobs: dict[str, Blob] = {sha256: remember(work, one) for sha256, one in received.items()}
        taking_out = bool(row.options.get("taking_out"))
        take_content(work, actor, row, content, blobs or blobs_of(content), taking_out=taking_out)
        if not row.options.get("here"):
            row.package_file_sha256 = None  # its files stand with the entries now
    return row


def _waits_again(handoff_id: int, why: Message) -> None:
    db.session.rollback()
    with unit_of_work(console_actor("job"), "results.handoff_waits") as work:
        row = locked(Handoff, handoff_id)
        row.state, row.problem, row.version = "received", keep(why), row.version + 1
        work.record(row, after={"state": "received"}, why=str(why))
