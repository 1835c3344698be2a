"""How a case is shown: its steps in words, its secret link, the receipt on paper."""

from __future__ import annotations

import base64
from typing import Any

from flask import current_app, has_request_context, request
from flask_babel import gettext as _

from contest_portal.core.i18n import day, minute, translate
from contest_portal.core.pdf import render_pdf
from contest_portal.core.qr import qr_svg
from contest_portal.core.text import N_, Message
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.states import CLOSED, OBJECTION_STATES

ACTS = {
    "lodge": N_("收到异议"),
    "add": N_("异议人补充材料"),
    "withdraw": N_("异议人撤回异议"),
    "assign": N_("指定经办人和签署人"),
    "conflict": N_("登记回避"),
    "open": N_("查看异议人的完整号码"),
    "accept": N_("受理并开始调查"),
    "refuse": N_("不予受理"),
    "note": N_("调查记录"),
    "ask": N_("请求说明情况"),
    "statement": N_("收到情况说明"),
    "answered_before": N_("先前的情况说明"),
    "propose": N_("提出处理决定"),
    "disagree": N_("不同意，退回调查"),
    "sign": N_("签署决定"),
    "remedy": N_("取消与更正"),
    "answer": N_("答复异议人"),
}


def state_word(state: str) -> str:
    return translate(Message(OBJECTION_STATES[state]))  # type: ignore[index]


def public_steps(objection: Objection) -> list[dict[str, str]]:
    """The way of a case for its objector, who need not know how the office signs."""
    state = objection.state
    if state in {"refused", "withdrawn"}:
        last = _("不予受理") if state == "refused" else _("已撤回")
        return [_step(_("收到异议"), "done"), _step(last, "done")]
    order = {"received": 1, "inquiry": 2, "signing": 2, "decided": 3, "answered": 4}[state]
    labels = (_("收到异议"), _("审核是否受理"), _("调查核实"), _("答复"))
    due = _("%(day)s 前", day=day(objection.due_on)) if objection.due_on else ""
    return [
        _step(
            label, "done" if place < order else "current" if place == order else "coming", due if place == order else ""
        )
        for place, label in enumerate(labels)
    ]


def office_steps(objection: Objection) -> list[dict[str, str]]:
    """The way of a case for the office."""
    state = objection.state
    if state in {"refused", "withdrawn"}:
        return [_step(_("收到"), "done"), _step(state_word(state), "done")]
    order = ("received", "inquiry", "signing", "decided", "answered")
    labels = (_("受理"), _("调查"), _("第二人签署"), _("答复"))
    place = order.index(state)
    due = _("%(day)s 前", day=day(objection.due_on)) if objection.due_on and state not in CLOSED else ""
    return [
        _step(label, "done" if n < place else "current" if n == place else "coming", due if n == place else "")
        for n, label in enumerate(labels)
    ]


def _step(label: str, state: str, note: str = "") -> dict[str, str]:
    return {"label": label, "state": state, "note": note}


def secret_link(code: str) -> str:
    """The whole address of the secret link."""
    base: str = current_app.config["SETTINGS"].public_url or (request.host_url if has_request_context() else "")
    path = current_app.url_map.bind("localhost").build("results.follow_objection", {"code": code})
    return f"{base.rstrip('/')}{path}"


def qr_image(text: str) -> str:
    """A QR code as the address of an image that stands in the page itself."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text).encode()).decode()


def slip_pdf(objection: Objection, code: str) -> bytes:
    """The receipt: number, work, day, link and code. It does not name the objector: it may be left lying about."""
    link = secret_link(code)
    data: dict[str, Any] = {
        "title": _("异议回执"),
        "office": objection.contest.office.name,
        "number": objection.number,
        "facts": [
            [_("编号"), objection.number],
            [_("名单"), objection.publication.title],
            [_("作品"), f"{objection.entry.number}　{objection.entry.title}"],
            [_("收到时间"), minute(objection.received_at)],
        ],
        "code_label": _("查询码"),
        "code": code,
        "link": link,
        "qr": qr_svg(link),
        "steps": [
            _("用手机扫描二维码，或在浏览器中输入网址，可以查看进展和答复、补充材料。"),
            _("查询码只在提交时给出一次，系统不另保存。请妥善保管，勿交给他人。"),
            _("主办单位为异议人保密，只有办理本案的人员知道您是谁。"),
        ],
    }
    return render_pdf("results/objections/slip.typ", data)
