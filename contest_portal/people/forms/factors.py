"""Forms of the second factor. A passkey's answer comes in a hidden field that the page's script fills."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from contest_portal.core.forms import Form


class FactorForm(Form):
    """The second step of signing in."""

    code = StringField(_l("验证码"))
    passkey = HiddenField()
    trusts = BooleanField()


class CodeAppForm(Form):
    """Register an app by its first code. `password` is asked for where the last confirming is long ago."""

    offer = HiddenField()
    code = StringField(_l("验证器显示的 6 位数字"))
    password = PasswordField(_l("当前密码"))


class PasskeyForm(Form):
    """Register a passkey under a name."""

    name = StringField(_l("名称"))
    passkey = HiddenField()
    password = PasswordField(_l("当前密码"))


class ConfirmForm(Form):
    """The password once more, before a factor goes."""

    password = PasswordField(_l("当前密码"))


class AgainForm(Form):
    """Proving again who one is, on top of the form that was sent: so its names are no other form's."""

    class Meta(Form.Meta):
        """The token is that of the form underneath, and has been looked at."""

        csrf = False

    passkey = HiddenField()
    back = HiddenField(name="again-back")
    password = PasswordField(_l("您的登录密码"), name="again-password")
    code = StringField(_l("或用验证码"), name="again-code")
    purpose = StringField(_l("用途"), name="again-purpose")


class FactorResetForm(Form):
    """Take another's lost factor off, with the reason."""

    why = StringField(_l("原因"))
    password = PasswordField(_l("您自己的当前密码"))
