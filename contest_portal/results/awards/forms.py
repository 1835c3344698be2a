"""Forms of awards: the rule of a category, decisions, special awards, points of tutors and schools, the release to schools."""

from __future__ import annotations

from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest_portal.core.forms import Form, ManyField, Row, VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.results.awards.merits import MeritRule
from contest_portal.results.awards.prizes.awarding import Level, PrizeRule
from contest_portal.results.awards.queries.lists import SOURCES
from contest_portal.results.lists.forms import VerdictForm

MOST_LEVELS = 5
MOST_PLACES = 100_000


class LevelForm(Row):
    """One level of awards; a line without a name is no level."""

    name = StringField(_l("等级"), validators=[Optional(), Length(max=60)])
    share = DecimalField(_l("比例"), validators=[Optional(), NumberRange(min=0, max=100)])
    count = IntegerField(_l("名额"), validators=[Optional(), NumberRange(min=0, max=MOST_PLACES)])
    minimum = DecimalField(_l("最低分"), validators=[Optional(), NumberRange(min=0, max=100)])
    empty = IntegerField(_l("空缺"), validators=[Optional(), NumberRange(min=0, max=MOST_PLACES)])


class PrizeRuleForm(VersionedForm):
    """How a category gives awards."""

    source = RadioField(_l("在哪些作品中设奖"))
    by = RadioField(_l("名额怎么定"))
    winners_by = SelectField(_l("获奖总数"))
    winners_share = DecimalField(_l("获奖比例"), validators=[Optional(), NumberRange(min=0, max=100)])
    winners_count = IntegerField(_l("获奖件数"), validators=[Optional(), NumberRange(min=0, max=MOST_PLACES)])
    levels = FieldList(FormField(LevelForm), _l("奖项等级"), min_entries=MOST_LEVELS, max_entries=MOST_LEVELS)

    def offer(self) -> None:
        """What may be chosen, in the reader's language."""
        self.source.choices = [(key, translate(words)) for key, words in SOURCES.items()]
        self.by.choices = [("share", _("按比例")), ("count", _("按各等级的名额"))]
        self.winners_by.choices = [
            ("share_of_entries", _("占全部参评作品的比例")),
            ("share_of_ranked", _("占上面所选作品的比例")),
            ("all_ranked", _("上面所选的作品全部获奖")),
            ("count", _("固定件数")),
        ]

    def show_rule(self, rule: PrizeRule, version: int) -> None:
        """Fill the form with the rule."""
        self.version.data = str(version)
        self.source.data, self.by.data = rule.source, "count" if rule.by_count else "share"
        self.winners_by.data, self.winners_share.data = rule.winners_by, float(rule.winners_share)
        self.winners_count.data = rule.winners_count or None
        for row, level in zip(self.levels, rule.levels, strict=False):
            row.form.name.data = translate(level.name)
            row.form.share.data = float(level.share) if level.share else None
            row.form.count.data = level.count or None
            row.form.minimum.data = level.minimum
            row.form.empty.data = rule.empty.get(level.name) or None

    @property
    def rule(self) -> PrizeRule:
        """The rule as typed."""
        rows = [row.form for row in self.levels if (row.form.name.data or "").strip()]
        levels = tuple(
            Level(
                row.name.data.strip(),
                Fraction(str(row.share.data or 0)),
                row.count.data or 0,
                float(row.minimum.data) if row.minimum.data is not None else None,
            )
            for row in rows
        )
        return PrizeRule(
            levels=levels,
            source=self.source.data,
            by_count=self.by.data == "count",
            winners_by=self.winners_by.data,
            winners_share=Fraction(str(self.winners_share.data or 0)),
            winners_count=self.winners_count.data or 0,
            empty={row.name.data.strip(): row.empty.data for row in rows if row.empty.data},
        )


