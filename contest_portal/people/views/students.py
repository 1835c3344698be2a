"""A school's pupils: the list and its export, one pupil, changes by hand."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.consents import WithdrawalForm
from contest_portal.people.forms.rosters import StudentForm
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.models import School, Student, Transfer
from contest_portal.people.phones import mask_phone
from contest_portal.people.queries import students as queries
from contest_portal.people.queries.consents import needs_consent
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.roster_workbooks import students_workbook
from contest_portal.people.school_year import school_year_name
from contest_portal.people.services import students
from contest_portal.people.services.exports import record_full_export
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import (
    STATE_TONES,
    STUDENT_STATES,
    grade_words,
    own_school_page,
    state_filter,
)
from contest_portal.people.views.words import words

add_item(
    _l("师生名册"),
    _l("学生"),
    "people.own_students",
    icon="people",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER],
    order=600,
    also_active_in=["people.students", "people.show_student", "people.edit_student", "people.add_student"],
)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.get("/students")
@permission("people.own_roster")
def own_students() -> Response:
    """To the pupils of one's own school."""
    return own_school_page("people.students")


@bp.get("/schools/<int:school_id>/students", endpoint="students")
@permission("people.see_roster", of=school_of)
def students_list(school: School) -> Response:
    """The school's pupils."""
    return render_page(
        "people/students.html",
        school=school,
        page=queries.students_page(school.id, _listing()),
        choices=queries.grade_choices(school.id),
        grades=grade_words(),
        states=words(STUDENT_STATES),
        state_choices=state_filter(STUDENT_STATES),
        tones=STATE_TONES,
        needs_consent=needs_consent,
        mask_id=mask_id_number,
        mask_phone=mask_phone,
    )


@bp.get("/schools/<int:school_id>/students/export")
@permission("people.see_masked_numbers", of=school_of)
def export_students(school: School) -> Response:
    """The list as it is filtered, numbers masked."""
    rows = queries.students_to_export(school.id, _listing())
    name = _("%(school)s学生名册", school=school.name)
    return workbook_response(students_workbook(rows, full=False), f"{name}.xlsx")


@bp.post("/schools/<int:school_id>/students/export")
@permission("people.manage_roster", of=school_of)
def export_students_in_full(school: School) -> Response:
    """The list with its numbers; that it was taken is recorded."""
    rows = queries.students_to_export(school.id, _listing())
    content = students_workbook(rows, full=True)
    record_full_export(current_actor(), school.id, "students", len(rows))
    name = _("%(school)s学生名册（含完整号码）", school=school.name)
    return workbook_response(content, f"{name}.xlsx")


@bp.route("/schools/<int:school_id>/students/new", methods=["GET", "POST"])
@permission("people.manage_roster", of=school_of)
def add_student(school: School) -> Response:
    """Add a pupil by hand."""
    form = StudentForm(school=school)
    if form.validate_on_submit():
        try:
            added = students.add_student(
                current_actor(), school.id, form.texts, doubt_accepted=bool(form.doubt_accepted.data)
            )
        except DomainError as error:
            form.show(error)
        else:
            return _after_adding(added)
    return render_page(
        "people/student_form.html",
        school=school_of(school.id),
        student=None,
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/students/<int:student_id>")
@permission("people.see_person", of=queries.student)
def show_student(student: Student) -> Response:
    """One pupil, numbers masked."""
    return _student_page(student)


@bp.post("/students/<int:student_id>/numbers")
@permission("people.manage_person", of=queries.student)
def open_student_numbers(student: Student) -> Response:
    """One pupil with the numbers in full; that they were opened is recorded."""
    return _student_page(students.open_student_numbers(current_actor(), student.id), numbers_are_open=True)


@bp.route("/students/<int:student_id>/edit", methods=["GET", "POST"])
@permission("people.manage_person", of=queries.student)
def edit_student(student: Student) -> Response:
    """Change a pupil's data."""
    school = school_of(student.school_id)
    form = StudentForm(school=school) if request.method == "POST" else StudentForm.filled_from(student, school=school)
    if form.validate_on_submit():
        try:
            students.edit_student(current_actor(), student.id, form.texts, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return _to_student(student)
    return render_page(
        "people/student_form.html",
        school=school_of(student.school_id),
        student=student,
        form=form,
        mask_id=mask_id_number,
        mask_phone=mask_phone,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/students/<int:student_id>/leave")
@permission("people.manage_person", of=queries.student)
def mark_student_left(student: Student) -> Response:
    """The pupil has left."""
    students.mark_student_left(current_actor(), student.id)
    flash(_("已标记为离校。"), "success")
    return _to_student(student)


@bp.post("/students/<int:student_id>/restore")
@permission("people.manage_person", of=queries.student)
def restore_student(student: Student) -> Response:
    """The pupil is back."""
    students.restore_student(current_actor(), student.id)
    flash(_("已恢复在册。"), "success")
    return _to_student(student)


def _student_page(student: Student, *, numbers_are_open: bool = False) -> Response:
    found = queries.student_page(student)
    number, phone = student.id_number or "", student.guardian_phone or ""
    return render_page(
        "people/student.html",
        found=found,
        student=student,
        school=found.school,
        numbers_are_open=numbers_are_open,
        id_number=number if numbers_are_open else mask_id_number(number),
        phone=phone if numbers_are_open else mask_phone(phone),
        grades=grade_words(),
        states=words(STUDENT_STATES),
        tones=STATE_TONES,
        year_name=lambda year: translate(school_year_name(year)),
        needs_consent=needs_consent(student.birth_on),
        withdrawal=WithdrawalForm(formdata=None),
    )


def _after_adding(added: Student | Transfer) -> Response:
    if isinstance(added, Student):
        flash(_("已添加%(name)s。", name=added.name), "success")
        return _to_student(added)
    if added.state == "confirmed":
        flash(_("该生原来登记在另一所学校，已毕业或离校，现已转入本校。"), "success")
        return redirect(url_for("people.show_student", student_id=added.student_id))  # type: ignore[return-value]
    flash(_("该生登记在另一所学校，已发出转学申请。对方学校或主办单位确认后，该生转入本校。"), "info")
    return redirect(url_for("people.transfers"))  # type: ignore[return-value]


def _to_student(student: Student) -> Response:
    return redirect(url_for("people.show_student", student_id=student.id))  # type: ignore[return-value]
