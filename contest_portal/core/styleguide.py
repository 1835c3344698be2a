"""What the style guide shows: a form with errors, a list, a history. Made-up people and figures only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from contest_portal.core import clock
from contest_portal.core.forms import Form
from contest_portal.core.listing import Listing, Page


class SampleForm(Form):
    """One field of each kind. The style guide is a developer's page: its samples are not translated."""

    title = StringField("作品名称", [InputRequired()], description="不超过 40 字，不得出现姓名和校名")
    stage = SelectField("学段", choices=[("", "请选择"), ("x", "小学"), ("c", "初中"), ("g", "高中")])
    length = IntegerField("影片时长")
    finished_on = DateField("完成日期")
    summary = TextAreaField("作品说明", [InputRequired()], description="不超过 200 字")
    team = RadioField("申报方式", choices=[("one", "个人项目"), ("team", "集体项目（不超过 3 人）")])
    reasons = SelectMultipleField(
        "退回原因", choices=[("a", "缺件"), ("b", "签字盖章不全"), ("c", "未使用新版申报书"), ("d", "集体项目署名不符")]
    )
    shown = BooleanField("作品曾在其他比赛中展示", description="如是，请在说明中写明比赛名称和时间")
    painting = FileField("作品图片", [InputRequired()])


ENTRIES = [
    ("GZ2018-KH-X-0012", "月球上的向日葵花园", "甘州区南街小学", "科幻画", "submitted", "已提交", 91.25),
    ("GZ2018-KH-X-0047", "会唱歌的空气净化树", "甘州区大满镇中心小学", "科幻画", "returned", "退回修改", None),
    (
        "GZ2018-CG-C-0003",
        "戈壁日光温室自动卷帘装置的改进",
        "张掖市第四中学",
        "成果竞赛项目",
        "accepted",
        "审核通过",
        88.5,
    ),
    ("GZ2018-SJ-C-0009", "「黑河水质在身边」综合实践活动", "甘州区金安苑学校", "实践活动", "rejected", "未通过", None),
    ("GZ2018-DV-Z-0001", "沙枣花开的时候：一株沙枣的四季", "张掖市实验中学", "科学DV", "draft", "草稿", None),
]


def samples() -> dict[str, Any]:
    """The values of `core/styleguide.html`."""
    form = SampleForm(formdata=None, data={"stage": "x", "team": "team", "reasons": ["b"], "length": 5})
    form.title.errors = ["请填写作品名称。"]
    form.painting.errors = ["图片 2400 × 1688 像素，长边要求不少于 3000 像素。"]
    names = ("number", "title", "school", "category", "state", "state_label", "points")
    rows = [dict(zip(names, entry, strict=True)) for entry in ENTRIES]
    moment = clock.local(clock.now())
    return {
        "form": form,
        "page": Page(rows, 223, Listing(page=3, per_page=30, sort="title", filters={"state": "submitted"})),
        "empty_page": Page([], 0, Listing()),
        "deadline_at": moment + timedelta(days=2, hours=3),
        "moment": moment,
    }
