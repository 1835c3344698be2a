"""What this office does with a work that it had accepted and that the sender has withdrawn: take it out, or keep it.

Never by itself: what was accepted may have been judged, and its award may be public.
"""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.services.withdrawal import required_reason, withdraw_entry
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.awards.services.prizes import cancel_award
from contest_portal.results.certificates.services.issuing import revoke_for_entry
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.queries.recalls import UPHELD, why_recalled
from contest_portal.results.handoff.services.mapping import TAKEN_STATES


def take_out(actor: Actor, handoff_id: int, line_id: int) -> Message:
    """Withdraw the work here; its awards are cancelled, its certificates revoked, its place is free. Says what was done.

    Raises Conflict where the sender recommends it again, or somebody has decided.
    """
    with unit_of_work(actor, "results.take_out_recalled") as work:
        row = locked(Handoff, handoff_id)
        line = _recalled_line(row, line_id)
        awards, certificates = take_out_line(work, actor, row, line)
        work.record(row, after={"taken_out": line.source_number, "awards": awards, "certificates": certificates})
        _tell_sender(work, row, line, N_("上级已撤回作品《%(title)s》（%(number)s），名额已空出"))
    if not awards + certificates:
        return Message.of(N_("已撤回《%(title)s》，名额已空出。"), title=line.title)
    words = N_(
        "已撤回《%(title)s》，名额已空出；取消奖项 %(awards)s 项，撤销证书 %(certificates)s 张。名单已公示的，请更正公示。"
    )
    return Message.of(words, title=line.title, awards=awards, certificates=certificates)


def keep_recalled(actor: Actor, handoff_id: int, line_id: int, why: str) -> None:
    """Let the work go on although its sender withdrew it. Raises Invalid without a reason, Conflict as `take_out`."""
    reason = required_reason(why)
    with unit_of_work(actor, "results.keep_recalled") as work:
        row = locked(Handoff, handoff_id)
        line = _recalled_line(row, line_id)
        line.outcome, line.answer = "kept", {**line.answer, "kept_why": reason}
        work.record(row, after={"kept": line.source_number}, why=reason)
        _tell_sender(work, row, line, N_("上级决定保留作品《%(title)s》（%(number)s）"), reason)


def take_out_line(work: Work, actor: Actor, row: Handoff, line: HandoffLine) -> tuple[int, int]:
    """In the caller's transaction: withdraw the work of a line; how many awards and certificates went with it."""
    why = withdrawal_words(row, line)
    assert line.entry_id is not None
    awards, certificates = cancel_award(work, line.entry_id, why), revoke_for_entry(work, line.entry_id, why)
    withdraw_entry(actor, line.entry_id, why)
    line.outcome = "withdrawn"
    return awards, certificates


def withdrawal_words(row: Handoff, line: HandoffLine) -> str:
    """Why the work is withdrawn, as its record says."""
    if why_recalled(row, line.source_number) == UPHELD:
        return f"{row.counterpart}第 {row.revision} 版上报撤回：异议成立"
    return f"{row.counterpart}第 {row.revision} 版上报不再推荐"


def _recalled_line(row: Handoff, line_id: int) -> HandoffLine:
    line: HandoffLine | None = next((one for one in row.lines if one.id == line_id), None)
    if line is None or line.entry_id is None or row.direction != "in":
        raise NotFound
    entry = found(Entry, line.entry_id)
    if row.state not in TAKEN_STATES or line.outcome != "recalled" or entry.state != "accepted":
        raise Conflict("handoff.not_recalled", N_("这件作品已经处理过，或报送单位又上报了新的一版。请刷新页面查看。"))
    return line


def _tell_sender(work: Work, row: Handoff, line: HandoffLine, words: str, why: str = "") -> None:
    if row.source_id is None:
        return
    source = locked(Handoff, row.source_id)
    body = Message.of(N_("原因：%(why)s"), why=why) if why else None
    title = Message.of(words, title=line.title, number=line.source_number)
    notify(work, deciders_of(source.office_id), title, body, url=f"/office/handoffs/{source.id}")
