"""The office's schools: list, one school, decisions, the links of their managers."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.accounts import InviteManagerForm
from contest_portal.people.forms.schools import ManagerSlipsForm, ReasonForm, SchoolForm
from contest_portal.people.models import School
from contest_portal.people.phones import mask_phone
from contest_portal.people.queries import accounts as account_queries
from contest_portal.people.queries import invitations as invitation_queries
from contest_portal.people.queries import schools as queries
from contest_portal.people.school_kinds import KINDS
from contest_portal.people.school_workbooks import list_workbook
from contest_portal.people.services import invitations, schools
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.invitations import issued_page
from contest_portal.people.views.words import ACCESS_WORDS, AREA_WORDS, STATE_WORDS, words


def _waiting(actor: Actor) -> Count:
    return queries.waiting_count(actor.office_id or 0)


add_item(
    _l("学校与人员"),
    _l("学校"),
    "people.list_schools",
    icon="building",
    roles=sorted(OFFICE_ROLES),
    order=700,
    badge=_waiting,
    also_active_in=["people.show_school", "people.edit_school", "people.add_school", "people.import_schools"],
)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.get("/schools")
@permission("people.see_schools")
def list_schools() -> Response:
    """The office's schools."""
    office_id = current_actor().office_id or 0
    return render_page(
        "people/schools.html",
        page=queries.schools_page(office_id, _listing()),
        without_manager=len(queries.schools_without_manager(office_id)),
        kinds={code: translate(word) for code, word in KINDS.items()},
        states=words(STATE_WORDS),
        access=words(ACCESS_WORDS),
        areas=words(AREA_WORDS),
    )


@bp.get("/schools/export")
@permission("people.see_schools")
def export_schools() -> Response:
    """The list as it is filtered, as a workbook."""
    rows = queries.schools_to_export(current_actor().office_id or 0, _listing())
    content = list_workbook(rows, {"state": words(STATE_WORDS), "access": words(ACCESS_WORDS)})
    return workbook_response(content, _("学校名单.xlsx"))


@bp.route("/schools/new", methods=["GET", "POST"])
@permission("people.manage_schools")
def add_school() -> Response:
    """Register a school."""
    form = SchoolForm()
    if form.validate_on_submit():
        try:
            school = schools.add_school(current_actor(), current_actor().office_id or 0, form.school_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("学校已登记。可以在本页为学校管理员生成邀请单。"), "success")
            return redirect(url_for("people.show_school", school_id=school.id))  # type: ignore[return-value]
    return render_page("people/school_form.html", form=form, school=None, status=422 if form.is_submitted() else 200)


@bp.post("/schools/slips")
@permission("people.manage_schools")
def invite_managers() -> Response:
    """Links for the managers of the chosen schools, or of all that have no account."""
    office_id = current_actor().office_id or 0
    chosen = ManagerSlipsForm().school.data or None
    waiting = queries.schools_without_manager(office_id, chosen)
    if not waiting:
        flash(_("没有需要邀请的学校：已批准的学校都已开通管理员账号。"), "info")
        return redirect(url_for("people.list_schools"))  # type: ignore[return-value]
    issued = invitations.invite_managers(current_actor(), [school.id for school in waiting])
    count = len(issued)
    flash(ngettext("已为 %(num)s 所学校生成邀请单。", "已为 %(num)s 所学校生成邀请单。", count), "success")
    return issued_page(issued)


@bp.get("/schools/<int:school_id>")
@permission("people.see_school", of=queries.school)
def show_school(school: School) -> Response:
    """One school: its data, its people, what may be done."""
    return _school_page(school)


@bp.post("/schools/<int:school_id>/phone")
@permission("people.manage_school", of=queries.school)
def open_contact_phone(school: School) -> Response:
    """The contact's number in full; that it was opened is recorded."""
    return _school_page(schools.open_contact_phone(current_actor(), school.id), phone_is_open=True)


@bp.route("/schools/<int:school_id>/edit", methods=["GET", "POST"])
@permission("people.manage_school", of=queries.school)
def edit_school(school: School) -> Response:
    """Mend a school's data."""
    form = SchoolForm() if request.method == "POST" else SchoolForm.filled_from(school)
    if form.validate_on_submit():
        try:
            schools.edit_school(current_actor(), school.id, form.school_data, form.seen_version)
        except DomainError as error:
            form.show(error)
            db.session.refresh(school)  # what was refused was rolled back, the page still names it
        else:
            flash(_("学校信息已保存。"), "success")
            return redirect(url_for("people.show_school", school_id=school.id))  # type: ignore[return-value]
    return render_page(
        "people/school_form.html",
        form=form,
        school=school,
        known_phone=mask_phone(school.contact_phone),
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/schools/<int:school_id>/approve")
@permission("people.manage_school", of=queries.school)
def approve_school(school: School) -> Response:
    """Approve an application; the manager's link is shown."""
    issued = schools.approve_school(current_actor(), school.id)
    flash(_("已批准%(school)s。请把邀请单交给学校管理员。", school=school.name), "success")
    return issued_page([issued])


@bp.post("/schools/<int:school_id>/refuse")
@permission("people.manage_school", of=queries.school)
def refuse_school(school: School) -> Response:
    """Refuse an application."""
    form = ReasonForm()
    return _decided(school, form, lambda: schools.refuse_school(current_actor(), school.id, form.reason.data or ""))


@bp.post("/schools/<int:school_id>/close")
@permission("people.manage_school", of=queries.school)
def close_school(school: School) -> Response:
    """Stop a school's access."""
    form = ReasonForm()
    return _decided(school, form, lambda: schools.close_school(current_actor(), school.id, form.reason.data or ""))


@bp.post("/schools/<int:school_id>/reopen")
@permission("people.manage_school", of=queries.school)
def reopen_school(school: School) -> Response:
    """Give a closed school its access back."""
    return _decided(school, ReasonForm(), lambda: schools.reopen_school(current_actor(), school.id))


@bp.post("/schools/<int:school_id>/invite")
@permission("people.manage_school", of=queries.school)
def invite_manager(school: School) -> Response:
    """A link for one more manager, or anew for the first."""
    name = InviteManagerForm().name.data or school.contact_name
    return issued_page([invitations.invite_manager(current_actor(), school.id, name)])


def _decided(school: School, form: ReasonForm, decide: Callable[[], object]) -> Response:
    """Carry a decision out and show the school; a decision that lacks its reason is asked for it."""
    try:
        decide()
    except Invalid as error:
        form.show(error)
        return _school_page(school, reason_form=form)
    flash(_("已保存。"), "success")
    return redirect(url_for("people.show_school", school_id=school.id))  # type: ignore[return-value]


def _school_page(school: School, *, phone_is_open: bool = False, reason_form: ReasonForm | None = None) -> Response:
    members = account_queries.members_of_school(school.id)
    return render_page(
        "people/school.html",
        school=school,
        kind=translate(KINDS[school.kind]),
        state=str(STATE_WORDS[school.state]),
        phone=school.contact_phone if phone_is_open else mask_phone(school.contact_phone),
        phone_is_open=phone_is_open,
        managers=[member for member in members if member.membership.role == Role.SCHOOL_MANAGER],
        teachers=[member for member in members if member.membership.role == Role.TEACHER],
        pending=invitation_queries.pending_at_school(school.id),
        now=now(),
        reason_form=reason_form or ReasonForm(formdata=None),
        invite_form=InviteManagerForm(formdata=None, name=school.contact_name),
        status=422 if reason_form else 200,
    )
