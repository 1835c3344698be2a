"""What the account of a contest is made of: every work ever handed in, rounds, approved lists, objections, public lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, subqueryload

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page
from contest_portal.core.text import Message
from contest_portal.entries.models import Author, Entry
from contest_portal.judging.models import Round, RoundCategory, RoundEntry
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.objections.models import Objection
from contest_portal.results.public_list.content import from_content
from contest_portal.results.publishing.models import Publication
from contest_portal.results.publishing.queries.publications import PUBLISHED_STATES
from contest_portal.results.reconciliation.reconciling import Account, CategoryFacts, RoundFacts, reconcile

JUDGED = ("closed", "ranked")


def accounts_of(contest_id: int) -> list[tuple[Category, Account]]:
    """The account of each category, in order: eight statements."""
    return _accounts(contest_id)[0]


def _accounts(contest_id: int) -> tuple[list[tuple[Category, Account]], dict[str, int]]:
    """The accounts, and the works by their number."""
    categories = db.session.scalars(
        select(Category).where(Category.contest_id == contest_id).order_by(Category.position)
    ).all()
    states, numbers = _states(contest_id)
    rounds = _rounds(contest_id)
    listed, awarded = _listed(contest_id), _awarded(contest_id)
    upheld = frozenset(
        db.session.scalars(
            select(Objection.entry_id).where(
                Objection.contest_id == contest_id, Objection.outcome == "upheld", Objection.decided_at.is_not(None)
            )
        )
    )
    public = _public(contest_id, numbers)
    found = []
    for category in categories:
        own = frozenset(states[category.id])
        award_lines, list_lines = awarded.get(category.id), listed.get(category.id)
        publicly = {kind: works & own for kind, works in public.items()}
        facts = CategoryFacts(
            states=states[category.id],
            rounds=[
                RoundFacts(one.id, one.name, one.works & own, None if one.went_on is None else one.went_on & own)
                for one in rounds.get(category.id, ())
            ],
            listed=list_lines,
            awarded=award_lines,
            upheld=upheld & own,
            public=publicly.get("award" if award_lines is not None else "shortlist"),
            public_listed=publicly.get("shortlist"),
        )
        found.append((category, reconcile(facts)))
    return found, numbers


def works_behind(
    contest_id: int, category_id: int, code: str, listing: Listing, *, with_authors: bool = False
) -> tuple[Category, Message, Page[Entry]]:
    """The works behind one number of the account, by number. Raises NotFound for a row that there is not."""
    accounts, numbers = _accounts(contest_id)
    category, account = next((one for one in accounts if one[0].id == category_id), (None, None))
    rows = [*(account.rows if account else ()), *(account.mismatches if account else ())]
    row = next((one for one in rows if one.code == code), None)
    if category is None or row is None:
        raise NotFound
    of = {entry_id: number for number, entry_id in numbers.items()}
    ordered = sorted(row.works, key=lambda one: (of.get(one, ""), one))
    first = (listing.page - 1) * listing.per_page
    shown = ordered[first : first + listing.per_page]
    statement = select(Entry).where(Entry.id.in_(shown)).options(joinedload(Entry.school))
    if with_authors:
        people = (joinedload(Author.student), joinedload(Author.teacher))
        statement = statement.options(subqueryload(Entry.authors).options(*people))
    entries = db.session.scalars(statement.order_by(Entry.number, Entry.id)).all()
    return category, row.label, Page(entries, len(row.works), listing)


def _states(contest_id: int) -> tuple[Mapping[int, dict[int, str]], dict[str, int]]:
    """Category → work → state, of all that was ever handed in; and the works by their number."""
    rows = db.session.execute(
        select(Entry.category_id, Entry.id, Entry.state, Entry.number).where(
            Entry.contest_id == contest_id, or_(Entry.state != "draft", Entry.first_submitted_at.is_not(None))
        )
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    numbers: dict[str, int] = {}
    for category_id, entry_id, state, number in rows:
        found[category_id][entry_id] = state
        if number:
            numbers[number] = entry_id
    return found, numbers


def _rounds(contest_id: int) -> dict[int, list[RoundFacts]]:
    """Category → its judged rounds, each before those that took works from it."""
    rows = db.session.execute(
        select(Round, RoundCategory.category_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(Round.contest_id == contest_id, Round.state != "planned")
        .order_by(Round.id)
    ).all()
    works: dict[int, set[int]] = defaultdict(set)
    taking = select(RoundEntry.round_id, RoundEntry.entry_id).join(Round, Round.id == RoundEntry.round_id)
    for round_id, entry_id in db.session.execute(
        taking.where(Round.contest_id == contest_id, Round.state != "planned")
    ):
        works[round_id].add(entry_id)
    found: dict[int, list[RoundFacts]] = defaultdict(list)
    for row, category_id in rows:
        if row.state not in JUDGED:
            continue
        later = [
            one.id
            for one, other in rows
            if other == category_id and one.source_round_id == row.id and one.carry != "pooled"
        ]
        went_on = frozenset().union(*(works[one] for one in later)) if later else None
        found[category_id].append(RoundFacts(row.id, row.name, frozenset(works[row.id]), went_on))
    return found


def _listed(contest_id: int) -> dict[int, dict[int, str]]:
    """Category → work → its place on the approved recommendation list."""
    rows = db.session.execute(
        select(Shortlist.category_id, ShortlistLine.entry_id, ShortlistLine.decision)
        .outerjoin(ShortlistLine, ShortlistLine.shortlist_id == Shortlist.id)
        .where(Shortlist.contest_id == contest_id, Shortlist.state == "approved")
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for category_id, entry_id, decision in rows:
        own = found[category_id]
        if entry_id is not None:
            own[entry_id] = decision
    return found


def _awarded(contest_id: int) -> dict[int, dict[int, str]]:
    """Category → work → its award on the approved list, empty for none or a cancelled one."""
    rows = db.session.execute(
        select(AwardList.category_id, AwardLine.entry_id, AwardLine.award, AwardLine.state)
        .outerjoin(AwardLine, AwardLine.award_list_id == AwardList.id)
        .where(AwardList.contest_id == contest_id, AwardList.state == "approved")
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for category_id, entry_id, award, state in rows:
        own = found[category_id]
        if entry_id is not None:
            own[entry_id] = award if state == "given" else ""
    return found


def _public(contest_id: int, numbers: Mapping[str, int]) -> dict[str, frozenset[int]]:
    """Kind → the works on its list that is public now."""
    newest = (
        select(Publication.kind, func.max(Publication.version).label("version"))
        .where(Publication.contest_id == contest_id, Publication.state.in_(PUBLISHED_STATES))
        .group_by(Publication.kind)
        .subquery()
    )
    rows: Sequence[Publication] = db.session.scalars(
        select(Publication)
        .join(newest, (Publication.kind == newest.c.kind) & (Publication.version == newest.c.version))
        .where(Publication.contest_id == contest_id)
    ).all()
    return {
        row.kind: frozenset(
            numbers[line.entry_number]
            for section in from_content(row.content)
            for line in section.lines
            if line.entry_number in numbers and not line.key
        )
        for row in rows
    }
