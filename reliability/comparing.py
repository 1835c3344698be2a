"""After the fault: every acknowledged write is there, and nothing is half."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import func, select, text

from contest_portal.core import audit
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord, Job
from contest_portal.core.staging import staging
from contest_portal.core.storage import Missing, storage
from contest_portal.entries.models import Entry, EntryFile, EntryVersion, PersonClaim
from contest_portal.entries.snapshots import digest_of
from contest_portal.media.models import Blob, Derivative, Upload
from reliability.ledger import DRAFT, FILE, PIECE, SUBMISSION, Ledger, Sent
from reliability.site import Site

SETTLE_SECONDS = 240.0
EVERY_JOB_OF = ("media.", "entries.", "likeness")


def settle(site: Site, seconds: float = SETTLE_SECONDS) -> None:
    """Wait until the site has done its jobs, or so long."""
    with site.opened():
        end = time.monotonic() + seconds
        while time.monotonic() < end and _unfinished():
            time.sleep(0.5)


def _unfinished() -> int:
    count = db.session.scalar(select(func.count(Job.id)).where(Job.state.in_(("waiting", "running")))) or 0
    db.session.rollback()
    return count


def missing(site: Site, ledger: Ledger) -> list[str]:
    """What was acknowledged and is not there."""
    with site.opened():
        return [*ledger.missing, *_drafts(ledger), *_submissions(ledger), *_files(ledger), *_pieces(ledger)]


def _drafts(ledger: Ledger) -> Iterator[str]:
    """The last acknowledged text stands, or a later one that nobody answered; the trail knows of each."""
    for entry_id, sent in ledger.of(DRAFT).items():
        stands = db.session.get_one(Entry, int(entry_id)).summary
        if not _stands(stands, sent):
            yield f"entry {entry_id}: a draft that was acknowledged; {stands!r} stands"
        acknowledged = sum(one.outcome == "acknowledged" for one in sent)
        noted = _acts("entries.save_draft", int(entry_id))
        if noted < acknowledged:
            yield f"entry {entry_id}: {acknowledged} drafts were acknowledged, the trail knows {noted}"


def _stands(content: str | None, sent: list[Sent]) -> bool:
    """Whether this is the last content acknowledged, or one sent after it to which no answer came."""
    last = max((number for number, one in enumerate(sent) if one.outcome == "acknowledged"), default=None)
    if last is None:
        return True
    return content in {sent[last].content, *(one.content for one in sent[last:] if one.outcome == "unknown")}


def _submissions(ledger: Ledger) -> Iterator[str]:
    for entry_id, sent in ledger.of(SUBMISSION).items():
        versions = db.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == int(entry_id)))
        kept = {one.snapshot.get("summary") for one in versions}
        for one in sent:
            if one.outcome == "acknowledged" and one.content not in kept:
                yield f"entry {entry_id}: the submission of {one.content!r}"


def _files(ledger: Ledger) -> Iterator[str]:
    for entry_id, sent in ledger.of(FILE).items():
        held = db.session.scalar(
            select(Blob.sha256).join(EntryFile, EntryFile.blob_id == Blob.id).where(EntryFile.entry_id == int(entry_id))
        )
        if not _stands(held, sent):
            yield f"entry {entry_id}: a file that was taken in; {held} stands"
        for one in sent:
            if one.outcome == "acknowledged" and not _is_whole(one.content):
                yield f"entry {entry_id}: the bytes of the file {one.content[:12]}"


def _pieces(ledger: Ledger) -> Iterator[str]:
    """An upload that nobody ended has at least what was acknowledged of it."""
    for url, sent in ledger.of(PIECE).items():
        upload = db.session.scalar(select(Upload).where(Upload.token == url.rsplit("/", 1)[-1]))
        acknowledged = max((int(one.content) for one in sent if one.outcome == "acknowledged"), default=0)
        if upload is None or upload.state in {"cancelled", "expired", "failed"}:
            yield f"{url}: the upload ({upload.state if upload else 'no row'})"
        elif upload.state == "receiving" and (staging().length(upload.token) or 0) < acknowledged:
            yield f"{url}: {acknowledged} bytes were acknowledged"


def unsaid(site: Site, ledger: Ledger) -> list[str]:
    """What the site said it had refused and yet kept: no loss, but a wrong word."""
    with site.opened():
        found = []
        for entry_id, sent in ledger.of(DRAFT).items():
            stands = db.session.get_one(Entry, int(entry_id)).summary
            found += [
                f"entry {entry_id}: a draft" for one in sent if one.outcome == "refused" and one.content == stands
            ]
        return found


def halves(site: Site) -> list[str]:
    """What contradicts itself in the database, the trail, the jobs and the files."""
    looks: tuple[Callable[[], Iterator[str]], ...] = (_database, _trail, _jobs, _works, _contents, _uploads)
    with site.opened():
        return [problem for look in looks for problem in look()]


def _database() -> Iterator[str]:
    if db.engine.dialect.name != "sqlite":
        return
    for pragma, right in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        found = [tuple(row) for row in db.session.execute(text(f"PRAGMA {pragma}"))]
        if found != right:
            yield f"{pragma}: {found[:3]}"


def _trail() -> Iterator[str]:
    count, wrong = audit.verify(db.session)
    if wrong is not None:
        yield f"the trail of {count} records does not fit at {wrong}"


def _jobs() -> Iterator[str]:
    for one in db.session.scalars(select(Job).where(Job.state != "done")):
        yield f"job {one.id} ({one.kind}) is {one.state} after {one.attempts} attempts: {one.error[:200]}"


def _works() -> Iterator[str]:
    """A work's state, its versions, its places and the trail agree."""
    for entry in db.session.scalars(select(Entry)):
        wanted = select(EntryVersion).where(EntryVersion.entry_id == entry.id).order_by(EntryVersion.number)
        versions = list(db.session.scalars(wanted))
        if [one.number for one in versions] != list(range(1, entry.submission_count + 1)):
            yield f"entry {entry.id}: {entry.submission_count} submissions, versions {[v.number for v in versions]}"
        if any(one.digest != digest_of(one.snapshot) for one in versions):
            yield f"entry {entry.id}: a version is not what its digest says"
        submitted = entry.state == "submitted"
        claims = db.session.scalar(select(func.count(PersonClaim.id)).where(PersonClaim.entry_id == entry.id)) or 0
        if submitted != bool(versions) or submitted != bool(claims) or submitted != bool(entry.number):
            yield f"entry {entry.id}: {entry.state}, {len(versions)} versions, {claims} places, number {entry.number}"
        if versions and not entry.has_unsubmitted_changes and versions[-1].snapshot["summary"] != entry.summary:
            yield f"entry {entry.id}: said to be as submitted, and is not"
        if _acts("entries.submit", entry.id) != len(versions):
            yield f"entry {entry.id}: the trail knows {_acts('entries.submit', entry.id)} submissions"
        if db.session.scalar(select(func.count(EntryFile.id)).where(EntryFile.entry_id == entry.id)) != 1:
            yield f"entry {entry.id}: not one picture"


