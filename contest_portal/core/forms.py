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
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_

LARGEST = 2**31 - 1
"""What an integer column of either database holds."""


_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def typed_number(text: object) -> int | None:
    """A whole number as it was typed or as a page carries it, at most `LARGEST`; None for anything else: `str.isdigit` takes
    "²", and Python or the database refuse numbers that are longer. Digits of full width, as a Chinese keyboard types them, are
    digits."""
    plain = str("" if text is None else text).strip().translate(_WIDE_DIGITS)
    number = int(plain) if re.fullmatch("[0-9]{1,10}", plain) else None
    return number if number is not None and number <= LARGEST else None


def row_id(value: object) -> int:
    """The number of a row as a page carries it, for fields and arguments whose choices are not looked through before the
    database is asked. Raises ValueError for what no row can have."""
    number = typed_number(value)
    if number is None:
        raise ValueError(value)
    return number


_REQUIRED = "This field is required."  # the library's
_NO_NUMBER = "Not a valid integer value."  # likewise

# The library's words in Chinese are a translator's; these are what an office says. Its text → ours.
_OWN_WORDS = {
    "Number must be between %(min)s and %(max)s.": N_("应是 %(min)s 至 %(max)s 之间的数。"),
    "Number must be at least %(min)s.": N_("应是 %(min)s 或更大的数。"),
    "Number must be at most %(max)s.": N_("应是不超过 %(max)s 的数。"),
    _NO_NUMBER: N_("应填整数，如 12。"),
    "Not a valid decimal value.": N_("应填数字，如 12.5。"),
    "Not a valid float value.": N_("应填数字，如 12.5。"),
    "Not a valid date value.": N_("应填日期，如 2018-12-05。"),
    "Not a valid datetime value.": N_("应填日期和时间，如 2018-12-05 17:30。"),
    "Not a valid time value.": N_("应填时间，如 17:30。"),
    _REQUIRED: N_("请填写。"),
}


class _Words:
    """Flask-WTF's translations, with our own words about numbers, dates and empty fields."""

    def gettext(self, string: str) -> str:
        """The words in the reader's language. Values come in afterwards, so the text goes out with its places."""
        if string in _OWN_WORDS:
            return str(_(_OWN_WORDS[string]))
        return str(translations.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The words for that many."""
        return str(translations.ngettext(singular, plural, n))


_WORDS = _Words()


class _OwnWays:
    """What every form does otherwise than the library."""

    def get_translations(self, _form: PlainForm) -> _Words:
        """Where the words come from."""
        return _WORDS

    def bind_field(self, form: PlainForm, unbound_field: UnboundField, options: dict[str, Any]) -> Any:
        """Choices are written as pairs in all forms; the library wants its own objects from its next version on."""
        _make_choices(unbound_field)
        return unbound_field.bind(form=form, **options)


def _make_choices(unbound: UnboundField) -> None:
    """Turn pairs into the library's choices, also in the field that a list repeats. Once for each class of forms."""
    for inner in unbound.args:
        if isinstance(inner, UnboundField):
            _make_choices(inner)
    choices = unbound.kwargs.get("choices")
    if isinstance(choices, Sequence) and any(isinstance(one, tuple) for one in choices):
        unbound.kwargs["choices"] = [SelectChoice(*one) if isinstance(one, tuple) else one for one in choices]


class _OneFault:
    """What could not be read is told once: the limits that follow would say the same of a value that is not there."""

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all fields are right."""
        for field in self:  # type: ignore[attr-defined]
            if isinstance(field.data, int) and abs(field.data) > LARGEST:  # the validators' arithmetic fails of some
                said = _("%(number)s 太大了，请填小一些的数。", number=str(field.data)[:40])
                field.data, field.process_errors = None, [said]
        is_right = bool(super().validate(extra_validators))  # type: ignore[misc]
        for field in self:  # type: ignore[attr-defined]
            if getattr(field, "process_errors", None) and field.errors:  # of an empty field that may be, none are left
                is_empty = not any(str(one).strip() for one in field.raw_data or ())
                field.errors = [field.gettext(_REQUIRED)] if is_empty else list(field.process_errors)
        return is_right


class Row(_OneFault, PlainForm):
    """One line of a larger form; its messages are in the reader's language, as those of the form are."""

    class Meta(_OwnWays):
        """As of the form itself."""


class ManyField(SelectMultipleField):
    """Several of the choices. One that is gone meanwhile is told in words; the library has none in Chinese."""

    def pre_validate(self, _form: PlainForm) -> None:
        """Raise ValidationError for what is not among the choices."""
        known = {value for value, *_rest in self.choices or ()}
        if not set(self.data or ()) <= known:
            raise ValidationError(_("所选的有些已不在此页，请刷新后重新选择。"))


class Form(_OneFault, FlaskForm):
    """Base of all forms."""

    class Meta(_OwnWays, FlaskForm.Meta):
        """Flask-WTF's, with our own words."""

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
