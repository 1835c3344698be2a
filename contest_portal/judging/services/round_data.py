"""What the office decides about a round, and whether it makes sense together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contest_portal.contests.models import Contest
from contest_portal.core.text import N_, Message
from contest_portal.judging import tie_breaks
from contest_portal.judging.models import Round, RoundCategory
from contest_portal.judging.rubrics import rubric_of
from contest_portal.judging.states import CARRIES, METHODS, MODES, PANEL_WAYS, TAKES
from contest_portal.people.services.checked import Problems, checking

MOST_READS = 20
MOST_TOP = 100_000
MOST_CALIBRATION = 10
MOST_SPREAD = 100


@dataclass(frozen=True)
class RoundData:
    """A round's plan.

    `take`, `take_count`, `take_by` ("category" or "stage") choose the works of `source_round_id`; `carry_weight` is
    the share of the earlier result, 0 to 1. `wanted`: category id → places, `{"": 26}` in all or by stage group code.
    `tie_breaks` as in `tie_breaks.py`. `reads_per_entry` says nothing where all judges of a panel score all works.
    """

    name: str
    category_ids: Sequence[int]
    reads_per_entry: int
    opens_at: datetime | None
    closes_at: datetime | None
    is_blind: bool = True
    method: str = "raw"
    mode: str = "online"
    source_round_id: int | None = None
    take: str = "all"
    take_count: int | None = None
    take_by: str = "category"
    carry: str = "restart"
    carry_weight: float = 0.0
    panels_by: str = "none"
    link_share: float = 0.3
    calibration_count: int = 0
    shows_others: bool = False
    is_scaled: bool = False
    wide_spread: float = 15.0
    tie_breaks: Sequence[str] = ()
    wanted: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    @property
    def source(self) -> dict[str, Any]:
        """As the round keeps it."""
        if self.take != "top":
            return {"take": self.take}
        return {"take": "top", "count": self.take_count, "by": self.take_by}

    @classmethod
    def of(cls, row: Round) -> RoundData:
        """A round's plan as it is."""
        return cls(
            name=row.name,
            category_ids=[place.category_id for place in row.categories],
            reads_per_entry=row.reads_per_entry,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            is_blind=row.is_blind,
            method=row.method,
            mode=row.mode,
            source_round_id=row.source_round_id,
            take=row.source.get("take", "all"),
            take_count=row.source.get("count"),
            take_by=row.source.get("by", "category"),
            carry=row.carry,
            carry_weight=row.carry_weight,
            panels_by=row.panels_by,
            link_share=row.link_share,
            calibration_count=row.calibration_count,
            shows_others=row.shows_others,
            is_scaled=row.is_scaled,
            wide_spread=row.wide_spread,
            tie_breaks=list(row.tie_breaks),
            wanted={place.category_id: dict(place.wanted) for place in row.categories},
        )


Rubrics = Mapping[int, Sequence[Mapping[str, Any]]]
"""Category id → the rubric that a round has of its own (none or empty: the category's), as rounds keep them."""


def checked(contest: Contest, data: RoundData, source: Round | None, rubrics: Rubrics) -> RoundData:
    """The plan, mended. `source` is the round that it names, None where there is no such one. Raises Invalid."""
    with checking("judging.round") as check:
        name = check.text(data.name, "name", 50, label=N_("轮次名称"), required=True)
        own = {category.id for category in contest.categories}
        if not data.category_ids or not set(data.category_ids) <= own:
            check.add("category_ids", N_("请至少选择一个类别。"))
        _check_window(check, data)
        _check_source(check, data, source)
        _check_numbers(check, data)
        _check_ranking(check, data, contest, rubrics)
    return replace(
        data,
        name=name,
        category_ids=sorted(set(data.category_ids)),
        carry_weight=data.carry_weight if data.carry == "weighted" else 0.0,
        reads_per_entry=min(max(1, data.reads_per_entry), MOST_READS),
        # What only the other categories have decides nothing here: the form offers the customs of all of them.
        tie_breaks=tie_breaks.still_valid(data.tie_breaks, _criteria(contest, rubrics, set(data.category_ids))),
    )


def write(row: Round, data: RoundData, rubrics: Rubrics) -> None:
    """Put the plan into the round; categories that stay keep their rubric, new ones get that of `rubrics`."""
    assert data.opens_at is not None
    assert data.closes_at is not None
    for name in (
        "name", "reads_per_entry", "is_blind", "opens_at", "closes_at", "method", "mode", "source_round_id", "source",
        "carry", "carry_weight", "panels_by", "link_share", "calibration_count", "shows_others", "is_scaled",
        "wide_spread", "tie_breaks",
    ):  # fmt: skip
        setattr(row, name, getattr(data, name))
    known = {place.category_id: place for place in row.categories}
    row.categories = [
        known.get(category_id) or RoundCategory(category_id=category_id, rubric=list(rubrics.get(category_id) or []))
        for category_id in data.category_ids
    ]
    for place in row.categories:
        place.wanted = {stage: count for stage, count in data.wanted.get(place.category_id, {}).items() if count}


