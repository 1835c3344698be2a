"""One hand-off: its entries, its receipt, and what this side may do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import end_of_day, today
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.errors import Conflict, DomainError, NotFound
from contest_portal.core.forms import VersionedForm, typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListDocument, list_pdf, list_workbook
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sending import send_content
from contest_portal.core.text import Message
from contest_portal.results.blueprint import bp
from contest_portal.results.handoff.forms import RefuseForm, ReturnForm, TakeForm
from contest_portal.results.handoff.models import Handoff
from contest_portal.results.handoff.queries import rows as queries
from contest_portal.results.handoff.queries.addressed import other_receiver
from contest_portal.results.handoff.queries.awards import has_approved_awards
from contest_portal.results.handoff.queries.personal import included_before, includes
from contest_portal.results.handoff.receipts import lines_document, receipt_document
from contest_portal.results.handoff.services import again, answers, deciding, recalls, sending
from contest_portal.results.handoff.services.mapping import categories_for, unmapped
from contest_portal.results.handoff.services.places import over_places
from contest_portal.results.handoff.services.taking import require_takeable
from contest_portal.results.loading import contest_by_id

DAYS_TO_MEND = 7


@bp.get("/office/handoffs/<int:handoff_id>")
@permission("results.see_handoff", of=queries.handoff_by_id)
def handoff(row: Handoff) -> Response:
    """The hand-off with its entries, a page of them."""
    return _page(row)


@bp.get("/office/handoffs/<int:handoff_id>/progress")
@permission("results.see_handoff", of=queries.handoff_by_id)
def handoff_progress(row: Handoff) -> Response:
    """How far making, checking or taking is; when it has ended, the page is shown anew."""
    response = render_page("results/handoff/progress.html", row=row, percent=queries.progress_of(row) or 0)
    if row.state not in queries.WORKING:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.get("/office/handoffs/<int:handoff_id>/package")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def handoff_package(row: Handoff) -> Response:
    """The package to be sent to the upper office."""
    if row.direction != "out" or row.package_file_sha256 is None:
        raise NotFound
    kind = "application/zip" if row.package_name.endswith(".zip") else "application/octet-stream"
    return send_content(row.package_file_sha256, mimetype=kind, name=row.package_name, as_attachment=True)


@bp.get("/office/handoffs/<int:handoff_id>/receipt.pdf")
@permission("results.see_handoff", of=queries.handoff_by_id)
def handoff_receipt_pdf(row: Handoff) -> Response:
    """The receipt to be printed and stamped."""
    document = _receipt(row)
    return pdf_response(list_pdf(document), f"{document.title} {row.receipt_number}.pdf")


@bp.get("/office/handoffs/<int:handoff_id>/receipt.xlsx")
@permission("results.see_handoff", of=queries.handoff_by_id)
def handoff_receipt_workbook(row: Handoff) -> Response:
    """The receipt with all entries as a workbook."""
    document = _receipt(row)
    return workbook_response(list_workbook(document), f"{document.title} {row.receipt_number}.xlsx")


@bp.get("/office/handoffs/<int:handoff_id>/entries.xlsx")
@permission("results.see_handoff", of=queries.handoff_by_id)
def export_handoff(row: Handoff) -> Response:
    """The entries that the page shows, with what became of each."""
    listing = Listing.from_url(request.args, filters=("q",))
    document = lines_document(row, queries.lines_of(row, listing.whole()).rows)
    return workbook_response(list_workbook(document), f"{document.title}.xlsx")


@bp.get("/office/handoffs/<int:handoff_id>/receipt")
@permission("results.see_handoff", of=queries.handoff_by_id)
def handoff_receipt(row: Handoff) -> Response:
    """The receipt as a page."""
    return render_page("results/handoff/receipt.html", row=row, contest=row.contest, document=_receipt(row))


def _receipt(row: Handoff) -> ListDocument:
    if row.receipt_number is None:
        raise NotFound
    return receipt_document(queries.with_lines(row))


@bp.post("/office/handoffs/<int:handoff_id>/discard")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def discard_handoff_package(row: Handoff) -> Response:
    """Remove the package's file from the server."""
    return _done(row.id, lambda: sending.discard_package(current_actor(), row.id), _("文件包已删除。"))


@bp.post("/office/handoffs/<int:handoff_id>/again")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def make_handoff_again(row: Handoff) -> Response:
    """Make a package that failed once more."""
    return _done(row.id, lambda: again.make_again(current_actor(), row.id), _("正在重新生成上报包。"))


@bp.post("/office/handoffs/<int:handoff_id>/categories")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def map_handoff(row: Handoff) -> Response:
    """Say what the sender's categories are here."""
    form = VersionedForm()
    chosen = {
        one["code"]: number
        for place, one in enumerate(row.document.get("counts", []))
        if (number := typed_number(request.form.get(f"category-{place}"))) is not None
    }
    return _done(
        row.id,
        lambda: deciding.choose_categories(current_actor(), row.id, chosen, form.seen_version),
        _("已保存类别对应。"),
    )


@bp.post("/office/handoffs/<int:handoff_id>/take")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def take_handoff(row: Handoff) -> Response:
    """Take it as it was seen."""
    form = TakeForm()
    taking_out, for_other = bool(form.taking_out.data), bool(form.for_other.data)
    return _done(
        row.id,
        lambda: deciding.ask_to_take(
            current_actor(), row.id, form.seen_version, taking_out=taking_out, for_other=for_other
        ),
        _("正在收下，可以离开此页。"),
    )


