"""Forms of objections: the public's, the office's, and those of schools and judges who are asked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from contest_portal.core.forms import Form, VersionedForm, row_id
from contest_portal.results.evidence import GivenFile


class WithFiles(Form):
    """A form with evidence."""

    files = MultipleFileField(_l("证据材料"))

    @property
    def given_files(self) -> list[GivenFile]:
        """The files that were chosen."""
        chosen = self.files.data or []
        return [GivenFile(one.filename, one.stream.read()) for one in chosen if getattr(one, "filename", "")]


class ObjectionForm(WithFiles):
    """What somebody writes who objects."""

    entry_number = SelectField(_l("有异议的作品"), validate_choice=False)
    title = StringField(_l("作品名称"))
    author = StringField(_l("作者姓名"))
    grounds = TextAreaField(_l("事实和理由"))
    name = StringField(_l("姓名"))
    id_number = StringField(_l("身份证号"))
    unit = StringField(_l("工作单位或住址"))
    phone = StringField(_l("联系电话"))


class CodeForm(Form):
    """The code of a secret link, as it stands on the receipt."""

    code = StringField(_l("查询码"))


class AddForm(WithFiles):
    """More words or files."""

    text = TextAreaField(_l("补充说明"))


class AssignForm(VersionedForm):
    """Who handles a case, and who signs its decision."""

    handler = SelectField(_l("经办人"), coerce=row_id, validate_choice=False)
    second = SelectField(_l("签署人"), coerce=row_id, validate_choice=False)


class ConflictForm(Form):
    """Who is kept away, and why."""

    account_id = SelectField(_l("回避的人"), coerce=row_id, validate_choice=False)
    why = StringField(_l("回避原因"))


class ReasonForm(VersionedForm):
    """A refusal or a disagreement with its reason."""

    why = TextAreaField(_l("理由"))


class NoteForm(Form):
    """A note of the inquiry."""

    text = TextAreaField(_l("调查记录"))


class AskForm(Form):
    """What a school or a judge is asked."""

    whom = SelectField(_l("请谁说明"), validate_choice=False)
    question = TextAreaField(_l("要说明的问题"))


class ProposalForm(VersionedForm):
    """How a case is to be decided."""

    outcome = RadioField(_l("处理结果"), validate_choice=False)
    decision = TextAreaField(_l("处理决定"))


class AnswerForm(VersionedForm):
    """The answer to the objector."""

    answer = TextAreaField(_l("给异议人的答复"))


class StatementForm(WithFiles):
    """A school's or a judge's statement."""

    answer = TextAreaField(_l("情况说明"))


class TermsForm(VersionedForm):
    """The terms of a contest's steps, in working days."""

    accept_days = IntegerField(_l("决定是否受理"))
    inquire_days = IntegerField(_l("调查并提出决定"))
    sign_days = IntegerField(_l("第二人签署"))
    answer_days = IntegerField(_l("答复异议人"))
    statement_days = IntegerField(_l("学校、评委说明情况"))
    asks_id_number = BooleanField(_l("提出异议须填写身份证号"))
