"""A contest's rules written as a template read back the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.contests.calendar import Timetable
from contest_portal.contests.rules import DisciplineList, SlotRules
from contest_portal.contests.template_file import available_templates, load_template, parse_template
from contest_portal.contests.template_text import template_text, timetable_steps, title_pattern


@pytest.mark.parametrize("code", available_templates())
def test_a_shipped_template_written_again_reads_back_the_same(code: str) -> None:
    template = load_template(code)
    assert parse_template(template_text(template), filename="x.toml") == template


@settings(max_examples=60, deadline=None)
@given(
    label=st.text(min_size=1, max_size=20),
    hint=st.text(max_size=40),
    pages=st.none() | st.integers(1, 500),
    size=st.integers(1, 4 * 1024**3),
    reasons=st.lists(st.text(min_size=1, max_size=10), min_size=1, max_size=4),
)
def test_any_text_in_the_rules_survives(
    label: str, hint: str, pages: int | None, size: int, reasons: list[str]
) -> None:
    template = load_template("maker-2018")
    slots = (SlotRules("one", label, ("pdf",), size, max_pages=pages, hint=hint),)
    rules = replace(template.categories[0], slots=slots)
    changed = replace(template, categories=(rules,), return_reasons=tuple(reasons))
    assert parse_template(template_text(changed), filename="x.toml") == changed


def test_different_lists_of_the_same_code_are_told_apart() -> None:
    template = load_template("maker-2018")
    first = replace(template.categories[0], disciplines=(DisciplineList("d", "学科", "1", ("物理",)),))
    second = replace(
        first, code="CB", number_code="CB", name="另一类", disciplines=(DisciplineList("d", "学科", "1", ("化学",)),)
    )
    back = parse_template(template_text(replace(template, categories=(first, second))), filename="x.toml")
    assert [one.disciplines_for("X") for one in back.categories] == [("物理",), ("化学",)]


def test_a_consent_that_is_never_asked_for_stays_so() -> None:
    template = load_template("maker-2018")
    rules = replace(template.categories[0], consent_under_age=0)
    back = parse_template(template_text(replace(template, categories=(rules,))), filename="x.toml")
    assert back.categories[0].consent_under_age == 0


def test_the_name_becomes_a_pattern_for_other_years_and_places() -> None:
    assert title_pattern("2018年甘州区青少年科技创新大赛", 2018, "甘州区") == "{year}年{region}青少年科技创新大赛"
    assert title_pattern("张掖市{第九届}大赛", 2018, "") == "张掖市{{第九届}}大赛"


def test_days_become_steps_counted_from_the_call() -> None:
    steps = timetable_steps(
        Timetable(
            called_on=date(2018, 3, 1),
            opens_on=date(2018, 3, 16),
            closes_on=date(2018, 5, 15),
            judging_from=date(2018, 5, 26),
            judging_until=date(2018, 6, 9),
        )
    )
    assert [(step.code, step.from_day, step.to_day) for step in steps] == [
        ("call", 0, 0),
        ("submission", 15, 75),
        ("judging", 86, 100),
    ]
    assert timetable_steps(Timetable(closes_on=date(2018, 5, 15))) == ()
