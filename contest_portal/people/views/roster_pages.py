"""What the pages of a school's people share: the way to one's own school, words."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import lazy_gettext as _l

from contest_portal.core.permissions import current_actor
from contest_portal.people.grades import grade_name
from contest_portal.people.queries.students import EVERY_STATE

STUDENT_STATES: dict[str, Any] = {"active": _l("在册"), "graduated": _l("已毕业"), "left": _l("已离校")}
TEACHER_STATES: dict[str, Any] = {"active": _l("在册"), "left": _l("已离校")}
STATE_TONES = {"active": "active", "graduated": "finished", "left": "disabled"}


def own_school_page(endpoint: str) -> Response:
    """On to that page of the actor's own school; an office is led to its schools, where it chooses one."""
    school_id = current_actor().school_id
    if school_id is None:
        return redirect(url_for("people.list_schools"))  # type: ignore[return-value]
    target = url_for(endpoint, school_id=school_id)
    query = request.query_string.decode("utf-8", "ignore")
    return redirect(f"{target}?{query}" if query else target)  # type: ignore[return-value]


def state_filter(words: dict[str, Any]) -> list[tuple[str, str]]:
    """The states but the usual one, which is what the list shows without a filter, and all of them."""
    others = [(code, str(word)) for code, word in words.items() if code != "active"]
    return [*others, (EVERY_STATE, str(_l("全部")))]


def grade_words() -> dict[int, Any]:
    """Grade → its name, still to be translated."""
    return {grade: grade_name(grade) for grade in range(1, 13)}
