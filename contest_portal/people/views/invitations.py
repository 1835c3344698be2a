"""One-time links: opened by those who got them; shown once, printed, withdrawn by those who made them."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, send_file, session, url_for
from flask_babel import gettext as _

from contest_portal.core.actor import Role
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import link_to
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.qr import qr_svg
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.people.forms.accounts import CodeForm, JoinForm, NewPasswordForm, SlipsForm
from contest_portal.people.invitation_cards import card_of
from contest_portal.people.invitation_codes import normal_code
from contest_portal.people.links import link_to_invitation
from contest_portal.people.models import Account, Invitation, Membership
from contest_portal.people.phones import mask_phone
from contest_portal.people.queries import invitations as queries
from contest_portal.people.services import invitations, joining
from contest_portal.people.services.invitations import Issued, LinkOver
from contest_portal.people.services.signing_in import open_session
from contest_portal.people.sessions import actor_of_token, choose_membership, sign_in_browser, visitor
from contest_portal.people.slips import kind_of, slips_pdf
from contest_portal.people.views.blueprint import bp

GUESSES = "30 per 10 minutes; 200 per day"
SHOWN_WITH_QR = 3


@bp.errorhandler(LinkOver)
def show_link_over(error: LinkOver) -> Response:
    """The link was used, withdrawn, or is too old: what to do now."""
    return render_page("people/link_over.html", reason=translate(error.message), status=error.status)


@bp.route("/i", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"], deduct_when=failed)
@permission("people.public")
def enter_code() -> Response:
    """Type the code of a slip."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            queries.invitation_of_code(form.code.data or "")
        except DomainError as error:
            form.show(error)
        else:
            code = normal_code(form.code.data or "")
            return redirect(url_for("people.show_invitation", code=code))  # type: ignore[return-value]
    return render_page("people/code.html", form=form, status=422 if form.is_submitted() else 200)


@bp.get("/i/<code>")
@limiter.limit(GUESSES, deduct_when=failed)
@permission("people.public")
def show_invitation(code: str) -> Response:
    """What the link is for, and the form to use it."""
    return _link_page(code, JoinForm(), NewPasswordForm())


@bp.post("/i/<code>/join")
@limiter.limit(GUESSES, deduct_when=failed)
@permission("people.public")
def join(code: str) -> Response:
    """Accept an invitation with a new account."""
    form = JoinForm()
    if form.validate_on_submit():
        try:
            account, membership = joining.join_with_new_account(
                visitor(),
                code,
                login_name=form.login_name.data or "",
                phone=form.phone.data or "",
                password=form.password.data or "",
            )
        except DomainError as error:
            form.show(error)
        else:
            return _joined(account, membership)
    return _link_page(code, form, NewPasswordForm(), status=422)


@bp.post("/i/<code>/add")
@permission("people.own_account")
def join_with_account(code: str) -> Response:
    """Accept an invitation with the account one is signed in with."""
    actor = current_actor()
    _account, membership = joining.join_with_account(actor, code)
    choose_membership(actor_of_token(actor.session_token) or actor, membership.id)
    flash(_("已接受邀请，您现在以新的身份工作。需要时可随时切换身份。"), "success")
    return redirect(url_for("people.start"))  # type: ignore[return-value]