@bp.post("/office/handoffs/<int:handoff_id>/refuse")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def refuse_handoff(row: Handoff) -> Response:
    """Take nothing of it."""
    form = RefuseForm()
    return _done(
        row.id,
        lambda: deciding.refuse(current_actor(), row.id, form.why.data or "", form.seen_version),
        _("已退回，没有收下任何作品。"),
    )


@bp.post("/office/handoffs/<int:handoff_id>/return")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def return_handoff(row: Handoff) -> Response:
    """Return the whole of it, or the one entry that is named, to be mended."""
    form = ReturnForm()
    actor, line_id = current_actor(), typed_number(request.form.get("line"))
    if not form.validate_on_submit():
        flash(_("请写明退回原因和更正截止日期。"), "danger")
        return _to(row.id)
    until = end_of_day(form.fix_until.data)
    why = form.why.data or ""
    if line_id is None:
        return _done(row.id, lambda: answers.return_handoff(actor, row.id, why, until), _("已退回报送单位。"))
    return _done(row.id, lambda: answers.return_line(actor, row.id, line_id, why, until), _("这件作品已退回报送单位。"))


@bp.post("/office/handoffs/<int:handoff_id>/take-out")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def take_out_recalled(row: Handoff) -> Response:
    """Withdraw a work that its sender has withdrawn."""
    try:
        words = recalls.take_out(current_actor(), row.id, _line())
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(translate(words), "success")
    return _to(row.id)


@bp.post("/office/handoffs/<int:handoff_id>/keep")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def keep_recalled(row: Handoff) -> Response:
    """Let such a work go on."""
    why = request.form.get("why", "")
    return _done(row.id, lambda: recalls.keep_recalled(current_actor(), row.id, _line(), why), _("已保留这件作品。"))


@bp.post("/office/handoffs/<int:handoff_id>/results")
@permission("results.act_on_handoff", of=queries.handoff_by_id)
def send_handoff_results(row: Handoff) -> Response:
    """Results back to who handed up: at once in the same deployment, else as a signed file."""
    actor, handoff_id = current_actor(), row.id
    if row.source_id is not None:
        return _done(handoff_id, lambda: answers.send_results_back(actor, handoff_id), _("结果已送回报送单位。"))
    try:
        content, name = answers.results_file(actor, handoff_id)
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _to(handoff_id)
    response = workbook_response(content, name)
    response.mimetype = "application/zip"
    return response


def _line() -> int:
    """The line that a form names; 0, which is none's, where it does not."""
    return typed_number(request.form.get("line")) or 0


def _done(handoff_id: int, act: Callable[[], object], words: str) -> Response:
    """Do it, say what came of it, show the hand-off again."""
    try:
        act()
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(words, "success")
    return _to(handoff_id)


def _to(handoff_id: int) -> Response:
    return redirect(url_for("results.handoff", handoff_id=handoff_id))  # type: ignore[return-value]


def _hindrance(row: Handoff, contest: Contest) -> Message | None:
    """What stands in the way of taking it, besides categories and places, of which the page tells more."""
    try:
        require_takeable(row, contest, row.lines, taking_out=True)
    except Conflict as error:
        return error.message
    except DomainError:
        return None
    return None


def _personal(row: Handoff) -> dict[str, str]:
    """What it has of people's phones and ID numbers, in words; what came with an earlier version has not gone."""
    before = included_before(row)
    told = {}
    for kind in ("phones", "id_numbers"):
        if includes(row, kind):
            told[kind] = _("包含")
        elif kind in before:
            told[kind] = _("不包含；此前第 %(revision)s 版包含的仍然保留", revision=before[kind])
        else:
            told[kind] = _("不包含")
    return told


def _page(row: Handoff) -> Response:
    contest: Contest = contest_by_id(row.contest_id)
    listing = Listing.from_url(request.args, filters=("q",))
    waits = row.direction == "in" and row.state == "received"
    version = VersionedForm(formdata=None)
    version.version.data = str(row.version)
    return_form = ReturnForm(formdata=None)
    return_form.fix_until.data = today() + timedelta(days=DAYS_TO_MEND)
    refuse_form = RefuseForm(formdata=None)
    refuse_form.version.data = str(row.version)
    return render_page(
        "results/handoff/handoff.html",
        row=row,
        view=queries.view_of(row),
        contest=contest,
        lines=queries.lines_of(row, listing),
        tally=queries.tally(row),
        outcomes=queries.OUTCOMES,
        percent=queries.progress_of(row),
        mapping=categories_for(row, contest) if waits else {},
        missing=unmapped(row, contest) if waits else [],
        over=over_places(row, contest, row.lines) if waits else [],
        over_still=over_places(row, contest, row.lines, taking_out=True) if waits else [],
        other=other_receiver(row, row.office) if waits else "",
        made_by=queries.name_of(row.made_by),
        hindrance=_hindrance(row, contest) if waits else None,
        personal=_personal(row),
        has_awards=has_approved_awards(row),
        version_form=version,
        return_form=return_form,
        refuse_form=refuse_form,
    )
