"""Forms of the committee's decisions and of approval; each carries the version of the list that was looked at."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from contest_portal.core.forms import ManyField, VersionedForm
from contest_portal.results.lists.services.decisions import LONGEST_NAME, LONGEST_WHY, MOST_VOTES, Verdict, Vote

_VOTES = [Optional(), NumberRange(min=0, max=MOST_VOTES)]


class VerdictForm(VersionedForm):
    """Who decided, why, when, and how they voted."""

    why = TextAreaField(_l("理由"), validators=[InputRequired(), Length(max=LONGEST_WHY)])
    decided_by = StringField(_l("由谁决定"), validators=[InputRequired(), Length(max=LONGEST_NAME)])
    decided_on = DateField(_l("决定日期"), validators=[Optional()])
    votes_for = IntegerField(_l("赞成票"), validators=_VOTES)
    votes_against = IntegerField(_l("反对票"), validators=_VOTES)
    votes_abstained = IntegerField(_l("弃权票"), validators=_VOTES)

    @property
    def verdict(self) -> Verdict:
        """What was typed; without any number of votes there was no vote."""
        votes = (self.votes_for.data, self.votes_against.data, self.votes_abstained.data)
        vote = None if all(count is None for count in votes) else Vote(*(count or 0 for count in votes))
        return Verdict(self.why.data or "", self.decided_by.data or "", self.decided_on.data, vote)


class DecisionForm(VerdictForm):
    """A decision on one work."""

    entry_id = SelectField(_l("作品"), coerce=int, validators=[InputRequired()])
    decision = RadioField(
        _l("决定"),
        choices=[
            ("in", _l("列入名单")),
            ("out", _l("不列入名单")),
            ("veto", _l("一票否决（弄虚作假）")),
            ("clear", _l("取消以前的决定，恢复按名次")),
        ],
        validators=[InputRequired()],
    )


class TieForm(VerdictForm):
    """Which of the works that are tied come in."""

    ahead = ManyField(
        _l("列入的作品"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class EmptyForm(VerdictForm):
    """How many places stay unused."""

    places = IntegerField(_l("空缺几个名额"), validators=[InputRequired(), NumberRange(min=0, max=100_000)])


class ApproveForm(VersionedForm):
    """Approval of the list as it was seen."""
