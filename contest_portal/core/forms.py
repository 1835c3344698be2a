"""Forms: the base of all, with the version that the person saw, and domain errors put beside their fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import Form as PlainForm
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import ValidationError

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate

LARGEST = 2**31 - 1
"""What an integer column of either database holds."""


def typed_number(text: object) -> int | None:
    """A whole number as it was typed or as a page carries it, at most `LARGEST`; None for anything else: `str.isdigit` takes
    "²", and Python or the database refuse numbers that are longer."""
    plain = str("" if text is None else text).strip()
    number = int(plain) if re.fullmatch("[0-9]{1,10}", plain) else None
    return number if number is not None and number <= LARGEST else None


class _OneFault:
    """What could not be read is told once: the limits that follow would say the same of a value that is not there."""

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all fields are right."""
        is_right = bool(super().validate(extra_validators))  # type: ignore[misc]
        for field in self:  # type: ignore[attr-defined]
            if getattr(field, "process_errors", None) and field.errors:  # of an empty field that may be, none are left
                field.errors = list(field.process_errors)
        return is_right


class Row(_OneFault, PlainForm):
    """One line of a larger form; its messages are in the reader's language, as those of the form are."""

    class Meta:
        """Where the words come from."""

        def get_translations(self, _form: PlainForm) -> Any:
            """Flask-WTF's, as for the form itself."""
            return translations


class ManyField(SelectMultipleField):
    """Several of the choices. One that is gone meanwhile is told in words; the library has none in Chinese."""

    def pre_validate(self, _form: PlainForm) -> None:
        """Raise ValidationError for what is not among the choices."""
        known = {choice[0] for choice in self.choices or ()}
        if not set(self.data or ()) <= known:
            raise ValidationError(_("所选的有些已不在此页，请刷新后重新选择。"))


class Form(_OneFault, FlaskForm):
    """Base of all forms."""

    def show(self, error: DomainError) -> None:
        """Put a domain error beside the fields it names, else above the form."""
        for problem in error.problems:
            field = self._fields.get(problem.field)
            if field is not None:
                field.errors = [*field.errors, translate(problem.message)]
            else:
                self.form_errors.append(translate(problem.message))
        if not error.problems:
            self.form_errors.append(translate(error.message))


class VersionedForm(Form):
    """A form that carries the version of what the person saw; services refuse a stale one."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version that stood on the page; 0 when it was tampered with, which no record has.

        Longer than a number typed in may be: some records have the moment of their last change, in microseconds.
        """
        plain = str(self.version.data or "").strip()
        return int(plain) if re.fullmatch("[0-9]{1,18}", plain) else 0
