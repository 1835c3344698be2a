"""What the trail calls the acts and the things of this room."""

from __future__ import annotations

from contest_portal.core.audit_words import call
from contest_portal.core.text import N_

call(
    {
        "reports.name_schools": N_("核对学校名称"),
        "reports.write_part": N_("填写年度总结"),
    },
    {
        "summary_note": N_("总结备注"),
        "summary_number": N_("总结数字"),
        "summary_text": N_("总结文字"),
    },
)
