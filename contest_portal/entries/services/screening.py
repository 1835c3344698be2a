"""Screening (审核): accept, return to be mended, reject, take a decision back. Each decision is a record on the version
that the officer had on screen; who decides on something else than what is there now is told so and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks import Finding
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.queries.blind import open_trace_counts
from contest_portal.entries.queries.entry import locked_entry
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.files import files_for_judges
from contest_portal.entries.queries.likeness import alike_entries
from contest_portal.entries.queries.timing import require_contest_open
from contest_portal.entries.services.claims import release_claims, take_claims
from contest_portal.entries.services.restoring import restore_submitted
from contest_portal.entries.services.submission import entry_address, managers_of
from contest_portal.entries.services.withdrawal import required_reason
from contest_portal.entries.signals import before_reopening, entry_returned
from contest_portal.entries.states import Act, state_name, transition
from contest_portal.media.services.derivatives import ask_for_blind_copies
from contest_portal.people.models import Account

MOST_WORDS = 500

DECIDED: dict[str, str] = {
    "accept": N_("%(who)s已于 %(at)s 审核通过这件作品，您的操作没有生效。请查看最新状态。"),
    "return": N_("%(who)s已于 %(at)s 将这件作品退回修改，您的操作没有生效。请查看最新状态。"),
    "reject": N_("%(who)s已于 %(at)s 判定这件作品审核不通过，您的操作没有生效。请查看最新状态。"),
    "reopen": N_("%(who)s已于 %(at)s 撤销了审核结果，这件作品要重新审核。您的操作没有生效，请查看最新内容。"),
}


@dataclass(frozen=True)
class Seen:
    """What the officer had on screen: the number of the submitted version, the id of the last decision (0: none), and how
    many names that await a word the officer knows of and accepts the entry with."""

    submission: int
    decision: int = 0
    names: int = 0


def accept_entry(actor: Actor, entry_id: int, seen: Seen) -> Entry:
    """Accept the version that was seen. What the school has edited since is dropped: that version takes part.

    Raises Stale when the entry was submitted again or decided by somebody else, Conflict where its state forbids it, or
    where more names await a word than were seen: judges would read them.
    """
    return _accept(actor, entry_id, seen, _refuse_unseen_names)


def _accept(actor: Actor, entry_id: int, seen: Seen, refuse: Callable[[int, Seen], None]) -> Entry:
    with unit_of_work(actor, "entries.accept") as work:
        entry, last = _awaited(work, entry_id, seen, "accept")
        refuse(entry_id, seen)
        restore_submitted(work, entry)
        ask_for_blind_copies(work, files_for_judges(entry))
        _decide(work, actor, entry, last, "accept", names=_open_names(entry_id))
        title = Message.of(N_("作品《%(title)s》（%(number)s）审核通过"), title=entry.title, number=entry.number)
        _tell_the_school(work, entry, title)
    return entry


def return_entry(
    actor: Actor, entry_id: int, seen: Seen, reasons: Sequence[str], words: str, fix_until: datetime
) -> Entry:
    """Return the entry to its school to be mended until `fix_until`; it keeps its number and its authors' places.

    `reasons` are of the contest's list; own `words` go with them, or stand alone. Raises Invalid without either, for an
    unknown reason or a time that has passed, Stale and Conflict as `accept_entry`.
    """
    with unit_of_work(actor, "entries.return") as work:
        entry, last = _awaited(work, entry_id, seen, "return")
        require_contest_open(entry.contest)
        if fix_until <= now():
            raise Invalid("entries.until_past", N_("修改截止日期不能早于今天。"), field="fix_until")
        chosen, text = _grounds(entry, reasons, words)
        entry.fix_until = fix_until
        _decide(work, actor, entry, last, "return", chosen, text, fix_until)
        title = Message.of(
            N_("作品《%(title)s》（%(number)s）需要修改，请在 %(until)s 前改好并重新提交"),
            title=entry.title,
            number=entry.number,
            until=minute(fix_until),
        )
        _tell_the_school(work, entry, title, [*chosen, text])
        why = "；".join(one for one in (*chosen, text) if one)
        entry_returned.send(entry, actor=actor, why=why, until=fix_until)
    return entry


def reject_entry(actor: Actor, entry_id: int, seen: Seen, reasons: Sequence[str], words: str) -> Entry:
    """Reject the entry, also one that was returned and never mended. Its authors' places are free again.

    Raises Invalid without a reason, Stale and Conflict as `accept_entry`.
    """
    with unit_of_work(actor, "entries.reject") as work:
        entry, last = _awaited(work, entry_id, seen, "reject")
        chosen, text = _grounds(entry, reasons, words)
        restore_submitted(work, entry)
        release_claims(work, entry)
        _decide(work, actor, entry, last, "reject", chosen, text)
        title = Message.of(N_("作品《%(title)s》（%(number)s）审核不通过"), title=entry.title, number=entry.number)
        _tell_the_school(work, entry, title, [*chosen, text])
    return entry


def reopen_entry(actor: Actor, entry_id: int, seen: Seen, why: str) -> Entry:
    """Take a decision back: the entry awaits screening again. The decision itself stays in the history.

    Raises Invalid without a reason, or when a rejected entry's author has entered elsewhere meanwhile; Conflict once
    judging has begun; Stale as `accept_entry`.
    """
    reason = required_reason(why)
    with unit_of_work(actor, "entries.reopen") as work:
        entry, last = _awaited(work, entry_id, seen, "reopen")
        before_reopening.send(entry, actor=actor)
        if entry.state == "rejected":
            take_claims(work, entry, entry.category.rules)
        _decide(work, actor, entry, last, "reopen", words=reason)
        title = Message.of(
            N_("作品《%(title)s》（%(number)s）将重新审核，原审核结果不再有效"), title=entry.title, number=entry.number
        )
        _tell_the_school(work, entry, title, [reason])
    return entry


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: the entry's id, its number and title, and why it was not accepted (None: it was)."""

    entry_id: int
    number: str
    title: str
    refusal: Message | None = None


