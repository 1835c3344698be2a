"""Forms of judging."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from contest_portal.contests.rules import Criterion
from contest_portal.core.clock import local, timezone
from contest_portal.core.forms import Form, VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.judging.judge_table import JudgeData, split_expertise
from contest_portal.judging.models import Judge, Round
from contest_portal.judging.services.rounds import RoundData, Seat
from contest_portal.judging.services.sheets import mark_field
from contest_portal.judging.states import METHODS

NO_CATEGORY = 0
"""Stands for a judge whose categories were all taken away, which is refused by name."""

_MOMENT = "%Y-%m-%dT%H:%M"
_METHOD_NOTES = {
    "raw": _l("各评委总分的平均，不作校正。"),
    "additive": _l("扣除每位评委整体偏宽或偏严的部分，适合每位评委评阅较多作品的轮次。"),
    "mixed": _l("同样扣除宽严差异，评阅较少的评委和作品校正得更谨慎。"),
}


def method_choices() -> list[tuple[str, str]]:
    """(code, name and note) of the ways to compute a ranking."""
    return [(code, f"{translate(name)} — {_METHOD_NOTES[code]}") for code, name in METHODS.items()]


class JudgeForm(Form):
    """One judge's data."""

    name = StringField(_l("姓名"))
    phone = StringField(_l("手机号"), description=_l("评委用它登录，也用来与已有账号对应"))
    employer = StringField(_l("单位"), description=_l("本地学校的教师请写学校全称，系统据此自动回避本校作品"))
    job_title = StringField(_l("职务/职称"))
    categories = SelectMultipleField(_l("评审类别"), description=_l("分配时优先，不是限制"))
    disciplines = StringField(_l("学科"), description=_l("多个学科用顿号隔开"))

    def offer(self, names: dict[str, str]) -> JudgeForm:
        """Fill in the categories to choose from: code → name."""
        self.categories.choices = list(names.items())
        return self

    @property
    def judge_data(self) -> JudgeData:
        fields = (*(self.categories.data or ()), *split_expertise(self.disciplines.data or ""))
        return JudgeData(
            self.name.data or "", self.phone.data or "", self.employer.data or "", self.job_title.data or "", fields
        )

    @classmethod
    def filled_from(cls, judge: Judge, names: dict[str, str]) -> JudgeForm:
        """The form showing what is known."""
        form = cls(
            obj=judge,
            categories=[item for item in judge.expertise if item in names],
            disciplines="、".join(item for item in judge.expertise if item not in names),
        )
        return form.offer(names)


class JudgeTableForm(Form):
    """A table of judges to import."""

    file = FileField(_l("评委名单"))


class ApplyJudgesForm(Form):
    """The judges that were previewed, sealed."""

    rows = HiddenField()


class JudgesForm(Form):
    """Chosen judges."""

    judge = SelectMultipleField(coerce=int, validate_choice=False)
    only_chosen = HiddenField()


class ReleaseForm(Form):
    """A judge declined or left."""

    state = SelectField(_l("情况"), choices=[("declined", _l("谢绝邀请")), ("left", _l("中途退出"))])
    why = StringField(_l("原因"))


class ReasonForm(Form):
    """Why."""

    why = StringField(_l("原因"))


class RelationForm(Form):
    """What a judge must keep away from, as the office enters it."""

    target = RadioField(
        _l("回避对象"),
        choices=[("school", _l("学校")), ("entry", _l("作品")), ("student", _l("学生"))],
        default="school",
        validate_choice=False,
    )
    school_id = SelectField(_l("学校"), coerce=lambda value: int(value or 0))
    student_name = StringField(_l("学生姓名"))
    entry_number = StringField(_l("作品编号"))
    why = StringField(_l("原因"))

    def offer(self, schools: Sequence[tuple[int, str]]) -> RelationForm:
        self.school_id.choices = [(0, _l("请选择")), *schools]
        return self


class OwnRelationForm(Form):
    """A school that a judge declares a relation to."""

    school_id = SelectField(_l("学校"), coerce=lambda value: int(value or 0))
    why = StringField(_l("原因"), description=_l("如：配偶在该校任教"))

    def offer(self, schools: Sequence[tuple[int, str]]) -> OwnRelationForm:
        self.school_id.choices = [(0, _l("请选择")), *schools]
        return self


