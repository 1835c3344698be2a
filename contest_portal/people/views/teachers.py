"""A school's teachers as its roster has them: the list and its export, one teacher, changes by hand."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.rosters import TeacherForm
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.models import School, Teacher
from contest_portal.people.phones import mask_phone
from contest_portal.people.queries import teachers as queries
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.roster_workbooks import teachers_workbook
from contest_portal.people.services import teachers
from contest_portal.people.services.exports import record_full_export
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import (
    STATE_TONES,
    TEACHER_STATES,
    own_school_page,
    state_filter,
)
from contest_portal.people.views.words import words

add_item(
    _l("师生名册"),
    _l("教师"),
    "people.own_teachers",
    icon="person-vcard",
    roles=[Role.SCHOOL_MANAGER],
    order=610,
    also_active_in=["people.teachers", "people.show_teacher", "people.edit_teacher", "people.add_teacher"],
)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.get("/teachers")
@permission("people.own_roster")
def own_teachers() -> Response:
    """To the teachers of one's own school."""
    return own_school_page("people.teachers")


@bp.get("/schools/<int:school_id>/teachers", endpoint="teachers")
@permission("people.see_roster", of=school_of)
def teachers_list(school: School) -> Response:
    """The school's teachers."""
    return render_page(
        "people/teachers.html",
        school=school,
        page=queries.teachers_page(school.id, _listing()),
        subjects=queries.subjects(school.id),
        states=words(TEACHER_STATES),
        state_choices=state_filter(TEACHER_STATES),
        tones=STATE_TONES,
        mask_id=mask_id_number,
        mask_phone=mask_phone,
    )


@bp.get("/schools/<int:school_id>/teachers/export")
@permission("people.see_masked_numbers", of=school_of)
def export_teachers(school: School) -> Response:
    """The list as it is filtered, numbers masked."""
    rows = queries.teachers_to_export(school.id, _listing())
    name = _("%(school)s教师名册", school=school.name)
    return workbook_response(teachers_workbook(rows, full=False), f"{name}.xlsx")


@bp.post("/schools/<int:school_id>/teachers/export")
@permission("people.manage_roster", of=school_of)
def export_teachers_in_full(school: School) -> Response:
    """The list with its numbers; that it was taken is recorded."""
    rows = queries.teachers_to_export(school.id, _listing())
    content = teachers_workbook(rows, full=True)
    record_full_export(current_actor(), school.id, "teachers", len(rows))
    name = _("%(school)s教师名册（含完整号码）", school=school.name)
    return workbook_response(content, f"{name}.xlsx")


@bp.route("/schools/<int:school_id>/teachers/new", methods=["GET", "POST"])
@permission("people.manage_roster", of=school_of)
def add_teacher(school: School) -> Response:
    """Add a teacher by hand."""
    form = TeacherForm()
    if form.validate_on_submit():
        try:
            teacher = teachers.add_teacher(
                current_actor(), school.id, form.texts, doubt_accepted=bool(form.doubt_accepted.data)
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已添加%(name)s。", name=teacher.name), "success")
            return _to_teacher(teacher)
    return render_page(
        "people/teacher_form.html",
        school=school_of(school.id),
        teacher=None,
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/teachers/<int:teacher_id>")
@permission("people.see_person", of=queries.teacher)
def show_teacher(teacher: Teacher) -> Response:
    """One teacher, numbers masked."""
    return _teacher_page(teacher)


@bp.post("/teachers/<int:teacher_id>/numbers")
@permission("people.manage_person", of=queries.teacher)
def open_teacher_numbers(teacher: Teacher) -> Response:
    """One teacher with the numbers in full; that they were opened is recorded."""
    return _teacher_page(teachers.open_teacher_numbers(current_actor(), teacher.id), numbers_are_open=True)


@bp.route("/teachers/<int:teacher_id>/edit", methods=["GET", "POST"])
@permission("people.manage_person", of=queries.teacher)
def edit_teacher(teacher: Teacher) -> Response:
    """Change a teacher's data."""
    form = TeacherForm() if request.method == "POST" else TeacherForm.filled_from(teacher)
    if form.validate_on_submit():
        try:
            teachers.edit_teacher(current_actor(), teacher.id, form.texts, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return _to_teacher(teacher)
    return render_page(
        "people/teacher_form.html",
        school=school_of(teacher.school_id),
        teacher=teacher,
        form=form,
        mask_id=mask_id_number,
        mask_phone=mask_phone,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/teachers/<int:teacher_id>/leave")
@permission("people.manage_person", of=queries.teacher)
def mark_teacher_left(teacher: Teacher) -> Response:
    """The teacher has left."""
    teachers.mark_teacher_left(current_actor(), teacher.id)
    flash(_("已标记为离校。"), "success")
    return _to_teacher(teacher)


@bp.post("/teachers/<int:teacher_id>/restore")
@permission("people.manage_person", of=queries.teacher)
def restore_teacher(teacher: Teacher) -> Response:
    """The teacher is back."""
    teachers.restore_teacher(current_actor(), teacher.id)
    flash(_("已恢复在册。"), "success")
    return _to_teacher(teacher)


def _teacher_page(teacher: Teacher, *, numbers_are_open: bool = False) -> Response:
    found = queries.teacher_page(teacher)
    number, phone = teacher.id_number or "", teacher.phone or ""
    return render_page(
        "people/teacher.html",
        found=found,
        teacher=teacher,
        school=found.school,
        numbers_are_open=numbers_are_open,
        id_number=number if numbers_are_open else mask_id_number(number),
        phone=phone if numbers_are_open else mask_phone(phone),
        states=words(TEACHER_STATES),
        tones=STATE_TONES,
    )


def _to_teacher(teacher: Teacher) -> Response:
    return redirect(url_for("people.show_teacher", teacher_id=teacher.id))  # type: ignore[return-value]
