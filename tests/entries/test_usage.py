"""A contest with entries: its rules change only in ways that break none of them. Nothing here stands in for the rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from contest_portal.contests import services
from contest_portal.contests.models import Category
from contest_portal.contests.rules import AgeRule, CategoryRules, SlotRules
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.entries.models import Entry
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from tests.entries.entry_factories import Place, make_painting, make_place

TITLE = "月球上的向日葵花园"


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def sent(place: Place) -> Entry:
    """A painting of 3,240 × 2,280 pixels, submitted."""
    entry = make_painting(place, title=TITLE)
    return submit_entry(place.teacher, entry.id, entry.version)


def change(place: Place, make: Callable[[CategoryRules], CategoryRules]) -> Category:
    category = db.session.get_one(Category, place.category("KH").id)
    return services.change_rules(place.staff, category.id, None, make(category.rules))


def refused(place: Place, make: Callable[[CategoryRules], CategoryRules]) -> str:
    with pytest.raises(Invalid) as error:
        change(place, make)
    assert error.value.code == "contests.breaks_entries"
    return "；".join(str(problem.message) for problem in error.value.problems)


def without_the_slot(rules: CategoryRules) -> CategoryRules:
    other = SlotRules("photo", "照片", ("jpeg",), 10_000_000)
    return replace(rules, slots=(other,))


def with_long_side(pixels: int) -> Callable[[CategoryRules], CategoryRules]:
    return lambda rules: replace(
        rules,
        slots=tuple(replace(one, min_long_side_px=pixels) if one.code == "painting" else one for one in rules.slots),
    )


def test_a_slot_with_files_cannot_go(place: Place, sent: Entry) -> None:
    assert "已有 1 件作品交了文件，不能删除" in refused(place, without_the_slot)


def test_limits_tighten_as_far_as_every_entry_still_fits(place: Place, sent: Entry) -> None:
    assert "图片长边" in refused(place, with_long_side(3_241))
    change(place, with_long_side(3_240))
    assert "题目长度" in refused(place, lambda rules: replace(rules, title_max_length=len(TITLE) - 1))
    change(place, lambda rules: replace(rules, title_max_length=len(TITLE)))
    # Born on 12 May 2008: nine years old at the deadline of spring 2018.
    assert "年龄" in refused(place, lambda rules: replace(rules, age=AgeRule(5, 8)))
    change(place, lambda rules: replace(rules, age=AgeRule(5, 9)))


def test_a_stage_and_a_choice_in_use_stay(place: Place, sent: Entry) -> None:
    assert "已有 1 件作品" in refused(
        place, lambda rules: replace(rules, stage_groups=tuple(g for g in rules.stage_groups if g.code != "X"))
    )
    technique = next(one for one in place.category("KH").rules.fields if one.code == "technique")
    chosen = str(sent.answers["technique"])
    fewer = replace(technique, choices=tuple(one for one in technique.choices if one != chosen))
    assert chosen in refused(place, lambda rules: replace(rules, fields=(fewer,)))


def test_a_category_with_an_entry_cannot_go_and_its_numbers_stay_even_when_it_is_withdrawn(
    place: Place, sent: Entry
) -> None:
    with pytest.raises(Conflict) as error:
        services.remove_category(place.staff, place.category("KH").id)
    assert error.value.code == "contests.category_used"
    withdraw_entry(place.manager, sent.id, "作者转学。")
    with pytest.raises(Conflict) as error:
        services.remove_category(place.staff, place.category("KH").id)
    assert error.value.code == "contests.category_used"
    assert "编号代码" in refused(place, lambda rules: replace(rules, number_code="KX"))


def test_a_draft_alone_stands_against_nothing_but_what_it_uses(place: Place) -> None:
    make_painting(place, title=TITLE)
    change(place, lambda rules: replace(rules, title_max_length=len(TITLE) - 1))
    assert "不能删除" in refused(place, without_the_slot)


def test_without_entries_everything_may_change(place: Place) -> None:
    change(place, without_the_slot)
    services.remove_category(place.staff, place.category("KH").id)
