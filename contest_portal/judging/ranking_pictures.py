"""Pictures of a frozen ranking: the works' points with intervals and the line, the chance to be within the places."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.judging.certainty import BAND
from contest_portal.judging.diagnostics import Z95
from contest_portal.judging.pictures import Interval, Picture, Share, intervals, shares
from contest_portal.judging.standings import Line

MOST_ROWS = 80
"""Works a picture can show; of more, those around the line."""


def estimates_picture(lines: Sequence[Line], places: int | None) -> Picture | None:
    """Points with their 95 % interval by rank; None where the method gives no standard errors.

    Intervals are compared with each other, so what all works have in common is no part of them where it is known apart.
    """
    shown, before = _around(lines, places)
    if not any(line.se is not None for line in shown):
        return None
    rows = []
    for line in shown:
        error = line.se if line.se_apart is None else line.se_apart
        reach = None if error is None else Z95 * error
        low, high = (None, None) if reach is None else ((line.score or 0) - reach, (line.score or 0) + reach)
        rows.append(Interval(line.number, line.score or 0.0, low, high, tip=f"{line.number} {line.score:.2f}"))
    table = [
        (one.name, f"{one.value:.2f}", "—" if one.low is None else f"{one.low:.2f}", "—" if one.high is None else f"{one.high:.2f}")
        for one in rows
    ]  # fmt: skip
    return intervals(
        _("得分与可信范围"),
        _("每件作品一行，点是得分，横线是可信范围（二十次有十九次在内）；范围互相重叠的作品，先后并不确定。"),
        rows,
        [_("编号"), _("得分"), _("下限"), _("上限")],
        table,
        label=_("分"),
        line_after=before,
        line_words=_("名额线"),
    )


def chances_picture(lines: Sequence[Line], places: int | None) -> Picture | None:
    """The chance of each work to be within the places; None where no places were set."""
    shown, before = _around([line for line in lines if line.p_in_quota is not None], places)
    if not shown:
        return None
    rows = [
        Share(line.number, line.p_in_quota or 0.0, 2 if BAND[0] <= (line.p_in_quota or 0) <= BAND[1] else 1)
        for line in shown
    ]
    return shares(
        _("入选把握"),
        _("每件作品一行，横条是它真正属于名额之内的把握；落在阴影中的，现有评分还分不清。"),
        rows,
        [_("编号"), _("入选把握")],
        [(line.number, f"{line.p_in_quota or 0:.0%}") for line in shown],
        label=_("把握"),
        band=BAND,
        line_after=before,
        line_words=_("名额线"),
    )


def _around(lines: Sequence[Line], places: int | None) -> tuple[list[Line], int | None]:
    """At most `MOST_ROWS` ranked lines, the line of places in their middle; and after which of them the line stands."""
    ranked = [line for line in lines if line.rank is not None and line.score is not None]
    inside = sum((line.rank or 0) <= places for line in ranked) if places else None
    first = 0
    if len(ranked) > MOST_ROWS:
        first = min(max(0, (inside or 0) - MOST_ROWS // 2), len(ranked) - MOST_ROWS)
    shown = ranked[first : first + MOST_ROWS]
    before = None if inside is None else inside - first
    return shown, before if before is not None and 0 < before < len(shown) else None
