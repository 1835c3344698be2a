"""One-time links on paper: slips to cut and hand out, many people have no e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.core.actor import Role
from contest_portal.core.i18n import minute
from contest_portal.core.pdf import render_pdf
from contest_portal.core.qr import qr_svg
from contest_portal.people.invitation_codes import normal_code
from contest_portal.people.links import link_to_invitation
from contest_portal.people.models import Invitation
from contest_portal.people.queries.invitations import InvitationView


def slips_pdf(views: Sequence[tuple[InvitationView, str]]) -> bytes:
    """A PDF of slips, three on a page, for links and their codes."""
    entering = _("用手机扫描右侧二维码，或在浏览器中输入下方网址。")
    data = {
        "title": kind_of(views[0][0].invitation) if len(views) == 1 else _("邀请单"),
        "steps": {
            "join": [
                entering,
                _("设置登录用的手机号或用户名和密码；已有账号的，请登录后接受邀请。"),
                _("本单只能使用一次，等同于钥匙，请勿拍照转发或交给他人。"),
            ],
            "reset": [
                entering,
                _("设置新密码，然后用原来的手机号或用户名登录。"),
                _("本单只能使用一次，等同于钥匙，请勿拍照转发或交给他人。"),
            ],
        },
        "words": {"until": _("有效期至"), "code": {"join": _("邀请码"), "reset": _("重置码")}, "address": _("网址")},
        "slips": [_slip(view, normal_code(code)) for view, code in views],
    }
    return render_pdf("people/slips.typ", data)


def kind_of(invitation: Invitation) -> str:
    """What the slip is called."""
    if invitation.purpose == "reset":
        return _("密码重置单")
    return {
        Role.SCHOOL_MANAGER: _("学校管理员邀请单"),
        Role.TEACHER: _("辅导教师邀请单"),
        Role.JUDGE: _("评委邀请单"),
        Role.OFFICE: _("科协工作人员邀请单"),
        Role.LEADER: _("科协领导邀请单"),
        Role.SUPERVISOR: _("监督员邀请单"),
    }[Role(invitation.role or "")]


def _slip(view: InvitationView, code: str) -> dict[str, str]:
    url = link_to_invitation(code)
    place = view.school.name if view.school else ""
    return {
        "kind": kind_of(view.invitation),
        "purpose": view.invitation.purpose,
        "name": view.invitation.name,
        "place": place,
        "office": view.office.name,
        "code": code,
        "url": url,
        "qr": qr_svg(url),
        "until": minute(view.invitation.expires_at),
    }
