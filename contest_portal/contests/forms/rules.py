"""The base of all forms of rules: rows of a list without scripts, and problems found in the rules put beside fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import FieldList, Form, FormField
from wtforms.fields.core import Field

from contest_portal.core.errors import DomainError
from contest_portal.core.forms import VersionedForm
from contest_portal.core.i18n import translate

SPARE_ROWS = 2
MOST_ROWS = 60
_STEP = re.compile(r"[A-Za-z_]\w*|\d+")


@dataclass(frozen=True)
class ShownProblem:
    """A line of the error summary: the id of the input and a sentence in the reader's language."""

    field: str
    message: str


class RowForm(Form):
    """One row of a list. A row whose key field is empty is no row: emptying it removes the item."""

    key_field = "name"

    @property
    def is_blank(self) -> bool:
        return not any(
            bool(field.data) for field in self if field.type in {"StringField", "TextAreaField", "IntegerField"}
        )

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        return True if self.is_blank else bool(super().validate(extra_validators))


class RulesForm(VersionedForm):
    """A form of one part of a category's rules.

    `at` is the path of what is edited (`slots[2]`), so that a problem at `slots[2].kinds` stands beside `kinds`.
    `beside` names the field for paths that have none of their own.
    """

    at = ""
    beside: Mapping[str, str] = {}

    def show(self, error: DomainError) -> None:
        """Put each problem beside its field, else above the form."""
        if not error.problems:
            self.form_errors.append(translate(error.message))
        for problem in error.problems:
            field, text = self._field_at(problem.field), translate(problem.message)
            if field is None:
                self.form_errors.append(text)
            else:
                field.errors = [*field.errors, text]

    def _field_at(self, path: str) -> Field | None:
        if self.at and not path.startswith(self.at):
            return None
        steps = _STEP.findall(path.removeprefix(self.at))
        if not steps:
            return self._fields.get(self.beside.get("", ""))
        name = "_".join(step for step in steps if not step.isdigit())
        if len(steps) > 1 and steps[1].isdigit() and isinstance(self._fields.get(steps[0]), FieldList):
            return self._field_in_row(self._fields[steps[0]], int(steps[1]), steps[2:])
        for candidate in (self.beside.get(name, ""), name, self.beside.get(steps[0], ""), steps[0]):
            found = self._fields.get(candidate)
            if found is not None and not isinstance(found, FieldList):
                return found
        return None

    @staticmethod
    def _field_in_row(rows: FieldList, number: int, steps: list[str]) -> Field | None:
        used = [entry for entry in rows.entries if not entry.form.is_blank]
        if number >= len(used):
            return None
        row = used[number].form
        return row._fields.get(steps[0] if steps else row.key_field) or row._fields[row.key_field]

    def problems(self) -> list[ShownProblem]:
        """Every error of the form and its rows, as the summary at the top shows them."""
        return [*(ShownProblem("", str(text)) for text in self.form_errors), *_problems_in(self)]

    def used_rows(self, name: str) -> list[Any]:
        """The forms of the rows that are not blank."""
        return [entry.form for entry in self._fields[name].entries if not entry.form.is_blank]

    def add_spare_rows(self, name: str, count: int = SPARE_ROWS) -> None:
        """Append blank rows for new items."""
        rows = self._fields[name]
        blank = sum(1 for entry in rows.entries if entry.form.is_blank)
        for _number in range(max(0, min(count - blank, MOST_ROWS - len(rows.entries)))):
            rows.append_entry()


def _problems_in(form: Any, row: str = "") -> Iterator[ShownProblem]:
    for field in form:
        if isinstance(field, FieldList):
            for number, entry in enumerate(field.entries, start=1):
                if isinstance(entry, FormField):
                    yield from _problems_in(entry.form, _("第 %(number)s 行", number=number))
            continue
        for error in field.errors:
            label = f"{row} {field.label.text}".strip() if row else str(field.label.text)
            yield ShownProblem(field.id, _("%(field)s：%(problem)s", field=label, problem=str(error)))


def whole(value: Decimal | float | None) -> float | None:
    """A typed number as an int where it is whole, else as a float."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def lines(text: str | None) -> tuple[str, ...]:
    """The lines of a text without blank ones, each once."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))
