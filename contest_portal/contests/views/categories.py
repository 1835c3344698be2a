"""The pages of a contest's categories: their list, one category's rules, a page for each part of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests import queries, services
from contest_portal.contests.forms.category import BasicForm, NewCategoryForm
from contest_portal.contests.forms.columns import ColumnsForm
from contest_portal.contests.forms.criteria import CriteriaForm
from contest_portal.contests.forms.disciplines import DisciplinesForm
from contest_portal.contests.forms.limits import LimitsForm
from contest_portal.contests.forms.people import PeopleForm
from contest_portal.contests.forms.rules import RulesForm
from contest_portal.contests.forms.stages import StagesForm
from contest_portal.contests.models import Category, Contest
from contest_portal.contests.presenting import category_view, contest_view
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.rules_editing import new_category
from contest_portal.contests.rules_validity import CRITERIA_SUM
from contest_portal.contests.services.editing import lacks_of
from contest_portal.contests.states import is_editable
from contest_portal.contests.template_file import available_templates, load_template
from contest_portal.contests.usage import entry_counts_of
from contest_portal.contests.views.blueprint import bp
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission


@bp.get("/office/contests/<int:contest_id>/categories")
@permission("contests.see", of=queries.contest)
def categories(contest: Contest) -> Response:
    """The contest's categories in their order."""
    return render_page(
        "contests/categories.html",
        contest=contest,
        view=contest_view(contest, now()),
        can_edit=_can_edit(contest),
        counts=entry_counts_of(contest.id),
    )


def _can_edit(contest: Contest) -> bool:
    return is_editable(contest.state) and current_actor().is_in(Role.OFFICE)


@bp.get("/office/contests/<int:contest_id>/categories/new")
@permission("contests.edit", of=queries.contest)
def new_category_page(contest: Contest) -> Response:
    """The form of a new category."""
    return _new_page(contest, _new_form(contest))


@bp.post("/office/contests/<int:contest_id>/categories/new")
@permission("contests.edit", of=queries.contest)
def add_category(contest: Contest) -> AnyResponse:
    """Add a category."""
    contest_id, form = contest.id, _new_form(contest)
    if form.validate_on_submit():
        try:
            category = services.add_category(current_actor(), contest_id, _new_rules(contest, form))
        except DomainError as error:
            form.show(error)
            return _new_page(queries.contest(contest_id), form, error.status)
        flash(_("已增加类别，请核对它的各项规则。"), "success")
        return redirect(url_for("contests.category", category_id=category.id))
    return _new_page(contest, form, 422)


def _new_form(contest: Contest) -> NewCategoryForm:
    form = NewCategoryForm()
    own = [(f"own:{one.id}", _("本赛事：%(name)s", name=one.name)) for one in contest.categories]
    shipped = [
        (f"{code}:{rules.code}", _("模板「%(template)s」：%(name)s", template=template.name, name=rules.name))
        for code in available_templates()
        for template in [load_template(code)]
        for rules in template.categories
    ]
    form.base.choices = [("", _("不参照，从最少的规则开始")), *own, *shipped]
    return form


def _new_rules(contest: Contest, form: NewCategoryForm) -> CategoryRules:
    code, name, measure = form.code.data, form.name.data.strip(), form.measure.data.strip()
    source, _colon, which = (form.base.data or "").partition(":")
    if not source:
        return new_category(code, name, code, measure, form.applicant_kind.data)
    if source == "own":
        base = next(one.rules for one in contest.categories if str(one.id) == which)
    else:
        base = next(one for one in load_template(source).categories_for(contest.year) if one.code == which)
    return replace(base, code=code, number_code=code, name=name, measure=measure)


def _new_page(contest: Contest, form: NewCategoryForm, status: int = 200) -> Response:
    return render_page("contests/new_category.html", contest=contest, form=form, status=status)


@bp.get("/office/categories/<int:category_id>")
@permission("contests.see_category", of=queries.category)
def category(row: Category) -> Response:
    """One category: all its rules to read, with the way to each part."""
    return category_page(row)


