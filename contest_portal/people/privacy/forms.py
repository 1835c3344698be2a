"""Forms about personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField

from contest_portal.core.errors import FieldProblem, Invalid
from contest_portal.core.forms import Form, VersionedForm, typed_number
from contest_portal.core.text import N_, Message
from contest_portal.people.privacy.models import RetentionPlan
from contest_portal.people.privacy.rules import Rule
from contest_portal.people.privacy.services.retaining import days_of


class PersonForm(Form):
    """Whom to look for. Sent by POST: a name or number does not belong in an address."""

    who = StringField(_l("姓名、身份证号或手机号"))


class ReasonForm(Form):
    """Why something is done with somebody's data."""

    why = TextAreaField(_l("原因"))


class PeriodsForm(VersionedForm):
    """Base of the form of periods; `periods_form` adds a field for each rule."""

    is_daily = BooleanField(_l("每天夜里自动清除已到期的内容"))

    def periods(self, rules: Sequence[Rule]) -> dict[str, int | None]:
        """Days by the rules' codes; an empty field is never. Raises Invalid for what is no number."""
        found: dict[str, int | None] = {}
        problems = []
        for rule in rules:
            text = str(self[f"days_{rule.code}"].data or "").strip()
            found[rule.code] = typed_number(text)
            if text and found[rule.code] is None:
                words = Message.of(
                    N_("「%(title)s」的天数应是整数，填写的是「%(text)s」。"), title=rule.title, text=text
                )
                problems.append(FieldProblem(f"days_{rule.code}", words))
        if problems:
            raise Invalid("people.retention_days", problems[0].message, problems=problems)
        return found


def periods_form(rules: Sequence[Rule]) -> type[PeriodsForm]:
    """The form with a field for each of these rules."""
    fields: dict[str, Any] = {f"days_{rule.code}": StringField(_l("保存天数")) for rule in rules}
    return type("PeriodsOfRules", (PeriodsForm,), fields)


def filled_from(plan: RetentionPlan, rules: Sequence[Rule]) -> PeriodsForm:
    """The form as the plan stands."""
    data: dict[str, Any] = {f"days_{rule.code}": days_of(plan, rule) for rule in rules}
    return periods_form(rules)(formdata=None, data={**data, "is_daily": plan.is_daily, "version": plan.version})
