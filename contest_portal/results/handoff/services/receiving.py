"""A package comes in: kept, checked by a job, looked at by a person, then taken whole or refused."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, cast

from sqlalchemy import select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale
from contest_portal.core.i18n import minute
from contest_portal.core.jobs import PACKAGES, enqueue, is_last_attempt, job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.entries.queries.timing import require_contest_open
from contest_portal.media.models import Blob
from contest_portal.media.services.receiving import Received, receive_file, remember
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.package.content import ENTRIES, LISTS, PEOPLE, Content, FilePart, read_content
from contest_portal.results.handoff.package.envelope import HEAD_BYTES, is_sealed, receiver_of, unseal
from contest_portal.results.handoff.package.keys import PrivateKeys, PublicKeys, spoken
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.services.keys import confirmed_partner, keys_of, private_keys
from contest_portal.results.handoff.services.sending import blobs_of, summary_of
from contest_portal.results.handoff.services.taking import compared, require_takeable, take_content


def receive_package(actor: Actor, contest_id: int, sha256: str, name: str, size: int) -> Handoff:
    """Keep a stored package for the contest and have it checked. Raises Conflict where the contest takes nothing in."""
    with unit_of_work(actor, "results.receive_handoff") as work:
        contest = locked(Contest, contest_id)
        require_contest_open(contest)
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
    except Exception:
        if is_last_attempt():
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


@contextmanager
def opened(office_id: int, sha256: str) -> Iterator[Package]:
    """The kept package, opened with the office's keys where it is encrypted. Raises PackageProblem."""
    keys = private_keys(console_actor("job"), office_id)
    with storage().open(sha256) as stream, opened_stream(stream, keys) as package:
        yield package


@contextmanager
def opened_stream(stream: IO[bytes], keys: PrivateKeys | None) -> Iterator[Package]:
    """A package in a file that can be sought; encrypted ones are opened into a temporary file first.

    Raises PackageProblem, also for an encrypted one without keys.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not is_sealed(head):
        yield Package(stream)
        return
    if keys is None:
        raise PackageProblem(
            "sealed",
            N_("这个包是加密的，收件单位的指纹为 %(fingerprint)s。请在该单位的系统中检查（加上 --instance）。"),
            fingerprint=spoken(receiver_of(head)),
        )
    folder = _temporary_folder()
    with tempfile.TemporaryFile(dir=folder) as plain:
        unseal(stream, plain, keys)
        plain.seek(0)
        yield Package(plain)


def _temporary_folder() -> str:
    staging().prepare()
    return str(staging().temporary)


def _require_entries(package: Package) -> None:
    if package.manifest.kind != "entries":
        raise Invalid("handoff.results", N_("这是上级送回的结果文件，不是上报包。请在本单位上报的页面上导入它。"))


def require_known_sender(office_id: int, package: Package) -> None:
    """Raise PackageProblem unless a leader confirmed the signing office's keys, and the package is meant for this office."""
    manifest = package.manifest
    partner = confirmed_partner(None, office_id, manifest.fingerprint)
    stated = _fingerprint_of(manifest.signing_key, manifest.encryption_key)
    if partner is None or stated != manifest.fingerprint:
        raise PackageProblem(
            "unknown_sender",
            N_(
                "签名单位「%(name)s」（指纹 %(fingerprint)s）不在已确认的往来单位中。请先导入它的公钥，由领导电话核对后确认。"
            ),
            name=manifest.sender,
            fingerprint=spoken(manifest.fingerprint),
        )
    own = keys_of(office_id)
    if manifest.receiver_fingerprint and (own is None or own.fingerprint != manifest.receiver_fingerprint):
        raise PackageProblem(
            "wrong_receiver",
            N_("这个包是报送给「%(wanted)s」（指纹 %(fingerprint)s）的，不是给本单位的。请退回报送单位。"),
            wanted=manifest.receiver,
            fingerprint=spoken(manifest.receiver_fingerprint),
        )


def _fingerprint_of(signing: bytes, encryption: bytes) -> str:
    return PublicKeys("", signing, encryption).fingerprint


def content_of_package(package: Package) -> Content:
    """The data in it; each file that it names must be there with the same hash, and the counts must be the manifest's."""
    content = read_content({path: package.document(path) for path in (ENTRIES, PEOPLE, LISTS)})
    for entry in content.entries:
        for one in entry.files:
            packed = package.file(one.path)
            if (packed.sha256, packed.size) != (one.sha256, one.size):
                raise PackageProblem(
                    "tampered", N_("作品数据与清单对「%(path)s」的记载不一致。没有收下任何内容。"), path=one.path
                )
    for count in package.manifest.counts:
        there = sum(one.category == count.code for one in content.entries)
        if there != count.entries:
            raise _miscounted(count.name, count.entries, there)
    if len(content.entries) != package.manifest.entry_count:
        raise _miscounted("合计", package.manifest.entry_count, len(content.entries))
    return content


def _miscounted(name: str, stated: int, measured: int) -> PackageProblem:
    return PackageProblem(
        "tampered",
        N_("「%(name)s」清单写 %(limit)s 件，作品数据有 %(measured)s 件，对不上。没有收下任何内容。"),
        name=name,
        limit=stated,
        measured=measured,
    )


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


def ask_to_take(actor: Actor, handoff_id: int, seen_version: int) -> Handoff:
    """Take the hand-off as it was seen: at once where both offices work here, else by a job.

    Raises Stale, Conflict, Invalid, saying what stands in the way.
    """
    with unit_of_work(actor, "results.ask_to_take_handoff") as work:
        row = _waiting(handoff_id, seen_version)
        require_takeable(row, found(Contest, row.contest_id), row.lines)
        row.state, row.problem, row.taken_by, row.version = "taking", None, actor.account_id, row.version + 1
        work.record(row, after={"state": "taking"})
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
    except Exception:
        if is_last_attempt():
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
        take_content(work, actor, row, content, blobs or blobs_of(content))
        if not row.options.get("here"):
            row.package_file_sha256 = None  # its files stand with the entries now
    return row


def _waits_again(handoff_id: int, why: Message) -> None:
    db.session.rollback()
    with unit_of_work(console_actor("job"), "results.handoff_waits") as work:
        row = locked(Handoff, handoff_id)
        row.state, row.problem, row.version = "received", keep(why), row.version + 1
        work.record(row, after={"state": "received"}, why=str(why))
