"""The public form by which a school asks to take part."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_babel import lazy_gettext as _l

from contest_portal.core.errors import DomainError
from contest_portal.core.forms import row_id
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import limiter
from contest_portal.people.forms.schools import ApplicationForm
from contest_portal.people.queries.offices import office_choices
from contest_portal.people.services.schools import apply_school
from contest_portal.people.sessions import visitor
from contest_portal.people.views.blueprint import bp

APPLICATIONS = "10 per hour; 40 per day"

add_public_link(_l("学校入驻"), "people.apply", order=80)


@bp.get("/apply")
@permission("people.public")
def apply() -> Response:
    """The form."""
    form = _form()
    if office_id := request.args.get("office", type=row_id):
        form.office_id.data = office_id
    return _page(form)


@bp.post("/apply")
@limiter.limit(APPLICATIONS)
@permission("people.public")
def send_application() -> Response:
    """Take an application."""
    form = _form()
    if form.validate_on_submit():
        try:
            apply_school(visitor(), form.office_id.data, form.school_data)
        except DomainError as error:
            form.show(error)
            return _page(form, status=error.status)
        return redirect(url_for("people.applied"))  # type: ignore[return-value]
    return _page(form, status=422)


@bp.get("/apply/done")
@permission("people.public")
def applied() -> Response:
    """What happens next."""
    return render_page("people/applied.html")


def _form() -> ApplicationForm:
    form = ApplicationForm()
    form.office_id.choices = office_choices()
    return form


def _page(form: ApplicationForm, status: int = 200) -> Response:
    return render_page("people/apply.html", form=form, has_office=bool(form.office_id.choices), status=status)
