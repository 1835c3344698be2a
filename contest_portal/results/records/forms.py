"""Forms of what schools report and what the year brought."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from contest_portal.core.forms import Form


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
    is_another = BooleanField(_l("确实另有一项，仍然登记"))


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
