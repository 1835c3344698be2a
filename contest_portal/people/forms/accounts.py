"""Forms of signing in, one-time links and one's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import EqualTo

from contest_portal.core.actor import Role
from contest_portal.core.forms import Form, row_id, typed_number

_SAME = _l("两次输入的密码不一致，请重新输入。")


class LoginForm(Form):
    """Sign in; `next` and `kept` say where to go on afterwards."""

    name = StringField(_l("手机号或用户名"))
    password = PasswordField(_l("密码"))
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(Form):
    """Change one's own password."""

    old_password = PasswordField(_l("原密码"))
    new_password = PasswordField(_l("新密码"))
    repeat_password = PasswordField(_l("再输一次新密码"), validators=[EqualTo("new_password", _SAME)])


class LoginDataForm(Form):
    """Change what one signs in with."""

    phone = StringField(_l("手机号"))
    login_name = StringField(_l("用户名"))
    password = PasswordField(_l("当前密码"))


class CodeForm(Form):
    """A code typed from a slip."""

    code = StringField(_l("邀请码"))


class JoinForm(Form):
    """Accept an invitation with a new account."""

    phone = StringField(_l("手机号"))
    login_name = StringField(_l("用户名"))
    password = PasswordField(_l("密码"))
    repeat_password = PasswordField(_l("再输一次密码"), validators=[EqualTo("password", _SAME)])


class NewPasswordForm(Form):
    """Choose a new password by a reset link."""

    password = PasswordField(_l("新密码"))
    repeat_password = PasswordField(_l("再输一次新密码"), validators=[EqualTo("password", _SAME)])


class MembershipForm(Form):
    """Which of one's memberships to act in."""

    membership_id = HiddenField()
    next = HiddenField()

    @property
    def chosen(self) -> int:
        """The id, 0 for nonsense."""
        return typed_number(self.membership_id.data) or 0


class SlipsForm(Form):
    """The codes of the links to print."""

    code = SelectMultipleField(validate_choice=False)


class InviteStaffForm(Form):
    """Invite a colleague to the office."""

    name = StringField(_l("姓名"))
    role = RadioField(
        _l("身份"),
        choices=[
            (str(Role.OFFICE), _l("工作人员：办理赛事的各项工作")),
            (str(Role.LEADER), _l("领导：查看，审批名单")),
            (str(Role.SUPERVISOR), _l("监督员：查看全部，不能改动")),
        ],
        default=str(Role.OFFICE),
    )


class InviteManagerForm(Form):
    """Invite a school's manager."""

    name = StringField(_l("管理员姓名"))


class InviteTeachersForm(Form):
    """Invite teachers by names, one a line, or from the roster."""

    names = TextAreaField(_l("教师姓名"))
    teacher = SelectMultipleField(_l("名册中的教师"), coerce=row_id, validate_choice=False)

    @property
    def name_list(self) -> list[str]:
        """The names, separated by lines, commas or 、."""
        text = self.names.data or ""
        for separator in "，,、；;":
            text = text.replace(separator, "\n")
        return [line.strip() for line in text.splitlines() if line.strip()]
