"""What a person signs in with: a mobile number, or a user name of their own choosing. Pure."""

from __future__ import annotations

import re
import unicodedata

from contest_portal.core.text import N_, Message
from contest_portal.people.phones import MOBILE, normal_mobile

_ALLOWED = re.compile(r"[a-z0-9_.\-\u4e00-\u9fff]+")
_LETTER = re.compile(r"[a-z\u4e00-\u9fff]")
FEWEST, MOST = 2, 30


def normal_login_name(text: str) -> str:
    """The user name as it is stored and compared: full-width letters become plain, capitals small."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def normal_login(text: str) -> str:
    """What somebody signs in by, however it is typed: the digits of a mobile number, or the user name.

    No user name is a mobile number (`login_name_problem`), so that one text stands for both.
    """
    mobile = normal_mobile(text)
    return mobile if MOBILE.fullmatch(mobile) else normal_login_name(text)


def login_name_problem(name: str) -> Message | None:
    """What is wrong with a user name, or None. `name` is already normal."""
    if not FEWEST <= len(name) <= MOST:
        return Message.of(N_("用户名应为 %(fewest)s–%(most)s 个字符。"), fewest=FEWEST, most=MOST)
    if not _ALLOWED.fullmatch(name):
        return Message(N_("用户名只能用汉字、字母、数字和 _ . - ，不能有空格。"))
    if not _LETTER.search(name):
        return Message(N_("用户名至少要有一个汉字或字母，以免与手机号混淆。"))
    return None
