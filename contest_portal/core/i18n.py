"""Languages: the source is Chinese as written in zh-Hans-CN; English is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request
from flask_babel import Babel, format_percent, get_translations, gettext, lazy_gettext
from flask_babel import gettext as _

from contest_portal.core import clock
from contest_portal.core.actor import Role
from contest_portal.core.text import Message

LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}
LANGUAGE_COOKIE = "language"
DEFAULT_LANGUAGE = "zh_Hans_CN"

babel = Babel()
_page_texts: ContextVar[Any] = ContextVar("page_texts", default=None)

_ROLE_NAMES = {
    Role.OFFICE: lazy_gettext("科协工作人员"),
    Role.LEADER: lazy_gettext("科协领导"),
    Role.SUPERVISOR: lazy_gettext("监督员"),
    Role.SCHOOL_MANAGER: lazy_gettext("学校管理员"),
    Role.TEACHER: lazy_gettext("辅导教师"),
    Role.JUDGE: lazy_gettext("评委"),
}


def init_i18n(app: Flask) -> None:
    """Choose the language by the visitor's cookie; times are shown in the office's zone."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LANGUAGE
    app.config["BABEL_DEFAULT_TIMEZONE"] = app.config["SETTINGS"].timezone
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).resolve().parent.parent / "translations")
    babel.init_app(app, locale_selector=current_language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _texts().ugettext(text),
        ngettext=lambda one, many, count: _texts().ungettext(one, many, count),
        newstyle=True,
    )


def _texts() -> Any:
    return _page_texts.get() or get_translations()


@contextmanager
def one_language() -> Iterator[None]:
    """Look the reader's texts up once for all that a page says, not once a word: a page has a hundred of them."""
    token = _page_texts.set(get_translations())
    try:
        yield
    finally:
        _page_texts.reset(token)


def current_language() -> str:
    """The reader's language, one of `LANGUAGES`."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "") if has_request_context() else ""
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def translate(message: Message | str) -> str:
    """Render a message in the reader's language; its values that are messages are rendered first."""
    if isinstance(message, str):
        return gettext(message)
    params: dict[str, Any] = {
        key: translate(value) if isinstance(value, Message) else value for key, value in message.params.items()
    }
    text = gettext(message.source)
    return text % params if params else text


def role_name(role: Role | str) -> str:
    """The role's word on screen."""
    return str(_ROLE_NAMES[Role(role)])


def day(value: date | datetime | None) -> str:
    """`2018-05-20`, in the office's zone."""
    if value is None:
        return ""
    return (clock.local(value).date() if isinstance(value, datetime) else value).isoformat()


def minute(value: datetime | None) -> str:
    """`2018-05-20 14:30`, in the office's zone."""
    return "" if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M")


def second(value: datetime | None) -> str:
    """`2018-05-20 14:30:05`, in the office's zone."""
    return "" if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M:%S")


def size(value: int, decimals: int = 1) -> str:
    """Bytes as a person reads them: `3.2 MB`; with one decimal less from 100 on."""
    amount, units = float(value), ["B", "KB", "MB", "GB"]
    while amount >= 1024 and len(units) > 1:
        amount, _dropped = amount / 1024, units.pop(0)
    shown = 0 if units[0] == "B" else decimals - (amount >= 100)
    return f"{amount:.{shown}f} {units[0]}"


def sizes_apart(value: int, limit: int) -> tuple[str, str]:
    """Both sizes, with as many decimals as it takes to see that they differ, or in bytes."""
    for decimals in (1, 2, 3):
        texts = size(value, decimals), size(limit, decimals)
        if texts[0] != texts[1]:
            return texts
    return f"{value} B", f"{limit} B"


def points(value: float | None) -> str:
    """A score with two decimals, or a dash where there is none."""
    return "—" if value is None else f"{value:.2f}"


def share(value: float | None) -> str:
    """A share of a whole in percent, as the locale writes it; a dash where there is none."""
    return "—" if value is None else str(format_percent(value, "0.0%"))


def yes_no(value: bool) -> str:
    return _("是") if value else _("否")


def sex_name(value: str | None) -> str:
    """The word for a sex as rosters keep it (男, 女)."""
    return {"男": _("男"), "女": _("女")}.get(value or "", "")
