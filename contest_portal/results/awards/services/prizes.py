"""Awards of a category: the rule, the list made by it, the committee's decisions, approval by a second person, cancelling."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.awards.models import AwardDecision, AwardLine, AwardList, PrizeTable, SpecialAward
from contest_portal.results.awards.prizes.awarding import PrizeRule, Prizes, TooMany, award_prizes, read_rule
from contest_portal.results.awards.prizes.checks import problem_of
from contest_portal.results.awards.prizes.decisions import DISPLACED, newly_displaced, tell_decisions
from contest_portal.results.awards.queries.lists import Basis, basis_of, fixed_of, newest_list, stored_rule
from contest_portal.results.lists.services.decisions import Verdict
from contest_portal.results.lists.services.drafts import draft_anew
from contest_portal.results.recalled import require_none_recalled

MOST_NAMED = 5


def save_rule(actor: Actor, category_id: int, seen_version: int, rule: PrizeRule) -> int:
    """Save how the category gives awards; a list that was made before must be made anew. Returns the version.

    Raises Invalid for a rule that cannot be followed, Stale where somebody else saved since.
    """
    if (problem := problem_of(rule)) is not None:
        raise Invalid("results.prize_rule", problem[1], field=problem[0])
    with unit_of_work(actor, "results.save_prize_rule") as work:
        category = locked(Category, category_id)
        stored = stored_rule(category_id)
        if stored.version != seen_version:
            words = N_("您打开此页之后，%(name)s又保存了奖项设置。您填写的内容还在下面，请核对后再保存。")
            raise Stale(Message.of(words, name=stored.saved_by or "其他人"))
        row = work.session.scalar(select(PrizeTable).where(PrizeTable.category_id == category_id).with_for_update())
        if row is None:
            row = PrizeTable(category_id=category_id, version=0)
            work.session.add(row)
        row.document, row.version = rule.to_json(), row.version + 1
        row.saved_by, row.saved_at = actor.account_id, now()
        work.record(category, before={"prizes": stored.rule.to_json()}, after={"prizes": row.document})
        version: int = row.version
    return version


def make_awards(actor: Actor, category_id: int) -> AwardList:
    """Fill the category's awards by rank, its rule and the committee's decisions: the draft anew, or the next version.

    Raises Conflict before judging is ranked, or before the recommendation list is approved where the rule asks for it.
    """
    with unit_of_work(actor, "results.make_awards") as work:
        category = locked(Category, category_id)
        award_list = _fill(work, category, actor)
        work.record(award_list, after={"category_id": category_id, "version": award_list.version, **_tally(award_list)})
    return award_list


def decide_award(
    actor: Actor,
    category_id: int,
    entry_ids: Collection[int],
    award: str | None,
    verdict: Verdict,
    *,
    seen_version: int | None = None,
    takes_places: bool = False,
) -> AwardList:
    """Record a decision of the committee on one or more works and fill the list anew.

    `award`: the level they get, empty: none, None: by rank again. `takes_places`: a work of a better rank may lose its
    award by it. Raises Invalid where a level would be overfull, or a better work would lose its award unasked; Stale where
    the list has moved on since `seen_version`. Nothing changes then.
    """
    verdict.require()
    chosen = list(dict.fromkeys(entry_ids))
    if not chosen:
        raise Invalid("results.award_none_chosen", N_("请勾选作品。"), field="entry_ids")
    with unit_of_work(actor, "results.decide_award") as work:
        category = locked(Category, category_id)
        newest = newest_list(category_id)
        if seen_version is not None and (newest is None or newest.row_version != seen_version):
            raise Stale(N_("您打开此页之后，名单已由别人重新生成或调整。您填写的内容还在，请看过最新名单再登记。"))
        if award and award not in {level.name for level in stored_rule(category_id).rule.levels}:
            raise Invalid("results.award_unknown", N_("请选择这个类别设置的奖项等级。"), field="award")
        works = work.session.scalars(
            select(Entry.id).where(Entry.id.in_(chosen), Entry.category_id == category_id)
        ).all()
        if len(works) != len(chosen):
            raise NotFound
        for entry_id in chosen:
            work.session.add(_decision(actor, category_id, entry_id, award, verdict))
        work.session.flush()
        award_list = _fill(work, category, actor, takes_places=takes_places)
        displaced = [line.entry_id for line in award_list.lines if line.reason_code == DISPLACED]
        after = {"award": award, "entries": chosen, **({"displaced": displaced} if displaced else {})}
        work.record(category, after=after, why=verdict.why.strip())
    return award_list


def approve_awards(actor: Actor, award_list_id: int, seen_version: int) -> AwardList:
    """Approve a draft as it was seen; the version approved before is superseded and stays readable.

    Raises NotAllowed for who made the draft's last change, Conflict while a tie waits, when the rule, the ranking, the
    recommendation list or the works have changed since, or a veto or an objection denies a work its award.
    """
    with unit_of_work(actor, "results.approve_awards") as work:
        award_list = locked(AwardList, award_list_id)
        if award_list.state == "approved":
            raise Conflict("results.awards_approved", N_("这份获奖名单已经审定，不必重复操作。"))
        if award_list.state != "draft":
            raise Conflict("results.awards_superseded", N_("这份获奖名单已有新的版本，请审定最新版本。"))
        if award_list.row_version != seen_version:
            raise Stale(N_("您打开此页之后，名单已重新生成或调整。请查看最新名单，再决定是否审定。"))
        words = N_("这份获奖名单最后由您本人生成或调整。审定须由另一位负责人进行。")
        require_second_person(actor, award_list.made_by, NotAllowed("results.own_awards", words))
        require_none_recalled(award_list.category_id)
        _require_current(award_list)
        for row in work.session.scalars(
            select(AwardList).where(AwardList.category_id == award_list.category_id, AwardList.state == "approved")
        ):
            row.state = "superseded"
        work.record(award_list, before={"state": "draft"}, after={"state": "approved", **_tally(award_list)})
        award_list.state, award_list.approved_by, award_list.approved_at = "approved", actor.account_id, now()
    return award_list


def cancel_award(work: Work, entry_id: int, why: str) -> int:
    """Take the work's award back, in the caller's transaction; the line stays with its reason and the time, special awards
    likewise. Returns how many were cancelled. The caller records."""
    lines = work.session.scalars(
        select(AwardLine)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .where(AwardLine.entry_id == entry_id, AwardLine.state == "given", AwardList.state.in_(("approved", "draft")))
        .with_for_update()
    ).all()
    for line in lines:
        line.state, line.cancelled_at, line.cancelled_why = "cancelled", now(), why
        work.record(line, before={"state": "given", "award": line.award}, after={"state": "cancelled"}, why=why)
    special = work.session.scalars(
        select(SpecialAward)
        .where(SpecialAward.entry_id == entry_id, SpecialAward.cancelled_at.is_(None))
        .with_for_update()
    ).all()
    for row in special:
        row.cancelled_at, row.cancelled_why = now(), why
        work.record(row, before={"state": "given", "award": row.name}, after={"state": "cancelled"}, why=why)
    return len(lines) + len(special)


def is_behind(award_list: AwardList, rule: PrizeRule, basis: Basis | None) -> bool:
    """Whether the rule, the ranking or the recommendation list is another than the list was made from."""
    made_by = read_rule(award_list.rule) if award_list.rule else None
    return made_by != rule or basis is None or dict(basis.ids) != award_list.basis


def _fill(work: Work, category: Category, actor: Actor, *, takes_places: bool = True) -> AwardList:
    rule = stored_rule(category.id).rule
    basis = basis_of(category.id, rule)
    if basis is None:
        words = {
            "ranking": N_("这个类别的评审还没有结束并生成排名，暂不能生成获奖名单。"),
            "shortlist": N_("按设置，奖项在审定的推荐名单中产生。请先审定这个类别的推荐名单。"),
        }
        raise Conflict("results.awards_no_basis", words[rule.source])
    fixed = fixed_of(category.id)
    known = {level.name for level in rule.levels} | {""}
    if strange := next((one.award for one in fixed.values() if one.award not in known), ""):
        message = Message.of(
            N_("评委会曾决定给予「%(award)s」，现在的设置没有这个等级。请恢复这个等级，或重新登记决定。"), award=strange
        )
        raise Invalid("results.awards_unknown_level", message)
    outcome = award_prizes(rule, basis.ranked, basis.entry_count, fixed)
    if isinstance(outcome, TooMany):
        raise Invalid("results.awards_too_many", outcome.message)
    outcome = tell_decisions(rule, basis.ranked, basis.entry_count, fixed, outcome)
    if not takes_places:
        _require_nobody_displaced(work, category.id, outcome)
    ranked = {one.entry_id: one for one in basis.ranked}
    award_list, before = draft_anew(work, AwardList, category, actor)
    cancelled = _cancelled(before)
    award_list.rule, award_list.basis, award_list.places = rule.to_json(), dict(basis.ids), dict(outcome.places)
    award_list.lines = [
        AwardLine(
            entry_id=int(str(line.entry_id)),
            position=number,
            rank=ranked[line.entry_id].rank,
            score=ranked[line.entry_id].score,
            reason_code=line.code,
            reason=line.message.source,
            reason_params={key: str(value) for key, value in line.message.params.items()},
            **cancelled.get(line.entry_id, {"award": line.award, "state": line.state}),
        )
        for number, line in enumerate(outcome.lines, start=1)
    ]
    work.session.flush()
    return award_list


def _require_nobody_displaced(work: Work, category_id: int, outcome: Prizes) -> None:
    """Raises Invalid with the works that would lose their award to one behind them and have not before."""
    newest = newest_list(category_id)
    before: dict[Hashable, str] = {line.entry_id: line.reason_code for line in newest.lines} if newest else {}
    lost = [int(str(line.entry_id)) for line in newly_displaced(before, outcome)]
    if not lost:
        return
    rows = work.session.execute(select(Entry.id, Entry.number, Entry.title).where(Entry.id.in_(lost[:MOST_NAMED])))
    names = {entry_id: f"{number or ''}《{title}》" for entry_id, number, title in rows}
    words = (
        N_(
            "这样登记，名次在前的 %(count)s 件作品会降低奖项或不再获奖：%(names)s。评委会确实这样决定的，请勾选后再登记。"
        )
        if len(lost) <= MOST_NAMED
        else N_(
            "这样登记，名次在前的 %(count)s 件作品会降低奖项或不再获奖：%(names)s等。评委会确实这样决定的，请勾选后再登记。"
        )
    )
    message = Message.of(words, count=len(lost), names="、".join(names[one] for one in lost[:MOST_NAMED]))
    raise Invalid("results.award_takes_places", message, field="takes_places")


def _cancelled(lines: Sequence[AwardLine]) -> dict[Hashable, dict[str, Any]]:
    """What stays of a draft's old lines: what was cancelled in a draft is on record nowhere else."""
    return {
        line.entry_id: {key: getattr(line, key) for key in ("award", "state", "cancelled_at", "cancelled_why")}
        for line in lines
        if line.state == "cancelled"
    }


