"""How much space a school's files take: its managers see it, the office sets how much there is."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from contest_portal.core.actor import Role
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import VersionedForm
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.entries.queries.space import school_space, uses_of
from contest_portal.entries.views.blueprint import bp
from contest_portal.people.models import School
from contest_portal.people.queries.schools import school as school_by_id
from contest_portal.people.services.schools import MOST_SPACE_GB, set_space

add_item(_l("本校"), _l("文件空间"), "entries.own_space", icon="hdd", roles=[Role.SCHOOL_MANAGER], order=730)


class SpaceForm(VersionedForm):
    """How many GB a school's files may take; empty means what every school has."""

    space_gb = IntegerField(
        _l("文件空间"),
        [Optional(), NumberRange(0, MOST_SPACE_GB, _l("请填写 %(min)s 至 %(max)s 之间的整数"))],
    )


@bp.get("/school/space")
@permission("people.manage_own_school")
def own_space() -> Response:
    """What the school's files take, in all and by category."""
    return _page(school_by_id(current_actor().school_id or 0), None)


@bp.get("/schools/<int:school_id>/space")
@permission("people.see_school", of=school_by_id)
def space_of_school(school: School) -> Response:
    """The same for the office, which may change how much there is."""
    form = SpaceForm(data={"space_gb": school.space_gb, "version": school.version})
    return _page(school, form if may("people.manage_school", school) else None)


@bp.post("/schools/<int:school_id>/space")
@permission("people.manage_school", of=school_by_id)
def set_school_space(school: School) -> Response:
    """Give the school more or less space, or what every school has."""
    form = SpaceForm()
    if form.validate_on_submit():
        try:
            set_space(current_actor(), school.id, form.space_gb.data, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("文件空间已保存。"), "success")
            return redirect(url_for("entries.space_of_school", school_id=school.id))  # type: ignore[return-value]
    return _page(school, form)


def _page(school: School, form: SpaceForm | None) -> Response:
    return render_page(
        "entries/space.html",
        school=school,
        space=school_space(school),
        uses=uses_of(school),
        form=form,
        usual=current_app.config["SETTINGS"].school_space_gb,
        status=422 if form is not None and request.method == "POST" else 200,
    )
