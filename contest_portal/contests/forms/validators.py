"""Validators of the forms of contests and rules, with what they say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Regexp


def required() -> InputRequired:
    return InputRequired(_l("请填写此项"))


def at_most(count: int) -> Length:
    return Length(max=count, message=_l("不能超过 %(max)d 个字"))


def between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, _l("请填写 %(min)s 至 %(max)s 之间的整数"))


def number_code(most: int = 6) -> Regexp:
    return Regexp(rf"^[A-Z0-9]{{1,{most}}}$", message=_l("请用 1 至 %(most)s 个大写字母或数字", most=most))
