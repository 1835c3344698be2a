"""The form of the people part of a category's rules."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.validators import Optional

from contest_portal.contests.forms.rules import RulesForm
from contest_portal.contests.forms.validators import at_most, between, required
from contest_portal.contests.rules import AgeRule, AuthorRules, CategoryRules, TutorRules


class PeopleForm(RulesForm):
    """Authors, tutors, ages, guardians' consent."""

    beside = {"authors": "authors_maximum", "tutors": "tutors_maximum", "age": "age_min_years"}

    authors_minimum = IntegerField(_l("作者至少"), [required(), between(0, 50)])
    authors_maximum = IntegerField(_l("作者最多"), [required(), between(0, 50)])
    first_required = BooleanField(_l("须确定 1 名第一作者"))
    same_stage = BooleanField(_l("作者须在同一学段"))
    same_county = BooleanField(_l("作者须在同一县区"))
    shares_required = BooleanField(_l("须写明各人承担的比例"), description=_l("合计 100%"))
    fixed_after_deadline = BooleanField(_l("申报截止后作者名单不再变更"))
    tutors_minimum = IntegerField(_l("辅导教师至少"), [required(), between(0, 20)])
    tutors_maximum = IntegerField(_l("辅导教师最多"), [required(), between(0, 20)])
    tutors_label = StringField(_l("辅导教师的称呼"), [required(), at_most(20)], description=_l("如：组织教师"))
    age_min_years = IntegerField(_l("年龄不小于"), [Optional(), between(1, 99)])
    age_max_years = IntegerField(_l("年龄不大于"), [Optional(), between(1, 99)])
    age_on = DateField(_l("年龄计算日"), [Optional()], description=_l("不填则按申报截止日计算"))
    consent_under_age = IntegerField(
        _l("须有监护人同意的年龄"),
        [required(), between(0, 18)],
        description=_l("不满这个周岁的学生，提交前须登记监护人同意；填 0 表示不要求"),
    )

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> PeopleForm:
        age = rules.age or AgeRule()
        return cls(
            data={
                "authors_minimum": rules.authors.minimum,
                "authors_maximum": rules.authors.maximum,
                "first_required": rules.authors.first_required,
                "same_stage": rules.authors.same_stage,
                "same_county": rules.authors.same_county,
                "shares_required": rules.authors.shares_required,
                "fixed_after_deadline": rules.authors.fixed_after_deadline,
                "tutors_minimum": rules.tutors.minimum,
                "tutors_maximum": rules.tutors.maximum,
                "tutors_label": rules.tutors.label,
                "age_min_years": age.min_years,
                "age_max_years": age.max_years,
                "age_on": age.on,
                "consent_under_age": rules.consent_under_age or 0,
                "version": version,
            }
        )

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        has_age = self.age_min_years.data is not None or self.age_max_years.data is not None
        return replace(
            rules,
            authors=AuthorRules(
                minimum=self.authors_minimum.data,
                maximum=self.authors_maximum.data,
                first_required=self.first_required.data,
                same_stage=self.same_stage.data,
                same_county=self.same_county.data,
                shares_required=self.shares_required.data,
                fixed_after_deadline=self.fixed_after_deadline.data,
            ),
            tutors=TutorRules(self.tutors_minimum.data, self.tutors_maximum.data, self.tutors_label.data.strip()),
            age=AgeRule(self.age_min_years.data, self.age_max_years.data, self.age_on.data) if has_age else None,
            consent_under_age=self.consent_under_age.data,
        )
