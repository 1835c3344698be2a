"""The verb that gives a planned round a rubric of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contest_portal.contests.rules import Criterion
from contest_portal.core.actor import Actor
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.judging.models import Round
from contest_portal.judging.queries.round_works import current_rubric
from contest_portal.judging.rubrics import RoundCriterion, frozen, points_of
from contest_portal.judging.services.states_of_rounds import require_state, seen_round
from contest_portal.judging.tie_breaks import still_valid
from contest_portal.people.services.checked import Problems, checking

MOST_CRITERIA = 12
MOST_POINTS = 100
_OWN = "own"


@dataclass(frozen=True)
class CriterionData:
    """A criterion as it was typed; `code` names one that stands already."""

    name: str
    points: str
    description: str = ""
    anchors: tuple[str, str, str] = ("", "", "")
    code: str = ""


def choose_rubric(
    actor: Actor, round_id: int, category_id: int, criteria: Sequence[CriterionData] | None, seen_version: int
) -> Round:
    """How the round marks works of the category; None: as the category says when the round opens.

    A tie-break by a criterion that goes is struck from the list. Raises Invalid, Stale, NotFound for a category that it
    does not judge, Conflict once it is open or where its sheets count together with those of an earlier round.
    """
    with unit_of_work(actor, "judging.choose_rubric") as work:
        row = seen_round(round_id, seen_version)
        require_state("open", row)
        place = next((one for one in row.categories if one.category_id == category_id), None)
        if place is None:
            raise NotFound
        if row.carry == "pooled":
            words = N_("本轮的评分与前一轮合并计算，评分标准须与前一轮相同，不能修改。")
            raise Conflict("judging.rubric_follows", Message(words))
        before, ties = place.rubric, row.tie_breaks
        place.rubric = [] if criteria is None else frozen(_checked(criteria, current_rubric(place)))
        codes = {one.code for each in row.categories for one in current_rubric(each)}
        row.tie_breaks = still_valid(row.tie_breaks, codes)
        row.version += 1
        work.record(
            row,
            before={"category": category_id, "rubric": before, "tie_breaks": ties},
            after={"category": category_id, "rubric": place.rubric, "tie_breaks": row.tie_breaks},
        )
    return row


def _checked(criteria: Sequence[CriterionData], standing: Sequence[Criterion]) -> list[RoundCriterion]:
    codes = {one.code for one in standing}
    with checking("judging.rubric") as check:
        if not 1 <= len(criteria) <= MOST_CRITERIA:
            check.add("criteria", Message.of(N_("评分项应有 1–%(most)s 项。"), most=MOST_CRITERIA))
        rubric = [_one(check, place, data) for place, data in enumerate(criteria)]
        total = points_of(rubric)
        if rubric and not check.found and total != MOST_POINTS:
            check.add("criteria", Message.of(N_("各项满分合计应为 100 分，现为 %(total)s 分。"), total=total))
        names = [one.name for one in rubric if one.name]
        if len(set(names)) != len(names):
            check.add("criteria", N_("评分项的名称不能重复。"))
    taken = {one.code for one in rubric if one.code in codes}
    return [one if one.code in codes else replace(one, code=_new_code(taken)) for one in rubric]


def _new_code(taken: set[str]) -> str:
    code = next(f"{_OWN}{number}" for number in range(1, 1000) if f"{_OWN}{number}" not in taken)
    taken.add(code)
    return code


def _one(check: Problems, place: int, data: CriterionData) -> RoundCriterion:
    name = check.text(data.name, f"name-{place}", 20, label=N_("评分项名称"), required=True)
    description = check.text(data.description, f"description-{place}", 200, label=N_("说明"))
    none, half, full = (check.text(text, f"anchor-{place}", 100, label=N_("分数含义")) for text in data.anchors)
    text = data.points.strip()
    points = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= points <= MOST_POINTS:
        words = N_("「%(name)s」的满分应为 1–100 的整数，现为「%(text)s」。")
        check.add(f"points-{place}", Message.of(words, name=name, text=text[:10]))
    return RoundCriterion(data.code, name, points, description, (none, half, full))
