"""Forms of a running round."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, RadioField, StringField
from wtforms.validators import Optional

from contest_portal.core.forms import Form, VersionedForm, row_id
from contest_portal.judging.forms.moments import MOMENT, aware


class DeadlineForm(VersionedForm):
    """Another end of a running round."""

    closes_at = DateTimeLocalField(_l("新的截止时间"), [Optional()], format=MOMENT)

    @property
    def moment(self) -> datetime | None:
        return aware(self.closes_at.data)


class CloseForm(VersionedForm):
    """End a round."""

    void_unfinished = BooleanField(_l("取消未完成的任务"))


class ReassignForm(Form):
    """Who takes a task over."""

    judge_id = RadioField(_l("接替的评委"), coerce=lambda value: row_id(value or 0), validate_choice=False)
    why = StringField(_l("原因"))
