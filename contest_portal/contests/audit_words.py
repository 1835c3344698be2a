"""What the trail calls the acts and the things of this room."""

from __future__ import annotations

from contest_portal.core.audit_words import call
from contest_portal.core.text import N_

call(
    {
        "contests.add_attachment": N_("添加附件"),
        "contests.add_category": N_("添加类别"),
        "contests.archive": N_("赛事归档"),
        "contests.change_call": N_("修改通知"),
        "contests.change_rules": N_("修改规则"),
        "contests.change_settings": N_("修改赛事设置"),
        "contests.change_timetable": N_("修改时间安排"),
        "contests.close": N_("结束赛事"),
        "contests.copy": N_("复制赛事"),
        "contests.create": N_("新建赛事"),
        "contests.discard": N_("作废赛事"),
        "contests.move_category": N_("移动类别"),
        "contests.open": N_("发布赛事"),
        "contests.remove_attachment": N_("移除附件"),
        "contests.remove_category": N_("移除类别"),
        "contests.reopen": N_("重新开放赛事"),
    },
    {
        "category": N_("类别"),
        "contest": N_("赛事"),
        "contest_attachment": N_("赛事附件"),
    },
)
