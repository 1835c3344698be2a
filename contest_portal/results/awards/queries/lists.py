"""Reads of awards on their way: the rule, what a list follows from, the lists and decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.models import Account
from contest_portal.results.awards.models import AwardDecision, AwardLine, AwardList, PrizeTable
from contest_portal.results.awards.prizes.awarding import Fixed, PrizeRule, Ranked, read_rule
from contest_portal.results.awards.prizes.decisions import DISPLACED
from contest_portal.results.awards.queries.given import with_works
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.naming import author_names
from contest_portal.results.quotas.queries.tables import newest_ranking, ranked_categories, rulings_of


@dataclass(frozen=True)
class StoredRule:
    """A category's rule as it was last saved; `version` 0: the default stands."""

    rule: PrizeRule
    version: int = 0
    saved_by: str = ""


@dataclass(frozen=True)
class Basis:
    """What a list of awards is made from."""

    ranked: Sequence[Ranked]
    entry_count: int
    ids: Mapping[str, int | None]


@dataclass(frozen=True)
class AwardState:
    """Where a category stands on its way to approved awards. `tally`: lines of the newest list by award, `tied` too, of works
    that still stand; `fallen`: its awards of works that were withdrawn since."""

    category: Category
    rule: StoredRule
    is_ranked: bool
    draft: AwardList | None
    approved: AwardList | None
    tally: Mapping[str, int] = field(default_factory=dict)
    tied: int = 0
    cancelled: int = 0
    fallen: int = 0

    @property
    def newest(self) -> AwardList | None:
        return self.draft or self.approved


@dataclass(frozen=True)
class AwardLineView:
    """One line as the office's page shows it. `is_displaced`: by decision its place went to a work behind it."""

    entry_id: int
    number: str
    title: str
    names: str
    school: str
    stage: str
    rank: int | None
    score: float | None
    award: str
    state: str
    reason: str
    stands: bool
    is_displaced: bool = False


def stored_rule(category_id: int) -> StoredRule:
    """The category's rule. One statement."""
    row = db.session.execute(
        select(PrizeTable, Account.name)
        .outerjoin(Account, Account.id == PrizeTable.saved_by)
        .where(PrizeTable.category_id == category_id)
        .execution_options(populate_existing=True)
    ).first()
    return StoredRule(read_rule(row[0].document), row[0].version, row[1] or "") if row else StoredRule(PrizeRule())


def award_list_by_id(award_list_id: int) -> AwardList:
    """The list with its contest and category. Raises NotFound."""
    row = db.session.scalar(
        select(AwardList)
        .where(AwardList.id == award_list_id)
        .options(joinedload(AwardList.contest), joinedload(AwardList.category))
    )
    if row is None:
        raise NotFound
    return row


def newest_list(category_id: int) -> AwardList | None:
    """The newest version of the category's awards."""
    return db.session.scalar(
        select(AwardList).where(AwardList.category_id == category_id).order_by(AwardList.version.desc()).limit(1)
    )


def approved_shortlist(category_id: int) -> Shortlist | None:
    """The category's approved recommendation list."""
    return db.session.scalar(
        select(Shortlist)
        .where(Shortlist.category_id == category_id, Shortlist.state == "approved")
        .order_by(Shortlist.version.desc())
        .limit(1)
    )


def basis_of(category_id: int, rule: PrizeRule) -> Basis | None:
    """Who may win by this rule, with ranks; None while the ranking or the approved recommendation list is missing."""
    ranking = newest_ranking(category_id)
    shortlist = approved_shortlist(category_id) if rule.source == "shortlist" else None
    if ranking is None or (rule.source == "shortlist" and shortlist is None):
        return None
    lines: dict[int, dict[str, Any]] = {line["entry_id"]: line for line in ranking.lines}
    standing = db.session.scalars(
        select(Entry.id).where(Entry.category_id == category_id, Entry.state == "accepted").order_by(Entry.id)
    ).all()
    able: set[int] = set(standing)
    if shortlist is not None:
        able &= set(
            db.session.scalars(
                select(ShortlistLine.entry_id).where(
                    ShortlistLine.shortlist_id == shortlist.id, ShortlistLine.decision == "in"
                )
            )
        )
    ranked = [
        Ranked(one, lines.get(one, {}).get("rank"), lines.get(one, {}).get("score")) for one in standing if one in able
    ]
    return Basis(ranked, len(standing), {"ranking": ranking.id, "shortlist": shortlist.id if shortlist else None})