def public(row: Round) -> dict[str, Any]:
    """A round's plan for the audit."""
    return {
        "name": row.name,
        "mode": row.mode,
        "categories": [place.category_id for place in row.categories],
        "wanted": {str(place.category_id): place.wanted for place in row.categories if place.wanted},
        "reads_per_entry": row.reads_per_entry,
        "is_blind": row.is_blind,
        "shows_others": row.shows_others,
        "opens_at": row.opens_at.isoformat(),
        "closes_at": row.closes_at.isoformat(),
        "method": row.method,
        "is_scaled": row.is_scaled,
        "source_round": row.source_round_id,
        "source": row.source,
        "carry": row.carry,
        "carry_weight": row.carry_weight,
        "panels_by": row.panels_by,
        "link_share": row.link_share,
        "calibration_count": row.calibration_count,
        "wide_spread": row.wide_spread,
        "tie_breaks": row.tie_breaks,
    }


def _check_window(check: Problems, data: RoundData) -> None:
    if data.mode not in MODES:
        check.add("mode", N_("请选择评审方式。"))
    if data.opens_at is None:
        check.add("opens_at", N_("请填写开始时间。"))
    if data.closes_at is None:
        check.add("closes_at", N_("请填写截止时间。"))
    elif data.opens_at is not None and data.closes_at <= data.opens_at:
        check.add("closes_at", N_("截止时间应晚于开始时间。"))


def _check_source(check: Problems, data: RoundData, source: Round | None) -> None:
    if data.take not in TAKES:
        check.add("take", N_("请选择参评作品。"))
    if data.carry not in CARRIES:
        check.add("carry", N_("请选择前一轮怎样计入。"))
    needs_source = data.take in {"top", "band"} or data.carry != "restart"
    if source is None and (needs_source or data.source_round_id is not None):
        check.add("source_round_id", N_("请选择前一轮：参评作品或成绩要从它来。"))
    if source is not None and not set(data.category_ids) <= {place.category_id for place in source.categories}:
        check.add("source_round_id", Message.of(N_("「%(name)s」没有评审所选的全部类别。"), name=source.name))
    if data.take == "top" and not 1 <= (data.take_count or 0) <= MOST_TOP:
        check.add("take_count", N_("请填写取前多少名，应为大于 0 的整数。"))
    if data.take_by not in {"category", "stage"}:
        check.add("take_by", N_("请选择按类别还是按学段取。"))
    if data.carry == "weighted" and not 0 < data.carry_weight < 1:
        check.add(
            "carry_weight",
            Message.of(
                N_("前一轮所占比例应在 1%% 到 99%% 之间，现为 %(share)s%%。"), share=f"{100 * data.carry_weight:g}"
            ),
        )


def _check_numbers(check: Problems, data: RoundData) -> None:
    if data.mode == "online" and not 1 <= data.reads_per_entry <= MOST_READS:
        check.add("reads_per_entry", Message.of(N_("每件作品的评阅次数应为 1–%(most)s。"), most=MOST_READS))
    if data.panels_by not in PANEL_WAYS:
        check.add("panels_by", N_("请选择怎样分组。"))
    if not 0 <= data.link_share <= 1:
        check.add("link_share", N_("跨组评阅的比例应为 0–100 之间的百分数。"))
    if not 0 <= data.calibration_count <= MOST_CALIBRATION:
        check.add("calibration_count", Message.of(N_("共同先评的作品应为 0–%(most)s 件。"), most=MOST_CALIBRATION))
    if not 0 < data.wide_spread <= MOST_SPREAD:
        check.add("wide_spread", N_("分差应大于 0 分，不超过 100 分。"))


def _criteria(contest: Contest, rubrics: Rubrics, category_ids: set[int]) -> dict[str, str]:
    """The criteria by which these categories are judged: code → name."""
    return {
        criterion.code: criterion.name
        for one in contest.categories
        if one.id in category_ids
        for criterion in rubric_of(rubrics.get(one.id) or ()) or one.rules.criteria
    }


def _check_ranking(check: Problems, data: RoundData, contest: Contest, rubrics: Rubrics) -> None:
    if data.method not in METHODS:
        check.add("method", N_("请选择计分方法。"))
    chosen = [one for one in contest.categories if one.id in set(data.category_ids)]
    every = _criteria(contest, rubrics, {one.id for one in contest.categories})
    if (wrong := tie_breaks.what_is_wrong(data.tie_breaks, every)) is not None:
        check.add("tie_breaks", wrong)
    stages = {one.id: {group.code for group in one.rules.stage_groups} for one in chosen}
    for category in chosen:
        places = {stage: count for stage, count in data.wanted.get(category.id, {}).items() if count}
        if not all(count > 0 for count in places.values()) or not set(places) <= {"", *stages[category.id]}:
            check.add("wanted", Message.of(N_("「%(name)s」的名额应为大于 0 的整数，或留空。"), name=category.name))
        elif "" in places and len(places) > 1:
            check.add("wanted", Message.of(N_("「%(name)s」的名额只填总数，或只按学段填。"), name=category.name))
