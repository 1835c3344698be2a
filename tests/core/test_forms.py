"""What the base of all forms makes of fields that were left empty or could not be read."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from contest_portal.core.forms import Form, ManyField, Row, typed_number


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


class Chosen(Form):
    kind = RadioField("种类", choices=[("a", "甲"), ("b", "乙")], validators=[InputRequired()])
    kinds = FieldList(SelectField("种类", choices=[("", "（空）"), ("a", "甲")]), min_entries=2)
    several = ManyField("几种", choices=[("a", "甲")])


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_choices_written_as_pairs_are_the_librarys_own(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        typed = {"kind": "b", "kinds-0": "a", "kinds-1": "", "several": "a"}
        form = Chosen(MultiDict(typed), meta={"csrf": False})
        assert form.validate()
        assert (form.kind.data, form.kinds.data, form.several.data) == ("b", ["a", ""], ["a"])
        assert "甲" in form.kind()
        assert not Chosen(MultiDict(typed | {"several": "x"}), meta={"csrf": False}).validate()


@pytest.mark.parametrize(
    ("typed", "words"),
    [("11", "应是 0 至 9 之间的数。"), ("-1", "应是 0 至 9 之间的数。"), ("三", "应填整数，如 12。")],
)
def test_a_wrong_number_is_told_in_the_offices_words(app: Flask, typed: str, words: str) -> None:
    form = levels(app, **{"total": typed, "levels-0-places": typed})
    assert [str(one) for one in form.total.errors] == [words]
    assert [str(one) for one in form.levels[0].places.errors] == [words]


class Days(Form):
    day = DateField("日期", validators=[InputRequired()])
    at = DateTimeLocalField("时间", validators=[InputRequired()])
    number = IntegerField("件数", validators=[InputRequired()])
    name = StringField("名称", validators=[InputRequired()])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", ["请填写。", "请填写。", "请填写。", "请填写。"]),
        ("abc", ["应填日期，如 2018-12-05。", "应填日期和时间，如 2018-12-05 17:30。", "应填整数，如 12。"]),
    ],
)
def test_empty_fields_and_wrong_dates_are_told_in_the_offices_words(app: Flask, typed: str, told: list[str]) -> None:
    with app.test_request_context("/", method="POST"):
        form = Days(MultiDict(dict.fromkeys(("day", "at", "number", "name"), typed)), meta={"csrf": False})
        assert not form.validate()
        assert [str(error) for field in form for error in field.errors] == told


def test_digits_of_full_width_are_digits(app: Flask) -> None:
    assert levels(app, total="３").total.data == 3
    assert typed_number("１２") == 12
    assert typed_number("²") is None
