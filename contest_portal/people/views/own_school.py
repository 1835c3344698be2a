"""The manager's own school: its data, and its teachers' accounts."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.accounts import InviteTeachersForm
from contest_portal.people.forms.schools import OwnSchoolForm
from contest_portal.people.models import School
from contest_portal.people.queries import accounts as account_queries
from contest_portal.people.queries import schools as queries
from contest_portal.people.queries.invitations import pending_at_school
from contest_portal.people.school_kinds import KINDS
from contest_portal.people.services.invitations import invite_teachers
from contest_portal.people.services.schools import edit_own_school
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.invitations import issued_page

_MANAGER = [Role.SCHOOL_MANAGER]

add_item(_l("本校"), _l("学校信息"), "people.own_school", icon="building", roles=_MANAGER, order=700)
add_item(_l("本校"), _l("教师账号"), "people.school_accounts", icon="person-badge", roles=_MANAGER, order=720)


@bp.route("/school", methods=["GET", "POST"])
@permission("people.manage_own_school")
def own_school() -> Response:
    """The school's data; the manager changes the part that is the school's own affair."""
    school = _school()
    form = OwnSchoolForm() if request.method == "POST" else OwnSchoolForm(obj=school)
    if form.validate_on_submit():
        try:
            edit_own_school(
                current_actor(),
                school.id,
                requires_approval=bool(form.requires_approval.data),
                address=form.address.data or "",
                contact_name=form.contact_name.data or "",
                contact_phone=form.contact_phone.data or "",
                seen_version=form.seen_version,
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("学校信息已保存。"), "success")
            return redirect(url_for("people.own_school"))  # type: ignore[return-value]
    return render_page(
        "people/own_school.html",
        school=school,
        kind=translate(KINDS[school.kind]),
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/school/accounts")
@permission("people.manage_own_school")
def school_accounts() -> Response:
    """The accounts of the school's teachers, and invitations."""
    return _accounts_page(InviteTeachersForm(formdata=None))


@bp.post("/school/accounts")
@permission("people.manage_own_school")
def invite_own_teachers() -> Response:
    """Links for teachers, by name or from the roster."""
    form = InviteTeachersForm()
    if form.validate_on_submit():
        try:
            issued = invite_teachers(
                current_actor(),
                current_actor().school_id or 0,
                names=form.name_list,
                teacher_ids=form.teacher.data or [],
            )
        except DomainError as error:
            form.show(error)
        else:
            return issued_page(issued)
    return _accounts_page(form, status=422)


def _school() -> School:
    return queries.school(current_actor().school_id or 0)


def _accounts_page(form: InviteTeachersForm, status: int = 200) -> Response:
    school_id = current_actor().school_id or 0
    return render_page(
        "people/school_accounts.html",
        members=account_queries.members_of_school(school_id),
        pending=pending_at_school(school_id, Role.TEACHER),
        roster=account_queries.teachers_without_account(school_id),
        now=now(),
        form=form,
        status=status,
    )
