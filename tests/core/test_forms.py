"""What the base of all forms makes of fields that were left empty or could not be read."""

from __future__ import annotations

from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, IntegerField
from wtforms.validators import NumberRange, Optional

from contest_portal.core.forms import Form, Row


class Level(Row):
    places = IntegerField("名额", validators=[Optional(), NumberRange(0, 9)])


class Levels(Form):
    total = IntegerField("总数", validators=[Optional(), NumberRange(0, 9)])
    levels = FieldList(FormField(Level))


def levels(app: Flask, **typed: str) -> Levels:
    with app.test_request_context("/", method="POST"):
        form = Levels(MultiDict(typed), meta={"csrf": False})
        form.validate()
    return form


def test_a_number_that_may_be_empty_is_right_when_it_is_in_a_row_as_well(app: Flask) -> None:
    form = levels(app, **{"total": "", "levels-0-places": "", "levels-1-places": "3"})
    assert form.errors == {}
    assert [row.places.data for row in form.levels] == [None, 3]


def test_what_is_no_number_is_told_once_and_leaves_empty_fields_alone(app: Flask) -> None:
    form = levels(app, **{"total": "", "levels-0-places": "三", "levels-1-places": ""})
    assert form.total.errors == []
    assert len(form.levels[0].places.errors) == 1
    assert form.levels[1].places.errors in ((), [])
