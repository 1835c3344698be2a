"""What schools and judges are asked about an objection, on their own pages."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.evidence import ACCEPT, MOST_BYTES, MOST_FILES
from contest_portal.results.objections.forms import StatementForm
from contest_portal.results.objections.models import ObjectionStatement
from contest_portal.results.objections.queries.record import own_statements, statement_by_id, waiting_count
from contest_portal.results.objections.services.statements import give_statement as give

for section, role, order in ((_l("参赛"), Role.SCHOOL_MANAGER, 345), (_l("评审"), Role.JUDGE, 118)):
    add_item(
        section, _l("情况说明"), "results.own_statements", icon="chat-square-text", roles=[role], order=order,
        badge=waiting_count, also_active_in=["results.own_statement"],
    )  # fmt: skip


@bp.get("/statements", endpoint="own_statements")
@permission("results.own_statements")
def show_own_statements() -> Response:
    """What the own school, or oneself as a judge, was asked."""
    return render_page(
        "results/objections/own_statements.html", statements=own_statements(current_actor()), today=today()
    )


@bp.get("/statements/<int:statement_id>")
@permission("results.own_statement", of=statement_by_id)
def own_statement(statement: ObjectionStatement) -> Response:
    """The question in the office's words, and the answer."""
    return _page(statement, StatementForm(formdata=None))


@bp.post("/statements/<int:statement_id>")
@permission("results.own_statement", of=statement_by_id)
def give_statement(statement: ObjectionStatement) -> Response:
    """Send the answer."""
    form, statement_id = StatementForm(), statement.id
    if form.validate_on_submit():
        try:
            give(current_actor(), statement_id, form.answer.data or "", form.given_files)
        except DomainError as error:
            form.show(error)
            return _page(statement_by_id(statement_id), form, status=error.status)
        flash(_("情况说明已提交，谢谢。"), "success")
        return redirect(url_for("results.own_statements"))  # type: ignore[return-value]
    return _page(statement, form, status=422)


def _page(statement: ObjectionStatement, form: StatementForm, status: int = 200) -> Response:
    return render_page(
        "results/objections/own_statement.html",
        status=status,
        statement=statement,
        entry=statement.objection.entry,
        may_answer=statement.answered_at is None and statement.objection.state == "inquiry",
        form=form,
        today=today(),
        accept=ACCEPT,
        most_files=MOST_FILES,
        most_bytes=MOST_BYTES,
    )
