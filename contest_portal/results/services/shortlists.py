"""Recommendation lists: quotas, the list made by rank with a reason per line, the committee's decisions, approval."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Ranking, Round
from contest_portal.results import quotas
from contest_portal.results.models import CommitteeDecision, Quota, Shortlist, ShortlistLine
from contest_portal.results.queries.counts import COLLECTED_STATES
from contest_portal.results.quotas import Decision, Infeasible, Line, Move
from contest_portal.results.states import shortlist_after

# The key under which a category's places in total are kept, beside those of its stage groups.
TOTAL = ""
MOST_PLACES = 100_000


def set_quotas(actor: Actor, category_id: int, places: Mapping[str, int | None]) -> None:
    """Set the category's places: by stage group code, and under `TOTAL` in all (None: no limit).

    A stage group that is not named has no row of its own. Raises Invalid naming the field of a wrong number.
    """
    with unit_of_work(actor, "results.set_quotas") as work:
        category = locked(Category, category_id)
        known = {TOTAL, *(group.code for group in category.rules.stage_groups)}
        for code, count in places.items():
            if code not in known:
                message = Message.of(
                    N_("「%(category)s」没有代号为 %(code)s 的学段组。"), category=category.name, code=code
                )
                raise Invalid("results.unknown_stage", message)
            if count is not None and not 0 <= count <= MOST_PLACES:
                raise Invalid("results.quota", N_("名额应为 0 或更大的整数，不限名额请留空。"), field=field_of(code))
        before = _quota_rows(work, category_id)
        work.session.execute(delete(Quota).where(Quota.category_id == category_id))
        rows = {code: count for code, count in places.items() if code == TOTAL or count is not None}
        work.session.add_all(
            Quota(category_id=category_id, stage_code=code, places=count) for code, count in sorted(rows.items())
        )
        work.record(category, before=before, after=rows)


def field_of(stage_code: str) -> str:
    """The name of the form field that holds a stage group's places."""
    return f"places-{stage_code}" if stage_code else "places-total"


def make_shortlist(actor: Actor, category_id: int) -> Shortlist:
    """Fill the category's list from its newest ranking within its quotas, around the committee's decisions.

    Makes the next version as a draft, or fills the draft anew. Raises Conflict when judging is not ranked yet or no
    quota is set, Invalid when the decisions alone exceed a quota.
    """
    with unit_of_work(actor, "results.make_shortlist") as work:
        category = locked(Category, category_id)
        shortlist = _fill(work, category, actor)
        work.record(
            shortlist,
            after={"category_id": category_id, "version": shortlist.version, **_tally(shortlist)},
        )
    return shortlist


def decide_place(actor: Actor, category_id: int, entry_id: int, decision: str, why: str, decided_by: str) -> Shortlist:
    """Record a named decision on an entry's place (`in`, `out`, or `clear` to take decisions back) and fill the list anew.

    `decided_by` names who decided (评委会, or a person); `why` goes on record. Nothing changes when the list that
    would come out exceeds a quota.
    """
    if decision not in {"in", "out", "clear"}:
        raise Invalid("results.decision", N_("请选择列入、不列入或恢复按名次。"), field="decision")
    if not why.strip():
        raise Invalid("results.no_reason", N_("请写明理由，理由会记入名单。"), field="why")
    if not decided_by.strip():
        raise Invalid("results.no_name", N_("请写明由谁决定，例如「评委会」。"), field="decided_by")
    with unit_of_work(actor, "results.decide_place") as work:
        category = locked(Category, category_id)
        entry = locked(Entry, entry_id)
        if entry.category_id != category_id:
            raise NotFound
        row = CommitteeDecision(
            category_id=category_id,
            entry_id=entry_id,
            decision=decision,
            why=why.strip(),
            decided_by_name=decided_by.strip(),
            recorded_by=actor.account_id,
            recorded_at=now(),
        )
        work.session.add(row)
        work.session.flush()
        shortlist = _fill(work, category, actor)
        work.record(entry, after={"decision": decision, "category_id": category_id}, why=why.strip())
    return shortlist


