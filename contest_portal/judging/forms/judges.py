"""Forms of judges."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional

from contest_portal.core.forms import Form, row_id
from contest_portal.judging.judge_table import JudgeData, split_expertise
from contest_portal.judging.models import Judge
from contest_portal.judging.services.availability import JudgeTime


class JudgeForm(Form):
    """One judge's data."""

    name = StringField(_l("姓名"))
    phone = StringField(_l("手机号"), description=_l("评委用它登录，也用来与已有账号对应"))
    employer = StringField(_l("单位"), description=_l("本地学校的教师请写学校全称，系统据此自动回避本校作品"))
    job_title = StringField(_l("职务/职称"))
    categories = SelectMultipleField(_l("评审类别"), description=_l("分配时优先，不是限制"))
    disciplines = StringField(_l("学科"), description=_l("多个学科用顿号隔开"))
    most_tasks = IntegerField(_l("任务上限"), [Optional()], description=_l("一轮最多评几件，不限的留空"))
    available_from = DateField(_l("可评审起始日期"), [Optional()], description=_l("随时可以的留空"))
    available_until = DateField(_l("可评审截止日期"), [Optional()])

    def offer(self, names: dict[str, str]) -> JudgeForm:
        """Fill in the categories to choose from: code → name."""
        self.categories.choices = list(names.items())
        return self

    @property
    def judge_data(self) -> JudgeData:
        fields = (*(self.categories.data or ()), *split_expertise(self.disciplines.data or ""))
        return JudgeData(
            self.name.data or "",
            self.phone.data or "",
            self.employer.data or "",
            self.job_title.data or "",
            fields,
            self.most_tasks.data,
            self.available_from.data,
            self.available_until.data,
        )

    @classmethod
    def filled_from(cls, judge: Judge, names: dict[str, str]) -> JudgeForm:
        """The form showing what is known, the telephone left out."""
        form = cls(
            obj=judge,
            categories=[item for item in judge.expertise if item in names],
            disciplines="、".join(item for item in judge.expertise if item not in names),
        )
        if not form.is_submitted():
            form.phone.data = ""
        return form.offer(names)


class OwnTimeForm(Form):
    """When a judge has time, and for how many works."""

    available_from = DateField(_l("从哪天起可以评审"), [Optional()], description=_l("随时可以的留空"))
    available_until = DateField(_l("到哪天为止"), [Optional()])
    most_tasks = IntegerField(_l("一轮最多评几件"), [Optional()], description=_l("不限的留空"))

    @property
    def time(self) -> JudgeTime:
        return JudgeTime(self.most_tasks.data, self.available_from.data, self.available_until.data)


class DeclineForm(Form):
    """Why an invited judge will not come."""

    why = StringField(_l("不能参加的原因"))


class JudgeTableForm(Form):
    """A table of judges to import."""

    file = FileField(_l("评委名单"))


class ApplyJudgesForm(Form):
    """The judges that were previewed, sealed."""

    rows = HiddenField()


class JudgesForm(Form):
    """Chosen judges."""

    judge = SelectMultipleField(coerce=row_id, validate_choice=False)
    only_chosen = HiddenField()


class ReleaseForm(Form):
    """A judge declined or left."""

    state = SelectField(_l("情况"), choices=[("declined", _l("谢绝邀请")), ("left", _l("中途退出"))])
    why = StringField(_l("原因"))
