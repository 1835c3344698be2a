"""Forms of interviews."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from contest_portal.core.forms import Form, VersionedForm
from contest_portal.judging.forms.moments import MOMENT, aware
from contest_portal.judging.models import Round
from contest_portal.judging.services.interviews import SessionData


class SessionForm(Form):
    """A session to add."""

    place = StringField(_l("地点"), description=_l("如：科技馆 301 室"))
    starts_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    ends_at = DateTimeLocalField(_l("结束时间"), [Optional()], format=MOMENT)
    minutes_each = IntegerField(_l("每件作品"), [Optional()], description=_l("展示和问辩合计"))
    panel_id = SelectField(_l("评审组"), coerce=lambda value: int(value or 0), validate_choice=False)

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
