"""The pages of a category's slots and extra fields, one item a page; order and removal by buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests import queries, services
from contest_portal.contests.forms.slots import ExtraFieldForm, SlotForm
from contest_portal.contests.models import Category
from contest_portal.contests.queries import RulePart
from contest_portal.contests.rules import CategoryRules
from contest_portal.contests.rules_editing import code_for, dropped, moved, put
from contest_portal.contests.views.blueprint import bp
from contest_portal.contests.views.categories import category_page, rules_page, save_rules
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import VersionedForm
from contest_portal.core.permissions import current_actor, permission


def _slot_form(part: RulePart) -> SlotForm:
    rules = part.category.rules
    form = SlotForm.of(part.slot, part.category.version)
    form.offer(rules, part.slot)
    codes = [one.code for one in rules.slots]
    form.at = f"slots[{codes.index(part.slot.code) if part.slot else len(codes)}]"
    return form


def _slot_page(part: RulePart, form: SlotForm, row: Category, status: int = 200) -> Response:
    return rules_page(row, form, "contests/edit_slot.html", status, slot=part.slot)


@bp.get("/office/categories/<int:category_id>/slots/new")
@permission("contests.edit_category", of=queries.new_part)
def new_slot(part: RulePart) -> Response:
    """The form of a new slot."""
    return _slot_page(part, _slot_form(part), part.category)


@bp.get("/office/categories/<int:category_id>/slots/<code>")
@permission("contests.edit_category", of=queries.slot)
def edit_slot(part: RulePart) -> Response:
    """The form of a slot."""
    return _slot_page(part, _slot_form(part), part.category)


@bp.post("/office/categories/<int:category_id>/slots/new")
@permission("contests.edit_category", of=queries.new_part)
def add_slot(part: RulePart) -> AnyResponse:
    """Add a slot at the end."""
    return _save_slot(part)


@bp.post("/office/categories/<int:category_id>/slots/<code>")
@permission("contests.edit_category", of=queries.slot)
def save_slot(part: RulePart) -> AnyResponse:
    """Save a slot."""
    return _save_slot(part)


def _save_slot(part: RulePart) -> AnyResponse:
    form, rules = _slot_form(part), part.category.rules

    def changed() -> CategoryRules:
        code = part.slot.code if part.slot else code_for(form.label.data, ["new", *(one.code for one in rules.slots)])
        return replace(rules, slots=put(rules.slots, form.slot(code)))

    return save_rules(part.category, form, changed, lambda row, status: _slot_page(part, form, row, status))


@bp.post("/office/categories/<int:category_id>/slots/<code>/move")
@permission("contests.edit_category", of=queries.slot)
def move_slot(part: RulePart) -> AnyResponse:
    """Move a slot one place up or down."""
    assert part.slot is not None
    code = part.slot.code
    return _changed(part, "slots", lambda rules: replace(rules, slots=moved(rules.slots, code, _steps())))


@bp.post("/office/categories/<int:category_id>/slots/<code>/remove")
@permission("contests.edit_category", of=queries.slot)
def remove_slot(part: RulePart) -> AnyResponse:
    """Remove a slot."""
    assert part.slot is not None
    code = part.slot.code
    return _changed(part, "slots", lambda rules: replace(rules, slots=dropped(rules.slots, code)))


def _field_form(part: RulePart) -> ExtraFieldForm:
    rules = part.category.rules
    form = ExtraFieldForm.of(part.field, part.category.version)
    form.offer(rules, part.field)
    codes = [one.code for one in rules.fields]
    form.at = f"fields[{codes.index(part.field.code) if part.field else len(codes)}]"
    return form


def _field_page(part: RulePart, form: ExtraFieldForm, row: Category, status: int = 200) -> Response:
    return rules_page(row, form, "contests/edit_field.html", status, field_rules=part.field)


@bp.get("/office/categories/<int:category_id>/fields/new")
@permission("contests.edit_category", of=queries.new_part)
def new_field(part: RulePart) -> Response:
    """The form of a new extra field."""
    return _field_page(part, _field_form(part), part.category)


@bp.get("/office/categories/<int:category_id>/fields/<code>")
@permission("contests.edit_category", of=queries.extra_field)
def edit_field(part: RulePart) -> Response:
    """The form of an extra field."""
    return _field_page(part, _field_form(part), part.category)


@bp.post("/office/categories/<int:category_id>/fields/new")
@permission("contests.edit_category", of=queries.new_part)
def add_field(part: RulePart) -> AnyResponse:
    """Add an extra field at the end."""
    return _save_field(part)


@bp.post("/office/categories/<int:category_id>/fields/<code>")
@permission("contests.edit_category", of=queries.extra_field)
def save_field(part: RulePart) -> AnyResponse:
    """Save an extra field."""
    return _save_field(part)


def _save_field(part: RulePart) -> AnyResponse:
    form, rules = _field_form(part), part.category.rules

    def changed() -> CategoryRules:
        code = (
            part.field.code if part.field else code_for(form.label.data, ["new", *(one.code for one in rules.fields)])
        )
        return replace(rules, fields=put(rules.fields, form.field(code)))

    return save_rules(part.category, form, changed, lambda row, status: _field_page(part, form, row, status))


@bp.post("/office/categories/<int:category_id>/fields/<code>/move")
@permission("contests.edit_category", of=queries.extra_field)
def move_field(part: RulePart) -> AnyResponse:
    """Move an extra field one place up or down."""
    assert part.field is not None
    code = part.field.code
    return _changed(part, "fields", lambda rules: replace(rules, fields=moved(rules.fields, code, _steps())))


@bp.post("/office/categories/<int:category_id>/fields/<code>/remove")
@permission("contests.edit_category", of=queries.extra_field)
def remove_field(part: RulePart) -> AnyResponse:
    """Remove an extra field."""
    assert part.field is not None
    code = part.field.code
    return _changed(part, "fields", lambda rules: replace(rules, fields=dropped(rules.fields, code)))


def _steps() -> int:
    return -1 if request.form.get("to") == "up" else 1


def _changed(part: RulePart, section: str, change: Callable[[CategoryRules], CategoryRules]) -> AnyResponse:
    """Save at once and return to the category; what stands against it is shown there."""
    category = part.category
    category_id = category.id
    try:
        services.change_rules(current_actor(), category_id, VersionedForm().seen_version, change(category.rules))
    except DomainError as error:
        return category_page(queries.category(category_id), error)
    flash(_("已保存。"), "success")
    return redirect(url_for("contests.category", category_id=category_id, _anchor=section))
