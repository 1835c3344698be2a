"""Which method the scores can carry, and why: the first thing to know, before any figure.

A correction that the scores do not support is worse than none. In simulations of closed panels with unequal entries raw
means found .555 of the best, means shifted to one level .494.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc

from contest_portal.core.text import N_, Message
from contest_portal.judging.ranking.equations import Equations
from contest_portal.judging.ranking.fits import TRIMMED_FROM, Fit, fit_raw, fit_trimmed
from contest_portal.judging.ranking.huber import fit_huber
from contest_portal.judging.ranking.reml import fit_additive, fit_mixed, fits_exactly, ratios
from contest_portal.judging.ranking.results import CORRECTING, Method
from contest_portal.judging.ranking.scales import SCALE_FROM, judge_scales, scale_scores
from contest_portal.judging.ranking.table import Table, Vector

UNEQUAL = 0.5
"""Probability of chance below which the levels of unconnected parts count as unequal: high, since equal levels would
have to be known before it is safe to correct, and unequal ones often look alike by chance."""

_STRAY = 0.1
"""A part with fewer than this share of the largest part's entries is no panel, but entries that strayed from the plan:
one of them must not keep all others from being corrected."""


@dataclass(frozen=True)
class Chosen:
    """The fit of the method used, and the judges' scales where the marks were brought to one spread."""

    fit: Fit
    scales: Vector | None = None


def choose(table: Table, method: Method, *, entries_fixed: bool, scale: bool) -> Chosen:
    """The fit by `method`, or by a simpler one where the scores cannot carry it; its reason says which and why."""
    if method not in CORRECTING:
        fit = _uncorrected(table, method)
        if scale:
            unscaled = N_("%(how)s不校正评委的方法也不调整打分幅度。")
            fit = replace(fit, reason=Message.of(unscaled, how=fit.reason))
        return Chosen(fit)
    refused = _why_not(table, method)
    if refused is not None:
        return Chosen(fit_raw(table, refused))
    exact = (scale or method is not Method.ADDITIVE) and fits_exactly(table)
    scales, note = _scales(table, exact) if scale else (None, None)
    fit = _corrected(table if scales is None else scale_scores(table, scales), method, entries_fixed, exact)
    if note is not None:
        fit = replace(fit, reason=Message.of("%(how)s%(note)s", how=fit.reason, note=note))
    if table.parts > 1:
        apart = N_(
            "%(how)s评委与作品分成 %(parts)s 个互不相连的部分，部分之间的宽严无法比较："
            "只在各部分内部校正，部分之间未作校正。"
        )
        fit = replace(fit, reason=Message.of(apart, how=fit.reason, parts=table.parts))
    return Chosen(fit, scales)


def _uncorrected(table: Table, method: Method) -> Fit:
    few = int(np.sum(table.entry_reads < TRIMMED_FROM))
    if method is Method.RAW:
        fit = fit_raw(table, Message.of(N_("按原始加权平均分排名，未扣除评委评分尺度偏差。")))
    elif few == table.entries:
        why = N_("没有作品达到 %(least)s 个评分，去掉最高分和最低分后所剩太少，按原始平均分排名。")
        fit = fit_raw(table, Message.of(why, least=TRIMMED_FROM))
    elif few:
        why = N_(
            "每件作品去掉一个最高分和一个最低分后平均；其中 %(few)s 件不足 %(least)s 个评分，未去分，按全部评分平均。"
        )
        fit = fit_trimmed(table, Message.of(why, few=few, least=TRIMMED_FROM))
    else:
        fit = fit_trimmed(table, Message.of(N_("每件作品去掉一个最高分和一个最低分后平均，未扣除评委评分尺度偏差。")))
    if table.parts == 1:
        return fit
    apart = N_("%(how)s评委与作品分成 %(parts)s 个互不相连的部分，部分之间的宽严无法比较。")
    return replace(fit, reason=Message.of(apart, how=fit.reason, parts=table.parts))


def _why_not(table: Table, method: Method) -> Message | None:
    """Why the judges' severity cannot, or should not, be taken out of these scores."""
    if table.judges == 1:
        return Message.of(N_("只有一名评委，无从比较宽严，按原始平均分排名。"))
    if table.judges == table.parts:
        return Message.of(N_("没有两名评委评过同一件作品，评委的宽严无法比较，按原始平均分排名。"))
    if table.parts > 1 and _levels_differ(table):
        why = N_(
            "注意：评委与作品分成 %(parts)s 个互不相连的部分，各部分的平均分最多相差 %(gap)s 分，"
            "从评分看不出是作品水平不同还是评委宽严不同，勉强校正反而更不公平，因此按原始平均分排名，"
            "部分之间未作校正。下次请安排一部分作品由不同部分的评委共同评阅。"
        )
        levels = _levels(table)
        return Message.of(why, parts=table.parts, gap=f"{np.ptp(levels):.2f}")
    if method is not Method.ADDITIVE and table.count - table.entries - table.judges + table.parts < 1:
        why = N_("共同评阅太少（%(scores)s 个评分，%(judges)s 名评委），评委的宽严与偶然误差分不开，按原始平均分排名。")
        return Message.of(why, scores=table.count, judges=table.judges)
    return None


