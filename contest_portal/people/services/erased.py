"""Who was erased stays so: nothing is written into the row again, by hand or from a sheet."""

from __future__ import annotations

from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.people.models import Student, Teacher


def refuse_erased(*persons: Student | Teacher) -> None:
    """Raises Conflict where one of the persons was erased. Ask under the row's lock."""
    if any(one.erased_at is not None for one in persons):
        raise Conflict(
            "people.erased",
            N_("此人的信息已按要求删除，不能再修改、恢复或登记。本人再次参加的，请重新登记为新的学生或教师。"),
        )
