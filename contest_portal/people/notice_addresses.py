"""Addresses at which somebody wants to be told: what they look like, and how others see them. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from contest_portal.core.outbox.kinds import MAIL
from contest_portal.core.text import N_, Message
from contest_portal.people.phones import mask_phone, mobile_problem, normal_mobile

LINK_GOOD_FOR = timedelta(days=2)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
MOST_MAIL = 150
# What mail servers everywhere take without extensions (RFC 5321 without quotes); whether it exists shows the link.
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


def normal_address(channel: str, text: str) -> str:
    """What was typed, without blanks; full-width signs of a mail address are mended."""
    if channel != MAIL:
        return normal_mobile(text)
    return "".join(text.replace("＠", "@").replace("．", ".").replace("。", ".").split())


def address_problem(channel: str, address: str) -> Message | None:
    """What is wrong with a normal address, or None."""
    if channel != MAIL:
        return mobile_problem(address)
    if len(address) > MOST_MAIL:
        return Message.of(N_("邮箱地址最多 %(most)s 个字符，现有 %(count)s 个。"), most=MOST_MAIL, count=len(address))
    if _MAIL.fullmatch(address) and ".." not in address:
        return None
    return Message(N_("邮箱地址应是 zhang@example.com 这样的，请检查后重新填写。"))


def mask_address(channel: str, address: str | None) -> str:
    """As staff see it: z***@example.com, 138****5678."""
    if not address:
        return ""
    if channel != MAIL:
        return mask_phone(address)
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"