class RoundForm(VersionedForm):
    """A round's plan."""

    name = StringField(_l("轮次名称"), description=_l("如：初评、终评"))
    category_ids = SelectMultipleField(_l("评审类别"), coerce=int, validate_choice=False)
    reads_per_entry = IntegerField(_l("每件作品由几名评委评阅"), [Optional()])
    opens_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=[_MOMENT, f"{_MOMENT}:%S"])
    closes_at = DateTimeLocalField(_l("截止时间"), [Optional()], format=[_MOMENT, f"{_MOMENT}:%S"])
    is_blind = BooleanField(_l("匿名评审"), description=_l("评委看不到作者、学校、辅导教师和标明身份的材料"))
    method = RadioField(_l("排名方法"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = method_choices()

    def offer(self, categories: Sequence[tuple[int, str]]) -> RoundForm:
        self.category_ids.choices = list(categories)
        return self

    @property
    def round_data(self) -> RoundData:
        return RoundData(
            name=self.name.data or "",
            category_ids=self.category_ids.data or [],
            reads_per_entry=self.reads_per_entry.data or 0,
            opens_at=_aware(self.opens_at.data),
            closes_at=_aware(self.closes_at.data),
            is_blind=bool(self.is_blind.data),
            method=self.method.data or "",
        )

    @classmethod
    def filled_from(cls, row: Round) -> RoundForm:
        """The form showing the plan as it is, its times by the local clock."""
        return cls(
            data={
                "name": row.name,
                "category_ids": [place.category_id for place in row.categories],
                "reads_per_entry": row.reads_per_entry,
                "opens_at": local(row.opens_at),
                "closes_at": local(row.closes_at),
                "is_blind": row.is_blind,
                "method": row.method,
                "version": row.version,
            }
        )


class SeatsForm(Form):
    """Who judges in a round: chosen judges, categories as `judge-category`, most tasks as `most-JUDGE`."""

    judge = SelectMultipleField(coerce=int, validate_choice=False)
    place = SelectMultipleField(validate_choice=False)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.most = {
            int(name.removeprefix("most-")): value.strip()
            for name, value in (self.meta.wrap_formdata(self, formdata) or {}).items()
            if re.fullmatch(r"most-\d+", name)
        }

    def seats(self, category_count: int) -> list[Seat]:
        """The chosen places; all categories of the round ticked is the same as none named."""
        own: dict[int, list[int]] = {}
        for text in self.place.data or []:
            judge_id, _dash, category_id = text.partition("-")
            if judge_id.isdigit() and category_id.isdigit():
                own.setdefault(int(judge_id), []).append(int(category_id))
        seats = []
        for judge_id in self.judge.data or []:
            ids = own.get(judge_id, [])
            text = self.most.get(judge_id, "")
            most = int(text) if text.isdecimal() and len(text) < 7 else None if not text else -1
            every = len(ids) == category_count
            seats.append(Seat(judge_id, [] if every else ids or [NO_CATEGORY], most))
        return seats


class OpenForm(VersionedForm):
    """Open a round by the plan of this seed."""

    seed = HiddenField()


class DeadlineForm(VersionedForm):
    """Another end of a running round."""

    closes_at = DateTimeLocalField(_l("新的截止时间"), [Optional()], format=[_MOMENT, f"{_MOMENT}:%S"])

    @property
    def moment(self) -> datetime | None:
        return _aware(self.closes_at.data)


class CloseForm(VersionedForm):
    """End a round."""

    void_unfinished = BooleanField(_l("取消未完成的任务"))


class RankForm(Form):
    """By which method a closed round is ranked."""

    method = RadioField(_l("排名方法"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = method_choices()


class ReassignForm(Form):
    """Who takes a task over."""

    judge_id = RadioField(_l("接替的评委"), coerce=lambda value: int(value or 0), validate_choice=False)
    why = StringField(_l("原因"))


class SheetForm(VersionedForm):
    """A score sheet; `for_rubric` adds a field for each criterion."""

    comment = TextAreaField(_l("评语（选填）"))

    @classmethod
    def for_rubric(cls, rubric: Sequence[Criterion], **kwargs: Any) -> SheetForm:
        """The form with an input `mark_CODE` for each criterion."""
        fields = {mark_field(one.code): StringField(one.name) for one in rubric}
        return type("SheetFormOfRubric", (cls,), fields)(**kwargs)

    def marks(self, rubric: Sequence[Criterion]) -> dict[str, str]:
        """What was typed, by criterion."""
        return {one.code: self[mark_field(one.code)].data or "" for one in rubric}


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=timezone()) if moment else None
