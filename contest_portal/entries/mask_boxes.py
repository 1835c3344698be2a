"""Black boxes as people set them: in percent of the page, checked, compared with where names stand. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_, Message

MOST_BOXES = 100
"""On one page."""
SMALLEST_PERCENT = 0.1
_POINTS = 12  # across and down a box, when it is looked at whether others cover it
_TOLERANCE = 0.001

Box = Sequence[float]
"""left, top, width, height as shares (0…1) of the page."""
SIDES: dict[str, str] = {"left": N_("左边"), "top": N_("上边"), "width": N_("宽度"), "height": N_("高度")}


def boxes_from_percent(rows: Sequence[Mapping[str, str]]) -> list[list[float]]:
    """The boxes of a form's rows; rows left empty are no boxes. Raises Invalid with what was typed and what is allowed."""
    found = []
    for number, row in enumerate(rows, start=1):
        if not any(row.get(side, "").strip() for side in SIDES):
            continue
        left, top, width, height = (_percent(number, side, row.get(side, "")) for side in SIDES)
        width, height = min(width, 100 - left), min(height, 100 - top)
        for side, value in (("width", width), ("height", height)):
            if value < SMALLEST_PERCENT:
                raise _out_of_bounds(number, side, f"{value:g}", SMALLEST_PERCENT)
        found.append([round(value / 100, 5) for value in (left, top, width, height)])
    if len(found) > MOST_BOXES:
        message = Message.of(
            N_("这一页有 %(count)s 个遮盖框，最多 %(limit)s 个。请把相邻的合并。"), count=len(found), limit=MOST_BOXES
        )
        raise Invalid("entries.too_many_boxes", message, field="boxes")
    return found


def _percent(number: int, side: str, typed: str) -> float:
    try:
        value = float(typed.strip().removesuffix("%").replace("，", ".").replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise _out_of_bounds(number, side, typed.strip(), 0)
    return value


def _out_of_bounds(number: int, side: str, typed: str, least: float) -> Invalid:
    source = N_("第 %(number)s 个遮盖框的%(side)s是「%(typed)s」，请填 %(least)s–100 之间的数。")
    message = Message.of(source, number=number, side=Message(SIDES[side]), typed=typed, least=f"{least:g}")
    return Invalid("entries.box_out_of_bounds", message, field="boxes")


def covers(boxes: Sequence[Box], box: Box) -> bool:
    """Whether the boxes together cover that one."""
    left, top, width, height = box
    steps = [(step + 0.5) / _POINTS for step in range(_POINTS)]
    return all(_lies_in(boxes, left + across * width, top + down * height) for across in steps for down in steps)


def _lies_in(boxes: Sequence[Box], x: float, y: float) -> bool:
    return any(
        left - _TOLERANCE <= x <= left + width + _TOLERANCE and top - _TOLERANCE <= y <= top + height + _TOLERANCE
        for left, top, width, height in boxes
    )


def are_covered(wanted: Sequence[Box], boxes: Sequence[Box]) -> bool:
    """Whether there are places and all of them are covered."""
    return bool(wanted) and all(covers(boxes, one) for one in wanted)


def with_proposals(boxes: Sequence[Box], proposed: Sequence[Box]) -> list[list[float]]:
    """The boxes, and those of the proposed ones that are not covered yet."""
    found = [list(box) for box in boxes]
    for box in proposed:
        if not covers(found, box):
            found.append(list(box))
    return found
