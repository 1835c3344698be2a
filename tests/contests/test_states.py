"""The table of states, and what opening a contest needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from contest_portal.contests.calendar import Timetable
from contest_portal.contests.states import (
    STATE_NAMES,
    TRANSITIONS,
    ContestFacts,
    opening_lacks,
    transition,
    transitions_from,
)
from contest_portal.contests.template_file import load_template

NOW = datetime(2018, 3, 10, tzinfo=UTC)
READY = ContestFacts(
    call_title="通知",
    call_text="各学校：",
    who_may_enter="在校学生",
    opens_at=datetime(2018, 3, 16, tzinfo=UTC),
    closes_at=datetime(2018, 5, 15, tzinfo=UTC),
    timetable=Timetable(opens_on=date(2018, 3, 16), closes_on=date(2018, 5, 15)),
    categories=load_template("castic-district-2018").categories,
)


def test_every_state_is_named_and_reached() -> None:
    assert {one.source for one in TRANSITIONS} | {one.target for one in TRANSITIONS} == set(STATE_NAMES)


def test_an_act_applies_only_in_its_state() -> None:
    assert transition("open", "draft") is not None
    assert transition("open", "closed") is None
    assert {one.act for one in transitions_from("closed")} == {"reopen", "archive"}
    assert transitions_from("archived") == ()


def test_a_contest_with_everything_can_be_opened() -> None:
    assert opening_lacks(READY, NOW) == []


def test_what_is_missing_is_named_with_the_page_that_mends_it() -> None:
    broken = replace(READY.categories[0], criteria=READY.categories[0].criteria[:2])
    facts = replace(READY, call_text=" ", closes_at=None, categories=[broken])
    assert [(lack.section, str(lack.message)) for lack in opening_lacks(facts, NOW)] == [
        ("call", "通知还没有正文"),
        ("timetable", "还没有填写申报截止时间"),
        ("category", "学生科技创新成果竞赛项目：评分项合计 45 分，应为 100 分"),
    ]


def test_a_deadline_in_the_past_and_no_category_keep_it_closed() -> None:
    facts = replace(READY, categories=[])
    sentences = [str(lack.message) for lack in opening_lacks(facts, datetime(2018, 6, 1, tzinfo=UTC))]
    assert sentences == ["申报截止时间已经过去，请调整", "至少要有一个类别"]