def _require_current(award_list: AwardList) -> None:
    if any(line.state == "tied" for line in award_list.lines):
        raise Conflict("results.awards_tied", N_("名单里还有并列待定的作品，请先由评委会决定，再审定。"))
    rule = stored_rule(award_list.category_id).rule
    basis = basis_of(award_list.category_id, rule)
    if is_behind(award_list, rule, basis):
        words = N_("奖项设置、评审排名或推荐名单在名单生成之后改过。请重新生成获奖名单，再审定。")
        raise Conflict("results.awards_behind", words)
    standing = {one.entry_id for one in basis.ranked} if basis else set()
    if any(line.entry_id not in standing for line in award_list.lines if line.state == "given"):
        raise Conflict("results.awards_not_standing", N_("名单里有作品已撤回或取消。请重新生成获奖名单，再审定。"))
    denied = {entry_id for entry_id, one in fixed_of(award_list.category_id).items() if not one.award}
    if any(line.entry_id in denied for line in award_list.lines if line.state == "given"):
        words = N_("名单里有作品在名单生成之后被一票否决，或异议成立。请重新生成获奖名单，再审定。")
        raise Conflict("results.awards_denied", words)


def _decision(actor: Actor, category_id: int, entry_id: int, award: str | None, verdict: Verdict) -> AwardDecision:
    return AwardDecision(
        category_id=category_id,
        entry_id=entry_id,
        decision="clear" if award is None else "award" if award else "none",
        award=award or "",
        **verdict.kept(actor),
    )


def _tally(award_list: AwardList) -> dict[str, int]:
    names = [line.award or line.state for line in award_list.lines]
    return {name: names.count(name) for name in dict.fromkeys(names)}