def accept_entries(actor: Actor, category_id: int, chosen: Sequence[tuple[int, Seen]]) -> list[Outcome]:
    """Accept many entries of one category, each by itself: one that cannot be accepted does not hold up the others.

    An entry on which the checks have anything to say is left for a person to look at.
    """
    return [_accept_unremarkable(actor, category_id, entry_id, seen) for entry_id, seen in chosen]


def _accept_unremarkable(actor: Actor, category_id: int, entry_id: int, seen: Seen) -> Outcome:
    number = title = ""
    try:
        with unit_of_work(actor, "entries.accept"):
            entry = locked_entry(entry_id)
            number, title = entry.number or "", entry.title
            if entry.category_id != category_id:
                raise Conflict("entries.other_category", N_("这件作品不在本类别中。"))
            _accept(actor, entry_id, seen, _refuse_named)
            _refuse_remarks(findings_of(entry))
            _refuse_alike(entry.id)
    except DomainError as error:
        return Outcome(entry_id, number, title, error.message)
    return Outcome(entry_id, number, title)


def _refuse_remarks(findings: Sequence[Finding]) -> None:
    if findings:
        message = Message.of(N_("有 %(count)s 条检查提示，请打开逐件审核。"), count=len(findings))
        raise Conflict("entries.has_findings", message)


def _refuse_alike(entry_id: int) -> None:
    waiting = sum(one.state == "open" for one in alike_entries(entry_id))
    if waiting:
        message = Message.of(N_("有 %(count)s 处与其他作品相似，尚未核对，请打开逐件审核。"), count=waiting)
        raise Conflict("entries.alike", message)


def _open_names(entry_id: int) -> int:
    return open_trace_counts([entry_id]).get(entry_id, 0)


def _refuse_unseen_names(entry_id: int, seen: Seen) -> None:
    waiting = _open_names(entry_id)
    if waiting > seen.names:
        message = Message.of(
            N_("这件作品有 %(count)s 处姓名线索尚未处理，没有办理。请先处理；仍要通过的，请再确认一次。"), count=waiting
        )
        raise Conflict("entries.names_unconfirmed", message)


def _refuse_named(entry_id: int, _seen: Seen) -> None:
    waiting = _open_names(entry_id)
    if waiting:
        message = Message.of(N_("有 %(count)s 处姓名线索尚未核对，请打开逐件审核。"), count=waiting)
        raise Conflict("entries.named", message)


