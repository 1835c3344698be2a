"""Forms of sessions: one, and many by a pattern."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest_portal.core.clock import local
from contest_portal.core.forms import VersionedForm
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.events.planning.event_data import SessionData
from contest_portal.events.planning.forms import ChecksField
from contest_portal.events.planning.generator import (
    WEEKDAYS,
    Pattern,
    Slot,
    listed_slots,
    regular_slots,
    slot_problem,
    span_problem,
)
from contest_portal.events.planning.kinds import KindTemplate, template_of
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.typed_days import Unreadable, typed_days, typed_times
from contest_portal.judging.forms.moments import MOMENT, aware

_CLOCK = ["%H:%M", "%H:%M:%S"]
_PEOPLE = [InputRequired(), NumberRange(1, 100_000)]
_PARTIES = [Optional(), NumberRange(1, 1000)]
_MINUTES = [InputRequired(), NumberRange(5, 24 * 60)]


class SessionForm(VersionedForm):
    """One session."""

    starts_at = DateTimeLocalField(_l("开始时间"), [InputRequired()], format=MOMENT)
    ends_at = DateTimeLocalField(_l("结束时间"), [InputRequired()], format=MOMENT)
    capacity = IntegerField(_l("容量"), _PEOPLE)
    most_parties = IntegerField(_l("最多几批同时参加"), _PARTIES)
    place = StringField(_l("地点（与活动地点不同时填写）"), [Length(max=100)])
    note = StringField(_l("说明"), [Length(max=200)])

    @classmethod
    def of_session(cls, row: EventSession) -> SessionForm:
        """The form as the session stands."""
        values = {name: getattr(row, name) for name in ("capacity", "most_parties", "place", "note", "version")}
        return cls(formdata=None, data=values | {"starts_at": local(row.starts_at), "ends_at": local(row.ends_at)})

    @classmethod
    def following(cls, event: Event, last: EventSession | None) -> SessionForm:
        """A new session with the last one's numbers, or with those of the event's kind."""
        if last is None:
            template = template_of(event.kind)
            values = {"capacity": template.capacity, "most_parties": template.most_parties} if template else {}
            return cls(formdata=None, data=values)
        values = {name: getattr(last, name) for name in ("capacity", "most_parties", "place")}
        begin = last.ends_at
        return cls(
            formdata=None,
            data=values | {"starts_at": local(begin), "ends_at": local(begin + (last.ends_at - last.starts_at))},
        )

    @property
    def session_data(self) -> SessionData:
        begin, end = aware(self.starts_at.data), aware(self.ends_at.data)
        assert begin is not None and end is not None  # noqa: PT018 - both fields are required
        return SessionData(
            begin, end, self.capacity.data or 0, self.most_parties.data, self.place.data or "", self.note.data or ""
        )


class PatternForm(VersionedForm):
    """Many sessions at once. `pattern` after a successful `validate`."""

    first_on = DateField(_l("第一天"), [InputRequired()])
    last_on = DateField(_l("最后一天"), [InputRequired()])
    weekdays = ChecksField(_l("星期几"), [InputRequired()], coerce=int)
    how = RadioField(_l("每天的时间"))
    first_at = TimeField(_l("第一场开始"), [Optional()], format=_CLOCK)
    day_ends_at = TimeField(_l("最后一场结束不晚于"), [Optional()], format=_CLOCK)
    pause = IntegerField(_l("两场之间休息"), [Optional(), NumberRange(0, 600)])
    lunch_from = TimeField(_l("午休从"), [Optional()], format=_CLOCK)
    lunch_to = TimeField(_l("午休到"), [Optional()], format=_CLOCK)
    begins = StringField(_l("各场开始时间"), [Length(max=300)])
    minutes = IntegerField(_l("每场时长"), _MINUTES)
    capacity = IntegerField(_l("每场容量"), _PEOPLE)
    most_parties = IntegerField(_l("每场最多几批"), _PARTIES)
    place = StringField(_l("地点（与活动地点不同时填写）"), [Length(max=100)])
    leave_out_holidays = BooleanField(_l("法定节假日不排"))
    swapped_weekends = BooleanField(_l("调休上班的周末也排"))
    closed = TextAreaField(_l("不开放的日子"), [Length(max=5000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.weekdays.choices = [(number, translate(Message(name))) for number, name in enumerate(WEEKDAYS)]
        self.how.choices = [("regular", _l("从第一场起按时长依次排")), ("listed", _l("逐个写出开始时间"))]
        self.pattern: Pattern | None = None

    @classmethod
    def of_event(cls, event: Event) -> PatternForm:
        """The form as the event's kind begins."""
        template = template_of(event.kind) or KindTemplate(event.kind, "", "", "", "")
        values = {
            "weekdays": [0, 1, 2, 3, 4],
            "how": "regular",
            "first_at": time.fromisoformat(template.first_at),
            "day_ends_at": time.fromisoformat(template.day_ends_at),
            "pause": template.break_minutes,
            "minutes": template.session_minutes,
            "capacity": template.capacity,
            "most_parties": template.most_parties,
            "leave_out_holidays": True,
        }
        if template.session_minutes <= 180:
            values |= {"lunch_from": time(12), "lunch_to": time(14)}
        return cls(formdata=None, data=values)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything can be read; then `pattern` holds it."""
        if not super().validate(extra_validators):
            return False
        closed, slots = self._closed_days(), self._slots()
        span = span_problem(self.first_on.data, self.last_on.data)
        if span is not None:
            self._blame(self.last_on, span)
        if closed is None or slots is None or span is not None:
            return False
        self.pattern = Pattern(
            first_on=self.first_on.data,
            last_on=self.last_on.data,
            weekdays=frozenset(self.weekdays.data or ()),
            slots=slots,
            capacity=self.capacity.data or 0,
            most_parties=self.most_parties.data,
            leave_out_holidays=bool(self.leave_out_holidays.data),
            swapped_weekends=bool(self.swapped_weekends.data),
            closed=closed,
        )
        return True

    def _closed_days(self) -> dict[Any, str] | None:
        try:
            return typed_days(self.closed.data or "")
        except Unreadable as error:
            self._blame(self.closed, error.message)
            return None

    def _slots(self) -> tuple[Slot, ...] | None:
        minutes = self.minutes.data or 0
        if self.how.data == "listed":
            field: Field = self.begins
            try:
                slots = listed_slots(typed_times(self.begins.data or ""), minutes)
            except Unreadable as error:
                self._blame(self.begins, error.message)
                return None
        else:
            field = self.first_at
            if (regular := self._regular_slots(minutes)) is None:
                return None
            slots = regular
        if (problem := slot_problem(slots)) is not None:
            self._blame(field, problem)
            return None
        return slots

    def _regular_slots(self, minutes: int) -> tuple[Slot, ...] | None:
        first, ends = self.first_at.data, self.day_ends_at.data
        missing = [field for field in (self.first_at, self.day_ends_at) if field.data is None]
        for field in missing:
            self._blame(field, Message(N_("请填写时间。")))
        begin, end = self.lunch_from.data, self.lunch_to.data
        if (begin is None) != (end is None) or (begin and end and end <= begin):
            self._blame(self.lunch_to, Message(N_("午休的两个时间要都填或都不填，结束应晚于开始。")))
            return None
        if missing or first is None or ends is None:
            return None
        breaks = [(begin, end)] if begin and end else []
        return regular_slots(first, ends, minutes, self.pause.data or 0, breaks)

    def _blame(self, field: Field, message: Message) -> None:
        field.errors = [*field.errors, translate(message)]

    def hidden_values(self) -> list[tuple[str, str]]:
        """Every typed value by its field's name, so that what was looked at can be made unchanged."""
        raw = ((field.name, field.raw_data or ()) for field in self if field.name not in {"csrf_token", "version"})
        return [(name, str(value)) for name, values in raw for value in values]