def _levels(table: Table) -> Vector:
    """(parts,) mean of the entries' raw means."""
    return np.bincount(table.entry_part, table.raw) / np.bincount(table.entry_part)


def _levels_differ(table: Table) -> bool:
    """Whether the parts' entries have raw means too far apart for chance alone: one-way analysis of variance.

    A difference may come from the entries or from the judges; the scores cannot say which, so either counts.
    """
    sizes, levels = np.bincount(table.entry_part), _levels(table)
    panels = sizes >= _STRAY * sizes.max()
    if panels.sum() < 2:
        return False
    raw, part = table.raw[panels[table.entry_part]], table.entry_part[panels[table.entry_part]]
    between = float(np.sum(sizes[panels] * (levels[panels] - np.mean(raw)) ** 2))
    inside = float(np.sum((raw - levels[part]) ** 2))
    freedom = len(raw) - int(panels.sum())
    if freedom < 1 or inside <= 0:
        return between > 0
    ratio = between / (int(panels.sum()) - 1) / (inside / freedom)
    return float(fdtrc(int(panels.sum()) - 1, freedom, ratio)) < UNEQUAL


def _scales(table: Table, exact: bool) -> tuple[Vector | None, Message]:
    few = int(np.sum(table.judge_reads < SCALE_FROM))
    if table.judges - few < 2:
        why = N_("评委各自的评分不足 %(least)s 个，未调整打分幅度。")
        return None, Message.of(why, least=SCALE_FROM)
    possible = not exact and table.count - table.entries - table.judges + table.parts >= 1
    scales = judge_scales(table) if possible and table.entries > table.parts else None
    if scales is None:
        return None, Message.of(N_("评委之间的打分幅度没有可靠的差别，未作调整。"))
    if few:
        why = N_("各评委的打分幅度已谨慎调整为一致；%(few)s 名评委不足 %(least)s 个评分，未作调整。")
        return scales, Message.of(why, few=few, least=SCALE_FROM)
    return scales, Message.of(N_("各评委的打分幅度已谨慎调整为一致。"))


def _corrected(table: Table, method: Method, entries_fixed: bool, exact: bool) -> Fit:
    if method is Method.ADDITIVE:
        return fit_additive(table, Message.of(N_("已用加性最小二乘法扣除评委评分尺度偏差。")))
    if exact:
        why = N_("扣除评委评分尺度偏差后各评分完全一致，混合模型没有误差可估计，改用加性最小二乘法。")
        return fit_additive(table, Message.of(why))
    how = fit_huber if method is Method.HUBER else fit_mixed
    done, variance = _WORKS_FIXED, None
    if not entries_fixed:
        if table.entries > table.parts:
            equations = Equations(table, entries_fixed=False)
            found = ratios(equations)
            fit = how(equations, found, Message(""))
            if found.entry:
                return _told(fit, _BOTH_RANDOM)
            variance = fit.variance
        done = _WORKS_ALIKE
    equations = Equations(table, entries_fixed=True)
    fit = _told(how(equations, ratios(equations), Message("")), done)
    return fit if variance is None else replace(fit, variance=variance)


_Words = tuple[str, str]
"""What was done where judges differ, and where no difference could be found."""

_WORKS_FIXED: _Words = (
    N_("已用混合模型（评委随机，作品固定）扣除评委评分尺度偏差。"),
    N_("已用混合模型（评委随机，作品固定）计算。%(unseen)s"),
)
_BOTH_RANDOM: _Words = (
    N_("已用混合模型（评委与作品均随机）扣除评委评分尺度偏差。"),
    N_("已用混合模型（评委与作品均随机）计算。%(unseen)s"),
)
_WORKS_ALIKE: _Words = (
    N_("评分没有显示出作品之间的系统差别（作品方差估计为 0），作品改按固定效应处理，用混合模型扣除评委评分尺度偏差。"),
    N_("评分没有显示出作品之间的系统差别（作品方差估计为 0），作品改按固定效应处理，用混合模型计算。%(unseen)s"),
)
UNSEEN = N_("没有看出评委之间的宽严差别（评委方差估计为 0），因此没有扣除；评分不多时，差别仍可能存在，只是看不出来。")


def _told(fit: Fit, words: _Words) -> Fit:
    """The fit with what it did. A variance of 0 is what the scores show, not that there is none: nothing was removed."""
    differ, alike = words
    seen = fit.variance is None or fit.variance.judge != 0
    how = Message.of(differ) if seen else Message.of(alike, unseen=Message.of(UNSEEN))
    if fit.method is Method.HUBER:
        how = Message.of(N_("%(how)s与其他评分相差很大的个别评分已降低影响（Huber 权重）。"), how=how)
    return replace(fit, reason=how)
