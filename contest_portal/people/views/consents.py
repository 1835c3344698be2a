"""Guardians' consent: who still needs one, recording for a pupil or a class, withdrawal, the blank form."""

from __future__ import annotations

import io
from collections.abc import Sequence

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from contest_portal.core.actor import Role
from contest_portal.core.clock import today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.forms import typed_number
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.people.consent_rules import SCAN_KINDS, SCAN_MAX_BYTES, scan_kind
from contest_portal.people.consent_sheets import consent_sheets_pdf
from contest_portal.people.forms.consents import (
    ClassConsentForm,
    ConsentForm,
    ConsentLine,
    WithdrawalForm,
    relation_choices,
)
from contest_portal.people.list_workbooks import consents_workbook
from contest_portal.people.models import Consent, School, Student
from contest_portal.people.queries import consents as queries
from contest_portal.people.queries.offices import office_with_parent
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.queries.students import grade_choices
from contest_portal.people.queries.students import student as student_of
from contest_portal.people.services import consents
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import grade_words, own_school_page

MOST_AT_ONCE = 100

add_item(
    _l("师生名册"), _l("监护人同意书"), "people.consents", icon="file-earmark-check",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER], order=630,
    also_active_in=["people.school_consents", "people.record_consents", "people.record_consent"],
)  # fmt: skip


@bp.get("/consents", endpoint="consents")
@permission("people.own_roster")
def own_consents() -> Response:
    """To the consents of one's own school."""
    return own_school_page("people.school_consents")


@bp.get("/schools/<int:school_id>/consents")
@permission("people.see_roster", of=school_of)
def school_consents(school: School) -> Response:
    """The school's pupils who need a consent; those without one unless asked."""
    return render_page(
        "people/consents.html",
        school=school,
        page=queries.consents_page(school.id, _listing()),
        counts=queries.consent_counts(school.id),
        choices=grade_choices(school.id),
        grades=grade_words(),
        age=queries.consent_age(),
    )


@bp.get("/schools/<int:school_id>/consents/export")
@permission("people.see_roster", of=school_of)
def export_consents(school: School) -> Response:
    """The same list as a workbook."""
    page = queries.consents_page(school.id, _listing().whole())
    name = _("%(school)s监护人同意书登记表.xlsx", school=school.name)
    return workbook_response(consents_workbook(school.name, page.rows), name)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.route("/schools/<int:school_id>/consents/record", methods=["GET", "POST"])
@permission("people.record_consent", of=school_of)
def record_consents(school: School) -> Response:
    """The sheets of many pupils: chosen ones (`?student=…`), or a class (`?grade=4&class=3班`)."""
    form, students = ClassConsentForm(), _chosen(school)
    lines = form.lines(students) if form.is_submitted() else [ConsentLine.of(one) for one in students]
    if form.validate_on_submit():
        inputs = form.consents_of(lines)
        if inputs is not None:
            try:
                rows = consents.record_consents(current_actor(), school.id, inputs)
            except DomainError as error:
                form.show_on(lines, error.problems)
                if not error.problems:
                    form.show(error)
            else:
                count = len(rows)
                flash(ngettext("已登记 %(num)s 份同意书。", "已登记 %(num)s 份同意书。", count), "success")
                return redirect(url_for("people.school_consents", school_id=school.id))  # type: ignore[return-value]
    return render_page(
        "people/consents_record.html",
        school=school_of(school.id),
        form=form,
        lines=lines,
        relations=relation_choices(),
        grades=grade_words(),
        default_day=today().isoformat(),
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/schools/<int:school_id>/consents/sheets")
@permission("people.record_consent", of=school_of)
def consent_sheets(school: School) -> Response:
    """Blank forms to print, for the chosen pupils or a class; for nobody, one with blanks."""
    students = _chosen(school) if "student" in request.args or "grade" in request.args else []
    pdf = consent_sheets_pdf(school, office_with_parent(school.office_id), students, age=queries.consent_age())
    return send_file(io.BytesIO(pdf), "application/pdf", download_name=_("监护人同意书.pdf"), max_age=0)


@bp.route("/students/<int:student_id>/consent", methods=["GET", "POST"])
@permission("people.record_consent_of", of=student_of)
def record_consent(student: Student) -> Response:
    """One pupil's sheet, with a scan of it where there is one."""
    form = ConsentForm()
    if not form.is_submitted():
        form.signed_on.data = today().isoformat()
    elif form.validate():
        consent = form.consent_of(student)
        if consent is not None:
            try:
                consents.record_consents(current_actor(), student.school_id, [consent])
            except DomainError as error:
                form.show_of(error, student)
            else:
                flash(_("已登记%(name)s的监护人同意书。", name=student.name), "success")
                return _to_student(student)
    return render_page(
        "people/consent_form.html",
        student=student,
        school=school_of(student.school_id),
        form=form,
        grades=grade_words(),
        most_bytes=SCAN_MAX_BYTES,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/consents/<int:consent_id>/withdraw")
@permission("people.withdraw_consent", of=queries.consent_of_school)
def withdraw_consent(place: tuple[Consent, Student]) -> Response:
    """The guardian takes the consent back."""
    consent, student = place
    try:
        consents.withdraw_consent(current_actor(), consent.id, WithdrawalForm().why.data or "")
    except DomainError as error:
        if error.status != 422:
            raise
        flash(_("没有撤回：请写明撤回原因。"), "warning")
    else:
        flash(_("已撤回同意。该生尚未提交的作品将不能提交。"), "success")
    return _to_student(student)


@bp.get("/consents/<int:consent_id>/scan")
@permission("people.see_consent_scan", of=queries.consent_of_school)
def consent_scan(place: tuple[Consent, Student]) -> Response:
    """The signed sheet."""
    consent, student = place
    if consent.file_sha256 is None:
        raise NotFound
    kind = scan_kind(open_sealed(consent.file_sha256)) or "pdf"
    name = f"{_('监护人同意书')}-{student.name}.{kind}"
    return send_uploaded(UploadedFile(consent.file_sha256, name, SCAN_KINDS[kind], is_sealed=True))


def _chosen(school: School) -> Sequence[Student]:
    typed = (typed_number(one) for one in request.values.getlist("student"))
    if ids := [one for one in typed if one is not None]:
        return queries.chosen_students(school.id, ids, MOST_AT_ONCE)
    grade = typed_number(request.values.get("grade", ""))
    if grade is not None:
        return queries.class_students(school.id, grade, request.values.get("class", ""), MOST_AT_ONCE)
    return []


def _to_student(student: Student) -> Response:
    return redirect(url_for("people.show_student", student_id=student.id))  # type: ignore[return-value]
