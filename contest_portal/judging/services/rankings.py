"""The ranking of a round: computed once from the sheets that count, then frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.judging.frozen import Frozen, Inputs, rankings_of
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries.ranking_inputs import inputs_by_category
from contest_portal.judging.queries.requests import open_report_count
from contest_portal.judging.queries.setting_aside import touched_of_round
from contest_portal.judging.states import METHODS, round_may

_NAMES_SHOWN = 8


def rank_round(actor: Actor, round_id: int, *, method: str | None = None) -> list[Ranking]:
    """Rank every category of a closed round by the round's method (or another, chosen now), and freeze the result.

    A category gives one ranking over all its stage groups (`stage_code` empty) and, where it has several, one for each,
    from the same fit. The fit is made before anything is locked, since others must be able to write meanwhile; it counts
    if all that it followed from is still the same then. Raises Invalid for an unknown method, Conflict when the round is
    not closed, while an earlier round that counts in it can still change, a report waits for its decision or a sheet counts
    whose judge must keep away from the work, or when something changed during the computation: what is frozen stays.
    """
    if method is not None and method not in METHODS:
        raise Invalid("judging.method", N_("请选择计分方法。"), field="method")
    inputs = _inputs(found(Round, round_id), method)
    computed = {category_id: rankings_of(own) for category_id, own in inputs.items()}
    with unit_of_work(actor, "judging.rank_round") as work:
        _hold_earlier(found(Round, round_id))
        row = locked(Round, round_id)
        if _digests(_inputs(row, method)) != _digests(inputs):
            raise Conflict(
                "judging.inputs_changed",
                N_("计算排名期间，本轮的评分、作品或设置有变动，排名没有保存。请核对后重新计算。"),
            )
        before, row.method = row.method, method or row.method
        version = 1 + (work.session.scalar(select(func.max(Ranking.version)).where(Ranking.round_id == row.id)) or 0)
        made = [
            _freeze(work, row, category_id, version, own, frozen)
            for category_id, own in inputs.items()
            for frozen in computed[category_id]
        ]
        row.state = "ranked"
        row.version += 1
        work.record(
            row,
            before={"state": "closed", "method": before},
            after={
                "state": "ranked",
                "method": row.method,
                "inputs_sha256": [one.inputs_sha256 for one in made if not one.stage_code],
            },
        )
    return made


def _inputs(row: Round, method: str | None) -> dict[int, Inputs]:
    """Category → what its ranking follows from, by this method where one was chosen. Raises Conflict for a round that
    cannot be ranked."""
    if not round_may("rank", row.state):
        raise Conflict("judging.round_state", N_("评审截止后才能计算排名；已排名的轮次不再重算。"))
    _refuse_while_open(row)
    inputs = inputs_by_category(row)
    if not any(one.scores for one in inputs.values()):
        raise Conflict("judging.no_scores", N_("本轮没有任何已提交的评分，无法排名。"))
    return {category_id: replace(own, method=method or own.method) for category_id, own in inputs.items()}


def _digests(inputs: Mapping[int, Inputs]) -> dict[int, str]:
    return {category_id: own.sha256() for category_id, own in inputs.items()}


def _earlier(row: Round) -> list[Round]:
    """The rounds that count in this one: the one before, and those whose sheets make one model with it; newest first."""
    rounds, later = [], row
    while later.carry != "restart" and later.source_round is not None:
        rounds.append(later.source_round)
        if later.carry == "weighted":
            break
        later = later.source_round
    return rounds


def _hold_earlier(row: Round) -> None:
    """Lock the earlier rounds, the oldest first, as whoever works in several rounds does."""
    for one in sorted(_earlier(row), key=lambda one: one.id):
        locked(Round, one.id)


def _refuse_while_open(row: Round) -> None:
    earlier = _earlier(row)
    for one in earlier:
        if row.carry == "weighted" and one.state != "ranked":
            words = N_("前一轮「%(name)s」的成绩计入本轮，但还没有排名。请先完成前一轮的排名。")
            raise Conflict("judging.earlier_unranked", Message.of(words, name=one.name))
        if one.state not in {"closed", "ranked"}:
            words = N_("前一轮「%(name)s」的评分与本轮合并计算，但还没有截止。请先截止前一轮。")
            raise Conflict("judging.earlier_open", Message.of(words, name=one.name))
    for one in [row, *(earlier if row.carry == "pooled" else ())]:
        if (waiting := open_report_count(one.id)) > 0:
            words = N_("「%(name)s」有 %(count)s 份举报还没有处理。排名固定后不能再取消作品的资格，请先处理举报。")
            raise Conflict("judging.open_reports", Message.of(words, name=one.name, count=waiting))
        if one.state == "closed" and (touched := touched_of_round(one.id)):
            words = N_(
                "「%(name)s」有 %(count)s 份评分，评委应当回避（%(who)s）。请先逐件改为不计入；回避登记有误的，先解除登记。"
            )
            who = "、".join(f"{each.task.judge.name} {each.task.entry.number or ''}" for each in touched[:_NAMES_SHOWN])
            more = "…" if len(touched) > _NAMES_SHOWN else ""
            raise Conflict("judging.touched", Message.of(words, name=one.name, count=len(touched), who=who + more))


def _freeze(work: Work, row: Round, category_id: int, version: int, inputs: Inputs, frozen: Frozen) -> Ranking:
    """The ranking as a row; what it follows from is kept once, with that of the whole category."""
    ranking = Ranking(
        round_id=row.id,
        category_id=category_id,
        stage_code=frozen.stage,
        version=version,
        method=frozen.method,
        inputs_sha256=inputs.sha256(),
        facts=frozen.facts,
        lines=frozen.lines,
        inputs={} if frozen.stage else inputs.to_dict(),
        seed=inputs.seed,
        created_by=work.actor.account_id,
        created_at=now(),
    )
    work.session.add(ranking)
    return ranking
