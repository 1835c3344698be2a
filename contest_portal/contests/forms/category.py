"""Forms of a category: a new one, and the basic part of its rules."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from contest_portal.contests.forms.rules import RulesForm
from contest_portal.contests.forms.validators import at_most, between, number_code, required
from contest_portal.contests.rule_texts import APPLICANT_NAMES
from contest_portal.contests.rules import CategoryRules, SummaryRules
from contest_portal.contests.rules_editing import with_applicant_kind
from contest_portal.core.forms import Form

MOST_CHARACTERS = 100_000
APPLICANT_CHOICES = [(code, _l(name)) for code, name in APPLICANT_NAMES.items()]


class NewCategoryForm(Form):
    """A new category, after one there is or from the least there can be."""

    base = SelectField(_l("参照"), choices=[], description=_l("复制所选类别的全部规则，之后可以修改"))
    name = StringField(_l("类别名称"), [required(), at_most(100)])
    code = StringField(
        _l("类别代码"), [required(), number_code()], description=_l("用于作品编号，如 KH；1 至 6 个大写字母或数字")
    )
    measure = StringField(_l("量词"), [required(), at_most(10)], description=_l("统计和总结中使用，如：件、项、个"))
    applicant_kind = SelectField(_l("申报者"), choices=APPLICANT_CHOICES, description=_l("只在不参照其他类别时使用"))


class BasicForm(RulesForm):
    """Name, measure word, number code, applicant, title, group name, summary."""

    name = StringField(_l("类别名称"), [required(), at_most(100)])
    measure = StringField(_l("量词"), [required(), at_most(10)], description=_l("统计和总结中使用，如：件、项、个"))
    number_code = StringField(_l("编号代码"), [required(), number_code()], description=_l("写在作品编号里，如 KH"))
    applicant_kind = SelectField(
        _l("申报者"), choices=APPLICANT_CHOICES, description=_l("更改后，作者人数、学段组随之调整，请再核对")
    )
    hint = TextAreaField(_l("类别说明"), [at_most(1000)], description=_l("显示在类别名称下面，一两句话"))
    title_max_length = IntegerField(_l("题目最多字数"), [required(), between(1, 200)])
    group_name_max_length = IntegerField(
        _l("群体名称最多字数"), [required(), between(1, 100)], description=_l("申报者为群体时使用")
    )
    with_summary = BooleanField(_l("填写简介"))
    summary_label = StringField(_l("简介的名称"), [at_most(30)], description=_l("如：作品说明、内容简介"))
    summary_max_length = IntegerField(_l("简介最多字数"), [Optional(), between(1, MOST_CHARACTERS)])
    summary_required = BooleanField(_l("简介必填"))
    summary_judges_see = BooleanField(_l("评委可以看到简介"))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> BasicForm:
        summary = rules.summary or SummaryRules()
        return cls(
            data={
                "name": rules.name,
                "measure": rules.measure,
                "number_code": rules.number_code,
                "applicant_kind": rules.applicant_kind,
                "hint": rules.hint,
                "title_max_length": rules.title_max_length,
                "group_name_max_length": rules.group_name_max_length,
                "with_summary": rules.summary is not None,
                "summary_label": summary.label,
                "summary_max_length": summary.max_length,
                "summary_required": summary.required,
                "summary_judges_see": summary.judges_see,
                "version": version,
            }
        )

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        summary = SummaryRules(
            label=self.summary_label.data.strip() or SummaryRules.label,
            max_length=self.summary_max_length.data or SummaryRules.max_length,
            required=self.summary_required.data,
            judges_see=self.summary_judges_see.data,
        )
        changed = replace(
            rules,
            name=self.name.data.strip(),
            measure=self.measure.data.strip(),
            number_code=self.number_code.data,
            hint=self.hint.data.strip(),
            title_max_length=self.title_max_length.data,
            group_name_max_length=self.group_name_max_length.data,
            summary=summary if self.with_summary.data else None,
        )
        return with_applicant_kind(changed, self.applicant_kind.data)
