"""Words of states on the pages of people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

STATE_WORDS: dict[str, Any] = {
    "applied": _l("待审核"),
    "approved": _l("已批准"),
    "refused": _l("已退回"),
    "closed": _l("已停用"),
}
ACCESS_WORDS: dict[str, Any] = {"joined": _l("已开通"), "invited": _l("已邀请"), "none": _l("未开通")}
AREA_WORDS: dict[str, Any] = {"urban": _l("城区"), "rural": _l("乡镇"), "feature": _l("特色学校")}
LEVEL_WORDS: dict[str, Any] = {"district": _l("区县级"), "city": _l("市级"), "province": _l("省级")}


def words(table: dict[str, Any]) -> dict[str, str]:
    """The words in the reader's language."""
    return {code: str(word) for code, word in table.items()}
