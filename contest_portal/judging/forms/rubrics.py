"""The form of a round's rubric."""

from __future__ import annotations

from typing import Any

from contest_portal.core.forms import VersionedForm
from contest_portal.judging.services.round_rubrics import MOST_CRITERIA, CriterionData


class RubricForm(VersionedForm):
    """Criteria, each with fields that end in its place: `name-0`, `points-0`, `description-0`, `none-0`, `half-0`,
    `full-0`, `code-0`. A line without name and points is none."""

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        sent = self.meta.wrap_formdata(self, formdata) or {}
        self.criteria: list[CriterionData] = []
        for place in range(MOST_CRITERIA + 1):

            def typed(name: str, place: int = place) -> str:
                return str(sent.get(f"{name}-{place}", "")).strip()

            if typed("name") or typed("points"):
                anchors = (typed("none"), typed("half"), typed("full"))
                self.criteria.append(
                    CriterionData(typed("name"), typed("points"), typed("description"), anchors, typed("code"))
                )
