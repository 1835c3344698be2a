"""Forms of results: lists and publications; what schools report, what the year brought."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
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
from contest_portal.results.public_columns import PUBLIC_COLUMNS
from contest_portal.results.services.publication_terms import Terms


class ParticipationForm(Form):
    """Head-counts of one school in one contest."""

    students = IntegerField(_l("参加学生人数"), validators=[InputRequired(), NumberRange(min=0, max=100_000)])
    teachers = IntegerField(_l("参加教师人数"), validators=[InputRequired(), NumberRange(min=0, max=100_000)])


class ExternalResultForm(Form):
    """An award of an upper contest."""

    contest_name = StringField(_l("上级赛事名称"), validators=[InputRequired(), Length(max=100)])
    award = StringField(_l("奖项"), validators=[InputRequired(), Length(max=30)])
    count = IntegerField(_l("数量"), validators=[InputRequired(), NumberRange(min=1, max=10_000)])
    level = SelectField(
        _l("级别"),
        choices=[("", _l("不注明")), ("市", _l("市级")), ("省", _l("省级")), ("国家", _l("国家级"))],
    )
    entry_number = StringField(_l("作品编号"), validators=[Length(max=40)])
    work_title = StringField(_l("获奖作品"), validators=[Length(max=200)])
    note = TextAreaField(_l("备注"), validators=[Length(max=500)])
    files = FileField(_l("证明材料"))


class HonourForm(Form):
    """A school's honour."""

    school_id = SelectField(_l("学校"), coerce=int, validators=[InputRequired()])
    honour = StringField(_l("荣誉名称"), validators=[InputRequired(), Length(max=100)])
    given_by = StringField(_l("授予单位或级别"), validators=[InputRequired(), Length(max=50)])
    files = FileField(_l("证明材料"))


class RecordTableForm(Form):
    """A workbook of the year's awards from above and honours to import."""

    file = FileField(_l("上级获奖与荣誉"))


class ApplyRecordsForm(Form):
    """The records that were previewed, sealed."""

    rows = HiddenField()


class ApproveForm(VersionedForm):
    """Approval of the list as it was seen."""


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
