"""Alike entries: the list, one pair side by side with the verdict; how many wait, in the menu."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests.queries import contest_choices
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, may, permission
from contest_portal.entries.forms_likeness import VerdictForm
from contest_portal.entries.likeness_models import LikenessPair
from contest_portal.entries.likeness_workbook import pairs_workbook
from contest_portal.entries.passage_marks import marked
from contest_portal.entries.queries import likeness as queries
from contest_portal.entries.services.verdicts import PAIR_STATES, judge_pair
from contest_portal.entries.views.blueprint import bp


def _waiting(actor: Actor) -> Count:
    return queries.waiting_count(actor.office_id or 0)


add_item(
    _l("竞赛"),
    _l("查重"),
    "entries.likeness_list",
    icon="intersect",
    roles=sorted(OFFICE_ROLES),
    order=205,
    badge=_waiting,
    badge_for=[Role.OFFICE],
    also_active_in=["entries.likeness_"],
)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS, sort="waiting")


@bp.get("/office/likeness")
@permission("entries.likeness")
def likeness_list() -> Response:
    """The office's pairs, those that await a verdict first, the most alike of them at the top."""
    actor = current_actor()
    office_id = actor.office_id or 0
    return render_page(
        "entries/likeness/list.html",
        page=queries.pairs_page(office_id, _listing()),
        states=[(state, translate(PAIR_STATES[state])) for state in queries.STATES],
        kinds=[("picture", _("图画")), ("text", _("文字"))],
        contests=contest_choices(office_id),
        categories=queries.category_choices(office_id),
        judging=actor.is_in(Role.OFFICE),
    )


@bp.get("/office/likeness/export")
@permission("entries.likeness")
def likeness_export() -> Response:
    """The list as it is filtered, as a workbook."""
    rows = queries.pairs_to_export(current_actor().office_id or 0, _listing())
    return workbook_response(pairs_workbook(rows), _("查重清单.xlsx"))


@bp.get("/office/likeness/<int:pair_id>")
@permission("entries.see_pair", of=queries.pair_by_id)
def likeness_pair(pair: LikenessPair) -> Response:
    """Two entries side by side, and what was said of them."""
    return _pair_page(pair, VerdictForm(formdata=None, seen=pair.state))


@bp.post("/office/likeness/<int:pair_id>/verdict")
@permission("entries.judge_pair", of=queries.pair_by_id)
def likeness_verdict(pair: LikenessPair) -> AnyResponse:
    """Say what the pair is, and on to the next."""
    form, pair_id = VerdictForm(), pair.id
    if not form.validate():
        return _pair_page(pair, form, status=422)
    try:
        judged = judge_pair(
            current_actor(),
            pair_id,
            form.seen.data or "",
            form.verdict.data or "",
            form.words.data or "",
            with_others=bool(form.with_others.data),
        )
    except Conflict as error:
        return _pair_page(queries.pair_by_id(pair_id), form, problem=error, status=error.status)
    except DomainError as error:
        form.show(error)
        return _pair_page(queries.pair_by_id(pair_id), form, status=error.status)
    flash(ngettext("结论已记录。", "%(num)s 处相似的结论已记录。", len(judged)), "success")
    next_id = queries.next_waiting(judged[0]) if form.seen.data == "open" else None
    return redirect(url_for(".likeness_pair", pair_id=next_id or pair_id))


def _pair_page(
    pair: LikenessPair, form: VerdictForm, *, problem: DomainError | None = None, status: int = 200
) -> Response:
    form.seen.data = pair.state
    return render_page(
        "entries/likeness/pair.html",
        status=status,
        sheet=queries.sheet_of(pair),
        passages=[marked(one) for one in pair.details.get("passages", ())],
        form=form,
        judging=may("entries.judge_pair", pair),
        problem=translate(problem.message) if problem else "",
    )