def fixed_of(category_id: int) -> dict[Hashable, Fixed]:
    """What was decided about single works, the strongest last: of the committee's decisions on awards the last one counts;
    cancelled awards are not given again; nothing goes to a work under a veto or of an upheld objection, to any list.

    Four statements."""
    found: dict[Hashable, Fixed] = {}
    for row in db.session.scalars(
        select(AwardDecision).where(AwardDecision.category_id == category_id).order_by(AwardDecision.id)
    ):
        found.pop(row.entry_id, None)
        if row.decision != "clear":
            found[row.entry_id] = Fixed(row.award, f"{row.why}（{row.decided_by_name}）")
    cancelled = db.session.execute(
        select(AwardLine.entry_id, AwardLine.cancelled_why)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .where(AwardList.category_id == category_id, AwardLine.state == "cancelled")
        .order_by(AwardLine.id)
    )
    found.update({entry_id: Fixed("", why, is_ruling=True) for entry_id, why in cancelled})
    rulings = rulings_of(category_id)
    found.update({entry_id: Fixed("", reason) for entry_id, reason in rulings.vetoed.items()})
    # The number alone: the decision's text is for the case, and the school reads this.
    found.update(
        {
            one: Fixed("", str(Message.of(N_("异议 %(number)s 成立"), number=number)), is_ruling=True)
            for one, number in rulings.struck.items()
        }
    )
    return found


def award_states(contest: Contest) -> list[AwardState]:
    """Every category of the contest on its way to approved awards, in a constant number of statements."""
    ids = [category.id for category in contest.categories]
    ranked = ranked_categories(ids)
    rules = {
        row.category_id: StoredRule(read_rule(row.document), row.version)
        for row in db.session.scalars(select(PrizeTable).where(PrizeTable.category_id.in_(ids)))
    }
    lists = db.session.scalars(
        select(AwardList)
        .where(AwardList.contest_id == contest.id, AwardList.state.in_(("draft", "approved")))
        .order_by(AwardList.version)
    ).all()
    counts: dict[int, Counter[tuple[str, str]]] = {}
    fallen: Counter[int] = Counter()
    stands = (Entry.state == "accepted").label("stands")
    for list_id, state, award, stands_, count in db.session.execute(
        select(AwardLine.award_list_id, AwardLine.state, AwardLine.award, stands, func.count())
        .join(Entry, Entry.id == AwardLine.entry_id)
        .where(AwardLine.award_list_id.in_([row.id for row in lists]))
        .group_by(AwardLine.award_list_id, AwardLine.state, AwardLine.award, stands)
    ):
        if stands_ or state == "cancelled":
            counts.setdefault(list_id, Counter())[(state, award)] += count
        elif state == "given":
            fallen[list_id] += count
    found = []
    for category in contest.categories:
        own = {row.state: row for row in lists if row.category_id == category.id}
        newest = own.get("draft") or own.get("approved")
        counted = counts.get(newest.id, Counter()) if newest else Counter()
        found.append(
            AwardState(
                category,
                rules.get(category.id, StoredRule(PrizeRule())),
                category.id in ranked,
                own.get("draft"),
                own.get("approved"),
                {award: count for (state, award), count in counted.items() if state == "given"},
                counted[("tied", "")],
                sum(count for (state, _award), count in counted.items() if state == "cancelled"),
                fallen[newest.id] if newest else 0,
            )
        )
    return found


def award_lines(award_list: AwardList, stage_names: Mapping[str, str]) -> list[AwardLineView]:
    """The list's lines in order, with what the page shows of each work."""
    rows = with_works().where(AwardLine.award_list_id == award_list.id).order_by(AwardLine.position)
    return [
        AwardLineView(
            entry_id=row.entry_id,
            number=row.entry.number or "",
            title=row.entry.title,
            names=author_names(row.entry),
            school=row.entry.school.name,
            stage=stage_names.get(row.entry.stage_code, ""),
            rank=row.rank,
            score=row.score,
            award=row.award,
            state=row.state,
            reason=row.cancelled_why if row.state == "cancelled" else translate(Message(row.reason, row.reason_params)),
            stands=row.entry.state == "accepted",
            is_displaced=row.reason_code == DISPLACED and row.state != "cancelled",
        )
        for row in db.session.scalars(rows).unique()
    ]


def award_decisions(category_id: int) -> list[tuple[AwardDecision, str, str]]:
    """(decision, number, title) of all recorded decisions, newest first."""
    rows = db.session.execute(
        select(AwardDecision, Entry.number, Entry.title)
        .join(Entry, Entry.id == AwardDecision.entry_id)
        .where(AwardDecision.category_id == category_id)
        .order_by(AwardDecision.id.desc())
    )
    return [(row, number or "", title) for row, number, title in rows]


SOURCES = {"ranking": N_("全部有名次的作品"), "shortlist": N_("审定推荐名单中的作品")}
