"""Kinds of notices: what a reader filters and chooses by, what an office holds back by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contest_portal.core.text import N_

IN_APP, MAIL, SMS = "in_app", "mail", "sms"
CHANNELS: Mapping[str, str] = {IN_APP: N_("站内消息"), MAIL: N_("电子邮件"), SMS: N_("短信")}
OUTSIDE = (MAIL, SMS)


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `must_show`: nobody can switch it off inside the site, because a duty or a right hangs on it.

    `by_mail`, `by_sms`: whether it is sent to a confirmed address whose owner has chosen nothing.
    """

    code: str
    label: str
    about: str
    must_show: bool = False
    by_mail: bool = True
    by_sms: bool = False

    def default(self, channel: str) -> bool:
        """Whether the channel is on for whoever has chosen nothing."""
        return {IN_APP: True, MAIL: self.by_mail, SMS: self.by_sms}[channel]


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("deadline", N_("截止提醒"), N_("报送截止前三天，还缺什么")),
        Kind("contest", N_("赛事通知"), N_("赛事发布、时间变动")),
        Kind("entries", N_("作品报送和审核"), N_("退回修改、通过、退出、延期"), must_show=True),
        Kind("judging", N_("评审"), N_("评审任务、问辩时间、评审提醒"), must_show=True),
        Kind("results", N_("名单、证书和上报"), N_("公示、证书、上报的进展")),
        Kind("objections", N_("异议"), N_("请您说明情况、处理结果"), must_show=True),
        Kind("events", N_("活动预约"), N_("预约结果、候补、场次提醒"), by_sms=True),
        Kind("files", N_("文件"), N_("上传、处理文件的结果"), by_mail=False),
        Kind("security", N_("账号安全"), N_("密码或二次验证被重置、新同事加入"), must_show=True),
        Kind("account", N_("账号、学校和名册"), N_("申请、邀请、转学"), by_mail=False),
        Kind("other", N_("其他"), N_("不属于以上各类的消息"), by_mail=False),
    )
}
CONFIRMING = "confirm"
"""The kind of the message that confirms an address: of no office, never held, shown to nobody but its receiver."""

_BY_ROOM = {
    "contests": "contest",
    "entries": "entries",
    "judging": "judging",
    "results": "results",
    "events": "events",
    "media": "files",
    "people": "account",
}


def kind_of_action(action: str) -> str:
    """The kind of a notice by the act that sends it, where its verb names none: that of the act's room."""
    room, _dot, verb = action.partition(".")
    if room == "results" and any(word in verb for word in ("objection", "statement", "decision")):
        return "objections"
    return _BY_ROOM.get(room, "other")


def wants(kind: str, channel: str, chosen: bool | None) -> bool:
    """Whether somebody who chose `chosen` (None: nothing) gets this kind by this channel."""
    known = KINDS.get(kind, KINDS["other"])
    if channel == IN_APP and known.must_show:
        return True
    return known.default(channel) if chosen is None else chosen
