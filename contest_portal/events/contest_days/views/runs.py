"""Results at the tables: typed by one, confirmed by another, corrected with a reason."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError, Stale
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.contest_days.forms import (
    OUTCOME_NAMES,
    ConfirmForm,
    RunForm,
    RunsForm,
    run_form,
    runs_form,
)
from contest_portal.events.contest_days.marks import score_text, time_text
from contest_portal.events.contest_days.models import ContestGroup, Run
from contest_portal.events.contest_days.queries import groups as queries
from contest_portal.events.contest_days.queries.results import RunLine, changes_of, run_lines
from contest_portal.events.contest_days.services import runs as services
from contest_portal.events.planning.event_links import event_tabs
from contest_portal.events.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/groups/<int:group_id>/runs")
@permission("events.see_group", of=queries.group)
def runs(row: ContestGroup) -> Response:
    """Type what the runs reached: one run, perhaps one table."""
    number, table = _asked(row)
    lines = run_lines(row)
    return _runs_page(row, lines, number, table, runs_form(_open(_chosen(lines, number, table))))


@bp.post("/office/groups/<int:group_id>/runs")
@permission("events.run_group", of=queries.group)
def type_runs(row: ContestGroup) -> AnyResponse:
    """Keep what was typed."""
    form, group_id = RunsForm(), row.id
    number, table = _asked(row)
    try:
        count = services.type_runs(current_actor(), group_id, number, form.run_data())
    except DomainError as error:
        row = queries.group(group_id)
        lines = run_lines(row)
        if isinstance(error, Stale):
            form = runs_form(_open(_chosen(lines, number, table)))
            form.form_errors.append(translate(error.message))
        elif error.problems:
            form.show_rows(error)
        else:
            form.show(error)
        return _runs_page(row, lines, number, table, form, status=422)
    flash(_("已保存 %(count)s 项成绩，等待另一人确认。", count=count), "success")
    return redirect(url_for("events.runs", group_id=group_id, run=number, table=table or None))


@bp.get("/office/groups/<int:group_id>/confirm")
@permission("events.see_group", of=queries.group)
def unconfirmed_runs(row: ContestGroup) -> Response:
    """What waits to be compared with the paper by another person."""
    actor = current_actor()
    waiting = [one for one in run_lines(row) if one.run and one.run.confirmed_at is None]
    return render_page(
        "events/contest_days/confirm.html",
        group=row,
        event=row.event,
        tabs=event_tabs(row.event),
        mine=[one for one in waiting if one.run and one.run.typed_by == actor.account_id],
        others=[one for one in waiting if one.run and one.run.typed_by != actor.account_id],
        **_words(),
    )


@bp.post("/office/groups/<int:group_id>/confirm")
@permission("events.run_group", of=queries.group)
def confirm_runs(row: ContestGroup) -> AnyResponse:
    """Confirm the chosen runs."""
    form, group_id = ConfirmForm(), row.id
    count = services.confirm_runs(current_actor(), group_id, form.seen())
    flash(_("已确认 %(count)s 项成绩。", count=count), "success")
    return redirect(url_for("events.unconfirmed_runs", group_id=group_id))


@bp.get("/office/runs/<int:run_id>")
@permission("events.see_run", of=queries.run)
def show_run(row: Run) -> Response:
    """One run: what it says, what it said before."""
    return _run_page(row, run_form(row))


@bp.post("/office/runs/<int:run_id>")
@permission("events.correct_run", of=queries.run)
def correct_run(row: Run) -> AnyResponse:
    """Correct it, with a reason."""
    form, run_id, group_id = RunForm(), row.id, row.team.group_id
    try:
        services.correct_run(current_actor(), run_id, form.run_data(row), form.why.data or "")
    except DomainError as error:
        form.show(error)
        return _run_page(queries.run(run_id), form)
    flash(_("已更正，请另一人确认。"), "success")
    return redirect(url_for("events.unconfirmed_runs", group_id=group_id))


def _asked(row: ContestGroup) -> tuple[int, int]:
    """(run, table) of the address; table 0: all."""
    run, table = typed_number(request.args.get("run")) or 1, typed_number(request.args.get("table")) or 0
    return min(max(run, 1), row.runs), table if 0 < table <= row.tables else 0


def _chosen(lines: list[RunLine], number: int, table: int) -> list[RunLine]:
    return [one for one in lines if one.start.run == number and table in (0, one.start.table)]


def _open(lines: list[RunLine]) -> list[RunLine]:
    return [one for one in lines if one.run is None or one.run.confirmed_at is None]


def _runs_page(
    row: ContestGroup, lines: list[RunLine], number: int, table: int, form: RunsForm, *, status: int = 200
) -> Response:
    chosen = _chosen(lines, number, table)
    fields = {str(one.form.team_id.data): one.form for one in form.rows.entries}
    return render_page(
        "events/contest_days/runs.html",
        status=status,
        group=row,
        event=row.event,
        tabs=event_tabs(row.event),
        number=number,
        table=table,
        lines=[(one, fields.get(str(one.start.team.id))) for one in chosen],
        done=sum(one.run is not None for one in chosen),
        waiting=sum(one.run is not None and one.run.confirmed_at is None for one in lines),
        form=form,
        **_words(),
    )


def _run_page(row: Run, form: RunForm) -> Response:
    group = row.team.group
    return render_page(
        "events/contest_days/run.html",
        status=422 if form.errors or form.form_errors else 200,
        run=row,
        group=group,
        event=group.event,
        tabs=event_tabs(group.event),
        changes=changes_of(row),
        form=form,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"outcomes": OUTCOME_NAMES, "score_text": score_text, "time_text": time_text}
