"""Handing up at once, to an office in the same deployment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notify
from contest_portal.core.sealed_files import keep_sealed
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.package.content import Content
from contest_portal.results.handoff.package.digests import entry_digest
from contest_portal.results.handoff.package.paths import PackagePaths
from contest_portal.results.handoff.queries.going_up import lines_going_up, numbers_struck
from contest_portal.results.handoff.services.keys import private_keys
from contest_portal.results.handoff.services.mapping import unmapped
from contest_portal.results.handoff.services.packing import (
    counts_of,
    gathered,
    manifest_of,
)
from contest_portal.results.handoff.services.places import over_places
from contest_portal.results.handoff.services.rows import (
    blobs_of,
    keep_sent,
    outgoing,
    refuse_while_making,
    require_lines,
)
from contest_portal.results.handoff.services.taking import compared, drop_waiting, take_content
from contest_portal.results.loading import contest_with_categories

MOST_NAMED = 5


def hand_over(
    actor: Actor, contest_id: int, *, id_numbers: bool = False, phones: bool = False, leave_returned: bool = False
) -> Handoff:
    """Hand the approved lists to the contest above, in the same deployment. Gives this side's row.

    Entries stand there at once; where the contest above lacks one of the categories, its office chooses first.
    `leave_returned`: also where works that came back are not put right yet; they stay returned above. Raises
    Conflict or Invalid, with nothing changed, where nothing is approved, the contest above takes nothing in, or its places
    for this office do not suffice.
    """
    contest = contest_with_categories(contest_id)
    if contest is None or contest.feeds_into_id is None:
        raise Conflict("handoff.no_contest_above", N_("本赛事没有设置在本系统中上报到哪项赛事，请改用上报包。"))
    above_id = contest.feeds_into_id
    keys = private_keys(actor, contest.office_id)
    lines = require_lines(contest_id)
    probe = Handoff(options={"id_numbers": id_numbers, "phones": phones})
    content = gathered(contest, lines, probe, PackagePaths())
    digests = {one.number: entry_digest(one, content) for one in content.entries}
    numbers = {line.entry.number or f"#{line.entry_id}": line.entry_id for line in lines}
    kept = keep_sealed(json.dumps(content.documents(), ensure_ascii=False).encode())
    with unit_of_work(actor, "results.hand_over") as work:
        own, above = locked(Contest, contest_id), locked(Contest, above_id)
        refuse_while_making(work, contest_id)
        if contest_lines_changed(contest_id, numbers):
            raise Conflict("handoff.moved", N_("名单刚刚有变动，没有上报。请查看最新名单后再上报。"))
        row = outgoing(work, actor, own, id_numbers=id_numbers, phones=phones)
        work.session.flush()
        manifest = manifest_of(row, own, keys, counts_of(contest, content), numbers_struck(contest_id))
        keep_sent(work, row, manifest, content, digests, numbers)
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
        _arrive(work, actor, incoming, above, content, leave_returned=leave_returned)
    return row


def _require_changed(work: Work, incoming: Handoff, content: Content, lines: Sequence[HandoffLine]) -> None:
    """Raise Conflict where the office above has the very same already: pressed twice, or by two people at once."""
    if any(one.outcome not in {"same", "kept", "recalled"} for one in lines):
        return
    last = work.session.scalar(
        select(Handoff)
        .where(
            Handoff.contest_id == incoming.contest_id,
            Handoff.direction == "in",
            Handoff.stream == incoming.stream,
            Handoff.state == "taken",
        )
        .order_by(Handoff.revision.desc())
        .limit(1)
    )
    if last is None or last.source is None:
        return
    now_sent = {(one.number, entry_digest(one, content)) for one in content.entries}
    is_same = now_sent == {(one.source_number, one.digest) for one in last.source.lines}
    if is_same and all(last.options.get(key) == incoming.options[key] for key in ("id_numbers", "phones")):
        words = N_("没有变化：与第 %(revision)s 版（收据号 %(number)s）完全相同，不用再上报。")
        message = Message.of(words, revision=last.revision, number=last.source.receipt_number or "")
        raise Conflict("handoff.unchanged", message)


def contest_lines_changed(contest_id: int, numbers: dict[str, int]) -> bool:
    """Whether other entries than these would go up now."""
    return {line.entry_id for line in lines_going_up(contest_id)} != set(numbers.values())


def _require_put_right(lines: Sequence[HandoffLine], returned: Collection[int]) -> None:
    """Raise Conflict, naming the works, where any that came back goes up as it was."""
    left = [one.source_number for one in lines if one.outcome == "same" and one.entry_id in returned]
    if left:
        words = N_(
            "%(count)s 件退回更正的作品还没有更正：%(numbers)s。请先更正；要先上报其余作品的，请勾选下面的确认，再上报一次。"
        )
        numbers = "、".join(left[:MOST_NAMED]) + ("…" if len(left) > MOST_NAMED else "")
        raise Conflict("handoff.not_put_right", Message.of(words, count=len(left), numbers=numbers))


def _returned(work: Work, lines: Sequence[HandoffLine]) -> set[int]:
    """The entries above that stand as returned."""
    ids = [one.entry_id for one in lines if one.entry_id is not None]
    return set(work.session.scalars(select(Entry.id).where(Entry.id.in_(ids), Entry.state == "returned")))


def _arrive(
    work: Work, actor: Actor, incoming: Handoff, above: Contest, content: Content, *, leave_returned: bool
) -> None:
    """Take it at once; or leave it to the upper office to say what the categories are there, or to take out the works that are
    not recommended any more, where the places suffice only then."""
    lines = compared(incoming, content)
    _require_changed(work, incoming, content, lines)
    if not leave_returned:
        _require_put_right(lines, _returned(work, lines))
    over = over_places(incoming, above, lines)
    if over and over_places(incoming, above, lines, taking_out=True):
        words = N_("超过上级给的名额，没有上报：%(what)s。请减少推荐，或请%(office)s增加名额。")
        what = "；".join(str(one) for one in over)
        raise Invalid("handoff.over_places", Message.of(words, what=what, office=above.office.name))
    if over or unmapped(incoming, above):
        incoming.lines = lines
        drop_waiting(incoming)
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
    notify(work, deciders_of(above.office_id), title, _to_look_at(lines), url=f"/office/handoffs/{incoming.id}")


def _to_look_at(lines: Sequence[HandoffLine]) -> Message | None:
    """What of it concerns works that the upper office has decided on; None where nothing does. Title and body of a
    message share their values, so the numbers here have names of their own."""
    tally = Counter(one.outcome for one in lines)
    if tally["recalled"]:
        words = N_("其中撤回了 %(recalled)s 件贵单位已审核通过的作品，请处理。")
        return Message.of(words, recalled=tally["recalled"])
    if tally["kept"]:
        return Message.of(N_("其中 %(kept)s 件已经审核，对它们的更正没有写入。"), kept=tally["kept"])
    return None
