"""The table of acts before which the program asks again who it is, by endpoint. Why these: docs/decisions/accounts.md.

One's own password, login data and second factors, and another's lost factor ask on their own pages, each time.
"""

from __future__ import annotations

from contest_portal.core.step_up import Act
from contest_portal.core.text import N_

_NUMBERS = Act(N_("查看完整号码"), asks_purpose=True)
_TAKING = Act(N_("导出个人信息"), asks_purpose=True, gives_file=True)
_SENDING = Act(N_("上报含个人信息的材料"), asks_purpose=True)
_PUBLISHING = Act(N_("发布名单或结果"))
_PULLING = Act(N_("让名单下线"))
_REVOKING = Act(N_("撤销证书"))
_ROLES = Act(N_("更改人员的身份或登录"))
_SESSIONS = Act(N_("退出其他设备上的登录"))
_ERASING = Act(N_("删除个人信息"))
_OVERRULING = Act(N_("准予须回避的评委评阅"))

ACTS = {
    "people.open_student_numbers": _NUMBERS,
    "people.open_teacher_numbers": _NUMBERS,
    "entries.screening_open_number": _NUMBERS,
    "people.export_students_in_full": _TAKING,
    "people.export_teachers_in_full": _TAKING,
    "people.export_consents": _TAKING,
    "people.copy_of_student": _TAKING,
    "people.copy_of_teacher": _TAKING,
    "events.export_bookings_with_phones": _TAKING,
    "results.recommended_workbook_in_full": _TAKING,
    "results.recommended_pdf_in_full": _TAKING,
    "results.category_workbook_in_full": _TAKING,
    "results.begin_package": _SENDING,
    "results.handoff_package": _SENDING,
    "results.hand_over": _SENDING,
    "results.publish": _PUBLISHING,
    "events.publish": _PUBLISHING,
    "events.publish_results": _PUBLISHING,
    "results.set_down_on": _PULLING,
    "results.propose_take_down": _PULLING,
    "results.confirm_take_down": _PULLING,
    "results.revoke_certificate": _REVOKING,
    "results.confirm_revocation": _REVOKING,
    "results.reissue_certificate": _REVOKING,
    "people.invite_colleague": _ROLES,
    "people.reset_password": _ROLES,
    "people.end_membership": _ROLES,
    "people.restore_membership": _ROLES,
    "people.end_session": _SESSIONS,
    "people.end_other_sessions": _SESSIONS,
    "people.erase_of_student": _ERASING,
    "people.erase_of_teacher": _ERASING,
    "people.confirm_erasure_of_student": _ERASING,
    "people.confirm_erasure_of_teacher": _ERASING,
    "people.erase_due": _ERASING,
    "judging.overrule": _OVERRULING,
}
