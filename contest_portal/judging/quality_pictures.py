"""Pictures of a running round: the judges' severity, who read what, sheets day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.i18n import day
from contest_portal.judging.diagnostics import Diagnosis, JudgeFacts
from contest_portal.judging.models import Round
from contest_portal.judging.pictures import Curve, Interval, Picture, axis, graph, intervals, lines
from contest_portal.judging.queries.quality import CategorySheets

MOST_IN_GRAPH = 150
"""Works that a picture of reads can show."""

MOST_DAYS = 92


def severity_picture(facts: Sequence[JudgeFacts], names: Mapping[int, str], alike: bool = False) -> Picture | None:
    """Each judge's severity with its 95 % interval, the most lenient first; None where the model gives none. `alike`: no
    difference between judges could be seen, which the picture says first."""
    known = sorted((one for one in facts if one.severity is not None), key=lambda one: -(one.severity or 0))
    if not known:
        return None
    rows = [
        Interval(names[one.judge_id], one.severity or 0.0, one.low, one.high, tip=f"{one.severity:+.1f}")
        for one in known
    ]
    table = [
        (names[one.judge_id], f"{one.severity:+.2f}", _signed(one.low), _signed(one.high), str(one.sheets))
        for one in known
    ]
    reading = _("每位评委一行，点是估计值，横线是可信范围（二十次有十九次在内）；0 的右边偏宽，左边偏严。")
    return intervals(
        _("评委的评分尺度偏差"),
        _("没有看出评委之间的宽严差别。") + reading if alike else reading,
        rows,
        [_("评委"), _("偏差"), _("下限"), _("上限"), _("评阅")],
        table,
        label=_("比全体评委的平均多给的分数"),
        at=0.0,
    )


def reads_picture(found: CategorySheets, diagnosis: Diagnosis) -> Picture | None:
    """Who read what; None where there are too many works for a picture that can be read."""
    if not diagnosis.pairs or len(found.entries) > MOST_IN_GRAPH:
        return None
    judges = sorted(found.judges.items(), key=lambda one: one[1])
    entries = sorted((entry_id, number) for entry_id, (number, _title) in found.entries.items())
    numbers = dict(entries)
    listed: dict[int, list[str]] = {}
    for judge_id, entry_id in diagnosis.pairs:
        listed.setdefault(judge_id, []).append(numbers[entry_id])
    return graph(
        _("谁评了哪些作品"),
        _("左边是评委，右边是作品，一条线是一份已提交的评分。连成一片，评委的宽严才能比较。"),
        judges,
        entries,
        diagnosis.pairs,
        [_("评委"), _("评阅"), _("作品")],
        [(name, str(len(listed.get(id_, ()))), "、".join(listed.get(id_, ()))) for id_, name in judges],
        sides=(_("评委"), _("作品")),
    )


def progress_picture(row: Round, by_day: Mapping[date, int], tasks: int) -> Picture | None:
    """Sheets that were in at the end of each day, beside an even pace from the opening to the deadline."""
    first, last = local(row.opens_at).date(), local(row.closes_at).date()
    first, last = min([first, *by_day]), max([last, *by_day])
    span = (last - first).days + 1
    if not tasks or span > MOST_DAYS:
        return None
    days = [first + timedelta(days=offset) for offset in range(span)]
    upto = max(by_day, default=first)
    sums: list[int] = []
    for one in days:
        sums.append((sums[-1] if sums else 0) + by_day.get(one, 0))
    done = [(float(offset + 1), float(sums[offset])) for offset, one in enumerate(days) if one <= upto]
    pace = [(0.0, 0.0), (float(span), float(tasks))]
    return lines(
        _("评分进度"),
        _("实线是到每天结束时已提交的评分，虚线是按时间均匀完成的进度。"),
        [
            Curve(_("已提交"), [(0.0, 0.0), *done], 1),
            Curve(_("均匀进度"), pace, 2, dashed=True, dots=False),
        ],
        axis(0, span, _("第几天")),
        axis(0, tasks, _("份")),
        [_("日期"), _("当天"), _("累计")],
        [(day(one), str(by_day.get(one, 0)), str(sums[offset])) for offset, one in enumerate(days) if one <= upto],
    )


def _signed(value: float | None) -> str:
    return "—" if value is None else f"{value:+.2f}"
