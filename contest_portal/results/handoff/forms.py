"""Forms of hand-offs: what goes up with them, whom to believe, why something is returned."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from contest_portal.core.forms import Form, VersionedForm


class HandOverForm(Form):
    """What of people goes up besides names and schools."""

    phones = BooleanField(_l("包含联系电话"))
    id_numbers = BooleanField(_l("包含身份证号"))


class HereForm(HandOverForm):
    """Handing up within this deployment."""

    leave_returned = BooleanField(_l("先上报其余作品；没有更正的作品保持退回，更正期限不变"))


class PackageForm(HandOverForm):
    """A package for an office elsewhere, encrypted on wish."""

    partner_id = SelectField(_l("收件单位"), choices=[])


class FileForm(Form):
    """One file: a package, results from above, a partner's keys."""

    file = FileField(_l("文件"))


class ConfirmPartnerForm(Form):
    """The last two groups of the fingerprint, as they were heard."""

    heard = StringField(_l("指纹最后两组"), [InputRequired(), Length(max=20)])


class ReturnForm(VersionedForm):
    """Why a hand-off, or one of its entries, goes back, and until when it is to be mended."""

    why = TextAreaField(_l("退回原因"), [InputRequired(), Length(max=500)])
    fix_until = DateField(_l("更正截止日期"), [InputRequired()])


class TakeForm(VersionedForm):
    """To take it; on wish with the accepted works that it names no more taken out, or although another office is named."""

    taking_out = BooleanField()
    for_other = BooleanField()


class RefuseForm(VersionedForm):
    """Why nothing of it is taken."""

    why = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


class CorrectionForm(FileForm):
    """A file in place of one that was handed up. `place`: slot code and, after a colon, the file that it replaces."""

    place = SelectField(_l("更换哪个文件"), [InputRequired()])
    why = TextAreaField(_l("更正说明"), [InputRequired(), Length(max=500)])
