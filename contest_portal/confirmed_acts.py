"""The table of acts before which the program asks again who it is, by endpoint. Why these: docs/decisions/accounts.md.

Where an act's own form asks for its reason, nothing is asked here. One's own password, login data and second factors,
and another's lost factor ask on their own pages, each time.
"""

from __future__ import annotations

from contest_portal.core.step_up import Act
from contest_portal.core.text import N_

_PURPOSE, _REASON = N_("用途"), N_("原因")

_NUMBERS = Act("numbers", N_("查看完整号码"), _PURPOSE, N_("核对参赛报名表"))
_TAKING = Act("taking", N_("导出个人信息"), _PURPOSE, N_("制作参赛证"), gives_file=True)
_COPYING = Act("copying", N_("导出一个人的信息"), gives_file=True)
_SENDING = Act("sending", N_("上报含个人信息的材料"), _PURPOSE, N_("按通知要求向市科协报送"))
_PUBLISHING = Act("publishing", N_("发布名单或结果"), N_("发布依据"), N_("11 月 20 日评审会议审定"))
_ROLES = Act("roles", N_("更改人员的身份或登录"), _REASON, N_("学校管理员换人；本人忘记密码"))
_PARTNERS = Act("partners", N_("信任另一单位的公钥"), _REASON, N_("市科协更换公钥"))
_SIGNING = Act("signing", N_("更换签名密钥"))
_PERIODS = Act("periods", N_("更改保存期限"), _REASON, N_("按档案管理规定"))
_PULLING = Act("pulling", N_("让名单下线"))
_REVOKING = Act("revoking", N_("撤销证书"))
_SESSIONS = Act("sessions", N_("退出其他设备上的登录"))
_ERASING = Act("erasing", N_("删除个人信息"))
_OVERRULING = Act("overruling", N_("准予须回避的评委评阅"))

ACTS = {
    "people.open_student_numbers": _NUMBERS,
    "people.open_teacher_numbers": _NUMBERS,
    "people.open_contact_phone": _NUMBERS,
    "results.open_objector": _NUMBERS,
    "entries.screening_open_number": _NUMBERS,
    "people.export_students_in_full": _TAKING,
    "people.export_teachers_in_full": _TAKING,
    "people.export_consents": _TAKING,
    "people.copy_of_student": _COPYING,
    "people.copy_of_teacher": _COPYING,
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
    "people.invite_manager": _ROLES,
    "people.invite_managers": _ROLES,
    "people.reissue_invitation": _ROLES,
    "judging.invite_judges": _ROLES,
    "people.reset_password": _ROLES,
    "people.end_membership": _ROLES,
    "people.restore_membership": _ROLES,
    "people.end_session": _SESSIONS,
    "people.end_other_sessions": _SESSIONS,
    "results.confirm_handoff_partner": _PARTNERS,
    "results.use_own_key": _SIGNING,
    "people.set_retention": _PERIODS,
    "people.erase_of_student": _ERASING,
    "people.erase_of_teacher": _ERASING,
    "people.confirm_erasure_of_student": _ERASING,
    "people.confirm_erasure_of_teacher": _ERASING,
    "people.erase_due": _ERASING,
    "judging.overrule": _OVERRULING,
}
