"""Forms of interviews."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from contest_portal.core.clock import local
from contest_portal.core.forms import Form, VersionedForm, row_id
from contest_portal.core.i18n import minute
from contest_portal.judging.forms.moments import MOMENT, aware
from contest_portal.judging.interview_models import InterviewSession
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import Place
from contest_portal.judging.services.interviews import SessionData


class SessionForm(Form):
    """A session to add."""

    place = StringField(_l("地点"), description=_l("如：科技馆 301 室"))
    starts_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    ends_at = DateTimeLocalField(_l("结束时间"), [Optional()], format=MOMENT)
    minutes_each = IntegerField(_l("每件作品"), [Optional()], description=_l("展示和问辩合计"))
    panel_id = SelectField(_l("评审组"), coerce=lambda value: row_id(value or 0), validate_choice=False)

    def offer(self, row: Round) -> SessionForm:
        """Fill in the round's panels."""
        self.panel_id.choices = [(0, _l("不限")), *((panel.id, panel.name) for panel in row.panels)]
        return self

    @property
    def session_data(self) -> SessionData:
        return SessionData(
            self.place.data or "",
            aware(self.starts_at.data),
            aware(self.ends_at.data),
            self.minutes_each.data or 0,
            self.panel_id.data or None,
        )


class DrawForm(VersionedForm):
    """Draw the order, or draw it anew."""

    why = StringField(_l("重新抽签的原因"))


class TellForm(VersionedForm):
    """Make the order known."""


class NamedForm(Form):
    """A session, or a slot and whether its team is absent."""

    number = IntegerField()
    absent = BooleanField()


class MoveForm(VersionedForm):
    """Where a work goes, and why."""

    place = SelectField(_l("改到"), validate_choice=False)
    why = StringField(_l("改动的原因"), description=_l("会告诉有关教师和评委。如：学生当天上午有考试。"))

    def offer(self, places: Sequence[Place]) -> MoveForm:
        """Fill in the times, by session."""
        self.place.choices = [
            ("", _l("请选择")),
            *(
                (
                    one.key,
                    _l("%(at)s，%(place)s，第 %(position)s 个（与 %(number)s 互换）", **_words(one))
                    if one.taken_by
                    else _l("%(at)s，%(place)s，第 %(position)s 个（空）", **_words(one)),
                )
                for one in places
            ),
        ]
        return self


def _words(place: Place) -> dict[str, object]:
    return {
        "at": minute(place.slot.starts_at),
        "place": place.session.place,
        "position": place.slot.position,
        "number": place.taken_by.entry.number if place.taken_by else "",
    }


class ChangeSessionForm(VersionedForm):
    """Another place or time for a session, and why."""

    place = StringField(_l("地点"))
    starts_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    ends_at = DateTimeLocalField(_l("结束时间"), [Optional()], format=MOMENT)
    minutes_each = IntegerField(_l("每件作品"), [Optional()], description=_l("展示和问辩合计"))
    why = StringField(_l("改动的原因"), description=_l("会告诉有关教师和评委。如：301 室停电。"))

    @classmethod
    def of(cls, row: Round, session: InterviewSession) -> ChangeSessionForm:
        """The session as it is."""
        return cls(
            formdata=None,
            version=row.version,
            place=session.place,
            starts_at=local(session.starts_at),
            ends_at=local(session.ends_at),
            minutes_each=session.minutes_each,
        )

    @property
    def session_data(self) -> SessionData:
        return SessionData(
            self.place.data or "", aware(self.starts_at.data), aware(self.ends_at.data), self.minutes_each.data or 0
        )
