"""What the committee decides about a list: each a line with who, when, why and the vote; the list is filled anew around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services.filling import fill
from contest_portal.results.lists.services.solving import solved_aside
from contest_portal.results.quotas.models import CommitteeDecision
from contest_portal.results.quotas.queries.tables import stored_table

LONGEST_WHY = 500
LONGEST_NAME = 50
MOST_VOTES = 1000


@dataclass(frozen=True)
class Vote:
    """How the committee voted."""

    in_favour: int
    against: int = 0
    abstained: int = 0


@dataclass(frozen=True)
class Verdict:
    """Who decided, why, when (None: today), and how they voted (None: without a vote)."""

    why: str
    decided_by: str
    decided_on: date | None = None
    vote: Vote | None = None

    def require(self) -> None:
        """Raises Invalid that names the field of what is missing or wrong."""
        if not self.why.strip():
            raise Invalid("results.no_reason", N_("请写明理由，理由会记入名单。"), field="why")
        if not self.decided_by.strip():
            raise Invalid("results.no_name", N_("请写明由谁决定，例如「评委会」。"), field="decided_by")
        if len(self.why) > LONGEST_WHY or len(self.decided_by) > LONGEST_NAME:
            raise Invalid("results.too_long", N_("理由请在 500 字以内，由谁决定请在 50 字以内。"), field="why")
        if self.decided_on is not None and self.decided_on > today():
            raise Invalid("results.not_yet", N_("决定的日期不能在今天以后。"), field="decided_on")
        votes = (self.vote.in_favour, self.vote.against, self.vote.abstained) if self.vote else ()
        if any(not 0 <= count <= MOST_VOTES for count in votes):
            raise Invalid("results.votes", N_("票数应是 0 到 1000 的整数。"), field="votes_for")
        if self.vote is not None and self.vote.in_favour <= self.vote.against:
            words = N_("赞成 %(in_favour)s 票不多于反对 %(against)s 票，这项决定没有通过，不能登记。请核对票数。")
            message = Message.of(words, in_favour=self.vote.in_favour, against=self.vote.against)
            raise Invalid("results.not_carried", message, field="votes_for")

    def kept(self, actor: Actor) -> dict[str, Any]:
        """The columns of `DecidedByCommittee`, as the actor records it now."""
        return {
            "why": self.why.strip(),
            "decided_by_name": self.decided_by.strip(),
            "decided_on": self.decided_on or today(),
            "votes_for": self.vote.in_favour if self.vote else None,
            "votes_against": self.vote.against if self.vote else None,
            "votes_abstained": self.vote.abstained if self.vote else None,
            "recorded_by": actor.account_id,
            "recorded_at": now(),
        }


@solved_aside
def decide_place(
    actor: Actor,
    category_id: int,
    entry_id: int,
    decision: str,
    why: str,
    decided_by: str,
    *,
    decided_on: date | None = None,
    vote: Vote | None = None,
    seen_version: int | None = None,
) -> Shortlist:
    """Record a decision on one work and fill the list anew: `in` and `out` move it, `veto` takes it off for fraud, `clear`
    takes decisions about it back.

    `seen_version`: of the list that was looked at; raises Stale where it has moved on since. Nothing changes when the
    rows and decisions would contradict each other.
    """
    if decision not in {"in", "out", "veto", "clear"}:
        raise Invalid("results.decision", N_("请选择列入、不列入、一票否决或恢复按名次。"), field="decision")
    verdict = Verdict(why, decided_by, decided_on, vote)
    verdict.require()
    with unit_of_work(actor, "results.decide_place") as work:
        category = locked(Category, category_id)
        require_seen(work, category_id, seen_version)
        entry = locked(Entry, entry_id)
        if entry.category_id != category_id:
            raise NotFound
        _note(work, actor, category_id, decision, verdict, entry_id=entry_id)
        shortlist = fill(work, category, actor)
        work.record(entry, after={"decision": decision, "category_id": category_id}, why=why.strip())
    return shortlist


@solved_aside
def resolve_tie(
    actor: Actor, category_id: int, ahead: Collection[int], verdict: Verdict, seen_version: int | None = None
) -> Shortlist:
    """Record which of the works that are tied on the newest list come first; the others stay equals behind them.

    Raises Conflict when nothing is tied, Invalid when none or all were chosen, or more than there are places.
    """
    verdict.require()
    with unit_of_work(actor, "results.resolve_tie") as work:
        category = locked(Category, category_id)
        require_seen(work, category_id, seen_version)
        tied = _tied(work, category_id)
        if not tied:
            raise Conflict("results.nothing_tied", N_("名单里没有并列待定的作品，不必登记。"))
        chosen = [entry_id for entry_id in tied if entry_id in set(ahead)]
        if not chosen or len(chosen) != len(set(ahead)) or len(chosen) == len(tied):
            words = N_("请从并列的 %(count)s 件中勾选列入的作品，至少一件，不能全选。")
            raise Invalid("results.tie_choice", Message.of(words, count=len(tied)), field="ahead")
        tie = _last_tie(work, category_id) + 1
        for entry_id in tied:
            decision = "tie_in" if entry_id in chosen else "tie_out"
            _note(work, actor, category_id, decision, verdict, entry_id=entry_id, tie=tie)
        shortlist = fill(work, category, actor)
        _require_in(shortlist, chosen)
        work.record(category, after={"tie": tie, "ahead": chosen, "of": tied}, why=verdict.why.strip())
    return shortlist


@solved_aside
def leave_empty(
    actor: Actor, category_id: int, places: int, verdict: Verdict, seen_version: int | None = None
) -> Shortlist:
    """Record that so many places stay unused (空缺), 0: none any more, and fill the list anew."""
    verdict.require()
    with unit_of_work(actor, "results.leave_empty") as work:
        category = locked(Category, category_id)
        require_seen(work, category_id, seen_version)
        table = stored_table(category_id).table
        if places and not table.may_stay_empty:
            raise Conflict("results.no_empty_places", N_("名额表没有写允许空缺。请先在名额表中勾选「允许空缺」。"))
        if places and table.total is None:
            raise Conflict("results.empty_of_what", N_("总名额不限，没有空缺可留；要减少某一组的名额，请改名额表。"))
        if not 0 <= places <= (table.total or 0):
            words = N_("空缺应在 0 到总名额 %(most)s 之间。")
            raise Invalid("results.empty_count", Message.of(words, most=table.total or 0), field="places")
        _note(work, actor, category_id, "empty", verdict, places=places)
        shortlist = fill(work, category, actor)
        work.record(category, after={"empty_places": places}, why=verdict.why.strip())
    return shortlist


def require_seen(work: Work, category_id: int, seen_version: int | None) -> None:
    """Raise Stale where the newest list is not what was looked at (its `row_version`); None: nobody looked."""
    if seen_version is None:
        return
    newest = work.session.scalar(
        select(Shortlist.row_version)
        .where(Shortlist.category_id == category_id)
        .order_by(Shortlist.version.desc())
        .limit(1)
    )
    if newest != seen_version:
        raise Stale(N_("您打开此页之后，名单已由别人重新生成或调整。您填写的内容还在，请看过最新名单再登记。"))


def _note(
    work: Work,
    actor: Actor,
    category_id: int,
    decision: str,
    verdict: Verdict,
    *,
    entry_id: int | None = None,
    places: int | None = None,
    tie: int | None = None,
) -> None:
    work.session.add(
        CommitteeDecision(
            category_id=category_id,
            entry_id=entry_id,
            decision=decision,
            places=places,
            tie=tie,
            **verdict.kept(actor),
        )
    )
    work.session.flush()


def _tied(work: Work, category_id: int) -> list[int]:
    newest = (
        select(Shortlist.id)
        .where(Shortlist.category_id == category_id)
        .order_by(Shortlist.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        work.session.scalars(
            select(ShortlistLine.entry_id)
            .where(ShortlistLine.shortlist_id == newest, ShortlistLine.decision == "tied")
            .order_by(ShortlistLine.position)
        )
    )


def _last_tie(work: Work, category_id: int) -> int:
    return int(
        work.session.scalar(select(func.max(CommitteeDecision.tie)).where(CommitteeDecision.category_id == category_id))
        or 0
    )


def _require_in(shortlist: Shortlist, chosen: Collection[int]) -> None:
    """All that were chosen must be on the list now: else more were chosen than there are places for."""
    missing = sum(line.decision != "in" for line in shortlist.lines if line.entry_id in set(chosen))
    if missing:
        words = N_("勾选了 %(chosen)s 件，按名额表放不下，差 %(missing)s 个名额。请少选几件。")
        message = Message.of(words, chosen=len(chosen), missing=missing)
        raise Invalid("results.tie_too_many", message, field="ahead")
