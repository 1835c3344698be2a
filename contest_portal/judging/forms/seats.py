"""The form of who judges in a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectMultipleField

from contest_portal.core.forms import Form, typed_number
from contest_portal.judging.services.rounds import Seat

NONE = 0
"""Stands for a judge whose categories or panels were all taken away, which is refused by name, and for no judge."""


class SeatsForm(Form):
    """Who judges in a round: chosen judges, categories as `judge-category`, panels as `judge-panel`, most tasks as
    `most-JUDGE`."""

    judge = SelectMultipleField(coerce=lambda text: typed_number(text) or NONE, validate_choice=False)
    place = SelectMultipleField(validate_choice=False)
    panel = SelectMultipleField(validate_choice=False)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.most = {
            typed_number(name.removeprefix("most-")): value.strip()
            for name, value in (self.meta.wrap_formdata(self, formdata) or {}).items()
            if name.startswith("most-")
        }

    def seats(self, category_count: int, panel_count: int = 0) -> list[Seat]:
        """The chosen places; all categories, or panels, of the round ticked is the same as none named."""
        categories, panels = _by_judge(self.place.data or []), _by_judge(self.panel.data or [])
        seats = []
        for judge_id in self.judge.data or []:
            text = self.most.get(judge_id, "")
            most = int(text) if text.isdecimal() and len(text) < 7 else None if not text else -1
            own = _named(categories.get(judge_id, []), category_count)
            seats.append(Seat(judge_id, own, most, _named(panels.get(judge_id, []), panel_count)))
        return seats


def _by_judge(ticked: Sequence[str]) -> dict[int, list[int]]:
    own: dict[int, list[int]] = {}
    for text in ticked:
        judge, _dash, place = text.partition("-")
        judge_id, other = typed_number(judge), typed_number(place)
        if judge_id is not None and other is not None:
            own.setdefault(judge_id, []).append(other)
    return own


def _named(ids: list[int], count: int) -> list[int]:
    return [] if len(ids) == count else ids or [NONE]
