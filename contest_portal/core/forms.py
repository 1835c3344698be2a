"""Forms: the base of all, with the version that the person saw, and domain errors put beside their fields."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate


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
        """The version that stood on the page; 0 when it was tampered with, which no record has."""
        seen = str(self.version.data or "")  # a number where the form was filled from the record and nothing was sent
        return int(seen) if seen.isdigit() else 0
