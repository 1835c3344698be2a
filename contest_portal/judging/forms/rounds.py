"""Forms of a round before it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional

from contest_portal.contests.models import Category
from contest_portal.core.clock import local
from contest_portal.core.forms import VersionedForm, row_id, typed_number
from contest_portal.core.i18n import translate
from contest_portal.entries.queries.blind import UnsettledNames
from contest_portal.judging import tie_breaks
from contest_portal.judging.forms.methods import method_choices
from contest_portal.judging.forms.moments import MOMENT, aware
from contest_portal.judging.models import Round
from contest_portal.judging.rubrics import rubric_of
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.states import CARRIES, MODES, PANEL_WAYS, TAKES

_MODE_NOTES = {
    "online": _l("评委各自在电脑或手机上评阅，系统按下面的人数分配作品。"),
    "on_site": _l("评审组的全体评委为本组每件作品评分，用手机或纸质评分表。"),
    "interview": _l("作者到场展示并回答提问，系统抽签排定时间地点，评审组全体评委评分。"),
}
_TAKE_NOTES = {
    "all": _l("所选类别中审核通过的作品都参加。"),
    "top": _l("前一轮排名后自动确定，并列的一起进入。"),
    "chosen": _l("保存后在「参评作品」页面逐件勾选。"),
    "band": _l("由「加评」产生，作品已经定好。"),
}
_PANEL_NOTES = {
    "none": _l("每位评委都可能评到任何作品，最便于统一校正宽严。"),
    "stage": _l("每个学段一组，再为评委选择所在的组。"),
    "discipline": _l("作品填报了哪些学科，就有哪些组。"),
    "free": _l("保存后在「评审组」页面建组，按学段、学科、类别划定范围，或逐件放入。"),
}
_OFFERED_TAKES = ("all", "top", "chosen")
_OFFERED_CARRIES = ("restart", "weighted")


class RoundForm(VersionedForm):
    """A round's plan: the first fields say what most rounds need, the others have defaults that fit most."""

    name = StringField(_l("轮次名称"), description=_l("如：初评、终评"))
    mode = RadioField(_l("评审方式"), validate_choice=False)
    category_ids = SelectMultipleField(_l("评审类别"), coerce=row_id, validate_choice=False)
    reads_per_entry = IntegerField(_l("每件作品由几名评委评阅"), [Optional()])
    opens_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    closes_at = DateTimeLocalField(_l("截止时间"), [Optional()], format=MOMENT)
    is_blind = BooleanField(_l("匿名评审"), description=_l("评委看不到作者、学校、辅导教师和标明身份的材料"))

    source_round_id = SelectField(_l("前一轮"), coerce=lambda value: row_id(value or 0), validate_choice=False)
    take = RadioField(_l("参评作品"), validate_choice=False)
    take_count = IntegerField(_l("取前多少名"), [Optional()])
    take_by = RadioField(
        _l("怎样取"),
        choices=[("category", _l("每个类别各取这么多")), ("stage", _l("每个类别的每个学段各取这么多"))],
        validate_choice=False,
    )
    carry = RadioField(_l("前一轮的成绩"), validate_choice=False)
    carry_percent = FloatField(_l("前一轮成绩占"), [Optional()])

    panels_by = RadioField(_l("评审组"), validate_choice=False)
    link_percent = FloatField(
        _l("跨组评阅"),
        [Optional()],
        description=_l("每组有这么多作品由一名别组的评委评阅，各组的宽严才能放在一起比较。填 0 表示各组完全分开。"),
    )

    method = RadioField(_l("排名方法"), validate_choice=False)
    is_scaled = BooleanField(
        _l("同时校正各评委打分的松紧幅度"),
        description=_l("有的评委分数拉得很开，有的挤在一起；每人评阅不足 9 件时不校正。"),
    )
    wide_spread = FloatField(
        _l("分差提醒"), [Optional()], description=_l("同一件作品最高分与最低分相差达到这个分数时，提醒主办单位复看。")
    )

    shows_others = BooleanField(
        _l("评委提交后可以看到其他评委的评分"), description=_l("提交之前一律看不到；其他评委不显示姓名。")
    )
    calibration_count = IntegerField(
        _l("先由全体评委共同评阅的作品"),
        [Optional()],
        description=_l("每组抽出几件，请本组每位评委都先评，便于统一尺度；不需要时填 0。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = method_choices()
        self.mode.choices = _with_notes(MODES, _MODE_NOTES)
        self.panels_by.choices = _with_notes(PANEL_WAYS, _PANEL_NOTES)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        sent = self.meta.wrap_formdata(self, formdata) or {}
        self.typed_wanted = {
            name.removeprefix("wanted-"): value.strip()
            for name, value in sent.items()
            if re.fullmatch(r"wanted-[0-9]{1,9}(-\w+)?", name)
        }
        self.typed_ties = [sent.get(f"tie-{place}", "") for place in range(tie_breaks.MOST)] if sent else []

    def offer(self, categories: Sequence[Category], earlier: Sequence[Round], row: Round | None = None) -> RoundForm:
        """Fill in the categories and earlier rounds to choose from; a boundary round keeps what made it one."""
        self.category_ids.choices = [(one.id, one.name) for one in categories]
        self.source_round_id.choices = [(0, _l("没有")), *((one.id, one.name) for one in earlier)]
        takes = [*_OFFERED_TAKES, *([row.source["take"]] if row and row.source.get("take") == "band" else [])]
        carries = [*_OFFERED_CARRIES, *([row.carry] if row and row.carry == "pooled" else [])]
        self.take.choices = _with_notes({code: TAKES[code] for code in takes}, _TAKE_NOTES)
        self.carry.choices = [(code, translate(CARRIES[code])) for code in carries]
        return self

    @property
    def round_data(self) -> RoundData:
        return RoundData(
            name=self.name.data or "",
            category_ids=self.category_ids.data or [],
            reads_per_entry=self.reads_per_entry.data or 0,
            opens_at=aware(self.opens_at.data),
            closes_at=aware(self.closes_at.data),
            is_blind=bool(self.is_blind.data),
            method=self.method.data or "",
            mode=self.mode.data or "online",
            source_round_id=self.source_round_id.data or None,
            take=self.take.data or "all",
            take_count=self.take_count.data,
            take_by=self.take_by.data or "category",
            carry=self.carry.data or "restart",
            carry_weight=(self.carry_percent.data or 0.0) / 100,
            panels_by=self.panels_by.data or "none",
            link_share=_or(self.link_percent.data, 30.0) / 100,
            calibration_count=self.calibration_count.data or 0,
            shows_others=bool(self.shows_others.data),
            is_scaled=bool(self.is_scaled.data),
            wide_spread=_or(self.wide_spread.data, 15.0),
            tie_breaks=[key for key in self.typed_ties if key],
            wanted=self._wanted(),
        )

    def _wanted(self) -> dict[int, dict[str, int]]:
        """Places by category and stage group; what is no whole number becomes -1, which is refused by name."""
        found: dict[int, dict[str, int]] = {}
        for name, text in self.typed_wanted.items():
            category, _dash, stage = name.partition("-")
            if text:
                found.setdefault(int(category), {})[stage] = int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else -1
        return found

    @classmethod
    def filled_from(cls, data: RoundData, version: int | None = None) -> RoundForm:
        """The form showing a plan, its times by the local clock."""
        plain = (
            "name", "mode", "category_ids", "reads_per_entry", "is_blind", "take", "take_count", "take_by", "carry",
            "panels_by", "method", "is_scaled", "shows_others", "calibration_count",
        )  # fmt: skip
        form = cls(
            data={
                **{name: getattr(data, name) for name in plain},
                "opens_at": data.opens_at and local(data.opens_at),
                "closes_at": data.closes_at and local(data.closes_at),
                "source_round_id": data.source_round_id or 0,
                "carry_percent": _percent(data.carry_weight) or 30,
                "link_percent": _percent(data.link_share),
                "wide_spread": _plain(data.wide_spread),
                "version": version,
            }
        )
        if not form.is_submitted():
            form.typed_wanted = {
                f"{category}-{stage}" if stage else str(category): str(count)
                for category, places in data.wanted.items()
                for stage, count in places.items()
            }
            form.typed_ties = list(data.tie_breaks)
        return form


class OpenForm(VersionedForm):
    """Open a round by the plan of this seed. `names`, `unsearched`: what stood on the page of names that are not settled,
    `unranked` of works that an earlier round has no result of; `knows`: the tick that the round is opened all the same."""

    seed = HiddenField()
    names = HiddenField()
    unsearched = HiddenField()
    unranked = HiddenField()
    knows = BooleanField(_l("已知道，仍要开始评审"))

    @property
    def names_known(self) -> UnsettledNames:
        """What was ticked; nothing without a tick."""
        if not self.knows.data:
            return UnsettledNames()
        names, unsearched = (typed_number(field.data) or 0 for field in (self.names, self.unsearched))
        return UnsettledNames(names=names, unsearched=unsearched)

    @property
    def unranked_known(self) -> int:
        """How many works without a rank were ticked; 0 without a tick."""
        return (typed_number(self.unranked.data) or 0) if self.knows.data else 0


def tie_choices(categories: Sequence[Category], row: Round | None = None) -> list[tuple[str, str]]:
    """What can decide between works of equal points: every criterion of these categories once, or of the rubric that the
    round has of its own, then the general ways."""
    names: dict[str, str] = {}
    own = {place.category_id: rubric_of(place.rubric) for place in row.categories} if row else {}
    for category in categories:
        for criterion in own.get(category.id) or category.rules.criteria:
            names.setdefault(tie_breaks.criterion_key(criterion.code), criterion.name)
    return [*names.items(), *((key, translate(words)) for key, words in tie_breaks.WORDS.items())]


def _with_notes(words: Mapping[str, str], notes: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(code, f"{translate(word)} — {notes[code]}") for code, word in words.items()]


def _percent(share: float) -> float:
    return _plain(round(100 * share, 6))


def _plain(value: float) -> float:
    """A whole number without its decimal point."""
    return int(value) if float(value).is_integer() else value


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
