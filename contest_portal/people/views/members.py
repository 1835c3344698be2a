"""What the level above does with people's access: reset a password, take a role away, give it back."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.errors import DomainError
from contest_portal.core.navigation import link_to
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.people.forms.factors import FactorResetForm
from contest_portal.people.models import Membership
from contest_portal.people.queries.accounts import membership as membership_of
from contest_portal.people.services import access, confirming, factor_reset
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.invitations import issued_page
from contest_portal.people.views.second_factor import FAILED_PROOFS


@bp.post("/memberships/<int:membership_id>/reset")
@permission("people.manage_membership", of=membership_of)
def reset_password(membership: Membership) -> Response:
    """Take the account's password away; the link to choose a new one is shown."""
    issued = access.reset_password(current_actor(), membership.account_id)
    flash(_("已重置密码，该账号在所有设备上的登录已退出。请把重置单交给本人。"), "success")
    return issued_page([issued], back=_page_of(membership))


@bp.post("/memberships/<int:membership_id>/end")
@permission("people.manage_membership", of=membership_of)
def end_membership(membership: Membership) -> Response:
    """Take the role away."""
    access.end_membership(current_actor(), membership.id)
    flash(_("已停用%(name)s的这个身份。", name=membership.account.name), "success")
    return redirect(_page_of(membership))  # type: ignore[return-value]


@bp.post("/memberships/<int:membership_id>/restore")
@permission("people.manage_membership", of=membership_of)
def restore_membership(membership: Membership) -> Response:
    """Give the role back."""
    access.restore_membership(current_actor(), membership.id)
    flash(_("已恢复%(name)s的这个身份。", name=membership.account.name), "success")
    return redirect(_page_of(membership))  # type: ignore[return-value]


@bp.route("/memberships/<int:membership_id>/second-factor", methods=["GET", "POST"])
@limiter.limit(FAILED_PROOFS, methods=["POST"], deduct_when=failed)
@permission("people.manage_membership", of=membership_of)
def reset_factor(membership: Membership) -> Response:
    """Take a lost second factor off the account, with the reason and one's own password."""
    form = FactorResetForm()
    if form.validate_on_submit():
        try:
            confirming.confirm(current_actor(), password=form.password.data or "")
            factor_reset.reset_factor(current_actor(), membership.account_id, form.why.data or "")
        except DomainError as error:
            form.show(error)
            membership = membership_of(membership.id)  # what was read before the refusal is forgotten with it
        else:
            flash(
                _("已重置%(name)s的二次验证，该账号在所有设备上的登录已退出。", name=membership.account.name), "success"
            )
            return redirect(_page_of(membership))  # type: ignore[return-value]
    status = 422 if form.errors or form.form_errors else 200
    return render_page(
        "people/factor_reset.html", form=form, membership=membership, back=_page_of(membership), status=status
    )


def _page_of(membership: Membership) -> str:
    """The page on which the membership is listed for the actor."""
    if current_actor().is_in(Role.SCHOOL_MANAGER):
        return url_for("people.school_accounts")
    if membership.school_id:
        return url_for("people.show_school", school_id=membership.school_id)
    if membership.role in OFFICE_ROLES:
        return url_for("people.staff")
    return link_to("judging.judges") or url_for("people.start")
