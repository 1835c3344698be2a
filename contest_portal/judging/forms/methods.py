"""The ways to compute a ranking, as a form offers them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from contest_portal.core.i18n import translate
from contest_portal.judging.states import METHODS

_METHOD_NOTES = {
    "raw": _l("各评委总分的平均，不作校正。"),
    "trimmed": _l("每件作品去掉一个最高分和一个最低分，每件至少 5 名评委时才有意义。"),
    "additive": _l("扣除每位评委整体偏宽或偏严的部分，适合每位评委评阅较多作品的轮次。"),
    "mixed": _l("同样扣除宽严差异，评阅较少的评委和作品校正得更谨慎。"),
    "huber": _l("在混合模型的基础上，与众不同的个别分数影响较小。"),
}


def method_choices() -> list[tuple[str, str]]:
    """(code, name and note) of the ways to compute a ranking."""
    return [(code, f"{translate(name)} — {_METHOD_NOTES[code]}") for code, name in METHODS.items()]
