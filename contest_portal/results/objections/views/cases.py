"""The office's page of one objection, and every step of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import Form, typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.media.facts import SHOWN_INLINE, Kind, media_type
from contest_portal.people.id_number import mask_id_number
from contest_portal.people.phones import mask_phone
from contest_portal.results.blueprint import bp
from contest_portal.results.objections import forms, presentation
from contest_portal.results.objections.queries import cases as queries
from contest_portal.results.objections.queries.cases import Case
from contest_portal.results.objections.queries.record import record_of
from contest_portal.results.objections.services import cases, decisions, statements
from contest_portal.results.objections.services.remedies import remedy_of
from contest_portal.results.objections.states import OUTCOMES


@bp.get("/office/objections/<int:objection_id>")
@permission("results.see_objection", of=queries.case_by_id)
def objection_case(case: Case) -> Response:
    """One case: what to do next first."""
    return _case_page(case)


@bp.post("/office/objections/<int:objection_id>/objector")
@permission("results.open_objection", of=queries.case_by_id)
def open_objector(case: Case) -> Response:
    """The whole numbers, which is recorded."""
    case_id = case.objection.id
    cases.open_numbers(current_actor(), case_id)
    return _case_page(queries.case_by_id(case_id), shows_contact=True)


@bp.post("/office/objections/<int:objection_id>/assign")
@permission("results.assign_objection", of=queries.case_by_id)
def assign_objection(case: Case) -> Response:
    form = _assign_form(case)
    return _act(
        case,
        form,
        lambda actor, case_id: cases.assign_case(
            actor, case_id, form.seen_version, form.handler.data or 0, form.second.data or 0
        ),
        _("已指定经办人和签署人，并通知了他们。"),
    )


@bp.post("/office/objections/<int:objection_id>/conflicts")
@permission("results.declare_objection_conflict", of=queries.case_by_id)
def declare_objection_conflict(case: Case) -> Response:
    """Keep oneself away, or a colleague; then there is nothing more to see of it for oneself."""
    form = _conflict_form(case)
    contest_id, actor = case.contest.id, current_actor()
    is_own = form.account_id.data == actor.account_id
    there = url_for("results.objections", contest_id=contest_id) if is_own else None
    return _act(
        case,
        form,
        lambda actor, case_id: cases.declare_conflict(actor, case_id, form.account_id.data or 0, form.why.data or ""),
        _("已登记回避。"),
        there,
    )


@bp.post("/office/objections/<int:objection_id>/accept")
@permission("results.handle_objection", of=queries.case_by_id)
def accept_objection(case: Case) -> Response:
    form = forms.ReasonForm()
    return _act(
        case, form, lambda actor, case_id: cases.accept_case(actor, case_id, form.seen_version), _("已受理，开始调查。")
    )


@bp.post("/office/objections/<int:objection_id>/refuse")
@permission("results.handle_objection", of=queries.case_by_id)
def refuse_objection(case: Case) -> Response:
    form = forms.ReasonForm(prefix="refuse")
    form.version.data = request.form.get("version", "")
    return _act(
        case,
        form,
        lambda actor, case_id: cases.refuse_case(actor, case_id, form.seen_version, form.why.data or ""),
        _("已登记不予受理，异议人可以看到理由。"),
    )


@bp.post("/office/objections/<int:objection_id>/notes")
@permission("results.open_objection", of=queries.case_by_id)
def note_objection(case: Case) -> Response:
    form = forms.NoteForm()
    return _act(case, form, lambda actor, case_id: cases.add_note(actor, case_id, form.text.data or ""), _("已记录。"))


@bp.post("/office/objections/<int:objection_id>/ask")
@permission("results.handle_objection", of=queries.case_by_id)
def ask_for_statement(case: Case) -> Response:
    form = forms.AskForm()
    return _act(
        case,
        form,
        lambda actor, case_id: statements.ask_statement(actor, case_id, form.whom.data or "", form.question.data or ""),
        _("已发出，对方会收到通知，在自己的页面答复。"),
    )


@bp.post("/office/objections/<int:objection_id>/propose")
@permission("results.handle_objection", of=queries.case_by_id)
def propose_decision(case: Case) -> Response:
    form = forms.ProposalForm()
    return _act(
        case,
        form,
        lambda actor, case_id: decisions.propose_decision(
            actor, case_id, form.seen_version, form.outcome.data or "", form.decision.data or ""
        ),
        _("处理决定已提出，等第二人签署后生效。"),
    )


@bp.post("/office/objections/<int:objection_id>/sign")
@permission("results.sign_objection", of=queries.case_by_id)
def sign_decision(case: Case) -> Response:
    form = forms.ReasonForm()
    return _act(
        case,
        form,
        lambda actor, case_id: decisions.sign_decision(actor, case_id, form.seen_version),
        _("决定已签署并生效。"),
    )


@bp.post("/office/objections/<int:objection_id>/disagree")
@permission("results.sign_objection", of=queries.case_by_id)
def disagree_with_decision(case: Case) -> Response:
    form = forms.ReasonForm(prefix="disagree")
    form.version.data = request.form.get("version", "")
    return _act(
        case,
        form,
        lambda actor, case_id: decisions.disagree(actor, case_id, form.seen_version, form.why.data or ""),
        _("已退回调查，并通知了经办人。"),
    )


@bp.post("/office/objections/<int:objection_id>/answer")
@permission("results.handle_objection", of=queries.case_by_id)
def answer_objection(case: Case) -> Response:
    form = forms.AnswerForm()
    return _act(
        case,
        form,
        lambda actor, case_id: decisions.answer_objector(actor, case_id, form.seen_version, form.answer.data or ""),
        _("已答复，案件办结。异议人用查询链接可以看到答复。"),
    )


@bp.get("/office/objections/<int:objection_id>/files/<int:file_id>")
@permission("results.open_objection_file", of=queries.case_of_file)
def objection_file(place: tuple[Case, int]) -> Response:
    """A file of the case, for those who have a task in it."""
    case, file_id = place
    row = next(one for one in case.objection.files if one.id == file_id)
    kind = Kind(row.kind)
    shown = kind in SHOWN_INLINE and "download" not in request.args
    return send_uploaded(
        UploadedFile(row.file_sha256, row.file_name, media_type(kind), is_saved=not shown, is_sealed=True)
    )


def _act(case: Case, form: Form, do: Callable[[Any, int], Any], done: str, there: str | None = None) -> Response:
    """Do one step; what is wrong is shown beside its field, what came too late above the case as it is now."""
    case_id = case.objection.id
    if not form.validate_on_submit():
        return _case_page(case, form, status=422)
    try:
        do(current_actor(), case_id)
    except DomainError as error:
        if error.status == 422:
            form.show(error)
            return _case_page(queries.case_by_id(case_id), form, status=422)
        return _case_page(queries.case_by_id(case_id), said=translate(error.message), status=error.status)
    flash(done, "success")
    return redirect(there or url_for("results.objection_case", objection_id=case_id))  # type: ignore[return-value]


def _case_page(
    case: Case, wrong: Form | None = None, *, said: str = "", status: int = 200, shows_contact: bool = False
) -> Response:
    row, actor = case.objection, current_actor()
    is_open = case.has_task(actor)
    asking = (
        statements.whom_to_ask(row.entry_id) if row.state == "inquiry" and row.handler_id == actor.account_id else []
    )
    return render_page(
        "results/objections/case.html",
        status=status,
        case=case,
        row=row,
        contest=case.contest,
        said=said,
        is_open=is_open,
        shows_contact=shows_contact,
        masked_id=mask_id_number(row.objector_id_number or "") if is_open else "",
        masked_phone=mask_phone(row.objector_phone) if is_open else "",
        is_handler=is_open and row.handler_id == actor.account_id,
        is_second=is_open and row.second_id == actor.account_id,
        remedy=remedy_of(row) if is_open and row.decided_at and row.outcome != "dismissed" else None,
        steps=presentation.office_steps(row),
        state=presentation.state_word(row.state),
        record=record_of(row, whole=is_open),
        today=today(),
        outcomes=OUTCOMES,
        names={one.account_id: one.name for one in case.people},
        forms=_forms(case, wrong, asking),
        asks_nobody=not asking,
    )


def _forms(case: Case, wrong: Form | None, asking: list[tuple[str, str]]) -> dict[str, Form]:
    """Every form of the page, empty but for the one that was just sent and is wrong."""
    row = case.objection
    propose = forms.ProposalForm(formdata=None, outcome=row.outcome, decision=row.decision)
    made: dict[str, Form] = {
        "assign": _assign_form(case, fresh=True),
        "conflict": _conflict_form(case, fresh=True),
        "refuse": forms.ReasonForm(formdata=None, prefix="refuse"),
        "disagree": forms.ReasonForm(formdata=None, prefix="disagree"),
        "note": forms.NoteForm(formdata=None),
        "ask": forms.AskForm(formdata=None),
        "propose": propose,
        "answer": forms.AnswerForm(formdata=None, answer=row.decision),
    }
    if wrong is not None:
        for name, form in made.items():
            if type(form) is type(wrong) and form._prefix == wrong._prefix:
                made[name] = wrong
    made["ask"].whom.choices = asking
    made["propose"].outcome.choices = [(code, translate(words)) for code, words in OUTCOMES.items()]
    return made


def _assign_form(case: Case, *, fresh: bool = False) -> forms.AssignForm:
    form = forms.AssignForm(formdata=None) if fresh else forms.AssignForm()
    fit = [(one.account_id, _named(one.name, one.is_leader)) for one in case.fit]
    form.handler.choices = form.second.choices = [(0, _("请选择")), *fit]
    if fresh:
        form.handler.data, form.second.data = case.objection.handler_id or 0, case.objection.second_id or 0
    return form


def _conflict_form(case: Case, *, fresh: bool = False) -> forms.ConflictForm:
    form = forms.ConflictForm(formdata=None) if fresh else forms.ConflictForm()
    actor = current_actor()
    others = case.fit if cases.may_assign(actor.account_id, list(case.people), case.kept_away) else []
    form.account_id.choices = [(actor.account_id, _("我本人"))] + [
        (one.account_id, one.name) for one in others if one.account_id != actor.account_id
    ]
    if fresh:
        form.account_id.data = typed_number(actor.account_id)
    return form


def _named(name: str, is_leader: bool) -> str:
    return _("%(name)s（领导）", name=name) if is_leader else name
