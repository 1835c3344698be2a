"""证书 of a contest in the office: what is to be done, giving, printing, the list, and each certificate."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import local, now
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import Conflict, DomainError, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, list_workbook
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.sending import send_content
from contest_portal.core.text import N_
from contest_portal.judging.queries.relations import names_of_accounts
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.blueprint import bp
from contest_portal.results.certificates.forms import IssueForm, PrintForm, WhyForm
from contest_portal.results.certificates.layout import KINDS
from contest_portal.results.certificates.letters import unprintable
from contest_portal.results.certificates.models import Certificate
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.queries.warnings import giving_warnings
from contest_portal.results.certificates.services import issuing as services
from contest_portal.results.certificates.services import prints, revoking, settings
from contest_portal.results.certificates.words import kind_name, state_name

AnyResponse = Any
FILTERS = ("q", "state", "kind")
MOST_NAMED = 30
"""So many people whose letters are missing are named on the page; the rest is counted."""


@bp.get("/office/contests/<int:contest_id>/certificates")
@permission("results.see_certificates", of=queries.contest_of)
def certificates(contest: Contest) -> AnyResponse:
    """What is to be done next, the files, and every certificate that was given."""
    choices, looks = queries.choices_of(contest), queries.looks_of(contest.id)
    standing = queries.standing_of(contest, choices)
    last = queries.last_print(contest.id)
    print_form = PrintForm(formdata=None)
    return render_page(
        "results/certificates/certificates.html",
        contest=contest,
        choices=choices,
        standing=standing,
        warned=giving_warnings(contest.id, standing.to_issue),
        bad=unprintable(standing.to_issue, looks, choices),
        most_named=MOST_NAMED,
        has_templates=any(look.id is not None for look in looks.values()),
        last=last[0] if last else None,
        job=last[1] if last else None,
        issue_form=IssueForm(formdata=None),
        print_form=print_form,
        page=queries.listed_certificates(contest.id, Listing.from_url(request.args, filters=FILTERS)),
        kind_name=kind_name,
        state_name=state_name,
    )


@bp.get("/office/contests/<int:contest_id>/certificates/export")
@permission("results.see_certificates", of=queries.contest_of)
def export_certificates(contest: Contest) -> AnyResponse:
    """The list as it is filtered, as a workbook."""
    listed = queries.listed_certificates(contest.id, Listing.from_url(request.args, filters=FILTERS).whole())
    columns = [
        ListColumn(_("编号"), 14),
        ListColumn(_("种类"), 6),
        ListColumn(_("奖项"), 6),
        ListColumn(_("姓名"), 8),
        ListColumn(_("学校"), 14),
        ListColumn(_("作品"), 18),
        ListColumn(_("状态"), 5),
        ListColumn(_("颁发时间"), 8),
        ListColumn(_("撤销时间"), 8),
        ListColumn(_("撤销原因"), 14),
    ]
    rows = [
        [
            row.number, str(kind_name(row.kind)), row.award, row.recipient, row.school_name, row.work_title,
            str(state_name(row.state)), local(row.issued_at).date(),
            local(row.revoked_at).date() if row.revoked_at else None, row.revoked_why,
        ]
        for row in reversed(listed.rows)
    ]  # fmt: skip
    title = _("%(contest)s证书登记表", contest=contest.name)
    document = ListDocument(title, sections=[ListSection("", columns, rows)])
    return workbook_response(list_workbook(document, created_at=now()), f"{title}.xlsx")


@bp.post("/office/contests/<int:contest_id>/certificates/issue")
@permission("results.give_certificates", of=queries.contest_of)
def issue_certificates(contest: Contest) -> AnyResponse:
    """Give what is still missing, and have the files made at once."""
    form, contest_id = IssueForm(), contest.id
    kinds = [kind for kind in KINDS if form[kind].data]
    try:
        issued = services.issue_certificates(current_actor(), contest_id, kinds)
        prints.ask_for_print(current_actor(), contest_id, site_address())
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已颁发 %(count)s 张证书，正在生成文件。", count=len(issued.certificate_ids)), "success")
        if issued.left_out:
            flash(_("另有 %(count)s 张因为缺字没有颁发，名单在下面。", count=issued.left_out), "warning")
        if issued.held:
            flash(_("另有 %(count)s 张因为异议没有办结，暂不颁发。", count=issued.held), "warning")
    return _to_contest(contest_id)


@bp.post("/office/contests/<int:contest_id>/certificates/print")
@permission("results.give_certificates", of=queries.contest_of)
def print_certificates(contest: Contest) -> AnyResponse:
    """Have the files made again."""
    form, contest_id = PrintForm(), contest.id
    try:
        prints.ask_for_print(
            current_actor(),
            contest_id,
            site_address(),
            has_background=not form.is_preprinted.data,
            anew=bool(form.anew.data),
        )
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("正在生成证书文件，可以离开此页。"), "success")
    return _to_contest(contest_id)


@bp.post("/office/contests/<int:contest_id>/certificates/open")
@permission("results.give_certificates", of=queries.contest_of)
def open_certificates(contest: Contest) -> AnyResponse:
    """Let schools and teachers download theirs, or no longer."""
    contest_id, is_open = contest.id, request.form.get("is_open") == "1"
    settings.open_to_schools(current_actor(), contest_id, is_open=is_open)
    flash(_("学校和老师现在可以下载证书。") if is_open else _("已停止学校和老师下载证书。"), "success")
    return _to_contest(contest_id)


@bp.get("/office/contests/<int:contest_id>/certificates/certificates.zip")
@permission("results.see_certificates", of=queries.contest_of)
def certificates_zip(contest: Contest) -> AnyResponse:
    """All certificates, a folder a school."""
    last = queries.last_print(contest.id)
    if last is None or last[0].zip_file_sha256 is None:
        raise NotFound
    name = prints.in_a_name(_("%(contest)s证书（按学校）", contest=contest.name))
    return send_content(last[0].zip_file_sha256, mimetype="application/zip", name=f"{name}.zip", as_attachment=True)


@bp.get("/office/contests/<int:contest_id>/certificates/print.pdf")
@permission("results.see_certificates", of=queries.contest_of)
def certificates_to_print(contest: Contest) -> AnyResponse:
    """All certificates in one file for the printer."""
    last = queries.last_print(contest.id)
    if last is None or last[0].print_file_sha256 is None:
        raise NotFound
    name = prints.in_a_name(_("%(contest)s证书（打印用）", contest=contest.name))
    return send_content(last[0].print_file_sha256, mimetype="application/pdf", name=f"{name}.pdf", as_attachment=True)


@bp.get("/office/certificates/<int:certificate_id>")
@permission("results.see_certificate", of=queries.certificate_by_id)
def certificate(row: Certificate) -> AnyResponse:
    """One certificate: what it says, its state, what came before and after it."""
    return _certificate_page(row, WhyForm(formdata=None))


@bp.get("/office/certificates/<int:certificate_id>/certificate.pdf")
@permission("results.see_certificate", of=queries.certificate_by_id)
def certificate_file(row: Certificate) -> AnyResponse:
    """The signed PDF."""
    return send_certificate(row)


@bp.post("/office/certificates/<int:certificate_id>/revoke")
@permission("results.revoke_certificate", of=queries.certificate_by_id)
def revoke_certificate(row: Certificate) -> AnyResponse:
    """Propose to make it void."""
    form, certificate_id = WhyForm(), row.id
    try:
        revoking.propose_revocation(current_actor(), certificate_id, form.why.data or "")
    except DomainError as error:
        form.show(error)
        return _certificate_page(queries.certificate_by_id(certificate_id), form, status=error.status)
    flash(_("已提出撤销，请另一位同志登录后打开本页确认。确认以前证书仍然有效。"), "success")
    return redirect(url_for(".certificate", certificate_id=certificate_id))


@bp.post("/office/certificates/<int:certificate_id>/revoke/confirm")
@permission("results.revoke_certificate", of=queries.certificate_by_id)
def confirm_revocation(row: Certificate) -> AnyResponse:
    """Make it void, as another person than proposed it."""
    certificate_id = row.id
    revoking.confirm_revocation(current_actor(), certificate_id)
    flash(_("证书已撤销。核验时会显示「已撤销」和日期。"), "success")
    return redirect(url_for(".certificate", certificate_id=certificate_id))


@bp.post("/office/certificates/<int:certificate_id>/revoke/drop")
@permission("results.revoke_certificate", of=queries.certificate_by_id)
def drop_revocation(row: Certificate) -> AnyResponse:
    """Leave it valid."""
    certificate_id = row.id
    revoking.drop_revocation(current_actor(), certificate_id)
    flash(_("没有撤销，证书仍然有效。"), "success")
    return redirect(url_for(".certificate", certificate_id=certificate_id))


@bp.post("/office/certificates/<int:certificate_id>/reissue")
@permission("results.revoke_certificate", of=queries.certificate_by_id)
def reissue_certificate(row: Certificate) -> AnyResponse:
    """Give a new one in its place, with what is right now."""
    form, certificate_id, contest_id = WhyForm(), row.id, row.contest_id
    try:
        new = services.reissue_certificate(current_actor(), certificate_id, form.why.data or "")
        prints.ask_for_print(current_actor(), contest_id, site_address())
    except DomainError as error:
        form.show(error)
        return _certificate_page(queries.certificate_by_id(certificate_id), form, status=error.status)
    flash(_("已重发为 %(number)s，文件正在生成。原证书已撤销。", number=new.number), "success")
    return redirect(url_for(".certificate", certificate_id=new.id))


def send_certificate(row: Certificate) -> AnyResponse:
    """The signed PDF of the certificate. Raises NotFound while it is not made."""
    if row.file_sha256 is None:
        raise Conflict("results.not_printed", N_("这张证书的文件还没有生成好，请稍后再试。"))
    return send_content(row.file_sha256, mimetype="application/pdf", name=prints.file_name(row), as_attachment=True)


def site_address() -> str:
    """Where people reach the site: what the codes on certificates begin with."""
    return str(current_app.config["SETTINGS"].public_url or request.host_url).rstrip("/")


def _certificate_page(row: Certificate, form: WhyForm, *, status: int = 200) -> AnyResponse:
    asked = names_of_accounts([row.revoke_asked_by]) if row.revoke_asked_by else {}
    return render_page(
        "results/certificates/certificate.html",
        status=status,
        row=row,
        contest=row.contest,
        older=queries.replaced_by(row.id),
        check_url=f"{site_address()}{url_for('.check_code', code=row.code)}",
        form=form,
        asked_name=asked.get(row.revoke_asked_by or 0, ""),
        has_colleague=bool(asked) and bool(deciders_of(row.contest.office_id, current_actor().account_id)),
        kind_name=kind_name,
        state_name=state_name,
    )


def _to_contest(contest_id: int) -> AnyResponse:
    return redirect(url_for(".certificates", contest_id=contest_id))
