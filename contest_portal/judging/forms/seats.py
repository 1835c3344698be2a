"""The form of who judges in a round."""

from __future__ import annotations

import re
from typing import Any

from wtforms import SelectMultipleField

from contest_portal.core.forms import Form
from contest_portal.judging.services.rounds import Seat

NO_CATEGORY = 0
"""Stands for a judge whose categories were all taken away, which is refused by name."""


class SeatsForm(Form):
    """Who judges in a round: chosen judges, categories as `judge-category`, most tasks as `most-JUDGE`."""

    judge = SelectMultipleField(coerce=int, validate_choice=False)
    place = SelectMultipleField(validate_choice=False)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.most = {
            int(name.removeprefix("most-")): value.strip()
            for name, value in (self.meta.wrap_formdata(self, formdata) or {}).items()
            if re.fullmatch(r"most-\d+", name)
        }

    def seats(self, category_count: int) -> list[Seat]:
        """The chosen places; all categories of the round ticked is the same as none named."""
        own: dict[int, list[int]] = {}
        for text in self.place.data or []:
            judge_id, _dash, category_id = text.partition("-")
            if judge_id.isdigit() and category_id.isdigit():
                own.setdefault(int(judge_id), []).append(int(category_id))
        seats = []
        for judge_id in self.judge.data or []:
            ids = own.get(judge_id, [])
            text = self.most.get(judge_id, "")
            most = int(text) if text.isdecimal() and len(text) < 7 else None if not text else -1
            every = len(ids) == category_count
            seats.append(Seat(judge_id, [] if every else ids or [NO_CATEGORY], most))
        return seats
