"""The repair of a running round: ask, see the difference, apply it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.repairing import RepairForm
from contest_portal.judging.models import Round
from contest_portal.judging.queries.planning import seats_of_round
from contest_portal.judging.queries.repairing import RepairWish, preview_repair, unread_counts
from contest_portal.judging.queries.rounds import round_by_id
from contest_portal.judging.services.repairing import MOST_READS, apply_repair
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/rounds/<int:round_id>/repair")
@permission("judging.run_round", of=round_by_id)
def repair(row: Round) -> AnyResponse:
    """What has changed, and with `?preview=1` what would change hands."""
    if row.state != "open":
        flash(_("只有评审中的轮次可以调整任务。"), "info")
        return redirect(url_for(".show_round", round_id=row.id))
    form = RepairForm(formdata=request.args if "preview" in request.args else None, reads=row.reads_per_entry)
    return _repair_page(row, form, ask="preview" not in request.args)


@bp.post("/office/rounds/<int:round_id>/repair")
@permission("judging.run_round", of=round_by_id)
def apply(row: Round) -> AnyResponse:
    """Do what the preview showed."""
    form, round_id = RepairForm(), row.id
    try:
        change = apply_repair(
            current_actor(), round_id, form.wish(row.reads_per_entry), form.digest.data or "", form.seen_version, form.why.data or ""
        )  # fmt: skip
    except DomainError as error:
        form.show(error)
        return _repair_page(round_by_id(round_id), form, ask=False, status=error.status)
    flash(_("已调整 %(count)s 项任务，并通知了新增任务的评委。", count=len(change.moved)), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _repair_page(row: Round, form: RepairForm, *, ask: bool, status: int = 200) -> Response:
    wish = form.wish(row.reads_per_entry)
    usable = wish.reads is None or 1 <= wish.reads <= MOST_READS
    preview = None if ask or not usable else preview_repair(row, wish)
    if not ask and not usable:
        form.reads.errors = [_("每件作品的评阅次数应为 1–%(most)s。", most=MOST_READS)]
    if preview is not None:
        form.digest.data = preview.digest
    form.version.data = str(row.version)
    return render_page(
        "judging/repair.html",
        round=row,
        form=form,
        judges=[judge for _seat, judge in seats_of_round(row.id)],
        unread=unread_counts(row.id),
        preview=preview,
        shortages=[translate(one) for one in preview.shortages] if preview else [],
        wish=wish if preview else RepairWish(),
        status=status,
    )
