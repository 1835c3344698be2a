"""Forms of a contest itself: new ones, call, timetable, settings, attachments."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange, Optional, Regexp

from contest_portal.contests.forms.validators import at_most, required
from contest_portal.contests.models import Contest
from contest_portal.contests.services.editing import ContestDates
from contest_portal.core.clock import local, timezone
from contest_portal.core.forms import Form, VersionedForm

END_OF_DAY = time(23, 59, 59)


class NewContestForm(Form):
    """What every new contest needs."""

    year = IntegerField(_l("年度"), [required(), NumberRange(2000, 2100, _l("请填写四位数的年份"))])
    name = StringField(_l("赛事名称"), [at_most(100)], description=_l("不填则按模板或上一届的名称生成"))


class FromTemplateForm(NewContestForm):
    """A template that comes with the program."""

    template = RadioField(_l("规则模板"), [required()], choices=[])
    called_on = DateField(_l("通知日期"), [Optional()], description=_l("各环节的日期从这一天推算，创建后可以修改"))


class FromFileForm(NewContestForm):
    """A template file of one's own."""

    file = FileField(_l("模板文件"), [FileRequired(_l("请选择模板文件"))])
    called_on = DateField(_l("通知日期"), [Optional()], description=_l("各环节的日期从这一天推算，创建后可以修改"))


class CopyContestForm(NewContestForm):
    """After an earlier contest."""

    source = RadioField(_l("参照的赛事"), [required()], choices=[], coerce=int)
    with_attachments = BooleanField(
        _l("同时复制附件和空白表格"), description=_l("表格如有新版，请不要复制，创建后再上传新版")
    )


class CallForm(VersionedForm):
    """The call."""

    call_title = StringField(_l("通知标题"), [at_most(200)])
    call_text = TextAreaField(
        _l("通知正文"),
        [at_most(20_000)],
        description=_l("一行一段；以「一、」「二、」开头的短行显示为小标题，落款不用写"),
    )
    who_may_enter = TextAreaField(_l("谁可以参加"), [at_most(2000)])

    @classmethod
    def of(cls, contest: Contest) -> CallForm:
        return cls(data=cls.values_of(contest))

    @staticmethod
    def values_of(contest: Contest) -> dict[str, Any]:
        """What the form shows of a contest."""
        return {
            "call_title": contest.call_title,
            "call_text": contest.call_text,
            "who_may_enter": contest.who_may_enter,
            "version": contest.version,
        }


class TimetableForm(VersionedForm):
    """The timetable. Days and times are the office's."""

    called_on = DateField(_l("通知日期"), [Optional()])
    opens_on = DateField(_l("申报开始日期"), [Optional()])
    opens_time = TimeField(_l("开始时间"), [Optional()], format=["%H:%M:%S", "%H:%M"], render_kw={"step": 1})
    closes_on = DateField(_l("申报截止日期"), [Optional()])
    closes_time = TimeField(_l("截止时间"), [Optional()], format=["%H:%M:%S", "%H:%M"], render_kw={"step": 1})
    grace_seconds = IntegerField(
        _l("截止后的宽限"),
        [required(), NumberRange(0, 3600, _l("请填写 0 至 3600 之间的整数"))],
        description=_l("不对外显示；网络拥堵时，截止后这段时间内的提交仍然有效"),
    )
    screening_until = DateField(_l("审核截止日期"), [Optional()])
    judging_from = DateField(_l("评审开始日期"), [Optional()])
    judging_until = DateField(_l("评审结束日期"), [Optional()])
    publication_on = DateField(_l("公示日期"), [Optional()])

    @classmethod
    def of(cls, contest: Contest) -> TimetableForm:
        opens, closes = contest.submission_opens_at, contest.submission_closes_at
        return cls(
            data={
                "called_on": contest.called_on,
                "opens_on": opens and local(opens).date(),
                "opens_time": local(opens).time() if opens else time(),
                "closes_on": closes and local(closes).date(),
                "closes_time": local(closes).time() if closes else END_OF_DAY,
                "grace_seconds": contest.grace_seconds,
                "screening_until": contest.screening_until,
                "judging_from": contest.judging_from,
                "judging_until": contest.judging_until,
                "publication_on": contest.publication_on,
                "version": contest.version,
            }
        )

    @property
    def dates(self) -> ContestDates:
        return ContestDates(
            called_on=self.called_on.data,
            opens_at=_moment(self.opens_on.data, self.opens_time.data or time()),
            closes_at=_moment(self.closes_on.data, self.closes_time.data or END_OF_DAY),
            screening_until=self.screening_until.data,
            judging_from=self.judging_from.data,
            judging_until=self.judging_until.data,
            publication_on=self.publication_on.data,
        )


def _moment(day: Any, at: time) -> datetime | None:
    return datetime.combine(day, at, timezone()) if day else None


class SettingsForm(VersionedForm):
    """Name, numbers, reasons of a return, where the shortlist goes."""

    name = StringField(_l("赛事名称"), [required(), at_most(100)])
    number_prefix = StringField(
        _l("编号字头"), [required(), Regexp(r"^[A-Za-z0-9]{1,10}$", message=_l("请用 1 至 10 个字母或数字"))]
    )
    number_pattern = StringField(
        _l("编号格式"),
        [required(), at_most(100)],
        description=_l("可用：{prefix} 字头、{year} 年度、{category} 类别代码、{stage} 学段代码、{seq:04d} 四位流水号"),
    )
    return_reasons = TextAreaField(_l("退回原因"), [required()], description=_l("审核退回时可选的原因，一行一条"))
    school_total = IntegerField(
        _l("每校合计最多（件）"),
        [Optional(), NumberRange(1, 10_000)],
        description=_l("各类别加在一起，一所学校最多提交几件；不填则只按各类别的名额。改小以前已提交的不受影响。"),
    )
    feeds_into_id = SelectField(_l("推荐名单上报到"), [Optional()], choices=[])
    feeds_into_name = StringField(
        _l("上级赛事名称"), [at_most(100)], description=_l("上级赛事不在本系统时填写，如：张掖市青少年科技创新大赛")
    )
    feeds_into_title = StringField(
        _l("年度总结中的称呼"), [at_most(100)], description=_l("如：全市第九届青少年科技创新大赛")
    )
    is_practice = BooleanField(
        _l("这是练习赛"), description=_l("供学校、教师和评委熟悉系统；申报、审核、评审照常进行，不计入年度总结")
    )

    @classmethod
    def of(cls, contest: Contest) -> SettingsForm:
        return cls(
            data={
                "name": contest.name,
                "number_prefix": contest.number_prefix,
                "number_pattern": contest.number_pattern,
                "return_reasons": "\n".join(contest.return_reasons),
                "school_total": contest.school_total,
                "feeds_into_id": str(contest.feeds_into_id or ""),
                "feeds_into_name": "" if contest.feeds_into_id else contest.feeds_into_name,
                "feeds_into_title": contest.feeds_into_title,
                "is_practice": contest.is_practice,
                "version": contest.version,
            }
        )


class AttachmentForm(Form):
    """A file of the call."""

    file = FileField(_l("文件"), [FileRequired(_l("请选择文件"))])
    title = StringField(_l("显示名称"), [at_most(200)], description=_l("不填则用文件名"))
    kind = RadioField(
        _l("用途"),
        [required()],
        choices=[("attachment", _l("通知附件")), ("blank_form", _l("空白表格（供学校下载填写）"))],
        default="attachment",
    )