def _contents() -> Iterator[str]:
    """Every content that a row names is there, byte by byte."""
    for blob in db.session.scalars(select(Blob)):
        if not _is_whole(blob.sha256):
            yield f"blob {blob.id}: its bytes are not what its name says"
    for one in db.session.scalars(select(Derivative)):
        if one.state != "ready" or (one.sha256 and not _is_whole(one.sha256)):
            yield f"derivative {one.id} ({one.kind} of {one.blob_id}) is {one.state}, its bytes not whole: {one.error}"


def _uploads() -> Iterator[str]:
    """Each upload is over or can go on; of what is over nothing is left in the staging folder."""
    going_on = set()
    for one in db.session.scalars(select(Upload)):
        if one.state == "checking":
            yield f"upload {one.id} is being checked for ever"
        elif one.state == "receiving":
            going_on.add(one.token)
            if (staging().length(one.token) or 0) < one.received_bytes:
                yield f"upload {one.id}: {one.received_bytes} bytes noted, {staging().length(one.token)} there"
        elif one.state == "done" and not (one.sha256 and _is_whole(one.sha256)):
            yield f"upload {one.id} is done, its bytes not whole"
    for token in staging().tokens() - going_on:
        if staging().length(token):
            yield f"the staging folder still holds {token[:8]}…, which is over"


def _is_whole(sha256: str) -> bool:
    try:
        with storage().open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except Missing:
        return False


def _acts(action: str, entry_id: int) -> int:
    mine = (AuditRecord.action == action, AuditRecord.object_type == "entry", AuditRecord.object_id == entry_id)
    return db.session.scalar(select(func.count(AuditRecord.id)).where(*mine)) or 0


def jobs_done(site: Site) -> Counter[str]:
    """How many jobs of each kind were done."""
    with site.opened():
        rows = db.session.execute(select(Job.kind, func.count(Job.id)).where(Job.state == "done").group_by(Job.kind))
        return Counter(dict(rows.tuples().all()))
