"""Until when an entry may come in or be changed, by the program's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contest_portal.contests.calendar import SubmissionPhase, submission_end, submission_phase
from contest_portal.contests.models import Contest
from contest_portal.core.clock import now
from contest_portal.core.errors import Conflict, TooLate
from contest_portal.core.i18n import second
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.states import EDITABLE, state_name


@dataclass(frozen=True)
class Timing:
    """Whether submissions are taken at this moment, and the last second in which they are (None: not fixed yet).

    `asked_by`: when the office asks a returned entry back, where it is taken even later than that.
    """

    phase: SubmissionPhase
    ends_at: datetime | None
    asked_by: datetime | None = None

    @property
    def shown_end(self) -> datetime | None:
        """The end that the school is told."""
        return self.asked_by or self.ends_at


def timing_of(entry: Entry) -> Timing:
    """The entry's own end: the contest's deadline, moved later by an exception or for a returned entry.

    Whoever sends a returned entry again early keeps the time that is left.
    """
    fix_until = entry.fix_until if entry.state in {"returned", "submitted"} else None
    timing = contest_timing(entry.contest, exception_until=entry.exception_until, fix_until=fix_until)
    is_asked = fix_until is not None and fix_until >= now() and entry.exception_until is None
    return replace(timing, asked_by=fix_until) if is_asked else timing


def contest_timing(
    contest: Contest, *, exception_until: datetime | None = None, fix_until: datetime | None = None
) -> Timing:
    """The contest's own end, or what an exception or a return makes of it."""
    opens_at, closes_at = contest.submission_opens_at, contest.submission_closes_at
    phase = submission_phase(now(), opens_at, closes_at, contest.grace_seconds, exception_until, fix_until)
    return Timing(phase, submission_end(closes_at, exception_until, fix_until) if closes_at else None)


def is_after_deadline(contest: Contest) -> bool:
    """Whether the contest's own deadline and its grace are over."""
    closes_at = contest.submission_closes_at
    return closes_at is not None and now().replace(microsecond=0) > closes_at + timedelta(seconds=contest.grace_seconds)


def can_be_changed(entry: Entry) -> bool:
    """Whether the school may change the entry now: its state, its contest and the time allow it."""
    return entry.state in EDITABLE and entry.contest.state == "open" and timing_of(entry).phase != "closed"


def can_be_submitted_late(entry: Entry) -> bool:
    """Whether nothing but an upload that the deadline overtook still lets the entry be submitted."""
    until = entry.late_upload_until
    return (
        entry.state in EDITABLE
        and entry.contest.state == "open"
        and timing_of(entry).phase == "closed"
        and until is not None
        and now() <= until
    )


def require_changeable(entry: Entry) -> None:
    """Raise Conflict or TooLate, saying why, where the school may not change the entry now."""
    require_editable(entry)
    timing = timing_of(entry)
    if timing.phase == "closed":
        raise too_late(timing)


def require_editable(entry: Entry) -> None:
    """Raise Conflict where the entry's state or its contest's lets nobody change it, whatever the time."""
    if entry.state not in EDITABLE:
        message = Message.of(N_("这件作品%(state)s，不能再修改。"), state=Message(state_name(entry.state)))
        raise Conflict("entries.not_editable", message)
    require_contest_open(entry.contest)


def require_contest_open(contest: Contest) -> None:
    """Raise Conflict where the contest takes nothing in."""
    if contest.state != "open":
        raise Conflict("entries.contest_not_open", N_("这项赛事不在进行中，不能申报或修改作品。"))


def require_submission_open(entry: Entry) -> None:
    """Raise Conflict before submission opens, TooLate after the entry's end and its silent grace; a file that was on its
    way at the end gives it a little longer."""
    timing = timing_of(entry)
    if timing.phase == "before":
        opens_at = entry.contest.submission_opens_at
        if opens_at is None:
            raise Conflict("entries.too_early", N_("申报时间尚未公布，现在可以先保存草稿。"))
        message = Message.of(N_("申报从 %(at)s 开始，现在可以先保存草稿。"), at=second(opens_at))
        raise Conflict("entries.too_early", message)
    if timing.phase == "closed" and not can_be_submitted_late(entry):
        raise too_late(timing)


def too_late(timing: Timing) -> TooLate:
    """The error that names the missed deadline and what can still be done."""
    message = Message.of(
        N_("已于 %(at)s 截止，不再接收提交和修改。确有特殊情况，请与主办单位联系。"),
        at=second(timing.ends_at),
    )
    return TooLate("entries.too_late", message)
