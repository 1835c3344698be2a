"""Forms of the day itself. Counts are typed on phones: what is no whole number is told in plain words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, StringField
from wtforms.validators import ValidationError

from contest_portal.core.forms import Form, VersionedForm, typed_number
from contest_portal.events.attendance.services.check_ins import Arrival


class CountField(StringField):
    """So many people, as a whole number."""

    def pre_validate(self, _form: object) -> None:
        """Raise ValidationError for what is no whole number."""
        if typed_number(self.data) is None:
            raise ValidationError(
                _("请填写人数，没有就填 0。")
                if not self.data
                else _("「%(text)s」不是人数，请填写整数。", text=self.data[:20])
            )

    @property
    def count(self) -> int:
        return typed_number(self.data) or 0


class CheckInForm(Form):
    """A party at the door."""

    key = HiddenField()
    booking = HiddenField()
    party_name = StringField(_l("学校或单位"))
    pupils = CountField(_l("实到学生"))
    adults = CountField(_l("实到带队人员"))
    seconds_ago = HiddenField()

    def arrival(self) -> Arrival:
        """What was typed."""
        return Arrival(
            key=str(self.key.data or ""),
            pupils=self.pupils.count,
            adults=self.adults.count,
            booking_id=typed_number(self.booking.data),
            party_name=str(self.party_name.data or ""),
            seconds_ago=typed_number(self.seconds_ago.data),
        )


class CorrectionForm(VersionedForm):
    """Counts that were wrong."""

    pupils = CountField(_l("实到学生"))
    adults = CountField(_l("实到带队人员"))
    why = StringField(_l("更正原因"))


class PhotoForm(Form):
    """A photo of the group."""

    photo = FileField(_l("合影"))
