"""The judge's part of an invitation's page: what for, accept or decline, all without an account."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from contest_portal.core.actor import Role
from contest_portal.core.errors import Invalid
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import failed, limiter
from contest_portal.judging.forms.judges import DeclineForm
from contest_portal.judging.models import Judge
from contest_portal.judging.queries import judges as judge_queries
from contest_portal.judging.queries.answers import asked_of
from contest_portal.judging.services.answers import accept_invitation, decline_invitation
from contest_portal.judging.views.blueprint import bp
from contest_portal.people.invitation_cards import add_card
from contest_portal.people.models import Invitation
from contest_portal.people.sessions import visitor
from contest_portal.people.views.invitations import GUESSES

AnyResponse = Any


def _card(invitation: Invitation, code: str) -> str:
    if invitation.judge_id is None:
        return ""
    judge: Judge = judge_queries.judge(invitation.judge_id)
    form = DeclineForm(formdata=None)
    return Markup(  # noqa: S704 - a template's own output
        render_template("judging/_invitation.html", judge=judge, code=code, asked=asked_of(judge), form=form)
    )


add_card(Role.JUDGE, _card)


@bp.post("/judge-invitations/<code>/accept")
@limiter.limit(GUESSES, deduct_when=failed)
@permission("people.public")
def accept(code: str) -> AnyResponse:
    """The judge will come."""
    accept_invitation(visitor(), code)
    flash(_("已接受邀请，主办单位已经收到您的答复。账号可以现在开通，也可以以后用同一份邀请单开通。"), "success")
    return redirect(url_for("people.show_invitation", code=code))


@bp.post("/judge-invitations/<code>/decline")
@limiter.limit(GUESSES, deduct_when=failed)
@permission("people.public")
def decline(code: str) -> Response:
    """The judge will not come."""
    form = DeclineForm()
    try:
        judge = decline_invitation(visitor(), code, form.why.data or "")
    except Invalid as error:
        form.show(error)
        return render_page("judging/decline.html", form=form, code=code, judge=None, status=422)
    return render_page("judging/decline.html", form=form, code=code, judge=judge)