class AwardDecisionForm(VerdictForm):
    """A decision of the committee on one or more works."""

    entry_ids = ManyField(_l("作品"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    award = SelectField(_l("决定"), validators=[InputRequired()])
    takes_places = BooleanField(_l("评委会确实决定：名额给予名次在后的作品，名次在前的作品降低奖项或不获奖"))

    @property
    def chosen(self) -> str | None:
        """The level, empty for none, None for by rank again."""
        value = str(self.award.data or "")
        return None if value == "clear" else "" if value == "none" else value.removeprefix("level:")

    def offer(self, rule: PrizeRule, works: list[tuple[int, str]]) -> None:
        """What may be chosen."""
        self.entry_ids.choices = works
        self.award.choices = [
            *((f"level:{level.name}", _("给予%(award)s", award=level.name)) for level in rule.levels),
            ("none", _("不授奖")),
            ("clear", _("取消以前的决定，恢复按名次")),
        ]


class SpecialAwardForm(Form):
    """A special award of one work."""

    entry_number = StringField(_l("作品编号"), validators=[InputRequired(), Length(max=40)])
    name = StringField(_l("奖项名称"), validators=[InputRequired(), Length(max=60)])
    sponsor = StringField(_l("设奖单位"), validators=[Length(max=100)])
    reason = TextAreaField(_l("授奖理由"), validators=[InputRequired(), Length(max=500)])


class CancelForm(Form):
    """Why an award is taken back."""

    why = StringField(_l("取消原因"), validators=[InputRequired(), Length(max=500)])


class MeritForm(VersionedForm):
    """How tutors or schools get points, and how many are honoured."""

    award = StringField(_l("奖项名称"), validators=[InputRequired(), Length(max=60)])
    levels = FieldList(
        FormField(
            type(
                "PointsForm",
                (Row,),
                {
                    "name": StringField(_l("等级"), validators=[Optional(), Length(max=60)]),
                    "points": IntegerField(_l("每件得分"), validators=[Optional(), NumberRange(min=0, max=1000)]),
                },
            )
        ),
        _l("各等级得分"),
        min_entries=MOST_LEVELS,
        max_entries=MOST_LEVELS,
    )
    per_entry = IntegerField(_l("每件参赛作品得分"), validators=[Optional(), NumberRange(min=0, max=1000)])
    per_students = IntegerField(
        _l("每多少名学生参与得 1 分"), validators=[Optional(), NumberRange(min=0, max=MOST_PLACES)]
    )
    most_for_students = IntegerField(_l("学生参与最多得分"), validators=[Optional(), NumberRange(min=0, max=1000)])
    is_shared = BooleanField(_l("一件作品有几位辅导教师时，得分平分"))
    places = IntegerField(_l("表彰名额"), validators=[InputRequired(), NumberRange(min=1, max=10_000)])
    minimum = IntegerField(_l("最低分"), validators=[Optional(), NumberRange(min=1, max=10_000)])

    def show_rule(self, rule: MeritRule, version: int) -> None:
        """Fill the form with the rule."""
        self.version.data = str(version)
        for name in ("award", "per_entry", "per_students", "most_for_students", "is_shared", "places", "minimum"):
            self[name].data = getattr(rule, name)
        for row, (name, points) in zip(self.levels, rule.points.items(), strict=False):
            row.form["name"].data, row.form["points"].data = name, points

    @property
    def rule(self) -> MeritRule:
        """The rule as typed."""
        points = {
            row.form["name"].data.strip(): row.form["points"].data or 0
            for row in self.levels
            if (row.form["name"].data or "").strip()
        }
        return MeritRule(
            award=(self.award.data or "").strip(),
            points=points,
            per_entry=self.per_entry.data or 0,
            per_students=self.per_students.data or 0,
            most_for_students=self.most_for_students.data or 0,
            is_shared=bool(self.is_shared.data),
            places=self.places.data or 1,
            minimum=self.minimum.data or 1,
        )


class ConfirmMeritsForm(VersionedForm):
    """Whom the office honours: those within the places, and of those that are tied the ones chosen."""

    seen = HiddenField()
    chosen = ManyField(_l("表彰名单"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class ReleaseForm(VersionedForm):
    """From when schools see what became of their works, and which parts."""

    on = DateField(_l("发布日期"), validators=[InputRequired()])
    hour = IntegerField(_l("几点"), validators=[InputRequired(), NumberRange(min=0, max=23)])
    shows_rank = BooleanField(_l("名次"))
    shows_score = BooleanField(_l("得分"))
    shows_comments = BooleanField(_l("评委评语"))
    at_once = BooleanField(_l("时间没有填错，保存后马上向学校公开"))
    why = StringField(_l("推迟或减少的原因"), validators=[Length(max=500)])
