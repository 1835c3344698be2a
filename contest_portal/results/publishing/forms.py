"""Forms of public lists and their terms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest_portal.core.forms import Form, VersionedForm
from contest_portal.results.public_list.columns import PUBLIC_COLUMNS
from contest_portal.results.publishing.services.taking_down import LONGEST_REASON, LONGEST_WORDS
from contest_portal.results.publishing.services.terms import Terms


class PublicationForm(Form):
    """What stands around the public list."""

    kind = HiddenField(default="shortlist")
    title = StringField(_l("公示标题"), validators=[InputRequired(), Length(max=200)])
    text = TextAreaField(_l("公示说明"), validators=[Length(max=5000)])
    open_until = DateField(_l("公示截止日期"), validators=[Optional()])
    amendment_note = TextAreaField(_l("更正说明"), validators=[Length(max=2000)])


class TermsForm(VersionedForm):
    """How a contest's public lists are shown, and how long."""

    open_days = IntegerField(_l("公示期（工作日）"), validators=[InputRequired(), NumberRange(min=1, max=60)])
    stay_days = IntegerField(_l("期满后继续公开的天数"), validators=[InputRequired(), NumberRange(min=0, max=3650)])
    archive_names = RadioField(
        _l("下线后往期名单中的姓名"),
        choices=[("masked", _l("只保留姓，如「张**」")), ("dropped", _l("不显示姓名"))],
        validators=[InputRequired()],
    )
    columns = FieldList(
        SelectField(
            _l("列"),
            choices=[("", _l("（空）")), *((one.key, _l(one.label)) for one in PUBLIC_COLUMNS.values())],
        ),
        min_entries=len(PUBLIC_COLUMNS),
        max_entries=len(PUBLIC_COLUMNS),
    )

    def terms(self) -> Terms:
        """What was filled in."""
        return Terms(
            open_days=self.open_days.data or 0,
            stay_days=self.stay_days.data if self.stay_days.data is not None else -1,
            archive_names=self.archive_names.data or "",
            columns=[one.data for one in self.columns.entries if one.data],
        )


class DownForm(Form):
    """From which day on only the archive shows a list."""

    down_on = DateField(_l("下线日期"), validators=[InputRequired()])


class TakeDownForm(Form):
    """Why a list must come down at once, and what the public reads in its place."""

    why = TextAreaField(_l("原因（只有本单位可见）"), validators=[InputRequired(), Length(max=LONGEST_REASON)])
    words = TextAreaField(_l("向公众说明的文字"), validators=[InputRequired(), Length(max=LONGEST_WORDS)])


class CalendarForm(Form):
    """Days off or days of work of the office's own."""

    first = DateField(_l("开始日期"), validators=[InputRequired()])
    last = DateField(_l("结束日期"), validators=[Optional()])
    is_working = RadioField(
        _l("这几天"), choices=[("off", _l("放假")), ("work", _l("上班"))], validators=[InputRequired()]
    )
    note = StringField(_l("说明"), validators=[Length(max=50)])


class PublishForm(Form):
    """Publishing exactly the list, the notice and the term that were seen."""

    content_sha256 = HiddenField()
    notice_sha256 = HiddenField()
