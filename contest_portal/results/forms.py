"""Forms of results: lists and publications; what schools report, what the year brought."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest_portal.core.forms import Form, VersionedForm


class ParticipationForm(Form):
    """Head-counts of one school in one contest."""

    students = IntegerField(_l("参加学生人数"), validators=[InputRequired(), NumberRange(min=0, max=100_000)])
    teachers = IntegerField(_l("参加教师人数"), validators=[InputRequired(), NumberRange(min=0, max=100_000)])


class ExternalResultForm(Form):
    """An award of an upper contest."""

    contest_name = StringField(_l("上级赛事名称"), validators=[InputRequired(), Length(max=100)])
    award = StringField(_l("奖项"), validators=[InputRequired(), Length(max=30)])
    count = IntegerField(_l("数量"), validators=[InputRequired(), NumberRange(min=1, max=10_000)])
    note = TextAreaField(_l("备注"), validators=[Length(max=500)])


class HonourForm(Form):
    """A school's honour."""

    school_id = SelectField(_l("学校"), coerce=int, validators=[InputRequired()])
    honour = StringField(_l("荣誉名称"), validators=[InputRequired(), Length(max=100)])
    given_by = StringField(_l("授予单位或级别"), validators=[InputRequired(), Length(max=50)])


class DecisionForm(Form):
    """A named decision on an entry's place."""

    entry_id = SelectField(_l("作品"), coerce=int, validators=[InputRequired()])
    decision = RadioField(
        _l("决定"),
        choices=[("in", _l("列入名单")), ("out", _l("不列入名单")), ("clear", _l("取消以前的决定，恢复按名次"))],
        validators=[InputRequired()],
    )
    why = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=500)])
    decided_by = StringField(_l("由谁决定"), validators=[InputRequired(), Length(max=50)])


class ApproveForm(VersionedForm):
    """Approval of the list as it was seen."""


class PublicationForm(Form):
    """What stands around the public list."""

    title = StringField(_l("公示标题"), validators=[InputRequired(), Length(max=200)])
    text = TextAreaField(_l("公示说明"), validators=[Length(max=5000)])
    open_until = DateField(_l("公示截止日期"), validators=[Optional()])
    amendment_note = TextAreaField(_l("更正说明"), validators=[Length(max=2000)])


class PublishForm(Form):
    """Publishing exactly the list that was seen."""

    content_sha256 = HiddenField()
