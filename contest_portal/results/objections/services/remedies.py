"""What follows when an objection was upheld: awards and certificates go with the signature; the list is filled anew and the
amendment drafted when the office says so, and both still wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.results.awards.queries.fallen_merits import FallenMerit, fallen_merits
from contest_portal.results.awards.queries.successors import AwardSuccessor, award_successors
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.queries.shortlists import next_in_line
from contest_portal.results.lists.services.decisions import Verdict, decide_place, leave_empty
from contest_portal.results.lists.services.solving import solved_aside
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services.record import kept_away_of, locked_case, note
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLISHED_STATES, sections_to_publish
from contest_portal.results.publishing.services.publications import draft_publication
from contest_portal.results.quotas.models import CommitteeDecision
from contest_portal.results.quotas.queries.tables import stored_table

FILLINGS = ("next", "empty")


@dataclass(frozen=True)
class Successor:
    """A work that would come in by the quota table, and why."""

    entry: Entry
    reason: Message


@dataclass(frozen=True)
class Remedy:
    """Where a decided case stands with the lists. `decided_anew`: a newer list without the work waits to be approved.

    `on_list`: the approved recommendation list still has the work. `on_public`: so have these public lists.
    `award_successors`: who would move up on the list of awards; `fallen`: tutors and schools whose points rested on an award
    that was cancelled.
    """

    on_list: bool
    decided_anew: bool
    may_stay_empty: bool
    successors: tuple[Successor, ...]
    on_public: tuple[Publication, ...]
    award_successors: tuple[AwardSuccessor, ...] = ()
    fallen: tuple[FallenMerit, ...] = ()


def remedy_of(row: Objection) -> Remedy:
    """What is still to be done after an objection was upheld, or the list is to be corrected."""
    states = set(
        db.session.scalars(
            select(Shortlist.state)
            .join(ShortlistLine, ShortlistLine.shortlist_id == Shortlist.id)
            .where(
                Shortlist.category_id == row.entry.category_id,
                Shortlist.state.in_(("draft", "approved")),
                ShortlistLine.entry_id == row.entry_id,
                ShortlistLine.decision == "in",
            )
        )
    )
    has_draft = db.session.scalar(
        select(Shortlist.id).where(Shortlist.category_id == row.entry.category_id, Shortlist.state == "draft")
    )
    on_list = "approved" in states
    decided_anew = on_list and has_draft is not None and "draft" not in states
    found_next = next_in_line(row.entry.category_id, row.entry_id) if on_list and row.outcome == "upheld" else []
    entries = {
        one.id: one for one in db.session.scalars(select(Entry).where(Entry.id.in_([pair[0] for pair in found_next])))
    }
    return Remedy(
        on_list=on_list,
        decided_anew=decided_anew,
        may_stay_empty=stored_table(row.entry.category_id).table.may_stay_empty,
        successors=tuple(Successor(entries[entry_id], reason) for entry_id, reason in found_next),
        on_public=tuple(one for one in _public(row.contest_id) if row.entry.number in _numbers(one.content)),
        award_successors=tuple(award_successors(row.entry.category_id)) if row.outcome == "upheld" else (),
        fallen=tuple(fallen_merits(row.contest_id)) if row.outcome == "upheld" else (),
    )


@solved_aside
def strike_from_list(actor: Actor, objection_id: int, filling: str) -> Shortlist:
    """Take the work off the recommendation list: `next` lets the next in line come in, `empty` leaves the place unused. The
    new list is a draft, which another person approves. Raises Conflict unless the objection was upheld."""
    with unit_of_work(actor, "results.strike_from_list") as work:
        row = _decided(actor, objection_id, {"upheld"})
        category_id, by = row.entry.category_id, str(Message.of(N_("异议 %(number)s"), number=row.number))
        # The number alone: the decision's text stays with the case, and the office's lists are read by more people.
        why = str(Message.of(N_("异议 %(number)s 成立"), number=row.number))
        shortlist = decide_place(actor, category_id, row.entry_id, "out", why, by)
        if filling == "empty":
            already = _empty_places(category_id)
            shortlist = leave_empty(actor, category_id, already + 1, Verdict(why, by))
        words = N_("取消推荐，名额空缺") if filling == "empty" else N_("取消推荐，由下一名递补")
        note(work, row, "remedy", words)
        work.record(row, after={"number": row.number, "list": shortlist.id, "filling": filling})
    return shortlist


def prepare_amendment(actor: Actor, objection_id: int, kind: str) -> Publication:
    """Draft the next version of the public list, with a neutral reason that the office may add to; another person publishes it.

    Raises Conflict while what was approved still has the work of an upheld objection.
    """
    with unit_of_work(actor, "results.prepare_amendment") as work:
        row = _decided(actor, objection_id, {"upheld", "corrected"})
        public = next((one for one in _public(row.contest_id) if one.kind == kind), None)
        if public is None:
            raise Conflict("results.nothing_public", N_("这类名单现在没有公示，不必更正。"))
        listed = {line.entry_number for part in sections_to_publish(row.contest_id, kind) for line in part.lines}
        if row.outcome == "upheld" and row.entry.number in listed:
            words = N_("审定的名单里还有这件作品。请先取消它，由另一人审定新的一版，再起草更正公示。")
            raise Conflict("results.still_listed", words)
        draft = draft_publication(
            actor, row.contest_id, public.title, public.text, amendment_note=str(_public_reason(row)), kind=kind
        )
        note(work, row, "remedy", N_("起草更正公示"))
        work.record(row, after={"number": row.number, "publication": draft.id})
    return draft


def _public_reason(row: Objection) -> Message:
    """What the public reads. The decision itself tells what was found about a child: it stays with the case."""
    words = N_("经核实，更正《%(title)s》（%(entry)s）在名单上的内容。")
    if row.outcome == "upheld":
        words = N_("经核实，取消《%(title)s》（%(entry)s）的入选或获奖资格。")
    return Message.of(words, title=row.entry.title, entry=row.entry.number or "")


def _decided(actor: Actor, objection_id: int, outcomes: set[str]) -> Objection:
    row = locked_case(objection_id)
    if row.decided_at is None or row.outcome not in outcomes:
        raise Conflict("results.not_decided", N_("只有签署了成立的决定，才能取消或更正名单。"))
    if actor.account_id in kept_away_of(row):
        raise NotAllowed("results.kept_away", N_("您须回避这个案件。"))
    return row


def _public(contest_id: int) -> list[Publication]:
    return list(
        db.session.scalars(
            select(Publication).where(Publication.contest_id == contest_id, Publication.state.in_(PUBLISHED_STATES))
        )
    )


def _numbers(content: dict[str, object]) -> set[str]:
    return {line["entry_number"] for part in content["sections"] for line in part["lines"]}  # type: ignore[attr-defined]


def _empty_places(category_id: int) -> int:
    last = db.session.scalar(
        select(CommitteeDecision.places)
        .where(CommitteeDecision.category_id == category_id, CommitteeDecision.decision == "empty")
        .order_by(CommitteeDecision.id.desc())
        .limit(1)
    )
    return last or 0