def _awaited(work: Work, entry_id: int, seen: Seen, act: Act) -> tuple[Entry, ScreeningDecision | None]:
    """The entry, locked, and its last decision, if it is still what was seen and the act applies to its state."""
    entry = locked_entry(entry_id)
    last = work.session.scalar(
        select(ScreeningDecision)
        .where(ScreeningDecision.entry_id == entry_id)
        .order_by(ScreeningDecision.id.desc())
        .limit(1)
    )
    if not 0 < seen.submission <= entry.submission_count:
        raise Invalid("entries.nothing_seen", N_("没有收到您看的是第几版，操作没有生效。请重新打开这件作品再审核。"))
    if entry.submission_count != seen.submission:
        raise Stale(
            Message.of(
                N_(
                    "学校已于 %(at)s 重新提交（第 %(version)s 版），您看到的是旧版本，操作没有生效。请查看新版本后再审核。"
                ),
                at=minute(entry.submitted_at),
                version=entry.submission_count,
            )
        )
    if entry.state == "withdrawn":
        raise Conflict("entries.withdrawn", N_("这件作品已经撤回，不再审核。"))
    if last is not None and last.id != seen.decision:
        raise Stale(Message.of(DECIDED[last.decision], who=_name(work, last.decided_by), at=minute(last.decided_at)))
    if transition(act, entry.state) is None:
        message = Message.of(
            N_("这件作品的状态是「%(state)s」，不能这样处理。"), state=Message(state_name(entry.state))
        )
        raise Conflict("entries.not_screenable", message)
    if entry.contest.state == "archived":
        raise Conflict("entries.contest_archived", N_("这项赛事已归档，不能再改动。"))
    return entry, last


def _name(work: Work, account_id: int | None) -> Message | str:
    account = work.session.get(Account, account_id) if account_id else None
    return account.name if account else Message(N_("管理员"))


def _grounds(entry: Entry, reasons: Sequence[str], words: str) -> tuple[list[str], str]:
    """The reasons in the list's order and the cleaned words. Raises Invalid without either, or for unknown reasons."""
    known = [str(reason) for reason in entry.contest.return_reasons]
    if not set(reasons) <= set(known):
        raise Invalid("entries.unknown_reason", N_("原因清单已有变化，请重新勾选。"), field="reasons")
    text = clean_text(words)
    if len(text) > MOST_WORDS:
        message = Message.of(N_("说明有 %(measured)s 字，最多 %(limit)s 字。"), measured=len(text), limit=MOST_WORDS)
        raise Invalid("entries.words_too_long", message, field="words")
    if not reasons and not text:
        raise Invalid("entries.reason_missing", N_("请至少勾选一条原因，或在说明中写明原因。"), field="reasons")
    return [reason for reason in known if reason in reasons], text


def _decide(
    work: Work,
    actor: Actor,
    entry: Entry,
    last: ScreeningDecision | None,
    act: Act,
    reasons: Sequence[str] = (),
    words: str = "",
    fix_until: datetime | None = None,
    names: int = 0,
) -> None:
    """`names`: how many await a word, known to who decides."""
    change = transition(act, entry.state)
    assert change is not None
    before = entry.state
    entry.state = change.target
    entry.version += 1
    entry.updated_at = now()
    decision = ScreeningDecision(
        entry_id=entry.id,
        entry_version=entry.submission_count,
        decision=act,
        reasons=list(reasons),
        words=words,
        fix_until=fix_until,
        decided_by=actor.account_id,
        decided_at=now(),
    )
    work.session.add(decision)
    work.session.flush()
    work.record(
        entry,
        before={"state": before, "decision": last.id if last else None},
        after={
            "state": entry.state,
            "decision": decision.id,
            "version": entry.submission_count,
            "reasons": list(reasons),
            "fix_until": fix_until.isoformat() if fix_until else None,
            **({"open_names": names} if names else {}),
        },
        why=words,
    )


def _tell_the_school(work: Work, entry: Entry, title: Message, grounds: Sequence[str] = ()) -> None:
    why = "；".join(ground for ground in grounds if ground)
    body = Message.of(N_("原因：%(why)s"), why=why) if why else None
    readers = {*managers_of(work, entry.school_id), entry.created_by} - {None}
    notify(work, (one for one in readers if one is not None), title, body, url=entry_address(entry))
