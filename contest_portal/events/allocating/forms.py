"""Forms of plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from contest_portal.core.errors import Invalid
from contest_portal.core.forms import Form, typed_number
from contest_portal.core.text import N_, Message
from contest_portal.events.allocating.queries.standing import PartyInPlan
from contest_portal.events.allocating.services.plans import MOST_SEED
from contest_portal.events.allocating.wording import session_text
from contest_portal.events.booking.presenting import class_name
from contest_portal.events.booking.splitting import class_sizes, divide_exactly

BY_CLASSES = "classes"
"""Chosen instead of a session: each class has its own."""


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
        by_classes = [(BY_CLASSES, _("分班安排"))] if self.classes.entries else []
        self.session.choices = [("", _("不安排")), *by_classes, *rooms]
        for one in self.classes.entries:
            one.choices = [("", _("与整队相同")), *rooms]
        return self

    def places(self, party: PartyInPlan) -> dict[int, int]:
        """Session → people, as chosen. Raises Invalid where some classes have a session and others none."""
        whole = typed_number(self.session.data)
        own = [typed_number(one.data) for one in self.classes.entries][: len(party.groups)]
        if self.session.data != BY_CLASSES and not any(own):
            return {whole: party.line.standing.size} if whole else {}
        chosen = [one or whole for one in own] + [whole] * (len(party.groups) - len(own))
        for group, session in zip(party.groups, chosen, strict=True):
            if session is None:
                words = Message.of(N_("%(name)s还没有选场次。"), name=class_name(group.grade, group.class_name))
                raise Invalid("events.class_without_session", words, field="session")
        if len(set(chosen)) == 1:
            return {chosen[0] or 0: party.line.standing.size}
        found = _summed(chosen, class_sizes([one.pupils for one in party.groups], party.line.booking.adults))
        if self.session.data != BY_CLASSES and found == dict(party.line.standing.places):
            words = Message(N_("各班还选着现在的场次。要整队一起改，请把各班改为「与整队相同」。"))
            raise Invalid("events.classes_stay", words, field="session")
        return found


def _summed(sessions: Sequence[int | None], sizes: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for session, size in zip(sessions, sizes, strict=True):
        found[session or 0] = found.get(session or 0, 0) + size
    return found


def move_form(party: PartyInPlan, places: Mapping[int, int]) -> MoveForm:
    """The form as it stands on the page, with each class where it is; classes only where they could divide the party."""
    divisible = sum(one.pupils for one in party.groups) == party.line.booking.pupils and len(party.groups) > 1
    classes = [""] * len(party.groups) if divisible else []
    session = str(min(places, default=""))
    if divisible and len(places) > 1:
        session, order = BY_CLASSES, sorted(places)  # as it will be published
        sizes = class_sizes([one.pupils for one in party.groups], party.line.booking.adults)
        seats = divide_exactly(sizes, [places[one] for one in order])
        classes = [str(order[seat]) for seat in seats] if seats else classes
    return MoveForm(formdata=None, session=session, classes=classes).offer(party)
