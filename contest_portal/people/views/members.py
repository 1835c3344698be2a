"""What the level above does with people's access: reset a password, take a role away, give it back."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.navigation import link_to
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.models import Membership
from contest_portal.people.queries.accounts import membership as membership_of
from contest_portal.people.services import access
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.invitations import issued_page


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


def _page_of(membership: Membership) -> str:
    """The page on which the membership is listed for the actor."""
    if current_actor().is_in(Role.SCHOOL_MANAGER):
        return url_for("people.school_accounts")
    if membership.school_id:
        return url_for("people.show_school", school_id=membership.school_id)
    if membership.role in OFFICE_ROLES:
        return url_for("people.staff")
    return link_to("judging.judges") or url_for("people.start")
