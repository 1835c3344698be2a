"""Forms of notices: an address, one's choices, an office's letters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from contest_portal.core.forms import Form, ManyField
from contest_portal.core.outbox.letters import Texts


class AddressForm(Form):
    """Where somebody is reached by mail or SMS."""

    channel = HiddenField()
    address = StringField(_l("地址"))


class HeldKindsForm(Form):
    """The kinds that wait for a release."""

    kinds = ManyField(_l("先审后发的类型"))


class LetterForm(Form):
    """An occasion's texts."""

    subject = StringField(_l("邮件标题"))
    body = TextAreaField(_l("邮件正文"))
    sms = TextAreaField(_l("短信内容"))

    @property
    def texts(self) -> Texts:
        """What was typed."""
        return Texts(self.subject.data or "", self.body.data or "", self.sms.data or "")
