"""Which criteria of a category rounds have been opened with, so that a change of the rubric does not break them."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.rule_usage import CategoryUsage
from contest_portal.contests.usage import provide_usage
from contest_portal.core.database import db
from contest_portal.judging import personal_data
from contest_portal.judging.models import Round, RoundCategory
from contest_portal.judging.rubrics import rubric_of


@provide_usage
def usage_by_rounds(category_id: int) -> CategoryUsage:
    """The criteria of open rounds: a closed round has its rubric frozen, and its ranking stands."""
    rubrics = db.session.scalars(
        select(RoundCategory.rubric)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(RoundCategory.category_id == category_id, Round.state == "open")
    )
    return CategoryUsage(opened_criteria=frozenset(one.code for rubric in rubrics for one in rubric_of(rubric)))


_ = personal_data  # it says what is held about a person