def category_page(row: Category, error: DomainError | None = None) -> Response:
    """The category, with what stands against a change when there is something."""
    contest = row.contest
    problems = [lack for lack in lacks_of(contest) if lack.category == row.code]
    return render_page(
        "contests/category.html",
        contest=contest,
        category=row,
        view=category_view(row),
        can_edit=_can_edit(contest),
        entries=entry_counts_of(contest.id).get(row.id, 0),
        problems=[translate(lack.message) for lack in problems],
        criteria_sum=CRITERIA_SUM,
        error=error
        and {"message": translate(error.message), "problems": [translate(one.message) for one in error.problems]},
        status=error.status if error else 200,
    )


@bp.post("/office/categories/<int:category_id>/move")
@permission("contests.edit_category", of=queries.category)
def move_category(row: Category) -> AnyResponse:
    """Move a category one place up or down."""
    contest_id = row.contest_id
    services.move_category(current_actor(), row.id, -1 if request.form.get("to") == "up" else 1)
    return redirect(url_for("contests.categories", contest_id=contest_id))


@bp.post("/office/categories/<int:category_id>/remove")
@permission("contests.edit_category", of=queries.category)
def remove_category(row: Category) -> AnyResponse:
    """Take a category out of its contest."""
    contest_id, form = row.contest_id, VersionedForm()
    services.remove_category(current_actor(), row.id, form.seen_version)
    flash(_("类别已删除。"), "success")
    return redirect(url_for("contests.categories", contest_id=contest_id))


MORE_ROWS = 4
Prepare = Callable[[Any, Category], None]


def _plain(_form: Any, _row: Category) -> None:
    """Nothing to offer."""


def _offer_limits(form: LimitsForm, row: Category) -> None:
    elsewhere = {
        limit.key: limit.label for one in row.contest.categories if one.id != row.id for limit in one.rules.limits
    }
    form.offer_keys(row.rules, list(elsewhere.items()))
    form.offer_classes(row.rules)


def _offer_groups(form: DisciplinesForm, row: Category) -> None:
    form.offer_groups(row.rules)


def _offer_columns(form: ColumnsForm, row: Category) -> None:
    form.offer_columns(row.rules)


def rules_page(row: Category, form: RulesForm, template: str, status: int = 200, **more: Any) -> Response:
    """A page that edits a part of the rules."""
    return render_page(template, contest=row.contest, category=row, form=form, status=status, **more)


def save_rules(
    row: Category, form: RulesForm, rules: Callable[[], CategoryRules], page: Callable[[Category, int], Response]
) -> AnyResponse:
    """Validate, save the new rules and return to the category; else show the page again with what was typed."""
    category_id, status = row.id, 422
    if form.validate_on_submit():
        try:
            services.change_rules(current_actor(), category_id, form.seen_version, rules())
        except DomainError as error:
            form.show(error)
            status = error.status
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("contests.category", category_id=category_id))
    return page(queries.category(category_id), status)


def _part(name: str, form_class: Any, rows: tuple[str, ...] = (), prepare: Prepare = _plain) -> None:
    """Add the pages of one part of the rules: GET shows its form, POST saves it (or only adds blank rows)."""
    template = f"contests/rules_{name}.html"

    def page(row: Category, form: Any, status: int = 200) -> Response:
        for field in rows:
            form.add_spare_rows(field)
        prepare(form, row)
        return rules_page(row, form, template, status)

    @permission("contests.edit_category", of=queries.category)
    def edit(row: Category) -> Response:
        return page(row, form_class.of(row.rules, row.version))

    @permission("contests.edit_category", of=queries.category)
    def save(row: Category) -> AnyResponse:
        form = form_class.of(row.rules, row.version)
        prepare(form, row)
        if added := request.form.get("more"):
            if added in rows:
                form.add_spare_rows(added, MORE_ROWS)
            return page(row, form)
        return save_rules(
            row, form, lambda: form.applied_to(row.rules), lambda fresh, status: page(fresh, form, status)
        )

    address = f"/office/categories/<int:category_id>/{name}"
    bp.add_url_rule(address, f"edit_{name}", edit, methods=["GET"])
    bp.add_url_rule(address, f"save_{name}", save, methods=["POST"])


_part("basic", BasicForm)
_part("people", PeopleForm)
_part("limits", LimitsForm, ("limits",), _offer_limits)
_part("stages", StagesForm, ("stage_groups",))
_part("disciplines", DisciplinesForm, ("disciplines",), _offer_groups)
_part("criteria", CriteriaForm, ("criteria",))
_part("columns", ColumnsForm, ("list_columns",), _offer_columns)
