"""Forms of plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from contest_portal.core.forms import Form, typed_number
from contest_portal.events.allocating.queries.standing import PartyInPlan
from contest_portal.events.allocating.services.plans import MOST_SEED
from contest_portal.events.allocating.wording import session_text
from contest_portal.events.booking.splitting import class_sizes


class AskForm(Form):
    """Ask for a plan."""

    seed = IntegerField(_l("抽签种子"), [Optional(), NumberRange(0, MOST_SEED)])


class MoveForm(Form):
    """Where a party goes: `session` for all of it, or one for each class where it has several."""

    session = SelectField(_l("改到"), validate_choice=False)
    classes = FieldList(SelectField(validate_choice=False))
    why = StringField(_l("原因"))
    despite = BooleanField(_l("我知道以上情况，仍然这样调整"))

    def offer(self, party: PartyInPlan) -> MoveForm:
        """The sessions with what is free in each."""
        rooms = [
            (
                str(one.id),
                _("第 %(number)s 场 %(time)s（余 %(free)s）", number=one.number, time=session_text(one), free=free),
            )
            for one, free in party.rooms
        ]
        self.session.choices = [("", _("不安排")), *rooms]
        for one in self.classes.entries:
            one.choices = [("", _("与整队相同")), *rooms]
        return self

    def places(self, party: PartyInPlan) -> dict[int, int]:
        """Session → people, as chosen."""
        whole = typed_number(self.session.data)
        chosen = [typed_number(one.data) or whole for one in self.classes.entries]
        if len(set(chosen)) > 1 and len(chosen) == len(party.groups) and None not in chosen:
            sizes = class_sizes([one.pupils for one in party.groups], party.line.booking.adults)
            return _summed(chosen, sizes)
        only = chosen[0] if chosen and len(set(chosen)) == 1 else whole
        return {only: party.line.standing.size} if only else {}


def _summed(sessions: Sequence[int | None], sizes: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for session, size in zip(sessions, sizes, strict=True):
        found[session or 0] = found.get(session or 0, 0) + size
    return found


def move_form(party: PartyInPlan, places: Mapping[int, int]) -> MoveForm:
    """The form as it stands on the page; classes only where the party could be divided by them."""
    first = min(places, default=None)
    divisible = sum(one.pupils for one in party.groups) == party.line.booking.pupils and len(party.groups) > 1
    values = {"session": str(first or ""), "classes": [""] * len(party.groups) if divisible else []}
    return MoveForm(formdata=None, **values).offer(party)
