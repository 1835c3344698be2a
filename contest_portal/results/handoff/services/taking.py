"""What was handed up is compared with what came before, and taken: all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, now
from contest_portal.core.database import Work, db, locked
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.media.models import Blob
from contest_portal.people.models import Office
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.package.content import Content
from contest_portal.results.handoff.package.digests import entry_digest
from contest_portal.results.handoff.queries.results import words_of
from contest_portal.results.handoff.services.entries import EntryWriter
from contest_portal.results.handoff.services.mapping import TAKEN_STATES, categories_for, unmapped
from contest_portal.results.handoff.services.places import over_places
from contest_portal.results.handoff.services.recalls import take_out_line, withdrawal_words
from contest_portal.results.handoff.services.records import SenderRecords

OPEN_STATES = ("submitted", "returned")
"""States of an entry in which a next version may still change it: nobody has accepted or judged what was there."""


def earlier_lines(row: Handoff) -> dict[str, HandoffLine]:
    """The entries that this stream's versions made here, by the sender's number, each with its entry."""
    rows = db.session.scalars(
        select(HandoffLine)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(
            Handoff.contest_id == row.contest_id,
            Handoff.direction == "in",
            Handoff.stream == row.stream,
            Handoff.state.in_((*TAKEN_STATES, "superseded")),
            Handoff.id != row.id,
            Handoff.taken_at.is_not(None),
            HandoffLine.entry_id.is_not(None),
        )
        .options(joinedload(HandoffLine.entry), joinedload(HandoffLine.handoff))
        .order_by(Handoff.revision)
    )
    return {line.source_number: line for line in rows}


def compared(row: Handoff, content: Content) -> list[HandoffLine]:
    """A line for each entry of the package and for each that it does not name any more: what taking it would do."""
    earlier = earlier_lines(row)
    lines = []
    for part in content.entries:
        digest, known = entry_digest(part, content), earlier.get(part.number)
        entry = known.entry if known and known.entry and known.entry.state != "withdrawn" else None
        outcome = _outcome(known, entry, digest)
        lines.append(
            HandoffLine(
                source_number=part.number,
                category_code=part.category,
                title=part.title,
                digest=known.digest if known and outcome == "kept" else digest,  # of what stands here
                entry_id=entry.id if entry else None,
                outcome=outcome,
                answer={},
            )
        )
    named = {part.number for part in content.entries}
    for number, line in earlier.items():
        if number not in named and line.entry is not None and line.entry.state != "withdrawn":
            lines.append(_not_named(line, line.entry))
    return lines


def _not_named(line: HandoffLine, entry: Entry) -> HandoffLine:
    """The line of a work that the sender recommends no more. One that is accepted waits for this office's word; where the
    office has decided to keep it, that holds on."""
    stays = {key: value for key, value in line.answer.items() if key == "kept_why"}
    outcome = "withdrawn" if entry.state in OPEN_STATES else "kept"
    if entry.state == "accepted" and not stays:
        outcome = "recalled"
    return HandoffLine(
        source_number=line.source_number,
        category_code=line.category_code,
        title=line.title,
        digest=line.digest,
        entry_id=line.entry_id,
        outcome=outcome,
        answer=stays if outcome == "kept" else {},
    )


def _outcome(known: HandoffLine | None, entry: Entry | None, digest: str) -> str:
    if known is None or entry is None:
        return "new"
    if known.digest == digest and not (entry.state == "returned" and _came_back_whole(known, entry)):
        return "same"  # one that was returned by itself stays so, with its deadline, until it is put right
    return "changed" if entry.state in OPEN_STATES else "kept"


def _came_back_whole(known: HandoffLine, entry: Entry) -> bool:
    """Whether the work was returned with its whole hand-off: what was wrong there need not be in the work."""
    return known.handoff.state == "returned" and words_of([entry.id]).get(entry.id) == known.handoff.return_reason


def require_receiving(contest: Contest) -> None:
    """Raise Conflict unless the contest is open: before and after, nothing is taken in."""
    if contest.state != "open":
        words = N_("「%(contest)s」不在进行中，不能收下级的上报。还是草稿的，请先发布这项赛事。")
        raise Conflict("handoff.not_open", Message.of(words, contest=contest.name))


def require_takeable(row: Handoff, contest: Contest, lines: Sequence[HandoffLine], *, taking_out: bool = False) -> None:
    """Raise Conflict or Invalid, saying why, where the hand-off cannot be taken as it stands. `taking_out`: as `over_places`."""
    require_receiving(contest)
    newer = db.session.scalar(
        select(func.max(Handoff.revision)).where(
            Handoff.contest_id == row.contest_id,
            Handoff.direction == "in",
            Handoff.stream == row.stream,
            Handoff.state.in_(TAKEN_STATES),
            Handoff.id != row.id,
        )
    )
    if newer is not None and newer >= row.revision:
        message = Message.of(
            N_("「%(name)s」的第 %(newer)s 版已经收下，这是第 %(own)s 版，不能用旧的替换新的。"),
            name=row.counterpart,
            newer=newer,
            own=row.revision,
        )
        raise Conflict("handoff.older", message)
    if missing := unmapped(row, contest):
        message = Message.of(
            N_("本赛事没有与「%(names)s」代号相同的类别，请先选择它们对应的类别。"),
            names="、".join(f"{one['name']}（{one['code']}）" for one in missing),
        )
        raise Invalid("handoff.unmapped", message)
    if over := over_places(row, contest, lines, taking_out=taking_out):
        message = Message.of(
            N_("超过名额，没有收下：%(what)s。请退回报送单位调整，或在「上报名额」中更改。"),
            what="；".join(str(one) for one in over),
        )
        raise Invalid("handoff.over_places", message)


def take_content(
    work: Work,
    actor: Actor,
    row: Handoff,
    content: Content,
    blobs: Mapping[str, Blob],
    *,
    taking_out: bool = False,
) -> None:
    """Within a unit of work: make entries of the package, bring those of earlier versions up to date, give a receipt.

    `taking_out`: accepted works that the sender has withdrawn go too; else they wait for this office's word.
    """
    contest = locked(Contest, row.contest_id)
    lines = compared(row, content)
    require_takeable(row, contest, lines, taking_out=taking_out)
    office = locked(Office, contest.office_id)
    mapping = categories_for(row, contest)
    records = SenderRecords(work, office, sender_key(row))
    records.take(content)
    writer = EntryWriter(work, actor, records, blobs)
    parts = {one.number: one for one in content.entries}
    written = [one for one in lines if one.outcome in {"new", "changed"}]
    entries = writer.write([(parts[one.source_number], mapping[one.category_code], one.entry_id) for one in written])
    for line, entry in zip(written, entries, strict=True):
        line.entry_id = entry.id
    for line in lines:
        if line.outcome == "withdrawn" and line.entry_id:
            withdraw_entry(actor, line.entry_id, withdrawal_words(row, line))
        elif line.outcome == "recalled" and taking_out:
            take_out_line(work, actor, row, line)
    write_lines(work, row, lines)
    supersede_earlier(row)
    drop_waiting(row)
    row.state, row.taken_by, row.taken_at, row.problem = "taken", actor.account_id, now(), None
    row.version += 1
    give_receipt(work, row, office)
    if row.source_id is not None:  # the sender works here: its side shows the receipt too
        source = locked(Handoff, row.source_id)
        told = {"their_receipt": row.receipt_number, "their_receipt_at": local(now()).isoformat(timespec="seconds")}
        source.options = {**source.options, **told}
    work.record(
        row,
        action="results.take_handoff",
        after={
            "uid": row.uid,
            "from": row.counterpart,
            "revision": row.revision,
            "receipt": row.receipt_number,
            "digest": row.digest,
            **Counter(line.outcome for line in lines),
        },
    )


def write_lines(work: Work, row: Handoff, lines: Sequence[HandoffLine]) -> None:
    """Put these lines, which are in no session, in the place of those that the hand-off has; two statements."""
    work.session.flush()
    work.session.execute(delete(HandoffLine).where(HandoffLine.handoff_id == row.id))
    columns = ("source_number", "category_code", "title", "digest", "entry_id", "outcome", "answer")
    rows = [{"handoff_id": row.id, **{name: getattr(one, name) for name in columns}} for one in lines]
    if rows:
        work.session.execute(insert(HandoffLine), rows)
    work.session.expire(row, ["lines"])


def sender_key(row: Handoff) -> str:
    """What the records of this sender are found by. Its name would not do: the sender itself says what that is."""
    return row.fingerprint if row.source is None else f"here|{row.source.office_id}"


def _earlier_versions(row: Handoff) -> Sequence[Handoff]:
    return db.session.scalars(
        select(Handoff).where(
            Handoff.contest_id == row.contest_id,
            Handoff.direction == row.direction,
            Handoff.stream == row.stream,
            Handoff.state.in_((*TAKEN_STATES, "handed")),
            Handoff.revision < row.revision,
        )
    ).all()


def supersede_earlier(row: Handoff) -> None:
    """The versions of the stream before this one are over."""
    for before in _earlier_versions(row):
        before.state = "superseded"


def drop_waiting(row: Handoff) -> None:
    """Older versions of the stream that still wait to be taken are over: what they would do is not true any more."""
    waiting = select(Handoff).where(
        Handoff.contest_id == row.contest_id,
        Handoff.direction == "in",
        Handoff.stream == row.stream,
        Handoff.state == "received",
        Handoff.revision < row.revision,
    )
    for before in db.session.scalars(waiting):
        before.state, before.package_file_sha256 = "superseded", None
        before.version += 1


def give_receipt(work: Work, row: Handoff, office: Office) -> None:
    """A receipt of the office's own series: GZ2018-SB-0001 for what went up, ZY2018-JS-0001 for what came in.

    The office's row is locked, so that no number is given twice.
    """
    year, series = local(now()).year, "SB" if row.direction == "out" else "JS"
    head = f"{office.number_prefix}{year}-{series}-"
    count = work.session.scalar(
        select(func.count())
        .select_from(Handoff)
        .where(Handoff.office_id == office.id, Handoff.receipt_number.startswith(head, autoescape=True))
    )
    row.receipt_number, row.receipt_at = f"{head}{(count or 0) + 1:04d}", now()
