"""A package comes in: kept, and checked by a job."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid
from contest_portal.core.i18n import minute
from contest_portal.core.jobs import PACKAGES, enqueue, is_last_attempt, job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.package.content import Content
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.services.keys import confirmed_partner
from contest_portal.results.handoff.services.opening import content_of_package, opened, require_known_sender
from contest_portal.results.handoff.services.rows import summary_of
from contest_portal.results.handoff.services.taking import compared, require_receiving


def receive_package(actor: Actor, contest_id: int, sha256: str, name: str, size: int) -> Handoff:
    """Keep a stored package for the contest and have it checked. Raises Conflict where the contest takes nothing in."""
    with unit_of_work(actor, "results.receive_handoff") as work:
        contest = locked(Contest, contest_id)
        require_receiving(contest)
        row = Handoff(
            office_id=contest.office_id,
            contest_id=contest_id,
            direction="in",
            uid=uuid.uuid4().hex,
            revision=0,
            state="checking",
            counterpart="",
            document={},
            options={},
            package_file_sha256=sha256,
            package_name=name[:200],
            package_bytes=size,
            made_by=actor.account_id,
            made_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"contest_id": contest_id, "file": sha256, "bytes": size})
        enqueue(work, "results.check_handoff", {"handoff_id": row.id}, key=f"handoff-check-{row.id}", lane=PACKAGES)
    return row


@job("results.check_handoff", N_("检查收到的上报包"))
def check_handoff(payload: dict[str, Any]) -> None:
    check_package(payload["handoff_id"])


def check_package(handoff_id: int) -> None:
    """As the job does it: what is wrong is kept with the row in words."""
    try:
        check_now(handoff_id)
    except DomainError:
        return
    except Exception as failure:
        if is_last_attempt(failure):
            _refused(handoff_id, Message(N_("检查没有完成，请重新上传。")))
        raise


def check_now(handoff_id: int) -> None:
    """Verify the package from its signature to the last file. What is wrong is kept with the row, and raised."""
    row = found(Handoff, handoff_id)
    if row.state != "checking":
        return
    office_id, sha256 = row.office_id, row.package_file_sha256 or ""
    try:
        with opened(office_id, sha256) as package:
            _require_entries(package)
            require_known_sender(office_id, package)
            content = content_of_package(package)
            package.verify_files(_progress(package))
            _checked(handoff_id, package, content)
    except DomainError as refusal:
        _refused(handoff_id, refusal.message)
        raise


def _require_entries(package: Package) -> None:
    if package.manifest.kind != "entries":
        raise Invalid("handoff.results", N_("这是上级送回的结果文件，不是上报包。请在本单位上报的页面上导入它。"))


def _progress(package: Package) -> Callable[[int], None]:
    total, done = package.manifest.total_bytes or 1, [0]

    def tell(size: int) -> None:
        done[0] += size
        report_progress(done[0] / total)

    return tell


def _checked(handoff_id: int, package: Package, content: Content) -> None:
    """The package is right: what it would do is kept for the person who decides. Taken before: the same receipt."""
    manifest = package.manifest
    with unit_of_work(console_actor("job"), "results.check_handoff") as work:
        row = locked(Handoff, handoff_id)
        if row.state != "checking":
            return  # another worker was given the same job and was faster
        partner = confirmed_partner(work, row.office_id, manifest.fingerprint)
        assert partner is not None
        same: Handoff | None = work.session.scalar(
            select(Handoff).where(
                Handoff.contest_id == row.contest_id,
                Handoff.direction == "in",
                Handoff.uid == manifest.id,
                Handoff.id != row.id,
            )
        )
        if same is not None and same.state == "refused":
            same.uid = uuid.uuid4().hex  # refused by a person, and sent once more: it may be looked at again
            work.session.flush()
        elif same is not None:
            raise _known_already(same)
        row.uid, row.revision = manifest.id, manifest.revision
        row.stream = f"{manifest.fingerprint[:40]}|{manifest.contest_ref[:40]}"
        row.counterpart, row.counterpart_contest = partner.name, manifest.contest_name[:100]
        row.fingerprint, row.document = manifest.fingerprint, summary_of(manifest)
        row.digest = package.manifest_sha256
        row.lines = compared(row, content)
        row.state, row.version = "received", row.version + 1
        work.record(row, after={"uid": row.uid, "from": row.counterpart, "digest": row.digest, "state": row.state})


class KnownAlready(Conflict):
    """The same package came before; `handoff_id` is the row that it made, `receipt` its receipt's number or empty."""

    def __init__(self, handoff_id: int, message: Message, receipt: str) -> None:
        super().__init__("handoff.known", message)
        self.handoff_id, self.receipt = handoff_id, receipt

    @property
    def is_waiting(self) -> bool:
        """Whether the first one still waits to be taken."""
        return not self.receipt


def _known_already(same: Handoff) -> KnownAlready:
    if same.receipt_number:
        message = Message.of(
            N_("这个包已于 %(at)s 收下，收据号 %(number)s。同一个包只收一次，没有重复导入。"),
            at=minute(same.receipt_at),
            number=same.receipt_number,
        )
    else:
        message = Message.of(N_("这个包已于 %(at)s 上传过，在收件列表中。"), at=minute(same.made_at))
    return KnownAlready(same.id, message, same.receipt_number or "")


def _refused(handoff_id: int, why: Message) -> None:
    db.session.rollback()
    with unit_of_work(console_actor("job"), "results.refuse_handoff") as work:
        row = locked(Handoff, handoff_id)
        if row.state != "checking":
            return
        row.state, row.problem, row.package_file_sha256 = "refused", keep(why), None
        row.version += 1
        work.record(row, after={"state": "refused"}, why=str(why))
