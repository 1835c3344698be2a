"""A contest's hand-offs: handing up, what comes in, the places of the offices below."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

import contest_portal.results.handoff.upload_target  # noqa: F401 - the target of uploads is registered
from contest_portal.contests.models import Contest
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.results.blueprint import bp
from contest_portal.results.handoff.forms import FileForm, HereForm, PackageForm
from contest_portal.results.handoff.queries import rows as queries
from contest_portal.results.handoff.queries.going_up import readiness
from contest_portal.results.handoff.queries.recalls import recalled_of
from contest_portal.results.handoff.services import answers, handing_over, places, receiving, sending
from contest_portal.results.handoff.upload_target import HANDOFF_TARGET
from contest_portal.results.loading import contest_by_id

PLAIN_BYTES = 20 << 20
NO_FILE = N_("请先选择文件，再上传。")
TOO_LARGE = N_("文件超过 20 MB。请启用浏览器的脚本后分段上传，或在服务器上用 contest-portal handoff import 导入。")


@bp.get("/office/contests/<int:contest_id>/handoff")
@permission("results.see_handoffs", of=contest_by_id)
def handoffs(contest: Contest) -> Response:
    """What went up of the contest, and what came in to it."""
    return _page(contest)


@bp.post("/office/contests/<int:contest_id>/handoff")
@permission("results.hand_off", of=contest_by_id)
def hand_over(contest: Contest) -> Response:
    """Hand the approved lists to the contest above, in the same deployment."""
    form = HereForm()
    contest_id = contest.id
    if not form.validate_on_submit():
        return _page(contest, over_form=form)
    try:
        row = handing_over.hand_over(
            current_actor(),
            contest_id,
            id_numbers=bool(form.id_numbers.data),
            phones=bool(form.phones.data),
            leave_returned=bool(form.leave_returned.data),
        )
    except DomainError as error:
        if error.code == "handoff.not_put_right":
            form.show(error)
            return _page(contest_by_id(contest_id), over_form=form)
        flash(translate(error.message), "danger")
        return _to_contest(contest_id)
    if row.options.get("their_receipt"):
        flash(_("已上报，收据号 %(number)s。", number=row.receipt_number), "success")
    else:
        flash(_("已上报，收据号 %(number)s，等上级看过之后收下。", number=row.receipt_number), "success")
    return redirect(url_for("results.handoff", handoff_id=row.id))  # type: ignore[return-value]


@bp.post("/office/contests/<int:contest_id>/handoff/package")
@permission("results.hand_off", of=contest_by_id)
def begin_package(contest: Contest) -> Response:
    """Have a package made for an office elsewhere."""
    form = _package_form(contest)
    contest_id = contest.id
    if not form.validate_on_submit():
        return _page(contest, package_form=form)
    try:
        row = sending.begin_package(
            current_actor(),
            contest_id,
            partner_id=typed_number(form.partner_id.data),
            id_numbers=bool(form.id_numbers.data),
            phones=bool(form.phones.data),
        )
    except DomainError as error:
        form.show(error)
        return _page(contest_by_id(contest_id), package_form=form)
    return redirect(url_for("results.handoff", handoff_id=row.id))  # type: ignore[return-value]


@bp.post("/office/contests/<int:contest_id>/handoff/receive")
@permission("results.hand_off", of=contest_by_id)
def receive_package(contest: Contest) -> Response:
    """Take in a small package from the plain form; large ones come in pieces."""
    contest_id = contest.id
    try:
        file = _sent_file(request.files.get("package-file"))
        stored = storage().put(file.stream)
        row = receiving.receive_package(current_actor(), contest_id, stored.sha256, file.filename or "", stored.size)
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _to_contest(contest_id)
    return redirect(url_for("results.handoff", handoff_id=row.id))  # type: ignore[return-value]


@bp.post("/office/contests/<int:contest_id>/handoff/results")
@permission("results.hand_off", of=contest_by_id)
def take_results(contest: Contest) -> Response:
    """Attach a file of results from above to the entries."""
    contest_id, office_id = contest.id, contest.office_id
    try:
        content = _sent_file(request.files.get("results-file")).read()
        row = answers.take_results(current_actor(), office_id, content, contest_id=contest_id)
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _to_contest(contest_id)
    flash(_("已导入上级送回的结果。"), "success")
    return redirect(url_for("results.handoff", handoff_id=row.id))  # type: ignore[return-value]


@bp.get("/office/contests/<int:contest_id>/handoff/places")
@permission("results.hand_off", of=contest_by_id)
def handoff_places_page(contest: Contest) -> Response:
    """How many entries each office below may hand up, by category."""
    return _places_page(contest, {})


@bp.post("/office/contests/<int:contest_id>/handoff/places")
@permission("results.hand_off", of=contest_by_id)
def set_handoff_places(contest: Contest) -> Response:
    """Set them."""
    table = queries.places_table(contest)
    given: dict[tuple[int, str], int | None] = {}
    wrong: dict[str, str] = {}
    for category in contest.categories:
        for place, sender in enumerate(table.senders):
            name = f"places-{category.id}-{place}"
            text = unicodedata.normalize("NFKC", request.form.get(name, "")).strip()
            given[category.id, sender] = typed_number(text) if text else None
            if text and given[category.id, sender] is None:
                wrong[name] = text
    contest_id = contest.id
    if wrong:
        flash(_("名额应为 0 或更大的整数，不限名额请留空。"), "danger")
        return _places_page(contest, wrong, status=422)
    try:
        places.set_places(current_actor(), contest_id, given)
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _places_page(contest_by_id(contest_id), {}, status=422)
    flash(_("已保存上报名额。"), "success")
    return _to_contest(contest_id)


def _places_page(contest: Contest, wrong: dict[str, str], *, status: int = 200) -> Response:
    return render_page(
        "results/handoff/places.html",
        status=status,
        contest=contest,
        table=queries.places_table(contest),
        wrong=wrong,
    )


def _sent_file(file: Any) -> Any:
    """The file of a plain form. Raises Invalid where there is none or it is too large for one."""
    if file is None or not file.filename:
        raise Invalid("handoff.no_file", NO_FILE, field="file")
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > PLAIN_BYTES:
        raise Invalid("handoff.large_file", TOO_LARGE, field="file")
    return file


def _package_form(contest: Contest) -> PackageForm:
    form = PackageForm()
    partners = [one for one in queries.partners_of(contest.office_id) if one.state == "confirmed"]
    form.partner_id.choices = [
        ("", _("不加密，交给没有使用本系统的单位或当面送交")),
        *((str(one.id), _("加密给%(name)s", name=one.name)) for one in partners),
    ]
    return form


def _to_contest(contest_id: int) -> Response:
    return redirect(url_for("results.handoffs", contest_id=contest_id))  # type: ignore[return-value]


def _page(contest: Contest, *, over_form: HereForm | None = None, package_form: PackageForm | None = None) -> Response:
    incoming, outgoing = queries.handoffs_of(contest.id)
    going_up = readiness(contest.id)
    failed = bool((over_form and over_form.errors) or (package_form and package_form.errors))
    return render_page(
        "results/handoff/handoffs.html",
        status=422 if failed or (package_form and package_form.form_errors) else 200,
        contest=contest,
        above=contest.feeds_into,
        is_above_open=contest.feeds_into is not None and contest.feeds_into.state == "open",
        above_office=contest.feeds_into.office.name if contest.feeds_into else "",
        ready=going_up.count,
        left_out=going_up.left_out,
        open_cases=going_up.open_cases,
        incoming=incoming,
        outgoing=outgoing,
        recalled=recalled_of(contest.id),
        asks_to_leave=over_form is not None and bool(over_form.form_errors),
        over_form=over_form or HereForm(formdata=None),
        package_form=package_form or _package_form(contest),
        receive_form=FileForm(formdata=None, prefix="package"),
        results_form=FileForm(formdata=None, prefix="results"),
        target=HANDOFF_TARGET,
        plain_bytes=PLAIN_BYTES,
        most_bytes=current_app.config["SETTINGS"].largest_upload_mb << 20,
    )
