"""Ages and stage groups: what follows from people's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from contest_portal.contests.rules import CategoryRules, StageGroup


def full_years(birth_on: date, on: date) -> int:
    """Full years of age (周岁) on a day; negative before birth.

    A year is full on the birthday itself. Who is born on 29 February has the birthday on 1 March in a year without
    that day: the year is full only when 28 February has passed.
    """
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def stage_group_of(rules: CategoryRules, stages: Iterable[str | None]) -> StageGroup | None:
    """The stage group that an entry of authors in these stages belongs to.

    Where the authors are of several groups (and the rules allow it), the highest decides: the groups stand in the rules
    from the lowest to the highest. A category of teachers has one group for all. None when no group fits.
    """
    if rules.applicant_kind == "teacher":
        return rules.stage_groups[0] if rules.stage_groups else None
    present = set(stages)
    fitting = [group for group in rules.stage_groups if present & set(group.stages)]
    return fitting[-1] if fitting else None
