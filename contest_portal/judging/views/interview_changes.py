"""Moving one work, or a whole session, after the lot; who comes is told again."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.forms import row_id
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.interviews import ChangeSessionForm, MoveForm
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import Schedule, places_for, schedule_of
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import interview_changes as services
from contest_portal.judging.services.interviews import facts_of
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/rounds/<int:round_id>/interviews/move")
@permission("judging.run_round", of=round_to_plan)
def move_interview_form(row: Round) -> AnyResponse:
    """Where the work of `?slot=` may go."""
    return _move_page(row, MoveForm(formdata=None, version=row.version))


@bp.post("/office/rounds/<int:round_id>/interviews/move")
@permission("judging.run_round", of=round_to_plan)
def move_interview(row: Round) -> AnyResponse:
    """Move it, or let it change places."""
    form, round_id, told = MoveForm(), row.id, _is_told(row)
    try:
        changes = services.move_slot(
            current_actor(), round_id, _asked("slot"), form.place.data or "", form.seen_version, form.why.data or ""
        )
    except NotFound:
        return _gone(round_id)
    except DomainError as error:
        form.show(error)
        return _move_page(round_to_plan(round_id), form, error)
    return _moved(round_id, len(changes), told=told)


@bp.get("/office/rounds/<int:round_id>/interviews/session")
@permission("judging.run_round", of=round_to_plan)
def change_session_form(row: Round) -> AnyResponse:
    """The session of `?session=` as it is."""
    session = _session_in(schedule_of(row.id))
    return _gone(row.id) if session is None else _session_page(row, session, ChangeSessionForm.of(row, session))


@bp.post("/office/rounds/<int:round_id>/interviews/session")
@permission("judging.run_round", of=round_to_plan)
def change_session(row: Round) -> AnyResponse:
    """Another place or other times for it."""
    form, round_id, told = ChangeSessionForm(), row.id, _is_told(row)
    try:
        changes = services.change_session(
            current_actor(), round_id, _asked("session"), form.session_data, form.seen_version, form.why.data or ""
        )
    except NotFound:
        return _gone(round_id)
    except DomainError as error:
        form.show(error)
        session = _session_in(schedule_of(round_id))
        return _gone(round_id) if session is None else _session_page(round_to_plan(round_id), session, form, error)
    return _moved(round_id, len(changes), told=told)


def _asked(name: str) -> int:
    return request.args.get(name, 0, type=row_id)


def _is_told(row: Round) -> bool:
    return bool(facts_of(row).get("told_at"))


def _moved(round_id: int, count: int, *, told: bool) -> AnyResponse:
    if told:
        flash(_("已改动 %(count)s 件作品的问辩安排，并通知了有关教师和评委。", count=count), "success")
    else:
        flash(_("已改动 %(count)s 件作品的问辩安排。", count=count), "success")
    return redirect(url_for(".interviews", round_id=round_id))


def _gone(round_id: int) -> AnyResponse:
    """The page was old: a lot was drawn since, or the session is away."""
    flash(_("这项安排已重新抽签或删除，请在最新的安排中选择。"), "warning")
    return redirect(url_for(".interviews", round_id=round_id))


def _slot_in(schedule: Schedule) -> tuple[InterviewSession, InterviewSlot] | None:
    return next(((one, slot) for one in schedule.sessions for slot in one.slots if slot.id == _asked("slot")), None)


def _session_in(schedule: Schedule) -> InterviewSession | None:
    return next((one for one in schedule.sessions if one.id == _asked("session")), None)


def _move_page(row: Round, form: MoveForm, error: DomainError | None = None) -> AnyResponse:
    schedule = schedule_of(row.id)
    found = _slot_in(schedule)
    if found is None:
        return _gone(row.id)
    session, slot = found
    return render_page(
        "judging/interview_move.html",
        round=row,
        session=session,
        slot=slot,
        form=form.offer(places_for(schedule, slot)),
        told=_is_told(row),
        status=error.status if error else 200,
    )


def _session_page(
    row: Round, session: InterviewSession, form: ChangeSessionForm, error: DomainError | None = None
) -> Response:
    return render_page(
        "judging/interview_session.html",
        round=row,
        session=session,
        form=form,
        told=_is_told(row),
        status=error.status if error else 200,
    )
