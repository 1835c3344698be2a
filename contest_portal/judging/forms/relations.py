"""Forms of what a judge must keep away from."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from contest_portal.core.forms import Form, row_id


class RelationForm(Form):
    """What a judge must keep away from, as the office enters it."""

    target = RadioField(
        _l("回避对象"),
        choices=[("school", _l("学校")), ("entry", _l("作品")), ("student", _l("学生"))],
        default="school",
        validate_choice=False,
    )
    school_id = SelectField(_l("学校"), coerce=lambda value: row_id(value or 0))
    student_name = StringField(_l("学生姓名"))
    entry_number = StringField(_l("作品编号"))
    kind = SelectField(
        _l("缘由"),
        choices=[
            ("office", _l("其他关系")),
            ("kin", _l("亲属")),
            ("tutoring", _l("校外辅导")),
            ("school", _l("任职或曾任职")),
        ],
        validate_choice=False,
    )
    why = StringField(_l("原因"))

    def offer(self, schools: Sequence[tuple[int, str]]) -> RelationForm:
        self.school_id.choices = [(0, _l("请选择")), *schools]
        return self


class RelationTableForm(Form):
    """A matrix or list of relations to import."""

    file = FileField(_l("回避名单"))


class ApplyRelationsForm(Form):
    """The relations that were previewed, sealed."""

    rows = HiddenField()


class OverruleForm(Form):
    """A leader lets a judge read a work although a conflict stands."""

    judge_id = RadioField(_l("准予评阅的评委"), coerce=lambda value: row_id(value or 0), validate_choice=False)
    why = TextAreaField(_l("书面理由"))


class OwnRelationForm(Form):
    """A school that a judge declares a relation to."""

    school_id = SelectField(_l("学校"), coerce=lambda value: row_id(value or 0))
    why = StringField(_l("原因"), description=_l("如：配偶在该校任教"))

    def offer(self, schools: Sequence[tuple[int, str]]) -> OwnRelationForm:
        self.school_id.choices = [(0, _l("请选择")), *schools]
        return self
