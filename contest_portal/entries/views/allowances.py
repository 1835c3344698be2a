"""What single schools may submit in a category: set on one page by the contest's office."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from contest_portal.contests.models import Category
from contest_portal.contests.queries import category as category_by_id
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import Form, typed_number
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.queries.allowances import allowances_in, schools_of
from contest_portal.entries.services.allowances import LONGEST_WHY, MOST, drop_allowance, set_allowance
from contest_portal.entries.views.blueprint import bp


class AllowanceForm(Form):
    """A school's own number."""

    school_id = SelectField(_l("学校"), coerce=int, validators=[InputRequired()])
    count = IntegerField(_l("名额"), validators=[InputRequired(), NumberRange(min=0, max=MOST)])
    why = StringField(_l("理由"), validators=[InputRequired(), Length(max=LONGEST_WHY)])


@bp.get("/office/categories/<int:category_id>/allowances")
@permission("entries.set_allowances", of=category_by_id)
def school_allowances(category: Category) -> Response:
    """Schools with a number of their own, and the form for one more."""
    return _page(category, _form(category))


@bp.post("/office/categories/<int:category_id>/allowances")
@permission("entries.set_allowances", of=category_by_id)
def save_allowance(category: Category) -> Response:
    """Give a school a number of its own."""
    form, category_id = _form(category), category.id
    if form.validate_on_submit():
        try:
            set_allowance(current_actor(), category_id, form.school_id.data, form.count.data, form.why.data or "")
        except DomainError as error:
            form.show(error)
        else:
            flash(_("学校名额已保存。"), "success")
            return redirect(url_for("entries.school_allowances", category_id=category_id))  # type: ignore[return-value]
    return _page(category_by_id(category_id), form, 422)


@bp.post("/office/categories/<int:category_id>/allowances/drop")
@permission("entries.set_allowances", of=category_by_id)
def remove_allowance(category: Category) -> Response:
    """Take a school's own number back."""
    category_id, school_id = category.id, typed_number(request.form.get("school"))
    if school_id is not None:
        drop_allowance(current_actor(), category_id, school_id)
        flash(_("已取消单独名额，按一般名额计算。"), "success")
    return redirect(url_for("entries.school_allowances", category_id=category_id))  # type: ignore[return-value]


def _form(category: Category) -> AllowanceForm:
    form = AllowanceForm()
    form.school_id.choices = schools_of(category)
    return form


def _page(category: Category, form: AllowanceForm, status: int = 200) -> Response:
    return render_page(
        "entries/office/allowances.html",
        status=status,
        category=category,
        contest=category.contest,
        quota=category.rules.school_quota,
        rows=allowances_in(category.id),
        form=form,
    )