def approve_shortlist(actor: Actor, shortlist_id: int, seen_version: int) -> Shortlist:
    """Approve a draft as it was seen. The version approved before is superseded and stays readable.

    Raises Conflict while a tie waits for a decision, while an entry on the list no longer stands, or when more would
    be recommended than was collected.
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
        _require_standing(work, shortlist)
        earlier = work.session.scalars(
            select(Shortlist).where(Shortlist.category_id == shortlist.category_id, Shortlist.state == "approved")
        )
        for row in earlier:
            row.state = shortlist_after("supersede", row.state) or row.state
        work.record(shortlist, before={"state": shortlist.state}, after={"state": state, **_tally(shortlist)})
        shortlist.state, shortlist.approved_by, shortlist.approved_at = state, actor.account_id, now()
    return shortlist


def latest_ranking(work: Work, category_id: int) -> Ranking | None:
    """The newest frozen ranking over the whole category."""
    ranking: Ranking | None = work.session.scalar(
        select(Ranking)
        .join(Round, Round.id == Ranking.round_id)
        .where(Ranking.category_id == category_id, Ranking.stage_code == "", Round.state == "ranked")
        .order_by(Ranking.created_at.desc(), Ranking.id.desc())
        .limit(1)
    )
    return ranking


def _fill(work: Work, category: Category, actor: Actor) -> Shortlist:
    ranking = latest_ranking(work, category.id)
    if ranking is None:
        raise Conflict("results.not_ranked", N_("这个类别的评审还没有结束并生成排名，暂不能生成推荐名单。"))
    quota_rows = _quota_rows(work, category.id)
    if not quota_rows:
        raise Conflict("results.no_quota", N_("这个类别还没有设置推荐名额。请先填写名额；不限名额的，也请保存一次。"))
    ranks = {line["entry_id"]: line for line in ranking.lines}
    entries = work.session.scalars(
        select(Entry).where(Entry.category_id == category.id, Entry.state == "accepted").order_by(Entry.id)
    ).all()
    rank_of = {entry.id: ranks[entry.id]["rank"] if entry.id in ranks else None for entry in entries}
    outcome = quotas.allocate(_problem(category, entries, rank_of, quota_rows, _moves(work, category.id)))
    if isinstance(outcome, Infeasible):
        raise Invalid("results.over_quota", outcome.message)
    stage_of: dict[Any, str] = {entry.id: entry.stage_code for entry in entries}
    shortlist = _draft_of(work, category, actor)
    shortlist.quotas = quota_rows
    shortlist.ranking_ids = [ranking.id]
    shortlist.lines = [
        _line(number, line, ranks.get(line.entry_id, {}), stage_of[line.entry_id])
        for number, line in enumerate(outcome.lines, start=1)
    ]
    work.session.flush()
    return shortlist


def _problem(
    category: Category,
    entries: Sequence[Entry],
    rank_of: Mapping[int, int | None],
    quota_rows: Mapping[str, int | None],
    moves: Mapping[Any, Move],
) -> quotas.Problem:
    """The category's quota table over its entries. A stage group is named as it stands on the list, such as 小学组."""
    names = {group.code: str(Message.of(N_("%(stage)s组"), stage=group.name)) for group in category.rules.stage_groups}
    return quotas.Problem(
        [
            quotas.Entry(entry.id, rank_of[entry.id], _groups(entry, names), entry.number or entry.title)
            for entry in entries
        ],
        total=quota_rows.get(TOTAL),
        ceilings=[
            quotas.Row({"stage": names[code]}, count=count)
            for code, count in quota_rows.items()
            if code in names and count is not None
        ],
        moves=moves,
    )


def _groups(entry: Entry, stage_names: Mapping[str, str]) -> dict[str, Hashable]:
    return {"stage": stage_names[entry.stage_code]} if entry.stage_code in stage_names else {}


def _draft_of(work: Work, category: Category, actor: Actor) -> Shortlist:
    draft: Shortlist | None = work.session.scalar(
        select(Shortlist)
        .where(Shortlist.category_id == category.id, Shortlist.state == "draft")
        .options(selectinload(Shortlist.lines))
        .with_for_update()
    )
    if draft is not None:
        # The old lines go before the new ones come: an entry stands once on a list.
        draft.lines = []
        work.session.flush()
        draft.row_version += 1
        draft.made_at, draft.made_by = now(), actor.account_id
        return draft
    version = work.session.scalar(select(func.max(Shortlist.version)).where(Shortlist.category_id == category.id)) or 0
    draft = Shortlist(
        contest_id=category.contest_id,
        category_id=category.id,
        version=version + 1,
        quotas={},
        ranking_ids=[],
        made_by=actor.account_id,
        made_at=now(),
    )
    work.session.add(draft)
    return draft


def _line(number: int, line: Line, ranked: Mapping[str, Any], stage_code: str) -> ShortlistLine:
    return ShortlistLine(
        entry_id=line.entry_id,
        position=number,
        rank=ranked.get("rank"),
        stage_code=stage_code,
        score=ranked.get("score"),
        decision=line.decision.value,
        reason_code=line.code.value,
        reason=line.message.source,
        reason_params={key: str(value) for key, value in line.message.params.items()},
    )


def _moves(work: Work, category_id: int) -> dict[Any, Move]:
    rows = work.session.scalars(
        select(CommitteeDecision).where(CommitteeDecision.category_id == category_id).order_by(CommitteeDecision.id)
    )
    latest = {row.entry_id: row for row in rows}
    return {
        entry_id: Move(on_list=row.decision == "in", reason=f"{row.why}（{row.decided_by_name}）")
        for entry_id, row in latest.items()
        if row.decision != "clear"
    }


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


def _quota_rows(work: Work, category_id: int) -> dict[str, int | None]:
    rows = work.session.execute(
        select(Quota.stage_code, Quota.places).where(Quota.category_id == category_id).order_by(Quota.stage_code)
    )
    return {row.stage_code: row.places for row in rows}


def _tally(shortlist: Shortlist) -> dict[str, int]:
    decisions = [line.decision for line in shortlist.lines]
    return {decision.value: decisions.count(decision.value) for decision in Decision}
