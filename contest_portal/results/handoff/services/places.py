"""How many entries of each category the offices below may hand up, and whether what comes keeps to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.results.handoff.models import Handoff, HandoffLine, HandoffPlaces
from contest_portal.results.handoff.services.mapping import TAKEN_STATES, categories_for

MOST_PLACES = 100_000


def set_places(actor: Actor, contest_id: int, places: Mapping[tuple[int, str], int | None]) -> None:
    """Set the places by (category, sender); the sender "" is everybody who has no number of its own. None: no limit.

    Raises Invalid for what is no number of places or no category of the contest.
    """
    with unit_of_work(actor, "results.set_handoff_places") as work:
        contest = locked(Contest, contest_id)
        own = {one.id for one in contest.categories}
        for (category_id, _sender), count in places.items():
            if category_id not in own or (count is not None and not 0 <= count <= MOST_PLACES):
                raise Invalid("handoff.places", N_("名额应为 0 或更大的整数，不限名额请留空。"))
        earlier = work.session.scalars(select(HandoffPlaces).where(HandoffPlaces.category_id.in_(own))).all()
        before = {f"{row.sender or '*'}|{row.category_id}": row.places for row in earlier}
        work.session.execute(delete(HandoffPlaces).where(HandoffPlaces.category_id.in_(own)))
        work.session.add_all(
            HandoffPlaces(category_id=category_id, sender=sender[:100], places=count)
            for (category_id, sender), count in sorted(places.items())
            if count is not None
        )
        after = {f"{sender or '*'}|{one}": count for (one, sender), count in places.items()}
        work.record(contest, before=before, after=after)


def over_places(
    row: Handoff, contest: Contest, lines: Sequence[HandoffLine], *, taking_out: bool = False
) -> list[Message]:
    """A sentence for each category in which the sender would have more works here than it has places.

    `lines`: what taking does, as `compared` says. Counted are the works that come new and all of this sender that stand in
    the contest already, of whichever version or hand-off: only those that this one withdraws, and rejected ones, take none.
    `taking_out`: nor do those that are accepted here and not recommended any more, for they go with it.
    """
    mapping = categories_for(row, contest)
    handed: Counter[int] = Counter()
    for one in row.document.get("counts", []):
        if one["code"] in mapping:
            handed[mapping[one["code"]].id] += one["entries"]
    leaving = {"withdrawn", "recalled"} if taking_out else {"withdrawn"}
    going = {line.entry_id for line in lines if line.outcome in leaving}
    counts = Counter(category_id for entry_id, category_id in _standing_of(row).items() if entry_id not in going)
    counts.update(
        mapping[one.category_code].id for one in lines if one.outcome == "new" and one.category_code in mapping
    )
    places = places_of(contest.id, row.counterpart)
    return [
        _over(category, counts[category.id], handed[category.id], places[category.id])
        for category in contest.categories
        if category.id in places and counts[category.id] > places[category.id]
    ]


def _over(category: Category, count: int, handed: int, places: int) -> Message:
    words = N_("「%(category)s」上报 %(measured)s %(measure)s，名额 %(limit)s %(measure)s，超出 %(over)s %(measure)s")
    if count > handed:
        words = N_(
            "「%(category)s」上报 %(measured)s %(measure)s，连同此前收下、仍然有效的 %(kept)s %(measure)s，"
            "名额 %(limit)s %(measure)s，超出 %(over)s %(measure)s"
        )
    return Message.of(
        words,
        category=category.name,
        measured=handed,
        kept=count - handed,
        limit=places,
        over=count - places,
        measure=category.measure,
    )


def _standing_of(row: Handoff) -> dict[int, int]:
    """The works that this sender has in the contest by whichever of its hand-offs, and that count: id → category."""
    rows = db.session.execute(
        select(Entry.id, Entry.category_id)
        .join(HandoffLine, HandoffLine.entry_id == Entry.id)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(
            Handoff.contest_id == row.contest_id,
            Handoff.direction == "in",
            Handoff.counterpart == row.counterpart,
            Handoff.state.in_((*TAKEN_STATES, "superseded")),
            Entry.state.not_in(("withdrawn", "rejected")),
        )
    )
    return {one.id: one.category_id for one in rows}


def places_of(contest_id: int, sender: str) -> dict[int, int]:
    """Category id → how many that sender may hand up: its own number, else that of every sender. None set: no limit."""
    rows = db.session.scalars(
        select(HandoffPlaces)
        .join(Category, Category.id == HandoffPlaces.category_id)
        .where(Category.contest_id == contest_id, HandoffPlaces.sender.in_(("", sender)))
    ).all()
    return {
        **{row.category_id: row.places for row in rows if not row.sender},
        **{row.category_id: row.places for row in rows if row.sender},
    }