@bp.post("/i/<code>/password")
@limiter.limit(GUESSES, deduct_when=failed)
@permission("people.public")
def choose_new_password(code: str) -> Response:
    """Use a reset link."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            joining.choose_new_password(visitor(), code, form.password.data or "")
        except DomainError as error:
            form.show(error)
        else:
            flash(_("新密码已设置，请用新密码登录。"), "success")
            return redirect(url_for("people.login"))  # type: ignore[return-value]
    return _link_page(code, JoinForm(), form, status=422)


@bp.post("/invitations/slips")
@permission("people.print_slips")
def print_slips() -> Response:
    """Slips of links that one has just made."""
    views = invitations.printable(current_actor(), SlipsForm().code.data or [])
    return slips_response(views)


@bp.post("/invitations/<int:invitation_id>/reissue")
@permission("people.manage_invitation", of=queries.invitation)
def reissue_invitation(invitation: Invitation) -> Response:
    """A new link in place of an old one."""
    return issued_page([invitations.reissue_invitation(current_actor(), invitation.id)])


@bp.post("/invitations/<int:invitation_id>/revoke")
@permission("people.manage_invitation", of=queries.invitation)
def revoke_invitation(invitation: Invitation) -> Response:
    """Withdraw a link."""
    invitations.revoke_invitation(current_actor(), invitation.id)
    flash(_("邀请已撤回，原来的链接不能再用。"), "success")
    return redirect(_back_of(invitation))  # type: ignore[return-value]


@dataclass(frozen=True)
class IssuedLink:
    """A link as its maker sees it, once. `qr` is an address of the picture for an `<img>`."""

    kind: str
    is_reset: bool
    name: str
    place: str
    code: str
    url: str
    qr: str
    until: Any


def issued_page(issued: Sequence[Issued], *, back: str = "") -> Response:
    """The page that shows fresh links; it is the only time that their codes are known."""
    codes = {one.invitation.id: one.code for one in issued}
    views = queries.invitation_views(list(codes))
    links = [_issued_link(view, codes[view.invitation.id], with_qr=len(views) <= SHOWN_WITH_QR) for view in views]
    return render_page("people/issued.html", links=links, back=back or _back_of(issued[0].invitation))


def slips_response(views: Sequence[tuple[queries.InvitationView, str]]) -> Response:
    """The slips as a PDF to download."""
    resets = all(view.invitation.purpose == "reset" for view, _code in views)
    name = _("密码重置单.pdf") if resets else _("邀请单.pdf")
    return send_file(io.BytesIO(slips_pdf(views)), "application/pdf", as_attachment=True, download_name=name)


def _issued_link(view: queries.InvitationView, code: str, *, with_qr: bool) -> IssuedLink:
    url = link_to_invitation(code)
    picture = base64.b64encode(qr_svg(url).encode()).decode() if with_qr else ""
    return IssuedLink(
        kind=kind_of(view.invitation),
        is_reset=view.invitation.purpose == "reset",
        name=view.invitation.name,
        place=view.school.name if view.school else view.office.name,
        code=code,
        url=url,
        qr=f"data:image/svg+xml;base64,{picture}" if picture else "",
        until=view.invitation.expires_at,
    )


def _link_page(code: str, join_form: JoinForm, password_form: NewPasswordForm, *, status: int = 200) -> Response:
    view = queries.invitation_view(code)
    invitations.refuse_when_over(view.invitation)
    if view.invitation.purpose == "reset":
        return render_page(
            "people/reset.html",
            view=view,
            code=code,
            form=password_form,
            phone=mask_phone(view.account.phone) if view.account else "",
            status=status,
        )
    return render_page(
        "people/join.html",
        view=view,
        kind=kind_of(view.invitation),
        code=code,
        form=join_form,
        card_above=card_of(view.invitation, code),
        status=status,
    )


def _joined(account: Account, membership: Membership) -> Response:
    """Sign the new account in, in the membership it has just got."""
    token = open_session(visitor(), account.id, membership.id, browser=request.user_agent.string)
    session.clear()
    sign_in_browser(account, token)
    flash(_("账号已开通，欢迎使用。下次请用刚才设置的手机号或用户名登录。"), "success")
    return redirect(url_for("people.start"))  # type: ignore[return-value]


def _back_of(invitation: Invitation) -> str:
    """The page on which the link's maker goes on."""
    actor = current_actor()
    if actor.is_in(Role.SCHOOL_MANAGER):
        return url_for("people.school_accounts")
    if invitation.school_id:
        return url_for("people.show_school", school_id=invitation.school_id)
    return link_to("judging.judges") or url_for("people.start") if invitation.judge_id else url_for("people.staff")
