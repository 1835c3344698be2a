"""What simulated contests found, as a picture and a sentence for an office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from contest_portal.core.i18n import translate
from contest_portal.judging.pictures import Axis, Curve, Picture, axis, lines
from contest_portal.judging.simulation_words import WAYS

SHOWN = ("raw", "mixed", "boundary")
ENOUGH = 0.02
"""A difference in recall below which two ways count as alike, besides twice its standard error."""


def recall_picture(result: Sequence[dict[str, Any]]) -> Picture:
    """Recall against reads a work, a curve for each way, its band two standard errors to either side."""
    curves = [_curve(result, way, series) for series, way in enumerate(SHOWN, start=1)]
    most = [one["reads"] for one in result]
    x = Axis(min(most) - 0.3, max(most) + 0.3, [(reads, str(reads)) for reads in most], _("平均每件评阅次数"))
    values = [value for curve in curves for low, high in curve.band or [] for value in (low, high)]
    y = axis(max(0.0, min(values)), min(1.0, max(values)), _("选中的比例"), percent=True)
    title = _("每件评阅次数与真正最好的作品入选的比例")
    description = _("横轴是平均每件作品的评阅次数，纵轴是真正最好的作品有多大比例进入名额。阴影是估计的误差范围。")
    headings = [_("每件评阅次数"), *(translate(WAYS[way]) for way in SHOWN)]
    rows = [[str(one["reads"]), *(_share(one, way) for way in SHOWN)] for one in result]
    return lines(title, description, [one for one in curves if one.points], x, y, headings, rows)


def _curve(result: Sequence[dict[str, Any]], way: str, series: int) -> Curve:
    found = [one for one in result if way in one["recall"]]
    points = [(one["reads"], one["recall"][way]) for one in found]
    errors = [2 * (one["se"][way] or 0) for one in found]
    band = [(max(0.0, at - error), min(1.0, at + error)) for (_reads, at), error in zip(points, errors, strict=True)]
    return Curve(translate(WAYS[way]), points, series, band)


def _share(one: dict[str, Any], way: str) -> str:
    if way not in one["recall"]:
        return "—"
    error = one["se"][way]
    share = f"{100 * one['recall'][way]:.0f}%"
    return share if error is None else f"{share} ± {100 * error:.1f}"


def recall_sentences(result: Sequence[dict[str, Any]], reads: int = 3) -> list[str]:
    """What it means: at the usual number of reads, and how many uniform reads the two rounds are worth."""
    usual = next((one for one in result if one["reads"] == reads), result[-1])
    quota, raw, mixed = usual["quota"], usual["recall"]["raw"], usual["recall"]["mixed"]
    said = [
        _(
            "每件评 %(reads)s 次、按平均分取前 %(quota)s 名，真正最好的 %(quota)s 件中平均有 %(right)s 件入选"
            "（%(share)s）。",
            reads=usual["reads"], quota=quota, right=f"{raw * quota:.1f}", share=f"{100 * raw:.0f}%",
        )
    ]  # fmt: skip
    if usual["used"]["mixed"].get("raw", 0) > 0.5:
        said.append(_("这样安排无法比较各位评委的宽严，程序会保持平均分，不作校正。"))
    elif abs(mixed - raw) < max(ENOUGH, 2 * (usual["se"]["mixed"] or 0)):
        said.append(_("扣除评委宽严后为 %(share)s，相差不大。", share=f"{100 * mixed:.0f}%"))
    else:
        said.append(_("扣除评委宽严后为 %(share)s。", share=f"{100 * mixed:.0f}%"))
    if "boundary" not in usual["recall"]:
        return said
    two = usual["recall"]["boundary"]
    said.append(
        _(
            "评阅总量不增加、分两轮评：第一轮每件评 %(first)s 次，其余 %(left)s 次只给名额线附近的作品，可达 %(share)s。",
            first=usual["boundary"]["first_reads"],
            left=f"{usual['boundary']['boundary_reads']:.0f}",
            share=f"{100 * two:.0f}%",
        )
    )
    as_good = next((one["reads"] for one in result if one["recall"]["mixed"] >= two), None)
    if as_good is not None and as_good > usual["reads"]:
        said.append(_("只评一轮要达到这个比例，大约每件要评 %(reads)s 次。", reads=as_good))
    elif as_good is None:
        said.append(_("只评一轮时，每件评 %(reads)s 次也达不到这个比例。", reads=result[-1]["reads"]))
    return said
