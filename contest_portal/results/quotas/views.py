"""The quota table of a category on one page, previewed while it is edited."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Category
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import VersionedForm, typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import category_by_id
from contest_portal.results.quotas.allocation import Options, table_words
from contest_portal.results.quotas.allocation.row_words import ROW_KINDS
from contest_portal.results.quotas.allocation.rules import Problem, fitted_to
from contest_portal.results.quotas.forms import TypedTable, as_typed, read_typed, typed_table
from contest_portal.results.quotas.queries import tables as queries
from contest_portal.results.quotas.queries.preview import preview_of
from contest_portal.results.quotas.services import save_table


@bp.get("/office/categories/<int:category_id>/quotas")
@permission("results.make_list", of=category_by_id)
def quota_table(category: Category) -> Response:
    """The table as it was saved last, and what it does."""
    stored = queries.stored_table(category.id)
    return _page(category, as_typed(stored.table), stored.version, stored)


@bp.post("/office/categories/<int:category_id>/quotas")
@permission("results.make_list", of=category_by_id)
def set_quotas(category: Category) -> Response:
    """Save the table as it was typed; or only add or remove a row, take another table over, or look at what it would do."""
    form, typed = VersionedForm(), typed_table(request.form)
    seen, stored = form.seen_version, queries.stored_table(category.id)
    if not form.validate_on_submit():
        return _page(category, typed, seen, stored, status=422)
    act = request.form.get("do", "save")
    if act == "save":
        return _save(category, typed, seen)
    return _page(category, _edited(category, typed, act), seen, stored)


def _edited(category: Category, typed: TypedTable, act: str) -> TypedTable:
    if act == "add":
        return typed.with_one_more(request.form.get("new_kind", ""))
    if act.startswith("remove-"):
        number = typed_number(act.removeprefix("remove-"))
        return typed if number is None else typed.without(number)
    source = typed_number(request.form.get("source")) if act == "copy" else None
    if source is not None and source in dict(queries.tables_to_copy(category)):
        copied = fitted_to(queries.stored_table(source).table, queries.options_of(category))
        flash(_("已套用所选的名额表，还没有保存。请核对后保存。"), "info")
        return as_typed(copied)
    return typed


def _save(category: Category, typed: TypedTable, seen: int) -> Response:
    table, problems = read_typed(typed, queries.options_of(category))
    category_id = category.id
    if not problems:
        try:
            save_table(current_actor(), category_id, seen, table)
        except DomainError as error:
            fresh, stored = category_by_id(category_id), queries.stored_table(category_id)
            # What somebody else saved is shown beside what was typed here; saving again is then a decision.
            return _page(fresh, typed, stored.version, stored, status=error.status, refusal=translate(error.message))
        flash(_("名额表已保存。"), "success")
        address = url_for("results.category_list", category_id=category_id)
        return redirect(address)  # type: ignore[return-value]
    return _page(category, typed, seen, queries.stored_table(category_id), status=422)


def _page(
    category: Category,
    typed: TypedTable,
    version: int,
    stored: queries.Stored,
    *,
    status: int = 200,
    refusal: str = "",
) -> Response:
    options = queries.options_of(category)
    table, problems = read_typed(typed, options)
    saved = stored.table if stored.is_there else None
    return render_page(
        "results/quotas/table.html",
        status=status,
        category=category,
        contest=category.contest,
        typed=typed,
        version=version,
        stored=stored,
        refusal=refusal,
        # Of a blank row nothing is said before it is saved; a preview waits until the rows can be read.
        problems=problems if status == 422 else [],
        unread=len(problems),
        beside=_beside(problems if status == 422 else []),
        preview=None if problems else preview_of(category, table, saved, options),
        stored_words=table_words(stored.table, options) if refusal else [],
        row_kinds=ROW_KINDS,
        options=options,
        dimensions=_dimensions(category, options),
        schools=[(school_id, name) for school_id, (name, _class) in options.schools.items()],
        sources=queries.tables_to_copy(category),
    )


def _beside(problems: list[Problem]) -> dict[str, list[str]]:
    """The field's id → what is wrong with it."""
    found: dict[str, list[str]] = {}
    for one in problems:
        name = one.field if one.row is None else f"row-{one.row}-{one.field}"
        found.setdefault(name, []).append(translate(one.message))
    return found


def _dimensions(category: Category, options: Options) -> dict[str, tuple[str, dict[str, str]]]:
    """Dimension → its label and what may be chosen of it; one in which nothing can be told apart is left out."""
    labels = {
        "stage": _("学段"),
        "kind": _("个人或集体"),
        "class": _("学校类型"),
        "discipline": category.rules.discipline_label,
    }
    found = {name: (label, options.values_of(name)) for name, label in labels.items()}
    return {name: (label, values) for name, (label, values) in found.items() if values}
