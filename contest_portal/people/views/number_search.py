"""Finding one person of a school by a whole number. Sent by POST: a number in an address stays in histories and logs."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.permissions import permission
from contest_portal.people.forms.rosters import NumberForm
from contest_portal.people.models import School
from contest_portal.people.queries.people_search import student_with_number, teacher_with_number
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.views.blueprint import bp


@bp.post("/schools/<int:school_id>/students/find")
@permission("people.see_masked_numbers", of=school_of)
def find_student(school: School) -> Response:
    """To the pupil who has this ID number."""
    found = student_with_number(school.id, _typed())
    if found is not None:
        return redirect(url_for("people.show_student", student_id=found))  # type: ignore[return-value]
    flash(_("本校名册中没有这个身份证号的学生。请核对号码。"), "warning")
    return redirect(url_for("people.students", school_id=school.id))  # type: ignore[return-value]


@bp.post("/schools/<int:school_id>/teachers/find")
@permission("people.see_masked_numbers", of=school_of)
def find_teacher(school: School) -> Response:
    """To the teacher who has this ID number or telephone."""
    found = teacher_with_number(school.id, _typed())
    if found is not None:
        return redirect(url_for("people.show_teacher", teacher_id=found))  # type: ignore[return-value]
    flash(_("本校名册中没有这个手机号或身份证号的教师。请核对号码。"), "warning")
    return redirect(url_for("people.teachers", school_id=school.id))  # type: ignore[return-value]


def _typed() -> str:
    form = NumberForm()
    form.validate_on_submit()
    return form.number.data or ""
