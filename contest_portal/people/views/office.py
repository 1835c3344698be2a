"""The office itself: its data and its staff."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.clock import now
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.forms.accounts import InviteStaffForm
from contest_portal.people.forms.schools import OfficeForm
from contest_portal.people.queries.accounts import staff_of_office
from contest_portal.people.queries.invitations import pending_at_office
from contest_portal.people.queries.offices import office_with_parent
from contest_portal.people.services.invitations import invite_staff
from contest_portal.people.services.offices import edit_office
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.invitations import issued_page
from contest_portal.people.views.words import LEVEL_WORDS

add_item(_l("学校与人员"), _l("本单位与工作人员"), "people.staff", icon="people", roles=sorted(OFFICE_ROLES), order=720)


@bp.get("/office")
@permission("people.see_office")
def staff() -> Response:
    """The office's data and its people."""
    return _page(InviteStaffForm(formdata=None))


@bp.post("/office/staff")
@permission("people.manage_office")
def invite_colleague() -> Response:
    """A link for a colleague."""
    form = InviteStaffForm()
    if form.validate_on_submit():
        try:
            issued = invite_staff(
                current_actor(), current_actor().office_id or 0, form.role.data or "", form.name.data or ""
            )
        except DomainError as error:
            form.show(error)
        else:
            return issued_page([issued])
    return _page(form, status=422)


@bp.route("/office/edit", methods=["GET", "POST"])
@permission("people.manage_office")
def change_office() -> Response:
    """Mend what the office says of itself."""
    office = office_with_parent(current_actor().office_id or 0)
    form = OfficeForm() if request.method == "POST" else OfficeForm.filled_from(office)
    if form.validate_on_submit():
        try:
            edit_office(current_actor(), office.id, form.office_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("单位信息已保存。"), "success")
            return redirect(url_for("people.staff"))  # type: ignore[return-value]
    return render_page("people/office_form.html", form=form, status=422 if form.is_submitted() else 200)


def _page(form: InviteStaffForm, status: int = 200) -> Response:
    office_id = current_actor().office_id or 0
    office = office_with_parent(office_id)
    return render_page(
        "people/office.html",
        office=office,
        level=str(LEVEL_WORDS[office.level]),
        staff=staff_of_office(office_id),
        pending=pending_at_office(office_id),
        now=now(),
        form=form,
        status=status,
    )
