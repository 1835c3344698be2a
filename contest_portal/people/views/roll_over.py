"""The step into a new school year: preview, do, undo."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import Role
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.models import RollOver, School
from contest_portal.people.queries import rosters as queries
from contest_portal.people.queries.schools import school as school_of
from contest_portal.people.school_year import school_year_name
from contest_portal.people.services import roll_over as services
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import grade_words, own_school_page

add_item(
    _l("师生名册"), _l("学年升级"), "people.own_roll_over", icon="calendar-check", roles=[Role.SCHOOL_MANAGER], order=650,
    also_active_in=["people.show_roll_over"],
)  # fmt: skip


def roll_over_of(roll_over_id: int) -> tuple[RollOver, School]:
    """A step with its school. Raises NotFound."""
    row = queries.roll_over_record(roll_over_id)
    return row, school_of(row.school_id)


@bp.get("/roll-over")
@permission("people.own_roster")
def own_roll_over() -> Response:
    """To the page of one's own school."""
    return own_school_page("people.show_roll_over")


@bp.get("/schools/<int:school_id>/roll-over")
@permission("people.manage_roster", of=school_of)
def show_roll_over(school: School) -> Response:
    """What the step would do, and the steps made before."""
    preview = queries.roll_over_preview(school)
    return render_page(
        "people/roll_over.html",
        school=school,
        preview=preview,
        history=queries.roll_overs_of(school.id),
        grades=grade_words(),
        year_name=lambda year: translate(school_year_name(year)),
    )


@bp.post("/schools/<int:school_id>/roll-over")
@permission("people.manage_roster", of=school_of)
def roll_over(school: School) -> Response:
    """Do it."""
    services.roll_over(current_actor(), school.id)
    flash(_("升级完成。如有差错，可在期限内撤销。"), "success")
    return redirect(url_for("people.show_roll_over", school_id=school.id))  # type: ignore[return-value]


@bp.post("/roll-overs/<int:roll_over_id>/undo")
@permission("people.manage_import", of=roll_over_of)
def undo_roll_over(place: tuple[RollOver, School]) -> Response:
    """Put everybody back."""
    kept = services.undo_roll_over(current_actor(), place[0].id)
    if kept:
        flash(_("已撤销升级。其中 %(count)s 名学生在升级后另有更改，保留现状。", count=kept), "warning")
    else:
        flash(_("已撤销升级，学生回到升级之前的年级。"), "success")
    return redirect(url_for("people.show_roll_over", school_id=place[1].id))  # type: ignore[return-value]
