"""The form of a boundary round."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, IntegerField, StringField
from wtforms.validators import Optional

from contest_portal.core.forms import Form
from contest_portal.judging.forms.moments import MOMENT


class BoundaryForm(Form):
    """How many more reads, and the window of the round."""

    reads = IntegerField(_l("一共加评多少次"), [Optional()])
    name = StringField(_l("轮次名称"))
    opens_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    closes_at = DateTimeLocalField(_l("截止时间"), [Optional()], format=MOMENT)
