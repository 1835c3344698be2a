"""Recommendation lists: made by rank within the quota table with a reason per line, approved by a second person."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotAllowed, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.cases import upheld_numbers
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.services.decisions import decide_place
from contest_portal.results.lists.services.filling import fill
from contest_portal.results.lists.services.solving import solved_aside
from contest_portal.results.lists.states import shortlist_after
from contest_portal.results.quotas.allocation import Decision, QuotaTable, read_table
from contest_portal.results.quotas.queries.tables import newest_ranking, stored_table
from contest_portal.results.quotas.services import set_quotas
from contest_portal.results.recalled import require_none_recalled

__all__ = ["approve_shortlist", "decide_place", "make_shortlist", "set_quotas"]


@solved_aside
def make_shortlist(actor: Actor, category_id: int) -> Shortlist:
    """Fill the category's list from its newest ranking by its quota table, around the committee's decisions.

    Makes the next version as a draft, or fills the draft anew. Raises Conflict when judging is not ranked yet or no
    quota table is set, Invalid when rows and decisions contradict each other.
    """
    with unit_of_work(actor, "results.make_shortlist") as work:
        category = locked(Category, category_id)
        shortlist = fill(work, category, actor)
        work.record(
            shortlist,
            after={"category_id": category_id, "version": shortlist.version, **_tally(work, shortlist)},
        )
    return shortlist


def approve_shortlist(actor: Actor, shortlist_id: int, seen_version: int) -> Shortlist:
    """Approve a draft as it was seen. The version approved before is superseded and stays readable.

    Raises NotAllowed for who made the draft's last change: two people answer for a list. Raises Conflict while a tie
    waits for a decision, when the quota table or the ranking has changed since, while an entry on the list no longer
    stands, or when more would be recommended than was collected.
    """
    with unit_of_work(actor, "results.approve_shortlist") as work:
        shortlist = locked(Shortlist, shortlist_id)
        if shortlist.state == "approved":
            raise Conflict("results.approved_already", N_("这份名单已经审定，不必重复操作。"))
        state = shortlist_after("approve", shortlist.state)
        if state is None:
            raise Conflict("results.superseded", N_("这份名单已有新的版本，请审定最新版本。"))
        if shortlist.row_version != seen_version:
            raise Stale(N_("您打开此页之后，名单已重新生成或调整。请查看最新名单，再决定是否审定。"))
        _require_second_person(actor, shortlist)
        require_none_recalled(shortlist.category_id)
        _require_standing(work, shortlist)
        _require_current(shortlist)
        earlier = work.session.scalars(
            select(Shortlist).where(Shortlist.category_id == shortlist.category_id, Shortlist.state == "approved")
        )
        for row in earlier:
            row.state = shortlist_after("supersede", row.state) or row.state
        work.record(shortlist, before={"state": shortlist.state}, after={"state": state, **_tally(work, shortlist)})
        shortlist.state, shortlist.approved_by, shortlist.approved_at = state, actor.account_id, now()
    return shortlist


def is_behind(shortlist: Shortlist, table: QuotaTable) -> bool:
    """Whether the quota table was changed since the list was filled."""
    return read_table(shortlist.quotas) != table


def _require_second_person(actor: Actor, shortlist: Shortlist) -> None:
    """Who filled the list last, or recorded the last decision on it, does not approve it."""
    words = N_(
        "这份名单最后由您本人生成或调整。审定须由另一位负责人进行；也可请工作人员核对后重新生成名单，再由您审定。"
    )
    require_second_person(actor, shortlist.made_by, NotAllowed("results.own_list", words))


def _require_current(shortlist: Shortlist) -> None:
    """The list still follows from the quota table and the ranking as they are."""
    if is_behind(shortlist, stored_table(shortlist.category_id).table):
        raise Conflict("results.quotas_changed", N_("名额表在名单生成之后改过。请重新生成名单，再审定。"))
    ranking = newest_ranking(shortlist.category_id)
    if ranking is None or ranking.id not in shortlist.ranking_ids:
        raise Conflict("results.ranking_changed", N_("评审排名在名单生成之后有新的结果。请重新生成名单，再审定。"))


def _require_standing(work: Work, shortlist: Shortlist) -> None:
    if any(line.decision == Decision.TIED for line in shortlist.lines):
        raise Conflict("results.tied", N_("名单里还有并列待定的作品，请先由评委会决定，再审定名单。"))
    chosen = [line.entry_id for line in shortlist.lines if line.decision == Decision.IN]
    standing = work.session.scalar(
        select(func.count()).select_from(Entry).where(Entry.id.in_(chosen), Entry.state == "accepted")
    )
    if standing != len(chosen):
        raise Conflict(
            "results.not_standing", N_("名单里有作品已撤回或取消，推荐数会多于征集数。请重新生成名单后再审定。")
        )
    struck = dict(upheld_numbers(shortlist.category_id))
    if cases := [struck[entry_id] for entry_id in chosen if entry_id in struck]:
        words = N_("名单里有作品的异议已经成立（%(cases)s），应当取消。请重新生成名单后再审定。")
        raise Conflict("results.upheld", Message.of(words, cases="、".join(cases)))
    counted = work.session.execute(
        select(Entry.stage_code, func.count().label("count"))
        .where(Entry.category_id == shortlist.category_id, Entry.state.in_(COLLECTED_STATES))
        .group_by(Entry.stage_code)
    )
    collected = {row.stage_code: int(row[1]) for row in counted}
    for stage in {line.stage_code for line in shortlist.lines}:
        count = sum(line.stage_code == stage and line.decision == Decision.IN for line in shortlist.lines)
        if count > collected.get(stage, 0):
            message = Message.of(
                N_("推荐 %(count)s 件多于征集 %(collected)s 件，不能审定。"),
                count=count,
                collected=collected.get(stage, 0),
            )
            raise Conflict("results.more_than_collected", message)


def _tally(work: Work, shortlist: Shortlist) -> dict[str, int]:
    counted = work.session.execute(
        select(ShortlistLine.decision, func.count())
        .where(ShortlistLine.shortlist_id == shortlist.id)
        .group_by(ShortlistLine.decision)
    )
    return {**dict.fromkeys((one.value for one in Decision), 0), **{row[0]: row[1] for row in counted}}
