"""Forms: the base of all, with the version that the person saw, and domain errors put beside their fields."""

from __future__ import annotations

import re

from flask_wtf import FlaskForm
from wtforms import HiddenField

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


class Form(FlaskForm):
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
